"""Shingles: every five characters in a row of a normalised text, hashed, for a whole batch at once.

The texts are those that exact duplicates compare (letters, marks and digits only), so neither white space nor
punctuation nor words matter, and Chinese needs no segmenter.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_guard.core.batch import Integers

WIDTH = 5
"""UTF-16 units in a shingle."""

_AT_ONCE = 2**15  # hashes whose intermediate results stay in the cache of a core
_FIRST, _LAST, _MIX = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xBF58476D1CE4E5B9))
_HALF = np.uint64(32)


def shingle_hashes(
    units: npt.NDArray[np.uint16], lengths: Integers, *, between: int = 0
) -> tuple[npt.NDArray[np.uint32], Integers]:
    """Return the hash of every shingle and how many each text has; text i is the next `lengths[i]` of *units*.

    After each text *between* units are passed over. A text of fewer than `WIDTH` units has no shingle. Hashes are
    uniform over 32 bits and the same on every machine.
    """
    counts = np.maximum(lengths - (WIDTH - 1), 0)
    if not counts.any():
        return np.zeros(0, np.uint32), counts
    hashes = _of_all(units)
    within = np.ones(len(units), bool)
    ends = np.cumsum(lengths + between)
    for step in range(1, WIDTH + between):  # a shingle that begins so near the end reaches into the next text
        within[ends[ends >= step] - step] = False
    kept = within[: len(hashes)]
    return pl.Series(hashes).filter(pl.Series(kept)).to_numpy(), counts


def different_of(hashes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the different hashes in the order in which they first stand."""
    _, first = np.unique(hashes, return_index=True)
    return hashes[np.sort(first)]


def _of_all(units: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint32]:
    """Hashes of every five units in a row: four read as one number, the fifth beside it, multiplied and mixed."""
    count = len(units) - (WIDTH - 1)
    hashes = np.empty(count, np.uint32)
    four: npt.NDArray[np.uint64] = np.ndarray((count,), "<u8", np.ascontiguousarray(units), strides=(2,))
    first, last = np.empty(_AT_ONCE, np.uint64), np.empty(_AT_ONCE, np.uint64)
    for start in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - start)
        a, b = first[:size], last[:size]
        np.multiply(four[start : start + size], _FIRST, out=a)
        np.multiply(units[start + WIDTH - 1 : start + WIDTH - 1 + size], _LAST, out=b)
        np.bitwise_xor(a, b, out=a)
        np.right_shift(a, _HALF, out=b)
        np.bitwise_xor(a, b, out=a)
        np.multiply(a, _MIX, out=a)
        np.right_shift(a, _HALF, out=a)
        hashes[start : start + size] = a
    return hashes

"""The multiplicative hash that compiled functions look things up by, and filters that it leads into."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers

MIX = 0x9E3779B97F4A7C15
"""What keys are multiplied with: 2 to the power of 64 over the golden ratio."""

_SPARSE = 6
"""Bits of a filter for each key, as a power of two: so few other texts pass it."""


def hashed(keys: npt.NDArray[np.uint64], bits: int) -> Integers:
    """Return the hash of each key, below 2 to the power of *bits*."""
    return ((keys * np.uint64(MIX)) >> np.uint64(64 - bits)).astype(np.int64)


def hash_bits(keys: npt.NDArray[np.uint64], *, sparse: int = _SPARSE) -> tuple[npt.NDArray[np.uint8], int]:
    """Return a bit for each hash that one of *keys* has, the lowest first, and of how many bits hashes are.

    There are 2 to the power of *sparse* bits for each key, or up to twice as many.
    """
    distinct = np.sort(keys)  # keys are many times the same; `unique` takes several times as long
    distinct = distinct[np.append(True, distinct[1:] != distinct[:-1])[: len(distinct)]]
    bits = max(4, len(distinct).bit_length()) + sparse
    known = np.zeros(1 << bits, bool)
    known[hashed(distinct, bits)] = True
    return np.packbits(known, bitorder="little"), bits

"""Sketches: what is kept of a document's shingles, to find likely near duplicates and to verify them.

Of a document with few shingles all are kept, as 16 bits each: the Jaccard index of two such sets is worked out from
them, by linear counting (Whang et al. 1990) since some share their 16 bits; its standard error is below 0.004.

Of others bins are kept. One-permutation hashing (Li, Owen, Zhang 2012): the range of hashes is cut into `BINS` bins,
each keeps its smallest hash. The share of bins that agree, among those where either document has one, estimates the
Jaccard index; its standard error is at most sqrt(J (1 - J) / BINS), 0.0125 at J = 0.8. A bin is stored as one byte:
equal by chance once in 255, which the estimate corrects.

For the search, bins are merged to `SIGNATURE` values, empty ones filled from the right (Shrivastava, Li 2014), and
read as bands. The values are what `datasketch.MinHash(num_perm=SIGNATURE, hashvalues=…, scheme="legacy")` takes.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers

BINS = 1024
SIGNATURE = 128
FEW = 1024
"""Shingles up to which bins say less than the shingles themselves."""
THRESHOLD = 0.8

_EMPTY = np.uint32(0xFFFFFFFF)
_BIN_SHIFT = np.uint32(32 - 10)
_DISTANCE = np.uint32(0x9E3779B1)
_KEY, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_FALSE_ALARMS, _MISSES = 0.005, 0.995
"""What the search minimises: a false candidate costs one comparison, a missed pair is lost."""
_BANDS = (18, 7)
"""What it gives for `THRESHOLD`."""

Registers = npt.NDArray[np.uint32]


def registers_of(hashes: npt.NDArray[np.uint32], counts: Integers) -> Registers:
    """Return the smallest hash of each bin, one row of `BINS` a document; `counts[i]` hashes belong to document i."""
    registers = np.full(len(counts) * BINS, _EMPTY, np.uint32)
    places = (hashes >> _BIN_SHIFT).astype(np.int64)
    places += np.repeat(np.arange(len(counts), dtype=np.int64) * BINS, counts)
    np.minimum.at(registers, places, hashes)
    return registers.reshape(len(counts), BINS)


def sketches_of(registers: Registers) -> npt.NDArray[np.uint8]:
    """Return what is stored of each register: 0 when empty, else 1 to 255."""
    stored = ((registers * _DISTANCE) >> np.uint32(24)).astype(np.uint8)
    np.maximum(stored, 1, out=stored)
    stored *= registers != _EMPTY
    return stored


def listed(threshold: float) -> int:
    """Return how many shingles a document may have whose shingles are all kept.

    Two documents over the threshold are then both below this, or both above `FEW`.
    """
    return math.ceil(FEW / threshold)


def signatures_of(registers: Registers) -> npt.NDArray[np.uint32]:
    """Return `SIGNATURE` values a document; every document has at least one shingle.

    An empty value takes that of the next filled one to its right, round the end, changed by the distance.
    """
    merged = registers.reshape(len(registers), SIGNATURE, BINS // SIGNATURE)
    values: Registers = np.minimum.reduce([merged[:, :, place] for place in range(merged.shape[2])])
    sparse = np.flatnonzero((values == _EMPTY).any(axis=1))
    if len(sparse):
        values[sparse] = _filled(values[sparse])
    return values


def _filled(values: Registers) -> Registers:
    empty = values == _EMPTY
    twice = np.concatenate([values, values], axis=1)
    place = np.where(twice == _EMPTY, 2 * SIGNATURE, np.arange(2 * SIGNATURE))
    following = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1][:, :SIGNATURE]
    distance = (following - np.arange(SIGNATURE)).astype(np.uint32)
    found = np.take_along_axis(twice, np.minimum(following, 2 * SIGNATURE - 1), axis=1)
    filled: Registers = np.where(empty, found + distance * _DISTANCE, values)
    return filled


@lru_cache(maxsize=16)
def bands_for(threshold: float) -> tuple[int, int]:
    """Return (bands, rows of a band) for pairs of at least *threshold*: by the optimiser of datasketch."""
    if threshold == THRESHOLD:
        return _BANDS
    from datasketch.lsh import _optimal_param  # integrates with scipy, which takes half a second to import

    bands, rows = _optimal_param(threshold, SIGNATURE, _FALSE_ALARMS, _MISSES)
    return int(bands), int(rows)


def band_keys(signatures: npt.NDArray[np.uint32], threshold: float) -> npt.NDArray[np.uint64]:
    """Return a key for each band of each document, the number of the band mixed in: equal keys are candidates."""
    bands, rows = bands_for(threshold)
    keys = np.broadcast_to(np.arange(1, bands + 1, dtype=np.uint64) * _MIX, (len(signatures), bands)).copy()
    values = signatures[:, : bands * rows].reshape(len(signatures), bands, rows)
    for row in range(rows):
        keys ^= values[:, :, row]
        keys *= _KEY
        keys ^= keys >> np.uint64(29)
    return keys

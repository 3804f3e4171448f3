"""From texts to what is kept of their shingles: one pass over each, compiled where that could be done."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.shingles import WIDTH, different_of, shingle_hashes
from corpus_guard.matching.sketches import (
    BINS,
    SIGNATURE,
    band_keys,
    bands_for,
    listed,
    registers_of,
    signatures_of,
    sketches_of,
)

Hashes = npt.NDArray[np.uint32]
_EMPTY = np.uint32(0xFFFFFFFF)
_SKETCHED = 850
"""Shingles from which bins are kept: `FEW`, less the sixth that may be repetitions nobody counts."""
_AT_ONCE = 512  # documents whose bins numpy holds
_SPREAD = 40  # four standard deviations of how many bins are filled by shingles that are all different


@dataclass(frozen=True)
class Texts:
    """Texts of documents, each as it lies in memory, those of a document side by side.

    starts, lengths  where each text lies in `units`, or in `hashes` where its shingles are hashed already
    firsts           which is the first text of each document; behind the last one, how many texts there are
    """

    starts: Integers
    lengths: Integers
    firsts: Integers
    units: npt.NDArray[np.uint16] | None = None
    hashes: Hashes | None = None

    @property
    def counts(self) -> Integers:
        """How many shingles each document has."""
        counts = self.lengths if self.hashes is not None else np.maximum(self.lengths - (WIDTH - 1), 0)
        until = np.append(0, np.cumsum(counts))
        found: Integers = until[self.firsts[1:]] - until[self.firsts[:-1]]
        return found

    def documents(self, start: int, stop: int) -> Texts:
        """Return the texts of some documents."""
        firsts = self.firsts[start : stop + 1]
        some = slice(int(firsts[0]), int(firsts[-1]))
        return Texts(self.starts[some], self.lengths[some], firsts - firsts[0], self.units, self.hashes)

    def side_by_side(self) -> Hashes:
        """Return the hashes of all shingles, those of a document side by side."""
        known: npt.NDArray[Any] | None = self.units if self.hashes is None else self.hashes
        assert known is not None
        spans = zip(self.starts.tolist(), (self.starts + self.lengths).tolist(), strict=True)
        whole = np.concatenate([known[:0], *(known[start:end] for start, end in spans)])
        return whole if self.hashes is not None else shingle_hashes(whole, self.lengths)[0]


@dataclass(frozen=True)
class Sketched:
    """What is kept of documents.

    counts     shingles of each;  different  those that are not the same, where many are
    keys       a row of search keys a document, all zero where it has no shingle
    shingles   16 bits of each shingle of documents that have few, `sizes[i]` of them
    bins       a row of `BINS` for each document that has many: those marked in `long`
    """

    counts: Integers
    different: Integers
    keys: npt.NDArray[np.uint64]
    shingles: npt.NDArray[np.uint16]
    sizes: Integers
    bins: npt.NDArray[np.uint8]

    @property
    def long(self) -> npt.NDArray[np.bool_]:
        """Which documents have a row in `bins`."""
        return self.different > _SKETCHED


def sketched(texts: Texts, threshold: float) -> Sketched:
    """Return what is kept of each document, to find pairs of at least *threshold*."""
    functions = library()
    return _plain(texts, threshold) if functions is None else _compiled(texts, threshold, functions)


def signatures(texts: Texts) -> Hashes:
    """Return a row of `SIGNATURE` values a document, all of them 2^32 - 1 where it has no shingle."""
    functions, counts = library(), texts.counts
    values = np.full((len(counts), SIGNATURE), _EMPTY, np.uint32)
    if functions is not None:
        nothing = (pointer(None),) * 5
        sizes = (number(0), number(0), number(0), number(0))
        functions.sketch(*_of(texts), pointer(counts), pointer(None), *sizes, pointer(values), *nothing)
        return values
    some = np.flatnonzero(counts)
    if len(some):
        values[some] = signatures_of(registers_of(texts.side_by_side(), counts[some]))
    return values


def _of(texts: Texts) -> tuple[Any, ...]:
    tables = (texts.units, texts.hashes, texts.starts, texts.lengths, texts.firsts)
    assert all(table is None or table.flags.c_contiguous for table in tables)
    return (*map(pointer, tables), number(len(texts.firsts) - 1))


def _compiled(texts: Texts, threshold: float, functions: Any) -> Sketched:
    counts, few, (bands, rows) = texts.counts, listed(threshold), bands_for(threshold)
    keys = np.zeros((len(counts), bands), np.uint64)
    different, sizes = np.empty(len(counts), np.int64), np.empty(len(counts), np.int64)
    shingles = np.empty(int(np.minimum(counts, few).sum()), np.uint16)
    bins = np.empty((np.count_nonzero(counts > _SKETCHED), BINS), np.uint8)
    sparse = _sparse(counts, few)
    settings = (number(_SKETCHED), number(few), number(bands), number(rows), pointer(None))
    rooms = map(pointer, (keys, different, shingles, sizes, bins))
    long = functions.sketch(*_of(texts), pointer(counts), pointer(sparse), *settings, *rooms)
    return Sketched(counts, different, keys, shingles[: int(sizes.sum())], sizes, bins[:long])


def _sparse(counts: Integers, few: int) -> Integers:
    """How many bins a document fills that has far fewer different shingles than *counts* says, and may have *few*."""
    sparse = np.zeros(len(counts), np.int64)
    many = np.flatnonzero(counts > _SKETCHED)
    least = np.minimum(-np.expm1(-counts[many] / BINS) * BINS - _SPREAD, -np.expm1(-few / BINS) * BINS + _SPREAD)
    sparse[many] = np.ceil(least)
    return sparse


def _plain(texts: Texts, threshold: float) -> Sketched:
    parts = [
        _some(texts.documents(start, start + _AT_ONCE), threshold) for start in range(0, len(texts.firsts), _AT_ONCE)
    ]
    columns = (np.concatenate([getattr(part, name.name) for part in parts]) for name in fields(Sketched))
    return Sketched(*columns)


def _some(texts: Texts, threshold: float) -> Sketched:
    counts, few, hashes = texts.counts, listed(threshold), texts.side_by_side()
    registers, until = registers_of(hashes, counts), np.append(0, np.cumsum(counts))
    filled = np.count_nonzero(registers != _EMPTY, axis=1)
    own = [hashes[start:stop] for start, stop in zip(until[:-1].tolist(), until[1:].tolist(), strict=True)]
    for row in np.flatnonzero(filled < _sparse(counts, few)).tolist():
        repeated = different_of(own[row])
        own[row] = repeated if len(repeated) <= few else own[row]
    different = np.fromiter(map(len, own), np.int64, len(own))
    keys = band_keys(signatures_of(registers), threshold)
    keys[counts == 0] = 0
    kept = np.concatenate([hashes[:0], *(one for one in own if len(one) <= few)]).astype(np.uint16)
    bins = sketches_of(registers[different > _SKETCHED])
    return Sketched(counts, different, keys, kept, np.where(different <= few, different, 0), bins)

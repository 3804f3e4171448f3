"""From search keys to verified pairs of near duplicates: the two shuffles of `near_duplicates`.

A document is known by one number here: its split and its place in that split's file of sketches. Those of earlier
scans have numbers below 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array, arrow_table, no_rows, numbers_of
from corpus_guard.core.batch import Integers
from corpus_guard.duplicates.earlier import Joined
from corpus_guard.duplicates.fingerprints import DOCUMENTS, partition_of, read_partition, write_partitioned
from corpus_guard.duplicates.kept_keys import KeptKeys
from corpus_guard.duplicates.kept_pairs import PLACE_BITS, KeptPairs
from corpus_guard.duplicates.shared_keys import Among, Keys, twice
from corpus_guard.duplicates.shared_rows import Block, SharedRows, are_new
from corpus_guard.matching.similarity import set_similarities, similarities, some_values
from corpus_guard.runs import Work, atomic

NEIGHBOURS = 8
"""Documents of one key that are compared each with each; of more, each with the first and with so many neighbours."""

TOLERANCE = 0.005
"""What a pair may be estimated below the threshold: it is better to look at one too many."""

_PAIRS_AT_ONCE = 16_384
_Values = tuple[pa.Buffer, Integers]
"""Bytes of many rows, and where those of each begin, and the last end."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_WIDEST = 2**31
"""Numbers of documents up to which a pair is one number."""
PAIRS = pa.schema([("first", pa.int64()), ("second", pa.int64())])
EDGES = pa.schema([*PAIRS, ("similarity", pa.float64())])


@dataclass(frozen=True)
class FindPairs:
    """Task: pairs of documents that share a search key of one partition, by partition of the pair."""

    work: Joined
    splits: Sequence[int]
    partitions: int
    kept: KeptPairs | None = None
    kept_keys: KeptKeys | None = None

    def __call__(self, partition: int) -> int:
        """Write the pairs; return how many."""
        rows, shared = self._rows(partition)
        if self.kept_keys is not None:
            self.kept_keys.keep(partition, self.partitions, rows.shared(shared))
        first, second = _pairs(rows)
        where = partition_of(self._spread(first, second), self.partitions)
        with atomic(self.work.pairs(partition)) as draft:
            write_partitioned(draft, arrow_table({"first": first, "second": second}, PAIRS), where)
        return len(first)

    def _spread(self, first: Integers, second: Integers) -> npt.NDArray[np.uint64]:
        """What pairs are parted by: where similarities are kept, something that is the same every night."""
        if self.kept is not None:
            return self.kept.keys(first, second)[0]
        with np.errstate(over="ignore"):
            return ((first.astype(np.uint64) * _MIX) ^ second.astype(np.uint64)) * _MIX

    def _rows(self, partition: int) -> tuple[SharedRows, Keys]:
        """The documents of each key that several share, and all keys by rank, some too many where old ones are kept."""
        found = {split: read_partition(self.work.bands(split), partition) for split in self.splits}
        tables = [(split, table) for split, table in found.items() if table is not None]
        keys = {split: numbers_of(table["key"]) for split, table in tables}
        earlier = list(self._earlier(partition, Among(keys.values()))) if self.work.parts else []
        likely = self.kept_keys.shared(partition, self.partitions, keys) if self.kept_keys else twice([*keys.values()])
        shared = Among([likely, *(numbers_of(table["key"]) for _, table in earlier)])
        return SharedRows.of([_block(split, table, shared) for split, table in (*tables, *earlier)]), shared.keys

    def _earlier(self, partition: int, own: Among) -> Iterator[tuple[int, pa.Table]]:
        """Documents of earlier scans that share a key with one of this; pairs of two earlier ones are not looked at."""
        for number in self.work.parts:
            for table in self.work.keys(number, "bands", "key", partition, self.partitions):
                yield number, table.take(arrow_array(own.places(numbers_of(table["key"]))))


def _block(split: int, table: pa.Table, shared: Among) -> Block:
    """The rows of a file of search keys that are shared."""
    places, ranks = shared.found(numbers_of(table["key"]))
    high, place = (numbers_of(table[name])[places] for name in ("high", "place"))
    return split, ranks, high, place


def _pairs(rows: SharedRows) -> tuple[Integers, Integers]:
    """Pairs of documents of one key (smaller, larger), ascending, each once.

    Documents that are nearly equal share many keys, so each way to pair them up is made distinct by itself first.
    """
    found = [_distinct(*some) for some in _beside_each_other(rows)]
    pairs = _distinct(*(np.concatenate(some) for some in zip(*found, strict=True)))
    first, second = (rows.documents(some, PLACE_BITS) for some in pairs)
    own = second >= 0
    return first[own], second[own]


def _beside_each_other(rows: SharedRows) -> Iterator[tuple[Integers, Integers]]:
    """Yield, many times the same, pairs of neighbours of one key, and of each document and the first of its key."""
    rank, number = rows.ranks, rows.numbers
    for step in range(1, NEIGHBOURS):
        same = rank[:-step] == rank[step:]
        yield number[:-step][same], number[step:][same]
    begins = np.ones(len(rank), bool)
    begins[1:] = rank[1:] != rank[:-1]
    leader = number[np.maximum.accumulate(np.where(begins, np.arange(len(rank)), 0))]
    yield leader[~begins], number[~begins]


def _distinct(first: Integers, second: Integers) -> tuple[Integers, Integers]:
    """Pairs of numbers in order, each once."""
    width = int(second.max(initial=0)) + 1
    if width < _WIDEST:
        pairs = first * width + second
        pairs.sort()
        pairs = pairs[are_new(pairs)]
        return pairs // width, pairs % width
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    fresh = are_new(first) | are_new(second)
    return first[fresh], second[fresh]


@dataclass(frozen=True)
class VerifyPairs:
    """Task: those pairs of one partition whose sketches are similar enough."""

    work: Work
    threshold: float
    partitions: int
    kept: KeptPairs | None = None

    def __call__(self, partition: int) -> int:
        """Write the verified pairs with their similarity; return how many."""
        found = [read_partition(self.work.pairs(number), partition) for number in range(self.partitions)]
        tables = [table for table in found if table is not None]
        pairs = pl.DataFrame(pl.from_arrow(pa.concat_tables(tables) if tables else no_rows(PAIRS)))
        pairs = pairs.unique().sort("first", "second")
        first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
        similar = self._similarities(partition, first, second)
        edges = pairs.with_columns(similarity=similar).filter(pl.col("similarity") >= self.threshold - TOLERANCE)
        with atomic(self.work.edges(partition)) as draft:
            write_partitioned(draft, edges.to_arrow().cast(EDGES), np.zeros(len(edges), np.int64))
        return len(edges)

    def _similarities(self, partition: int, first: Integers, second: Integers) -> npt.NDArray[np.float64]:
        """The similarity of each pair: as it is kept, or worked out and kept."""
        if self.kept is None:
            return np.concatenate([np.zeros(0), *similarity_of(self.work, first, second)])
        high, low = self.kept.keys(first, second)
        similar = self.kept.known(partition, self.partitions, high, low)
        new = np.isnan(similar)
        similar[new] = np.concatenate([np.zeros(0), *similarity_of(self.work, first[new], second[new])])
        self.kept.keep(partition, self.partitions, high, low, similar)
        return similar


def similarity_of(work: Work, first: Integers, second: Integers) -> Iterator[npt.NDArray[np.float64]]:
    """Yield the similarity of each pair of documents, some thousand pairs at a time."""
    for start in range(0, len(first), _PAIRS_AT_ONCE):
        some, others = first[start : start + _PAIRS_AT_ONCE], second[start : start + _PAIRS_AT_ONCE]
        documents, place = np.unique(np.concatenate([some, others]), return_inverse=True)
        yield _similar(_kept_of(work, documents), place[: len(some)], place[len(some) :])


def _similar(kept: Sequence[_Values], some: Integers, others: Integers) -> npt.NDArray[np.float64]:
    """The similarity of pairs of rows: by all their shingles where both have these, else by bins where both do."""
    similar, left = np.zeros(len(some)), np.ones(len(some), bool)
    for (data, ends), compared in zip(kept, (set_similarities, similarities), strict=True):
        has = np.diff(ends) > 0
        pairs = np.flatnonzero(has[some] & has[others] & left)
        similar[pairs] = compared(data, ends, some[pairs], others[pairs])
        left[pairs] = False
    return similar


def _kept_of(work: Work, documents: Integers) -> list[_Values]:
    """The shingles of *documents*, which are in ascending order, and their bins."""
    parts = [
        [some_values(column, places) for column in batch.columns]
        for batch, places in _batches_of(work, documents, ["shingles", "sketch"])
    ]
    return [_joined(column) for column in zip(*parts, strict=True)]


def _joined(parts: Sequence[tuple[npt.NDArray[np.uint8], Integers]]) -> _Values:
    sizes = np.concatenate([size for _, size in parts])
    return pa.py_buffer(np.concatenate([data for data, _ in parts])), np.append(0, np.cumsum(sizes))


def documents_of(work: Work, documents: Integers, columns: Sequence[str]) -> pa.Table:
    """Return *columns* of the files of sketches for *documents*, which are in ascending order."""
    tables = [
        pa.Table.from_batches([batch.take(arrow_array(places))])
        for batch, places in _batches_of(work, documents, columns)
    ]
    return pa.concat_tables(tables) if tables else no_rows(DOCUMENTS).select(columns)


def _batches_of(work: Work, documents: Integers, columns: Sequence[str]) -> Iterator[tuple[pa.RecordBatch, Integers]]:
    """Yield *columns* of the batches in which some of ascending *documents* stand, in the order of files, and where.

    Only so much of a file is read, and each is let go before the next.
    """
    split, place = documents >> PLACE_BITS, documents & ((1 << PLACE_BITS) - 1)
    for number in np.unique(split).tolist():
        places, first = place[split == number], 0
        with pa.memory_map(str(work.sketches(number))) as source:
            reader = pa.ipc.open_file(source)
            for batch in map(reader.get_batch, range(reader.num_record_batches)):
                begin, end = np.searchsorted(places, [first, first + batch.num_rows])
                if end > begin:
                    yield batch.select(columns), places[begin:end] - first
                first += batch.num_rows

"""Fingerprints: what a split keeps of each document, by partition of a key, so that equals meet without a large table.

exact    one row a document, by partition of its key
near     `documents`: one row a document that has a sketch; `bands`: its search keys, by partition of each key
overlaps a row for each work that stands in a document
lines    a row for each different line and paragraph of a source, by partition of its key
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.arrays import arrow_array, arrow_scalar, arrow_table, no_rows, numbers_of
from corpus_guard.core.labels import Labels
from corpus_guard.duplicates.seen_keys import SeenKeys
from corpus_guard.overlaps.finding import OVERLAP
from corpus_guard.runs import Work, atomic

_PLACE = (("row", pa.int64()), ("source", pa.string()), ("document_id", pa.string()))
EXACT = pa.schema([("high", pa.uint64()), ("low", pa.uint64()), *_PLACE])
DOCUMENTS = pa.schema(
    [("high", pa.uint64()), ("length", pa.int64()), ("shingles", pa.binary()), ("sketch", pa.binary()), *_PLACE]
)
OVERLAPS = pa.schema([*OVERLAP, *_PLACE])
LINES = pa.schema(
    [
        ("source", pa.string()), ("paragraph", pa.bool_()), ("key", pa.uint64()), ("documents", pa.int64()),
        ("characters", pa.int64()),
    ]
)  # fmt: skip
BANDS = pa.schema([("key", pa.uint64()), ("high", pa.uint64()), ("place", pa.int64())])

DOCUMENT_BYTES = 1024
"""A guess at the size of a document, used to choose how many partitions a corpus needs."""

PARTITION_DOCUMENTS = 500_000


def partitions_for(size: int) -> int:
    """Return how many partitions a corpus of *size* bytes gets: a property of the input alone."""
    return max(1, min(4096, size // (DOCUMENT_BYTES * PARTITION_DOCUMENTS) + 1))


def partition_of(key: npt.NDArray[np.uint64], partitions: int) -> npt.NDArray[np.int64]:
    """Return the partition of each key: by its highest bits, so partitions in order are keys in order."""
    return ((key >> np.uint64(32)) * np.uint64(partitions) >> np.uint64(32)).astype(np.int64)


class FingerprintWriter:
    """Takes the fingerprints of a split, batch by batch; leaving it without an error completes their files."""

    def __init__(self, work: Work, split: int, partitions: int) -> None:
        self._files = {
            "exact_duplicates": work.fingerprints(split), "near_duplicates": work.sketches(split),
            "contamination": work.overlaps(split), "repetition": work.lines(split),
        }  # fmt: skip
        self._bands = work.bands(split)
        self._partitions = partitions
        self._stack = ExitStack()
        self._parts: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def write(
        self,
        fingerprints: Mapping[str, pa.RecordBatch],
        rows: npt.NDArray[np.int64],
        wanted: npt.NDArray[np.bool_],
        sources: Labels,
        document_ids: pa.Array,
    ) -> None:
        """Add the documents marked *wanted*."""
        place = {"row": arrow_array(rows), "source": sources.array(), "document_id": document_ids.cast(pa.string())}
        for name in sorted(fingerprints.keys() & self._files.keys()):
            columns = {known: fingerprints[name][known] for known in fingerprints[name].schema.names}
            kept = _only(arrow_table(columns | place), wanted)
            if name not in self._parts:
                self._parts[name] = self._begin(name)
            self._parts[name].write(kept)

    def _begin(self, name: str) -> _Partitioned | _Sketches | _Overlaps | _Lines:
        draft = self._stack.enter_context(atomic(self._files[name]))
        if name == "contamination":
            return self._stack.enter_context(_Overlaps(draft))
        if name == "repetition":
            return self._stack.enter_context(_Lines(draft, self._partitions))
        if name == "exact_duplicates":
            return self._stack.enter_context(_Partitioned(draft, EXACT, "high", self._partitions))
        bands = self._stack.enter_context(atomic(self._bands))
        keys = self._stack.enter_context(_Bands(bands, self._partitions))
        return self._stack.enter_context(_Sketches(draft, keys))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


class _Partitioned:
    """An Arrow file of one record batch a partition of a key column."""

    def __init__(self, path: Path, schema: pa.Schema, key: str, partitions: int) -> None:
        self._path, self._schema, self._key, self._partitions = path, schema, key, partitions
        self._tables: list[pa.Table] = []

    def __enter__(self) -> Self:
        return self

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        self._tables.append(table.select(self._schema.names).cast(self._schema))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            table = pa.concat_tables(self._tables) if self._tables else no_rows(self._schema)
            write_partitioned(self._path, table, partition_of(numbers_of(table[self._key]), self._partitions))


def write_partitioned(path: Path, table: pa.Table, partition: npt.NDArray[np.int64]) -> None:
    """Write an Arrow file of one record batch a partition, up to the last that has rows."""
    count = int(partition.max(initial=-1)) + 1
    if count > 1:
        small = partition.astype(np.uint16)  # numbers of 16 bits are sorted without comparing them
        table = table.take(arrow_array(np.argsort(small, kind="stable")))
    _write_in_order(path, table.combine_chunks(), np.bincount(partition, minlength=count))


def _write_in_order(path: Path, table: pa.Table, counts: npt.NDArray[np.int64]) -> None:
    """Write an Arrow file of one record batch a partition, of which each has the next so many rows."""
    ends = np.cumsum(counts).tolist()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        for start, end in zip([0, *ends], ends, strict=False):
            part = table.slice(start, end - start).combine_chunks()
            writer.write_batch(
                pa.RecordBatch.from_arrays([_whole(part, name) for name in part.schema.names], part.schema.names)
            )


def _only(table: pa.Table, wanted: npt.NDArray[np.bool_]) -> pa.Table:
    """The rows that are *wanted*; mostly all are, and then none is copied."""
    return table if wanted.all() else table.filter(arrow_array(wanted))


def _whole(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.chunk(0) if column.num_chunks else pa.nulls(0, column.type)


def read_partition(path: Path, partition: int) -> pa.Table | None:
    """Return the rows of one partition, mapped into memory; None when there are none."""
    if not path.is_file():
        return None
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        batch = reader.get_batch(partition) if partition < reader.num_record_batches else None
        return pa.Table.from_batches([batch]) if batch is not None and batch.num_rows else None


class _Bands:
    """The file of search keys, which are kept as they are until all documents of the split have come."""

    def __init__(self, path: Path, partitions: int) -> None:
        self._path, self._partitions = path, partitions
        self._keys, self._high = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]

    def __enter__(self) -> Self:
        return self

    def write(self, keys: npt.NDArray[np.uint64], high: npt.NDArray[np.uint64]) -> None:
        """Add the keys of documents, one document after the other, and what their texts are known by."""
        self._keys.append(keys)
        self._high.append(high)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        keys, high = np.concatenate(self._keys), np.concatenate(self._high)
        places = np.repeat(np.arange(len(high)), len(keys) // max(len(high), 1))
        counts = np.array([len(keys)] if len(keys) else [])
        if self._partitions > 1:
            partition = partition_of(keys, self._partitions)
            order = np.argsort(partition.astype(np.uint16), kind="stable")  # 16 bits are sorted without comparing
            keys, places, counts = keys[order], places[order], np.bincount(partition)
        _write_in_order(self._path, arrow_table({"key": keys, "high": high[places], "place": places}, BANDS), counts)


class _Sketches:
    """The file of sketches, written as batches come; equal texts of the split keep the search keys of the first."""

    def __init__(self, path: Path, keys: _Bands) -> None:
        self._path, self._keys = path, keys
        self._seen = SeenKeys()

    def __enter__(self) -> Self:
        self._sink = pa.OSFile(str(self._path), "wb")
        self._writer = pa.ipc.new_file(self._sink, DOCUMENTS)
        return self

    def write(self, table: pa.Table) -> None:
        """Add documents; those without a shingle have no sketch."""
        table = _only(table, self._fresh(numbers_of(table["high"]), numbers_of(table["length"]) > 0))
        bands = table["bands"].combine_chunks()
        width = bands.type.byte_width // 8
        keys = np.frombuffer(bands.buffers()[1], np.uint64, len(bands) * width, bands.offset * width * 8)
        self._keys.write(keys, numbers_of(table["high"]))
        for batch in table.select(DOCUMENTS.names).cast(DOCUMENTS).combine_chunks().to_batches():
            self._writer.write_batch(batch)

    def _fresh(self, high: npt.NDArray[np.uint64], wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which of the documents that are *wanted* have a text that no earlier one of the split has."""
        fresh = wanted.copy()
        fresh[wanted] = self._seen.fresh(high[wanted])
        return fresh

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        self._sink.close()


class _Lines:
    """The file of lines; those of a batch that are equal are one row, and so are those of the split."""

    def __init__(self, path: Path, partitions: int) -> None:
        self._path, self._partitions = path, partitions
        self._lines = pl.DataFrame(pl.from_arrow(no_rows(LINES)))

    def __enter__(self) -> Self:
        return self

    def write(self, table: pa.Table) -> None:
        """Add documents, with the list `parts` of each."""
        parts = pl.DataFrame(pl.from_arrow(table.select(["source", "parts"]))).explode("parts").drop_nulls("parts")
        fresh = parts.unnest("parts").with_columns(documents=pl.lit(1, pl.Int64)).select(LINES.names)
        summed = pl.concat([self._lines, fresh]).group_by("source", "paragraph", "key")
        self._lines = summed.agg(pl.col("documents").sum(), pl.col("characters").sum())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            table = self._lines.to_arrow().cast(LINES)
            write_partitioned(self._path, table, partition_of(numbers_of(table["key"]), self._partitions))


class _Overlaps:
    """The file of works inside documents, written as batches come; most documents hold none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._sink = pa.OSFile(str(self._path), "wb")
        self._writer = pa.ipc.new_file(self._sink, OVERLAPS)
        return self

    def write(self, table: pa.Table) -> None:
        """Add documents: a row for each of their `overlaps`."""
        table = table.filter(
            pc.greater(pc.list_value_length(table["overlaps"]), arrow_scalar(0, pa.int64()))
        ).combine_chunks()
        if not len(table):
            return
        lists = table["overlaps"].combine_chunks()
        rows = pa.Table.from_struct_array(lists.flatten())
        place = table.select([name for name, _ in _PLACE]).take(pc.list_parent_indices(lists))
        whole = pa.table({name: (rows if name in rows.schema.names else place)[name] for name in OVERLAPS.names})
        for batch in whole.cast(OVERLAPS).combine_chunks().to_batches():
            self._writer.write_batch(batch)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        self._sink.close()

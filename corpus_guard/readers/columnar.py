"""Parquet and Arrow: only the columns that are wanted, as they lie in memory; strings are never decoded here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.fields import Collector, Shape, column_names, no_text_column, shape_of

_MOST_ROWS = 65_536
_FAULTS = (pa.ArrowException, OSError, ValueError)
_STRINGS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)


def read_parquet(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of some row groups of a Parquet file."""
    try:
        file = pq.ParquetFile(split.shard.path, pre_buffer=False)
    except _FAULTS as error:
        raise ShardError(f"the Parquet file is cut off or corrupt ({_kind(error)})") from None
    with file:
        groups = range(split.start, file.num_row_groups if split.stop < 0 else split.stop)
        rows = sum(file.metadata.row_group(group).num_rows for group in groups)
        read = 0
        names = _wanted_columns(file.schema_arrow.names, wanted, rows)
        try:
            for group in groups:
                about = file.metadata.row_group(group)
                size = max(1, min(_MOST_ROWS, wanted.batch_bytes * about.num_rows // max(1, about.total_byte_size)))
                for batch in file.iter_batches(size, row_groups=[group], columns=names, use_threads=False):
                    yield from batches_of(batch, wanted, first=read)
                    read += batch.num_rows
        except _FAULTS as error:
            raise ShardError(f"a row group of the Parquet file is corrupt ({_kind(error)})", documents=rows - read) from None


def read_arrow(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of an Arrow file or stream."""
    read, rows = 0, None
    try:
        with pa.memory_map(split.shard.path) as source:
            reader, numbers = _arrow_reader(source, split)
            names = _wanted_columns(reader.schema.names, wanted, None)
            for number in numbers:
                batch = reader.read_next_batch() if number is None else reader.get_batch(number)
                yield from batches_of(batch.select(names), wanted, first=read)
                read += batch.num_rows
    except StopIteration:
        return
    except _FAULTS as error:
        raise ShardError(f"the Arrow file is cut off or corrupt ({_kind(error)})", documents=rows) from None


def _arrow_reader(source: pa.NativeFile, split: Split) -> tuple[pa.ipc.RecordBatchReader, Iterator[int | None]]:
    if source.read(6) == b"ARROW1":
        source.seek(0)
        reader = pa.ipc.open_file(source)
        return reader, iter(range(split.start, reader.num_record_batches if split.stop < 0 else split.stop))
    source.seek(0)
    return pa.ipc.open_stream(source), _forever()


def _forever() -> Iterator[None]:
    while True:
        yield None


def _kind(error: BaseException) -> str:
    return type(error).__name__


def _wanted_columns(names: Sequence[str], wanted: Wanted, rows: int | None) -> list[str]:
    shape = shape_of(names, wanted)
    if not shape.columns:
        raise ShardError(no_text_column(names, wanted), documents=rows)
    return list(dict.fromkeys((*shape.columns, *column_names(names, wanted).values())))


def batches_of(batch: pa.RecordBatch, wanted: Wanted, *, first: int) -> Iterator[Batch]:
    """Yield the documents of an Arrow batch whose first record has the number *first*."""
    shape = shape_of(batch.schema.names, wanted)
    plain = [batch.column(name) for name in shape.plain]
    if shape.turns or not all(_is_text(column.type) for column in plain):
        yield from _by_record(batch, wanted, first)
        return
    texts = [_large_string(column) for column in plain]
    columns = {key: _strings(batch.column(name)) for key, name in column_names(batch.schema.names, wanted).items()}
    for start, stop in _cuts(texts, wanted.batch_bytes):
        part = {key: values.slice(start, stop - start) for key, values in columns.items()}
        yield _flat([text.slice(start, stop - start) for text in texts], shape, part, first + start)


def _flat(texts: list[pa.LargeStringArray], shape: Shape, columns: dict[str, pa.Array], first: int) -> Batch:
    """A batch of plain columns: the texts of a document side by side, nulls left out."""
    rows = len(texts[0])
    order = (np.arange(rows)[:, None] + rows * np.arange(len(texts))).ravel()
    flat = texts[0] if len(texts) == 1 else pa.concat_arrays(texts).take(pa.array(order))
    present = np.flatnonzero(flat.is_valid().to_numpy(zero_copy_only=False))
    return Batch(
        rows=np.arange(first, first + rows),
        texts=flat.drop_null() if flat.null_count else flat,
        documents=present // len(texts),
        fields=present % len(texts),
        field_names=shape.plain,
        columns=columns,
        read=rows,
    )


def _cuts(texts: Sequence[pa.LargeStringArray], limit: int) -> Iterator[tuple[int, int]]:
    """Stretches of records with at most *limit* bytes of text each, or one record."""
    ends: Integers = np.zeros(len(texts[0]), np.int64)
    for text in texts:
        offsets = np.frombuffer(text.buffers()[1], np.int64, len(text) + 1, text.offset * 8)
        ends = ends + offsets[1:] - offsets[0]
    start = 0
    while start < len(ends):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + limit, "right")))
        yield start, stop
        start = stop


def _by_record(batch: pa.RecordBatch, wanted: Wanted, first: int) -> Iterator[Batch]:
    collector = Collector(wanted, row=first)
    for number in range(batch.num_rows):
        try:
            record = batch.slice(number, 1).to_pylist()[0]
        except UnicodeDecodeError:
            collector.lose("invalid UTF-8 inside a string column")
            continue
        collector.add({name: _text_or_same(value) for name, value in record.items()})
        yield from collector.batches()
    yield from collector.batches(last=True)


def _text_or_same(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return value


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(check(value) for check in (*_STRINGS, *_BYTES)) or pa.types.is_null(value)


def _strings(column: pa.Array) -> pa.Array:
    """A column that is no text, as strings."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.cast(column, pa.large_string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.large_string())
    return pc.cast(column, pa.string())


def _large_string(column: pa.Array) -> pa.LargeStringArray:
    """A text column with 64-bit offsets; its bytes are taken as they are, valid UTF-8 or not."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), pa.large_string())
    if any(check(column.type) for check in _BYTES):
        column = pc.cast(column, pa.large_binary())
        column = pa.LargeStringArray.from_buffers(
            len(column), column.buffers()[1], column.buffers()[2], column.buffers()[0], -1, column.offset
        )
    else:
        column = pc.cast(column, pa.large_string())
    _check_offsets(column)
    return column


def _check_offsets(column: pa.LargeStringArray) -> None:
    """Refuse offsets that lead outside the data: a corrupt file must not crash the process."""
    buffer, data = column.buffers()[1], column.buffers()[2]
    if buffer is None or not len(column):
        return
    offsets = np.frombuffer(buffer, np.int64, len(column) + 1, column.offset * 8)
    if offsets[0] < 0 or (np.diff(offsets) < 0).any() or offsets[-1] > (data.size if data is not None else 0):
        raise ValueError("offsets")


def rows_of_parquet(path: Path) -> list[tuple[int, int]]:
    """Return (rows, bytes) of each row group; raise what pyarrow raises."""
    about = pq.read_metadata(path)
    groups = (about.row_group(number) for number in range(about.num_row_groups))
    return [(group.num_rows, group.total_byte_size) for group in groups]

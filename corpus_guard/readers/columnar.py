"""Parquet and Arrow files: only the columns that are wanted, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.arrow_texts import batches_of
from corpus_guard.readers.collector import MOST_ROWS
from corpus_guard.readers.fields import check_unique, column_names, no_text_column, shape_of
from corpus_guard.readers.soundness import check_batch, check_decoded, check_schema
from corpus_guard.readers.streams import unreadable

FAULTS = (pa.ArrowException, OSError, ValueError, IndexError)
"""What pyarrow raises on files that are cut off or corrupt."""

_ROWS_AT_ONCE = 1024
"""Rows of Parquet decoded at a time: a text that repeats takes no room in the file, but in memory it does."""

_BUFFER = 8 * 2**20
"""Bytes of a column read from the file at a time: without it, pyarrow loads those of the whole row group."""

_FILE_MAGIC = b"ARROW1"
_END_OF_STREAM = b"\xff\xff\xff\xff\0\0\0\0"


class FileFaultError(Exception):
    """Reading a table broke off; `fault` is what pyarrow raised."""

    def __init__(self, fault: BaseException) -> None:
        self.fault = fault
        super().__init__(type(fault).__name__)


_CORRUPT = (FileFaultError, pa.ArrowException)  # the index of a dictionary may show only later that it leads nowhere


def read_parquet(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of some row groups of a Parquet file."""
    try:
        file = pq.ParquetFile(split.shard.path, pre_buffer=False, buffer_size=_BUFFER, page_checksum_verification=True)
        names, groups = list(check_schema(file.schema_arrow).names), _groups(file, split)
        rows = sum(file.metadata.row_group(group).num_rows for group in groups)
    except FAULTS as error:
        raise _fault(error, "the Parquet file has no readable footer: it is cut off or corrupt") from None
    with file:
        columns, read = wanted_columns(names, wanted, rows), 0
        try:
            for table in _joined(_row_groups(file, groups, columns, wanted), wanted.batch_bytes):
                yield from batches_of(table, wanted, first=read)
                read += table.num_rows
        except _CORRUPT as error:
            raise _fault(error, "a row group of the Parquet file is corrupt", rows - read) from None
    if read != rows:
        raise ShardError(f"the Parquet footer promises {rows} rows, {read} were found", documents=max(0, rows - read))


def _groups(file: pq.ParquetFile, split: Split) -> range:
    return range(split.start, file.num_row_groups if split.stop < 0 else split.stop)


def _row_groups(
    file: pq.ParquetFile, groups: Sequence[int], columns: Sequence[str], wanted: Wanted
) -> Iterator[pa.RecordBatch]:
    for group in groups:
        about = file.metadata.row_group(group)  # not of its columns: pyarrow aborts where these are corrupt
        rows = max(1, min(_ROWS_AT_ONCE, wanted.batch_bytes * about.num_rows // max(1, about.total_byte_size)))
        yield from map(check_decoded, file.iter_batches(rows, row_groups=[group], columns=columns, use_threads=False))


def read_arrow(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of an Arrow file or stream."""
    corrupt = "the Arrow file is cut off or corrupt from here on"
    try:
        source = pa.memory_map(split.shard.path)
        names = arrow_schema(source).names
    except FAULTS as error:
        raise _fault(error, corrupt) from None
    with closing(source):
        rows = None if shape_of(names, wanted) else records_of_arrow(split)
        columns, read = wanted_columns(names, wanted, rows), 0
        try:
            for table in _joined(_record_batches(source, split, columns, names), wanted.batch_bytes):
                yield from batches_of(table, wanted, first=read)
                read += table.num_rows
        except _CORRUPT as error:
            raise _fault(error, corrupt) from None


def arrow_schema(source: pa.NativeFile) -> pa.Schema:
    """Return the schema of an Arrow file or stream; raise one of `FAULTS`."""
    return check_schema((pa.ipc.open_file(source) if is_file(source) else pa.ipc.open_stream(source)).schema)


def is_file(source: pa.NativeFile) -> bool:
    """Return whether *source* is an Arrow file, which has a footer, not a stream; leave it at its beginning."""
    source.seek(0)
    found = bool(source.read(len(_FILE_MAGIC)) == _FILE_MAGIC)
    source.seek(0)
    return found


def _record_batches(
    source: pa.NativeFile, split: Split, columns: Sequence[str], names: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    options = pa.ipc.IpcReadOptions(included_fields=[number for number, name in enumerate(names) if name in columns])
    yield from map(check_batch, _stored(source, split, options))


def _stored(source: pa.NativeFile, split: Split, options: pa.ipc.IpcReadOptions) -> Iterator[pa.RecordBatch]:
    if is_file(source):
        reader = pa.ipc.open_file(source, options=options)
        for number in range(split.start, reader.num_record_batches if split.stop < 0 else split.stop):
            yield reader.get_batch(number)
        return
    yield from pa.ipc.open_stream(source, options=options)
    end = source.tell()
    source.seek(max(0, end - len(_END_OF_STREAM)))
    if end != source.size() or source.read() != _END_OF_STREAM:
        raise ValueError("end")


def _joined(tables: Iterator[pa.RecordBatch], limit: int) -> Iterator[pa.RecordBatch]:
    """Join small record batches, for each batch has its price; at a fault, give what came before it first."""
    held: list[pa.RecordBatch] = []
    size = rows = 0
    fault: FileFaultError | None = None
    try:
        for table in tables:
            if held and (size + table.nbytes > limit or rows + table.num_rows > MOST_ROWS):
                yield _one(held)
                held, size, rows = [], 0, 0
            held.append(table)
            size, rows = size + table.nbytes, rows + table.num_rows
    except FAULTS as error:
        fault = FileFaultError(error)
    if held:
        yield _one(held)
    if fault is not None:
        raise fault


def _one(tables: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    return tables[0] if len(tables) == 1 else pa.concat_batches(tables)


def wanted_columns(names: Sequence[str], wanted: Wanted, rows: int | None) -> list[str]:
    """Return which columns to read; raise `ShardError` when none of them holds text."""
    shape = shape_of(names, wanted)
    if not shape:
        raise ShardError(no_text_column(names, wanted), documents=rows)
    needed = list(dict.fromkeys((*(column.name for column in shape), *column_names(names, wanted).values())))
    check_unique(names, needed)
    return needed


def _fault(error: BaseException, otherwise: str, documents: int | None = None) -> ShardError:
    fault = error.fault if isinstance(error, FileFaultError) else error
    refused = isinstance(fault, OSError) and fault.errno is not None
    return ShardError(unreadable(fault) if refused else otherwise, documents=documents)  # type: ignore[arg-type]


def rows_of_parquet(path: Path) -> list[tuple[int, int]]:
    """Return (rows, bytes) of each row group; raise one of `FAULTS`."""
    about = pq.read_metadata(path)
    groups = (about.row_group(number) for number in range(about.num_row_groups))
    return [(group.num_rows, group.total_byte_size) for group in groups]


def records_of_arrow(split: Split) -> int | None:
    """Return the rows of an Arrow file or stream, of each record batch mapping one column; None when it is corrupt."""
    options = pa.ipc.IpcReadOptions(included_fields=[0])
    try:
        with closing(pa.memory_map(split.shard.path)) as source:
            return sum(int(batch.num_rows) for batch in _stored(source, split, options))
    except FAULTS:
        return None

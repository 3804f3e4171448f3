"""Tables and records that are in memory already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.errors import ShardError, UsageError
from corpus_guard.readers.columnar import batches_of
from corpus_guard.readers.fields import Collector, no_text_column, shape_of


def read_table(table: pa.Table, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of an Arrow table; raise `ShardError` when no column holds text."""
    if not shape_of(table.column_names, wanted).columns:
        raise ShardError(no_text_column(table.column_names, wanted), documents=table.num_rows)
    read = 0
    for batch in table.to_batches():
        yield from batches_of(batch, wanted, first=read)
        read += batch.num_rows


def read_memory(data: Any, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of a `datasets` dataset, an Arrow, polars or pandas table, a dict of lists, or dicts."""
    if isinstance(data, pa.RecordBatch):
        return read_table(pa.Table.from_batches([data]), wanted)
    if isinstance(data, pa.Table):
        return read_table(data, wanted)
    if isinstance(data, Mapping):
        return read_table(pa.table(dict(data)), wanted)
    library = type(data).__module__.partition(".")[0]
    if library == "polars":
        return read_table(data.to_arrow(), wanted)
    if library == "pandas":
        return read_table(pa.Table.from_pandas(data, preserve_index=False), wanted)
    if library == "datasets" and hasattr(data, "with_format") and hasattr(data, "column_names"):
        return _dataset(data, wanted)
    if isinstance(data, Iterable) and not isinstance(data, (str, bytes)):
        return _records(data, wanted)
    raise UsageError(f"a {type(data).__name__} cannot be scanned; give a path, a table, a dataset or dicts")


def _dataset(data: Any, wanted: Wanted) -> Iterator[Batch]:
    read = 0
    for table in data.with_format("arrow").iter(batch_size=1000):
        for batch in read_table(table, wanted):
            yield _moved(batch, read)
        read += table.num_rows


def _moved(batch: Batch, rows: int) -> Batch:
    from dataclasses import replace

    lost = [replace(one, row=None if one.row is None else one.row + rows) for one in batch.unscanned]
    return replace(batch, rows=batch.rows + rows, unscanned=tuple(lost))


def _records(data: Iterable[Any], wanted: Wanted) -> Iterator[Batch]:
    collector = Collector(wanted)
    for record in data:
        collector.add(record)
        yield from collector.batches()
    yield from collector.batches(last=True)

"""Tables and records that are in memory already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from os import PathLike
from typing import Any

import pyarrow as pa

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.errors import UsageError
from corpus_guard.readers.arrow_texts import batches_of
from corpus_guard.readers.collector import Collector
from corpus_guard.readers.columnar import wanted_columns

_ROWS_AT_ONCE = 1000
_NO_ARROW = (pa.ArrowException, TypeError, ValueError, OverflowError)
"""What pyarrow raises on values of mixed types, and on strings that are no Unicode."""


def read_table(table: pa.Table, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of an Arrow table; raise `ShardError` when no column holds text."""
    columns = wanted_columns(table.column_names, wanted, table.num_rows)
    read = 0
    for batch in table.select(columns).to_batches():
        yield from batches_of(batch, wanted, first=read)
        read += batch.num_rows


def read_memory(data: Any, wanted: Wanted) -> Iterator[Batch]:
    """Return the documents of *data*, batch by batch.

    *data* is a `datasets` dataset, a table of pyarrow, polars or pandas, a dict of lists, or an iterable of dicts.
    Raises `UsageError` for anything else.
    """
    library = type(data).__module__.partition(".")[0]
    if library == "datasets":
        return _dataset(data, wanted)
    if library == "pandas":
        return _frame(data, wanted)
    table = _as_table(data, library)
    if table is not None:
        return read_table(table, wanted)
    if isinstance(data, Mapping):
        return _dict_of_lists(data, wanted)
    if isinstance(data, Iterable) and not isinstance(data, (str, bytes, PathLike)):
        return _tables(data, wanted) if isinstance(data, pa.RecordBatchReader) else _dicts(data, wanted)
    raise UsageError(f"a {type(data).__name__} cannot be scanned; give a path, a table, a dataset or dicts")


def _as_table(data: Any, library: str) -> pa.Table | None:
    if library == "polars":
        return (data.collect() if hasattr(data, "collect") else data).to_arrow()
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    return data if isinstance(data, pa.Table) else None


def _frame(frame: Any, wanted: Wanted) -> Iterator[Batch]:
    columns = wanted_columns([str(name) for name in frame.columns], wanted, len(frame))
    chosen = frame[[name for name in frame.columns if str(name) in columns]]
    try:
        table = pa.Table.from_pandas(chosen, preserve_index=False)
    except _NO_ARROW:
        blank = chosen.isna()
        return _dicts(chosen.astype(object).mask(blank, None).to_dict("records"), wanted)
    return read_table(table, wanted)


def _dict_of_lists(data: Mapping[str, Any], wanted: Wanted) -> Iterator[Batch]:
    columns = wanted_columns(list(data), wanted, None)
    chosen = {name: data[name] for name in columns}
    if len({len(values) for values in chosen.values()}) > 1:
        raise UsageError("the lists of this dict have different lengths; a table has one value a column for each row")
    try:
        table = pa.table({name: _array(values) for name, values in chosen.items()})
    except _NO_ARROW:
        rows = zip(*(list(values) for values in chosen.values()), strict=True)
        return _dicts((dict(zip(columns, row, strict=True)) for row in rows), wanted)
    return read_table(table, wanted)


def _array(values: Any) -> Any:
    return values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values)


def _dataset(data: Any, wanted: Wanted) -> Iterator[Batch]:
    """A dataset of the `datasets` library, also a streaming one; columns that nobody asked for are not decoded."""
    if isinstance(data, Mapping):
        raise UsageError(f"this is a dict of datasets; give one of them: {', '.join(map(str, data))}")
    if data.column_names is not None:
        data = data.select_columns(wanted_columns(data.column_names, wanted, getattr(data, "num_rows", None)))
    if not hasattr(data, "__len__"):
        return _dicts(data, wanted)
    return _tables(data.with_format("arrow").iter(batch_size=_ROWS_AT_ONCE), wanted)


def _tables(tables: Iterable[Any], wanted: Wanted) -> Iterator[Batch]:
    read = 0
    for table in tables:
        for batch in read_memory(table, wanted):
            yield _moved(batch, read)
        read += table.num_rows


def _moved(batch: Batch, rows: int) -> Batch:
    lost = [replace(one, row=None if one.row is None else one.row + rows) for one in batch.unscanned]
    return replace(batch, rows=batch.rows + rows, unscanned=tuple(lost))


def _dicts(records: Iterable[Any], wanted: Wanted) -> Iterator[Batch]:
    collector = Collector(wanted)
    for record in records:
        full = collector.add(dict(record) if isinstance(record, Mapping) else record)
        if full is not None:
            yield full
    yield from collector.rest()

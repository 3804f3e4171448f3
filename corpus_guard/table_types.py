"""Tables of other libraries: taken as Arrow, given back as the type they came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from corpus_guard.errors import UsageError


def as_arrow(batch: Any) -> pa.Table:
    """Return *batch* as an Arrow table; raise `UsageError` for a type that is no table."""
    if isinstance(batch, pa.Table):
        return batch
    if isinstance(batch, pa.RecordBatch):
        return pa.Table.from_batches([batch])
    if isinstance(batch, Mapping):
        return pa.table({name: _array(values) for name, values in batch.items()})
    library = type(batch).__module__.partition(".")[0]
    if library == "polars":
        table: pa.Table = batch.to_arrow()
        return table
    if library == "pandas":
        return pa.Table.from_pandas(batch, preserve_index=False)
    data = getattr(batch, "data", None)  # datasets' LazyBatch
    if isinstance(data, Mapping):
        return as_arrow({name: batch[name] for name in batch})
    raise UsageError(f"a {type(batch).__name__} is no table; give pyarrow, polars, pandas or a dict of lists")


def like(batch: Any, table: pa.Table, columns: Mapping[str, pa.Array]) -> Any:
    """Return *table* with *columns* added or replaced, as the type of *batch*."""
    if isinstance(batch, Mapping) or (not isinstance(batch, (pa.Table, pa.RecordBatch)) and hasattr(batch, "data")):
        return {name: batch[name] for name in batch} | {name: values.to_pylist() for name, values in columns.items()}
    for name, values in columns.items():
        if name in table.column_names:
            table = table.drop_columns([name])
        table = table.append_column(name, values)
    if isinstance(batch, pa.RecordBatch):
        return (
            table.combine_chunks().to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], table.schema)
        )
    library = type(batch).__module__.partition(".")[0]
    if library == "polars":
        import polars as pl

        return pl.from_arrow(table)
    return table if isinstance(batch, pa.Table) else _like_pandas(batch, table, columns)


def _like_pandas(batch: Any, table: pa.Table, columns: Mapping[str, pa.Array]) -> Any:
    return batch.assign(**{name: table[name].to_pylist() for name in columns})


def _array(values: Any) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    return values if isinstance(values, pa.Array) else pa.array(values)

"""Tables of other libraries: told by what they are, given back as the type they came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from corpus_guard.errors import UsageError


def rows_of(batch: Any) -> int:
    """Return how many rows a table has; raise `UsageError` for a type that is no table.

    Tables are those of pyarrow, polars (not lazy) and pandas, and dicts of lists, also the lazy ones of `datasets`.
    """
    if isinstance(batch, (pa.Table, pa.RecordBatch)):
        return int(batch.num_rows)
    if isinstance(batch, Mapping):
        return max((len(batch[name]) for name in batch), default=0)
    if _library(batch) in ("polars", "pandas") and hasattr(batch, "__len__") and hasattr(batch, "columns"):
        return len(batch)
    raise UsageError(f"a {type(batch).__name__} is no table; give pyarrow, polars, pandas or a dict of lists")


def with_columns(batch: Any, columns: Mapping[str, pa.Array]) -> Any:
    """Return *batch* with *columns* added, or replaced where it has them, as the type it is."""
    if isinstance(batch, pa.RecordBatch):
        table = with_columns(pa.Table.from_batches([batch]), columns)
        return pa.RecordBatch.from_arrays([_whole(values) for values in table.columns], schema=table.schema)
    if isinstance(batch, pa.Table):
        kept = [name for name in batch.column_names if name not in columns]
        table = batch.select(kept)
        for name, values in columns.items():
            table = table.append_column(name, values)
        return table
    if isinstance(batch, Mapping):
        return {name: batch[name] for name in batch} | {name: TypedList(values) for name, values in columns.items()}
    if _library(batch) == "polars":
        return _with_series(batch, columns)
    return batch.assign(**{name: values.to_pylist() for name, values in columns.items()})


class TypedList(list[Any]):
    """The values of an Arrow array as a list that still knows its type, also where every value is null or empty.

    `datasets` takes the type of a new column from its first rows: from nulls alone it would be null for good, and the
    first row that has something to say would end its `map`.
    """

    def __init__(self, values: pa.Array) -> None:
        """Take the values and the type of *values*."""
        super().__init__(values.to_pylist())
        self._type = values.type

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:  # noqa: A002 - as Arrow calls it
        """Return an array of what the list holds now."""
        return pa.array(list(self), type or self._type)


def _with_series(frame: Any, columns: Mapping[str, pa.Array]) -> Any:
    import polars as pl

    return frame.with_columns(**{name: pl.Series(name, pl.from_arrow(values)) for name, values in columns.items()})


def _library(batch: Any) -> str:
    return type(batch).__module__.partition(".")[0]


def _whole(values: pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)

"""A table of duplicates, some groups at a time: what it says of them is added up without all of it in memory.

The rows of a group lie side by side in the file, so only the last group of a piece may go on in the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 65_536
"""Rows of a piece, before those of one group and source are counted."""

GROUP = ("kind", "group")


def pieces(duplicates: Path, columns: list[str]) -> Iterator[pl.DataFrame]:
    """Yield the rows of *duplicates*, at most `ROWS` at a time."""
    with pq.ParquetFile(duplicates) as file:
        for batch in file.iter_batches(ROWS, columns=columns, use_threads=False):
            frame = pl.from_arrow(pa.Table.from_batches([batch]))
            assert isinstance(frame, pl.DataFrame)
            yield frame


def whole_groups(duplicates: Path) -> Iterator[pl.DataFrame]:
    """Yield `kind`, `group`, `source` and how many `documents` of the source are in the group; no group in parts."""
    known: list[pl.DataFrame] = []
    for piece in pieces(duplicates, [*GROUP, "source"]):
        counted = piece.group_by(*GROUP, "source", maintain_order=True).agg(documents=pl.len().cast(pl.Int64))
        together = pl.concat([*known, counted]).group_by(*GROUP, "source", maintain_order=True).sum()
        last = pl.struct(GROUP) == pl.struct(GROUP).last()
        known = [together.filter(last)]
        yield together.filter(~last)
    yield from known

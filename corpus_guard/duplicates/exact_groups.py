"""From fingerprints to groups of equal documents, partition by partition: what the engine's shuffle carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.duplicates.fingerprints import EXACT, read_partition
from corpus_guard.runs import Work, atomic

KINDS = ("exact", "near")

DUPLICATES_SCHEMA = pa.schema(
    [
        ("kind", pa.string()), ("group", pa.string()), ("source", pa.string()), ("shard", pa.string()),
        ("row", pa.int64()), ("document_id", pa.string()), ("representative", pa.bool_()), ("similarity", pa.float64()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class GroupExact:
    """Groups the equal keys of one partition; the representative is the first document by shard name and row.

    splits  split number -> (shard name, rows of the shard before it)
    """

    work: Work
    splits: Mapping[int, tuple[str, int]]

    def __call__(self, partition: int) -> int:
        """Write the groups of *partition*; return how many documents are copies."""
        found = self._members(partition)
        groups = pl.struct("high", "low")
        found = found.filter(groups.is_duplicated()).sort("high", "low", "shard", "row")
        found = found.with_columns(representative=groups.is_first_distinct())
        table = pa.table(
            {
                "kind": ["exact"] * len(found),
                "group": [f"{high:016x}{low:016x}" for high, low in found.select("high", "low").iter_rows()],
                "source": found["source"].to_arrow(), "shard": found["shard"].to_arrow(),
                "row": found["row"].to_arrow(), "document_id": found["document_id"].to_arrow(),
                "representative": found["representative"].to_arrow(), "similarity": np.ones(len(found)),
            }
        ).cast(DUPLICATES_SCHEMA)  # fmt: skip
        with atomic(self.work.duplicates(partition)) as draft:
            pq.write_table(table, draft, compression="zstd")
        return int((~found["representative"]).sum())

    def _members(self, partition: int) -> pl.DataFrame:
        parts = []
        for number, (shard, offset) in self.splits.items():
            found = read_partition(self.work.fingerprints(number), partition)
            if found is not None:
                part = pl.DataFrame(pl.from_arrow(found))
                parts.append(part.with_columns(shard=pl.lit(shard), row=pl.col("row") + offset))
        empty = pl.DataFrame(pl.from_arrow(EXACT.empty_table())).with_columns(shard=pl.lit(""))
        return pl.concat(parts) if parts else empty


def row_offsets(rows: Sequence[tuple[int, str, int | None]]) -> dict[int, tuple[str, int]]:
    """Return split -> (shard, rows of the shard before it) from (split, shard, rows) in plan order.

    Rows None means unknown; later splits of that shard then keep the rows known so far, and the caller says so.
    """
    offsets: dict[int, tuple[str, int]] = {}
    before: dict[str, int] = {}
    for split, shard, count in rows:
        offsets[split] = (shard, before.get(shard, 0))
        before[shard] = before.get(shard, 0) + (count or 0)
    return offsets

"""From fingerprints to groups of equal documents, partition by partition: what the engine's shuffle carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.arrays import arrow_array, arrow_table, no_rows, numbers_of
from corpus_guard.core.batch import Integers
from corpus_guard.duplicates.earlier import Joined
from corpus_guard.duplicates.fingerprints import EXACT, read_partition
from corpus_guard.duplicates.shared_keys import Among, twice
from corpus_guard.runs import atomic

KINDS = ("exact", "near")

DUPLICATES_SCHEMA = pa.schema(
    [
        ("kind", pa.string()), ("group", pa.string()), ("source", pa.string()), ("shard", pa.string()),
        ("row", pa.int64()), ("document_id", pa.string()), ("representative", pa.bool_()), ("similarity", pa.float64()),
    ]
)  # fmt: skip


KNOWN_SCHEMA = pa.schema([*DUPLICATES_SCHEMA, ("added", pa.string())])
"""Documents of earlier scans, with the day on which these were added to the index."""

_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class GroupExact:
    """Groups the equal keys of one partition; the representative is the first document by shard name and row.

    Documents of earlier scans come before those of this one, and are written apart.

    splits  split number -> (shard name, rows of the shard before it)
    """

    work: Joined
    splits: Mapping[int, tuple[str, int]]
    partitions: int

    def __call__(self, partition: int) -> int:
        """Write the groups of *partition*; return how many documents are copies."""
        found = self._members(partition)
        order, leads = _grouped(found, self._ranks())
        with (
            atomic(self.work.duplicates(partition)) as draft,
            pq.ParquetWriter(draft, DUPLICATES_SCHEMA, compression="zstd") as own,
            ExitStack() as stack,
        ):
            known = self._known_writer(partition, stack)
            for start in range(0, len(order), _ROWS_AT_ONCE):
                some = slice(start, start + _ROWS_AT_ONCE)
                self._write(found[order[some]].with_columns(representative=pl.Series(leads[some])), own, known)
        return int((~leads).sum())

    def _known_writer(self, partition: int, stack: ExitStack) -> pq.ParquetWriter | None:
        if not self.work.parts:
            return None
        draft = stack.enter_context(atomic(self.work.known(partition)))
        return stack.enter_context(pq.ParquetWriter(draft, KNOWN_SCHEMA, compression="zstd"))

    def _write(self, rows: pl.DataFrame, own: pq.ParquetWriter, known: pq.ParquetWriter | None) -> None:
        mine = rows.filter(pl.col("split") >= 0)
        own.write_table(self._table(mine).cast(DUPLICATES_SCHEMA))
        others = rows.filter(pl.col("split") < 0)
        if known is not None and len(others):
            days = [self.work.parts[split].added for split in others["split"].to_list()]
            known.write_table(self._table(others).append_column("added", arrow_array(days)).cast(KNOWN_SCHEMA))

    def _table(self, rows: pl.DataFrame) -> pa.Table:
        where = self._where()
        places = [where[split] for split in rows["split"].to_list()]
        return arrow_table(
            {
                "kind": ["exact"] * len(rows),
                "group": [f"{high:016x}{low:016x}" for high, low in rows.select("high", "low").iter_rows()],
                "source": rows["source"].to_arrow(), "shard": [shard for shard, _ in places],
                "row": rows["row"].to_numpy() + np.array([before for _, before in places], np.int64),
                "document_id": rows["document_id"].to_arrow(), "representative": rows["representative"].to_arrow(),
                "similarity": np.ones(len(rows)),
            }
        )  # fmt: skip

    def _where(self) -> dict[int, tuple[str, int]]:
        parts = self.work.parts.items()
        return {number: (part.shard, part.rows_before) for number, part in parts} | dict(self.splits)

    def _ranks(self) -> pl.DataFrame:
        """The place of each split by whether it is earlier, then by shard name, then by rows."""
        order = sorted(self._where().items(), key=lambda item: (item[0] >= 0, *item[1]))
        numbers = [number for number, _ in order]
        kinds = {"split": pl.Int64, "rank": pl.Int64}
        return pl.DataFrame({"split": numbers, "rank": range(len(numbers))}, schema=kinds)

    def _members(self, partition: int) -> pl.DataFrame:
        """The documents of a partition that may be equal to another, and those of earlier scans that are."""
        found = {number: read_partition(self.work.fingerprints(number), partition) for number in self.splits}
        tables = {number: table for number, table in found.items() if table is not None}
        keys = {number: numbers_of(table["high"]) for number, table in tables.items()}
        earlier = list(self._earlier(partition, Among(keys.values()))) if self.work.parts else []
        shared = Among([twice(list(keys.values())), *(part["high"].to_numpy() for part in earlier)])
        own = [_chosen(table, shared.places(keys[number]), number) for number, table in tables.items()]
        nothing = _chosen(no_rows(EXACT), np.zeros(0, np.int64), 0)
        return _equal(pl.concat([nothing, *own]), earlier)

    def _earlier(self, partition: int, own: Among) -> Iterator[pl.DataFrame]:
        for number in self.work.parts:
            for table in self.work.keys(number, "exact", "high", partition, self.partitions):
                yield _chosen(table, own.places(numbers_of(table["high"])), number)


def _chosen(table: pa.Table, places: Integers, split: int) -> pl.DataFrame:
    """The rows of a file of fingerprints at some places, with the number of their split."""
    return pl.DataFrame(pl.from_arrow(table.take(arrow_array(places)))).with_columns(split=pl.lit(split, pl.Int64))


def _equal(own: pl.DataFrame, earlier: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The documents of this scan, and of the earlier ones those that are equal to one of them by the whole key."""
    keys = own.select("high", "low").unique()
    return pl.concat([own, *(part.join(keys, on=["high", "low"], how="semi") for part in earlier)])


def _grouped(found: pl.DataFrame, ranks: pl.DataFrame) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """The places of documents that are equal to another, group by group, and which of them lead."""
    groups = pl.struct("high", "low")
    keys = found.select("high", "low", "split", "row").with_row_index("place").filter(groups.is_duplicated())
    keys = keys.join(ranks, on="split", how="left").sort("high", "low", "rank", "row")
    high, low = keys["high"].to_numpy(), keys["low"].to_numpy()
    leads = np.ones(len(keys), bool)
    leads[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    return keys["place"].to_numpy().astype(np.int64), leads


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

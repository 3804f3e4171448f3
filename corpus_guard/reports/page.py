"""What the page shows of a run folder: the worst first, and never more than a browser can bear, however large the run.

Every table is read as a stream; what is left out is counted, so that the page can say so.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from corpus_guard.core.arrays import no_rows
from corpus_guard.core.standard import Standard
from corpus_guard.reports.clauses import WORST_FIRST
from corpus_guard.reports.csv_tables import read_rows

MOST_SOURCES = 500
MOST_RISKS = 1_000
MOST_ERRORS = 200
EXAMPLES_A_RULE = 3
EXAMPLES_A_SOURCE = 30

_EXAMPLE = ("source", "shard", "row", "field", "start", "end", "rule", "risk", "entity", "grade", "excerpt")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sources:
    """The worst sources of summary.csv, and how many there are of each verdict."""

    rows: Sequence[Row]
    verdicts: Mapping[str, int]

    @property
    def left_out(self) -> int:
        """Sources that are only in summary.csv."""
        return sum(self.verdicts.values()) - len(self.rows)

    @property
    def names(self) -> list[str]:
        """Names of the sources that are shown, worst first."""
        return [row["source"] for row in self.rows]


@dataclass(frozen=True)
class Group:
    """Rows that stand under one heading; `total` counts also those that are not shown, `facts` is about all of them."""

    name: str
    rows: Sequence[Row]
    total: int = 0
    facts: Row = field(default_factory=dict)


@dataclass(frozen=True)
class Groups:
    """Groups of rows, and how many rows were left out."""

    groups: Sequence[Group]
    left_out: int = 0


@dataclass(frozen=True)
class Unscanned:
    """What was not read, by shard; `shards` counts the shards that were not fully scanned."""

    groups: Sequence[Group]
    shards: int
    shards_left_out: int
    errors_left_out: int


@dataclass(frozen=True)
class Bar:
    """A rate as a bar: `width` and `line` are shares of the drawing's width, `over` says that the rate is beyond it."""

    width: float
    line: float | None
    over: bool


def read_sources(path: Path) -> Sources:
    """Return the worst sources of summary.csv: FAIL, then INCONCLUSIVE, then PASS, each by name."""
    verdicts: Counter[str] = Counter()

    def counted() -> Iterator[Row]:
        for row in read_rows(path):
            verdicts[row["verdict"]] += 1
            yield row

    rows = heapq.nsmallest(MOST_SOURCES, counted(), key=_badness)
    return Sources(rows, {verdict: verdicts[verdict] for verdict in WORST_FIRST if verdicts[verdict]})


def _badness(row: Row) -> tuple[int, str]:
    return WORST_FIRST.index(row["verdict"]), row["source"]


def limit_of(standards: Sequence[Standard], measure: str) -> float | None:
    """Return the limit the first standard that has one sets on *measure*."""
    limits = (known.limit for standard in standards for known in standard.requirements if known.measure == measure)
    return next((limit for limit in limits if limit is not None), None)


def bar(rate: str, limit: float | None) -> Bar | None:
    """Return the bar of a rate; its full width is twice the limit, so that over and under are seen from afar.

    >>> bar("0.025", 0.05), bar("0.5", 0.05), bar("", 0.05)
    (Bar(width=0.25, line=0.5, over=False), Bar(width=1.0, line=0.5, over=True), None)
    """
    if not rate:
        return None
    share = float(rate) / (2 * limit) if limit else float(rate)
    return Bar(min(share, 1.0), 0.5 if limit else None, share > 1)


def read_risks(path: Path, sources: Sequence[str], standard: Standard) -> Groups:
    """Return the rows of risks.csv by source, in the order of *sources*, most frequent risk first, with their names."""
    rank = {name: place for place, name in enumerate(sources)}
    risks = {risk.id: risk for risk in standard.risks}
    known = [row for row in read_rows(path) if row["source"] in rank]
    known.sort(key=lambda row: (rank[row["source"]], -int(row["documents"]), row["risk"]))
    rows = [{**row, "name": risks.get(row["risk"])} for row in known[:MOST_RISKS]]
    groups = [Group(name, list(found)) for name, found in groupby(rows, key=lambda row: row["source"])]
    return Groups(groups, len(known) - len(rows))


def read_unscanned(errors: Path, shards: Path) -> Unscanned:
    """Return the first rows of errors.csv by shard, and with them every shard that was not fully scanned."""
    rows = read_rows(errors)
    shown = list(islice(rows, MOST_ERRORS))
    left_out = sum(1 for _ in rows)
    by_shard = {name: list(found) for name, found in groupby(shown, key=lambda row: row["shard"])}
    partly, count = _partly_scanned(shards, by_shard)
    names = list(dict.fromkeys([*by_shard, *partly]))
    groups = [Group(name, by_shard.get(name, []), facts=partly.get(name, {})) for name in names]
    return Unscanned(groups, count, count - len(partly), left_out)


def _partly_scanned(shards: Path, wanted: Collection[str]) -> tuple[dict[str, Row], int]:
    partly: dict[str, Row] = {}
    count = 0
    for row in read_rows(shards):
        if row["state"] != "scanned":
            count += 1
            if row["shard"] in wanted or len(partly) < MOST_ERRORS:
                partly[row["shard"]] = row
    return partly, count


def read_examples(path: Path, sources: Sequence[str], *, batch_rows: int = 65_536) -> list[Group]:
    """Return findings to look at for each of *sources* that has any: the first of each rule in the order of the file.

    However many findings there are, no more than *batch_rows* and what is kept are held in memory.
    """
    wanted = pl.Series(sources, dtype=pl.String).implode()
    counts: Counter[str] = Counter()
    with pq.ParquetFile(path) as file:
        kept = pl.DataFrame(pl.from_arrow(no_rows(file.schema_arrow).select(_EXAMPLE)))
        for batch in file.iter_batches(batch_rows, columns=list(_EXAMPLE)):
            found = pl.DataFrame(pl.from_arrow(batch)).filter(pl.col("source").is_in(wanted))
            counts.update(dict(found["source"].value_counts().iter_rows()))
            kept = _first(pl.concat([kept, found]))
    frames = kept.partition_by("source", as_dict=True)
    by_source = {str(source): frame.to_dicts() for (source,), frame in frames.items()}
    return [Group(name, by_source[name], counts[name]) for name in sources if name in by_source]


def _first(findings: pl.DataFrame) -> pl.DataFrame:
    """Keep the first of each source and rule, and of these the first of each source; the same again changes nothing."""
    place = pl.int_range(pl.len())
    few = findings.filter(place.over("source", "rule") < EXAMPLES_A_RULE)
    return few.filter(place.over("source") < EXAMPLES_A_SOURCE)


def read_risk_totals(path: Path, standard: Standard, documents: int) -> list[Row]:
    """Return a row for each risk that any source violates: its documents in the whole corpus, in the standard's order.

    A document has one source, so the sums are exact. `width` is the share of the most frequent risk, for a bar.
    """
    counts: Counter[str] = Counter()
    for row in read_rows(path):
        counts[row["risk"]] += int(row["documents"])
    names = {risk.id: risk for risk in standard.risks}
    order = [*(risk for risk in names if risk in counts), *sorted(counts.keys() - names.keys())]
    most = max(counts.values(), default=1)
    return [
        {"risk": risk, "name": names.get(risk), "documents": counts[risk], "width": counts[risk] / most,
         "rate": counts[risk] / documents if documents else 0.0}
        for risk in order
    ]  # fmt: skip

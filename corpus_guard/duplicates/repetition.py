"""Lines and paragraphs that many documents share: how much of each source they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from corpus_guard.core.arrays import no_rows
from corpus_guard.duplicates.fingerprints import LINES, read_partition
from corpus_guard.runs import Work

REPETITION = ("source", "kind", "characters", "repeated_characters", "share", "repeated")
_KINDS = {False: "line", True: "paragraph"}

Counts = list[tuple[str, bool, int, int, int]]
"""Source, whether paragraphs, characters, characters of repeated ones, how many different repeated ones."""


@dataclass(frozen=True)
class CountLines:
    """Task: characters of each source in lines of one partition, and in those that enough *documents* share."""

    work: Work
    splits: Sequence[int]
    documents: int

    def __call__(self, partition: int) -> Counts:
        """Return a row for each source and kind."""
        found = [read_partition(self.work.lines(number), partition) for number in self.splits]
        tables = [pl.DataFrame(pl.from_arrow(table)) for table in found if table is not None]
        lines = pl.concat([pl.DataFrame(pl.from_arrow(no_rows(LINES))), *tables])
        many = pl.col("documents").sum().over("paragraph", "key") >= self.documents
        sums = (
            lines.with_columns(many=many)
            .group_by("source", "paragraph")
            .agg(
                pl.col("characters").sum(), repeated=pl.col("characters").filter("many").sum(),
                different=pl.col("key").filter("many").n_unique(),
            )
        )  # fmt: skip
        return list(sums.iter_rows())


def repetition_rows(counted: Iterable[Counts]) -> list[dict[str, Any]]:
    """Return the rows of repetition.csv from the counts of all partitions."""
    totals: dict[tuple[str, bool], list[int]] = {}
    for source, paragraph, *numbers in (row for counts in counted for row in counts):
        known = totals.setdefault((source, paragraph), [0, 0, 0])
        totals[source, paragraph] = [had + more for had, more in zip(known, numbers, strict=True)]
    return [
        dict(zip(REPETITION, (source, _KINDS[paragraph], all_, same, same / all_, different), strict=True))
        for (source, paragraph), (all_, same, different) in sorted(totals.items())
    ]

"""Duplicates as the page shows them: what sources share, as a matrix for each kind, and the largest groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus_guard.reports.csv_tables import read_rows

MOST_SIDES = 16
"""Sources on a side of a matrix: more would not fit a page."""

_STEPS = (0.0, 0.01, 0.05, 0.2, 0.5)

Row = Mapping[str, str]


@dataclass(frozen=True)
class Matrix:
    """What sources share of one kind: `cells` has a row a source, its documents that the source of the column has too.

    left_out  sources that share something and are only in overlap.csv
    """

    kind: str
    sources: Sequence[str]
    cells: Sequence[Sequence[Row | None]]
    left_out: int


@dataclass(frozen=True)
class Overlaps:
    """Matrices by kind, and rows of groups.csv, the largest groups of each kind first."""

    matrices: Sequence[Matrix]
    groups: Sequence[Row]


def read_overlaps(overlap: Path, groups: Path) -> Overlaps:
    """Return what overlap.csv and groups.csv say; nothing where a run of an earlier version has no such file."""
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(overlap) if overlap.is_file() else ():
        by_kind[row["kind"]].append(row)
    known = list(read_rows(groups)) if groups.is_file() else []
    return Overlaps([_matrix(kind, rows) for kind, rows in sorted(by_kind.items())], known)


def _matrix(kind: str, rows: Sequence[Row]) -> Matrix:
    weight: dict[str, int] = defaultdict(int)
    for row in rows:
        weight[row["source"]] += int(row["documents"])
    largest = sorted(weight, key=lambda source: (-weight[source], source))[:MOST_SIDES]
    shown = sorted(largest)
    found = {(row["source"], row["other"]): row for row in rows}
    cells = [[found.get((source, other)) for other in shown] for source in shown]
    return Matrix(kind, shown, cells, len(weight) - len(shown))


def heat(share: str) -> int:
    """Return how strongly a share is coloured, 1 to 5.

    >>> heat("0.003"), heat("0.01"), heat("0.9")
    (1, 2, 5)
    """
    return sum(float(share) >= step for step in _STEPS)

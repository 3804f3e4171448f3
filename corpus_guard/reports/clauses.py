"""The assessment as the page shows it: a group of rows a requirement, of which only the worst are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus_guard.core.assessment import HELD
from corpus_guard.core.standard import Requirement, Standard
from corpus_guard.reports.csv_tables import read_rows

MOST_ROWS = 50
"""Rows listed of a clause that has more of them than `FEW`."""

FEW = 10
"""Up to so many rows of a clause are all listed, also those that need no look."""

WORST_FIRST = ("FAIL", "INCONCLUSIVE", "PASS", "MANUAL", "NOT_APPLICABLE")


@dataclass
class Clause:
    """The rows of one requirement: how many have which verdict, and by verdict the first ones of the file."""

    standard: str
    clause: str
    wording: str
    evidence: tuple[str, ...]
    requirement: Requirement | None
    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[Mapping[str, str]]] = field(default_factory=dict)

    def add(self, row: Mapping[str, str]) -> None:
        """Count a row, and keep it while there is room."""
        self.counts[row["verdict"]] += 1
        kept = self.first.setdefault(row["verdict"], [])
        if len(kept) < MOST_ROWS:
            kept.append({**row, "reason": _short_reason(row)})

    @property
    def verdict(self) -> str:
        """The worst verdict of all rows."""
        return min(self.counts, key=_weight)

    @property
    def verdicts(self) -> list[tuple[str, int]]:
        """Verdicts and how many rows have them, worst first."""
        return sorted(self.counts.items(), key=lambda pair: _weight(pair[0]))

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """The rows to list, worst first: all of them when they are few, else at most `MOST_ROWS` that need a look."""
        shown = [verdict for verdict, _ in self.verdicts if self.total <= FEW or verdict in ("FAIL", "INCONCLUSIVE")]
        return [row for verdict in shown for row in self.first[verdict]][:MOST_ROWS]

    @property
    def total(self) -> int:
        """Rows of this clause in assessment.csv."""
        return self.counts.total()


@dataclass(frozen=True)
class Chapter:
    """The assessment by one standard."""

    standard: Standard
    clauses: Sequence[Clause]

    @property
    def verdicts(self) -> list[tuple[str, int]]:
        """Verdicts and how many clauses have them, worst first."""
        return sorted(Counter(clause.verdict for clause in self.clauses).items(), key=lambda pair: _weight(pair[0]))


def read_chapters(path: Path, standards: Sequence[Standard]) -> list[Chapter]:
    """Return what assessment.csv says by each of *standards*, in the order of the file."""
    clauses: dict[str, list[Clause]] = {standard.id: [] for standard in standards}
    for clause in _clauses(path, standards):
        clauses.setdefault(clause.standard, []).append(clause)
    return [Chapter(standard, clauses[standard.id]) for standard in standards]


def _clauses(path: Path, standards: Sequence[Standard]) -> Iterator[Clause]:
    """Yield the rows of each requirement, told apart by where they stand: several may have one clause id."""
    waiting = {standard.id: list(standard.requirements) for standard in standards}
    clause: Clause | None = None
    seen: set[tuple[str, str]] = set()
    for row in read_rows(path):
        place = (row["source"], row["measure"])
        if clause is None or place in seen or not _continues(clause, row):
            if clause is not None:
                yield clause
            clause, seen = _begun(row, waiting.get(row["standard"], [])), set()
        seen.add(place)
        clause.add(row)
    if clause is not None:
        yield clause


def _begun(row: Mapping[str, str], waiting: list[Requirement]) -> Clause:
    """Begin the clause of *row* and take its requirement, and those before it, from *waiting*."""
    place = next((number for number, known in enumerate(waiting) if _is_of(row, known)), None)
    requirement = None if place is None else waiting[place]
    del waiting[: 0 if place is None else place + 1]
    evidence = requirement.evidence if requirement else tuple(filter(None, row["evidence"].split("; ")))
    return Clause(row["standard"], row["clause"], row["wording"], evidence, requirement)


def _continues(clause: Clause, row: Mapping[str, str]) -> bool:
    if clause.requirement is not None:
        return clause.standard == row["standard"] and _is_of(row, clause.requirement)
    return (clause.standard, clause.clause) == (row["standard"], row["clause"])


def _is_of(row: Mapping[str, str], requirement: Requirement) -> bool:
    return (
        row["clause"] == requirement.clause
        and row["measure"].startswith(requirement.measure)
        and row["evidence"].partition(HELD)[0] == "; ".join(requirement.evidence)
    )


def _short_reason(row: Mapping[str, str]) -> str:
    """The reason without what stands beside it on the page: source, verdict, clause and evidence."""
    reason = row["reason"].partition(f": {row['verdict']} for {row['clause']} — ")[2] or row["reason"]
    return reason.partition("; evidence wanted: ")[0]


def _weight(verdict: str) -> int:
    return WORST_FIRST.index(verdict) if verdict in WORST_FIRST else len(WORST_FIRST)

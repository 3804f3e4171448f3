"""What history.csv of an audit says, as lines: of the corpus and of each source that is shown, night by night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus_guard.reports.csv_tables import read_rows
from corpus_guard.runs import RunFolder

MOST_NIGHTS = 60
MOST_LINES = 30
"""Sources with a line of their own."""

TONIGHT = "_draft"
"""The name of a run folder that is not in the history yet."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """Values night by night, None where there is none.

    verdicts  of the same nights, empty where the source was not there;  top  the largest value, and the limit
    """

    name: str
    values: Sequence[float | None]
    verdicts: Sequence[str]
    top: float

    @property
    def known(self) -> list[float]:
        """The values there are, the oldest first."""
        return [value for value in self.values if value is not None]

    def points(self, width: float, height: float) -> list[tuple[float, float, float, str]]:
        """Return (x, y, value, verdict) of every value there is, in a drawing of this size, y downwards."""
        step = width / max(1, len(self.values) - 1)
        return [
            (round(place * step, 2), round(height * (1 - value / self.top), 2), value, self.verdicts[place])
            for place, value in enumerate(self.values)
            if value is not None
        ]


@dataclass(frozen=True)
class Trends:
    """Nights by name, the oldest first; the rates of the corpus and of sources, and documents of the corpus."""

    nights: Sequence[str]
    rate: Line
    documents: Line
    sources: Sequence[Line]
    left_out: int


def read_trends(folder: RunFolder, shown: Sequence[str], limit: float | None) -> Trends | None:
    """Return the trends up to the run in *folder*, beside a history.csv; None where it is no night, or the first.

    *shown* are the names of the sources that may have a line, the worst first.
    """
    run = folder.path
    path = run.parent / "history.csv"
    if not path.is_file():
        return None
    nights: dict[str, dict[str, Row]] = {}
    for row in read_rows(path):
        nights.setdefault(row["night"], {})[row["source"]] = row
    if run.name == TONIGHT:
        nights[TONIGHT] = {row["source"]: row for row in read_rows(folder.file("summary.csv"))}
    names = list(nights)
    if run.name not in nights or names.index(run.name) == 0:
        return None
    names = names[: names.index(run.name) + 1][-MOST_NIGHTS:]
    return _trends(names, [nights[name] for name in names], shown, limit)


def _trends(names: list[str], nights: Sequence[Mapping[str, Row]], shown: Sequence[str], limit: float | None) -> Trends:
    totals = [_total(night.values()) for night in nights]
    verdicts = [_worst(night.values()) for night in nights]
    rates = [illegal / documents if documents and illegal is not None else None for illegal, documents in totals]
    lines = [_line(name, nights, limit) for name in shown]
    lines = [line for line in lines if len(line.known) > 1]
    return Trends(
        names,
        Line("", rates, verdicts, _top(rates, limit)),
        Line("", [float(documents) for _, documents in totals], verdicts, _top([d for _, d in totals], None)),
        lines[:MOST_LINES],
        max(0, len(lines) - MOST_LINES),
    )


def _line(source: str, nights: Sequence[Mapping[str, Row]], limit: float | None) -> Line:
    rows = [night.get(source) for night in nights]
    values = [float(row["illegal_rate"]) if row and row["illegal_rate"] else None for row in rows]
    return Line(source, values, [row["verdict"] if row else "" for row in rows], _top(values, limit))


def _total(rows: Iterable[Row]) -> tuple[int | None, int]:
    """Illegal documents of all sources, None where nobody counted them, and documents."""
    listed = list(rows)
    counted = [int(row["illegal_documents"]) for row in listed if row["illegal_documents"]]
    return sum(counted) if counted else None, sum(int(row["documents"] or 0) for row in listed)


def _worst(rows: Iterable[Row]) -> str:
    verdicts = {row["verdict"] for row in rows}
    return next((verdict for verdict in ("FAIL", "INCONCLUSIVE", "PASS") if verdict in verdicts), "")


def _top(values: Iterable[float | None], limit: float | None) -> float:
    """The value at the upper edge: a little above the largest, and above the limit, so that its line is seen."""
    return max([*_known(values), limit or 0.0, 1e-9]) * 1.15


def _known(values: Iterable[float | None]) -> Iterator[float]:
    return (value for value in values if value is not None)

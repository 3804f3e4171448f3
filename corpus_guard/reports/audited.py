"""What an audit adds to the page of its run: changes since last time, alerts, and accepted findings, kept apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from corpus_guard.reports.csv_tables import read_rows

MOST_ACCEPTED = 200
CHANGES = ("worse", "better", "appeared", "vanished")


@dataclass(frozen=True)
class Audited:
    """What audit.json and accepted.csv say.

    night, compared_with  names of this run and of the one before, empty for the first
    accepted  counts of accepted findings;  without  source -> illegal documents that would be left without them
    rows      of accepted.csv, the first ones
    asked     (detector, splits it was asked about, splits for which its earlier answer stands)
    """

    night: str = ""
    compared_with: str = ""
    changes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    alerts: Sequence[Mapping[str, str]] = ()
    accepted: Mapping[str, Any] = field(default_factory=dict)
    without: Mapping[str, int] = field(default_factory=dict)
    rows: Sequence[Mapping[str, str]] = ()
    rows_left_out: int = 0
    asked: Sequence[tuple[str, int, int]] = ()


def read_audited(run: Path, facts: Mapping[str, Any] | None = None) -> Audited | None:
    """Return what an audit says of *run*, None for a plain scan; *facts* stands for audit.json before it is written."""
    if facts is None:
        path = run / "audit.json"
        if not path.is_file():
            return None
        facts = json.loads(path.read_text(encoding="utf-8"))
    accepted = run / "accepted.csv"
    rows = read_rows(accepted) if accepted.is_file() else iter(())
    shown = list(islice(rows, MOST_ACCEPTED))
    known = facts.get("accepted", {})
    counters = facts.get("counters", {})
    scanned, kept = counters.get("scanned", {}), counters.get("kept", {})
    asked = [(name, scanned.get(name, 0), kept.get(name, 0)) for name in sorted({*scanned, *kept})]
    return Audited(
        facts.get("night", ""), facts.get("compared_with", ""), facts.get("changed_sources", {}),
        facts.get("alerts", ()), known, known.get("illegal_documents_without", {}), shown, sum(1 for _ in rows),
        asked,
    )  # fmt: skip

"""The front door of audits: a night held, compared with the one before, and told to whoever wants to know."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from polars.exceptions import PolarsError
from pyarrow.lib import ArrowException

from corpus_guard.audit.alerts import Alert, Tidings
from corpus_guard.audit.baseline import Applied, apply, read_baseline
from corpus_guard.audit.comparing import Comparison, compare
from corpus_guard.audit.nightly import Audit, Tonight, hold_audit
from corpus_guard.audit.nights import read_facts
from corpus_guard.audit.scanning_units import Progress
from corpus_guard.audit.sending import Message, deliver, write_prometheus
from corpus_guard.audit.settings import AuditSettings, read_settings
from corpus_guard.errors import CorpusGuardError
from corpus_guard.results import Run
from corpus_guard.runs import write_json


def audit(
    pipeline: str | Path, *, max_hours: float | None = None, progress: Progress | None = None, **options: Any
) -> Audit:
    """Scan what changed since the last audit of *pipeline*, judge all of it, write the dated run folder, send alerts.

    *options* are those of `scan`; they win over the pipeline file. Raises `UsageError`, `CatalogError`, `EngineError`;
    never for a receiver of alerts that is not there.
    """
    settings = read_settings(Path(pipeline))
    accepted = read_baseline(settings.baseline)

    def finished(tonight: Tonight, run: Run, facts: dict[str, Any], before: Path | None) -> None:
        applied = apply(accepted, run, tonight.plan.as_of, warn_days=settings.warn_days)
        _compare(run, facts, before, applied, settings)

    held = hold_audit(pipeline, settings, max_hours=max_hours, progress=progress, finished=finished, **options)
    return held if held.run is None else _told(held, held.run, settings)


def _compare(run: Run, facts: dict[str, Any], before: Path | None, applied: Applied, settings: AuditSettings) -> None:
    """Add to audit.json what changed, what is accepted, and what is worth an alert; write the tables of it."""
    comparison = _comparison(before, run, facts)
    earlier = ((read_facts(before) if before else None) or {}).get("accepted", {})
    known = {name: int(count) for name, count in earlier.get("illegal_documents_without", {}).items()}
    tidings = Tidings(run, settings, comparison, applied, known)
    facts |= {
        "compared_with": before.name if before else "", "changed_sources": _changes(comparison),
        "accepted": applied.facts, "alerts": [asdict(alert) for alert in tidings.alerts()],
    }  # fmt: skip
    if comparison is not None:
        comparison.write(run.path / "comparison.csv", run.path / "causes.csv")


def _comparison(before: Path | None, run: Run, facts: dict[str, Any]) -> Comparison | None:
    try:
        return None if before is None else compare(before, run.path)
    except (OSError, ValueError, KeyError, CorpusGuardError, PolarsError, ArrowException) as error:
        facts["notes"].append(f"the run of last time, {before}, cannot be read ({type(error).__name__}); not compared")
        return None


def _changes(comparison: Comparison | None) -> dict[str, list[str]]:
    kinds = ("appeared", "vanished", "worse", "better")
    return {} if comparison is None else {kind: comparison.of(kind) for kind in kinds}


def _told(held: Audit, run: Run, settings: AuditSettings) -> Audit:
    """Tell everyone; what was not reached is a note, and written down."""
    facts = dict(held.facts)
    faults = []
    if settings.prometheus is not None:
        try:
            write_prometheus(settings.prometheus, run, facts, time.time())
        except OSError as error:
            faults.append(f"{settings.prometheus} was not written ({(error.strerror or type(error).__name__).lower()})")
    alerts = facts["alerts"]
    if alerts:
        message = Message(run.path.name, run.verdict, str(run.path), [Alert(**alert) for alert in alerts])
        faults += deliver(message, settings)
    facts |= {"undelivered": faults, "notes": [*facts["notes"], *faults]}
    try:
        write_json(run.path / "audit.json", facts)
    except OSError:
        """It stands there without this; the notes are shown all the same."""
    return replace(held, facts=facts)

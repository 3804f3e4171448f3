"""The front door of audits: a night held, compared with the one before, and told to whoever wants to know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus_guard.audit.nightly import Audit, hold_audit
from corpus_guard.audit.scanning_units import Progress


def audit(
    pipeline: str | Path, *, max_hours: float | None = None, progress: Progress | None = None, **options: Any
) -> Audit:
    """Scan what changed since the last audit of *pipeline*, judge all of it, write the dated run folder.

    Raises `UsageError`, `CatalogError`, `EngineError`.
    """
    held, _ = hold_audit(pipeline, max_hours=max_hours, progress=progress, **options)
    return held

"""Whether all of a source went through the filters (5.2-a)."""

from __future__ import annotations

from corpus_guard.core.assessment import Judgement
from corpus_guard.core.record import SourceRecord
from corpus_guard.core.standard import Requirement
from corpus_guard.core.verdict import NOTHING_SCANNED, accepted, exact, gap, percent
from corpus_guard.judging.bench import Bench, Figures, Rows, evidence_of


def scanned_share(bench: Bench, requirement: Requirement) -> Rows:
    """Yield, for each source, whether anything of it was not scanned or not covered."""
    for source, counted in bench.sources():
        yield _row(bench, requirement, source, counted)


def _row(bench: Bench, requirement: Requirement, source: str, counted: SourceRecord) -> Judgement:
    missing = bench.missing(requirement)
    if missing:
        return bench.row(requirement, source, "INCONCLUSIVE", missing, turns=True)
    evidence = evidence_of(counted, bench.settings)
    whole = evidence.documents + evidence.unscanned
    figures = Figures(evidence.documents / whole if whole else None, None, evidence.documents, whole)
    if not evidence.documents:
        return bench.row(requirement, source, "INCONCLUSIVE", NOTHING_SCANNED, figures, turns=True)
    settings = bench.settings
    found = gap(evidence, unscanned_max=exact(settings.unscanned_max), uncovered_max=exact(settings.uncovered_max))
    reason = f"{evidence.documents:,} of {whole:,} documents went through the filters"
    reason += f" of a sample of {percent(bench.record.share)}" if bench.record.share < 1 else ""
    reason += f"; {found}" if found else accepted(evidence)
    return bench.row(requirement, source, "INCONCLUSIVE" if found else "PASS", reason, figures, turns=True)

"""Requirements that documents alone cannot answer: a manifest, human verdicts or an attestation must."""

from __future__ import annotations

from corpus_guard.core.assessment import Judgement
from corpus_guard.core.standard import Requirement
from corpus_guard.core.verdict import percent
from corpus_guard.judging.bench import CORPUS, Bench, Figures, Rows, evidence_wanted

NO_EVIDENCE = "the manifest holds no evidence"


def manifest(bench: Bench, requirement: Requirement) -> Rows:
    """Yield MANUAL without a manifest; with one, what it shows of each source, or of the corpus."""
    wanted, figures = evidence_wanted(requirement), Figures(limit=requirement.limit)
    if not bench.record.manifest.given:
        yield bench.row(requirement, CORPUS, "MANUAL", f"no manifest was given (--sources); {wanted}", figures)
    elif requirement.scope == "corpus":
        yield bench.row(requirement, CORPUS, "INCONCLUSIVE", f"{NO_EVIDENCE}; {wanted}", figures, turns=True)
    else:
        for source, _ in bench.sources():
            yield _declared(bench, requirement, source, figures)


def _declared(bench: Bench, requirement: Requirement, source: str, figures: Figures) -> Judgement:
    entry = bench.record.manifest.entry(source)
    if entry and requirement.kinds and entry.kind and entry.kind not in requirement.kinds:
        reason = f"this clause is not about sources of kind {entry.kind}"
        return bench.row(requirement, source, "NOT_APPLICABLE", reason)
    reason = f"{NO_EVIDENCE}; {evidence_wanted(requirement)}" if entry else "the manifest does not name this source"
    return bench.row(requirement, source, "INCONCLUSIVE", reason, figures, turns=True)


def attestation(bench: Bench, requirement: Requirement) -> Rows:
    """Yield MANUAL with the evidence that is wanted."""
    reason = f"data cannot answer it; {evidence_wanted(requirement)}"
    yield bench.row(requirement, CORPUS, "MANUAL", reason, Figures(limit=requirement.limit))


def review(bench: Bench, requirement: Requirement) -> Rows:
    """Yield MANUAL: this version takes no human verdicts."""
    items = f"{requirement.items_min:,} items" if requirement.items_min else "a sample"
    share = f", at least {percent(requirement.limit)} of them passing" if requirement.limit is not None else ""
    reason = f"no human verdicts were given: {items} are to be inspected by hand{share}"
    yield bench.row(requirement, CORPUS, "MANUAL", reason, Figures(limit=requirement.limit))

"""Requirements that documents alone cannot answer: a manifest, human verdicts or an attestation must."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corpus_guard.core.assessment import Judgement
from corpus_guard.core.record import SourceRecord
from corpus_guard.core.standard import Requirement
from corpus_guard.core.verdict import percent
from corpus_guard.judging.annotation import FACTS, batches_checked, done_by_different_people, every_item_reviewed
from corpus_guard.judging.bench import CORPUS, Bench, Figures, Rows, evidence_wanted
from corpus_guard.judging.case import Case
from corpus_guard.judging.diversity import foreign_share, sources_per_language
from corpus_guard.judging.provenance import assessed_before, authorised, blocked, collected, contracted, licensed
from corpus_guard.judging.rights import on_a_legal_basis, reviewed_for_ip, with_separate_consent

_NAMED = 5
NO_EVIDENCE = "the manifest holds no evidence"


def manifest(bench: Bench, requirement: Requirement) -> Rows:
    """Yield MANUAL without a manifest; with one, what it shows of each source, or of the corpus."""
    wanted, figures = evidence_wanted(requirement), Figures(limit=requirement.limit)
    if not bench.record.manifest.given:
        known = _disagreements(bench) if requirement.measure == "licence_evidence" else ""
        yield bench.row(requirement, CORPUS, "MANUAL", f"no manifest was given (--sources){known}; {wanted}", figures)
    elif requirement.measure in OF_CORPUS:
        yield from OF_CORPUS[requirement.measure](bench, requirement)
    elif requirement.scope == "corpus":
        yield bench.row(requirement, CORPUS, "INCONCLUSIVE", f"{NO_EVIDENCE}; {wanted}", figures, turns=True)
    else:
        for source, counted in bench.sources():
            yield _declared(bench, requirement, source, counted)


def _disagreements(bench: Bench) -> str:
    """What tags and columns say differently of the licence of a source: worth knowing without a manifest too."""
    named = [f'source "{name}": {one.disagreement}' for name, one in bench.sources() if one.disagreement]
    more = f"; and {len(named) - _NAMED:,} more sources" if len(named) > _NAMED else ""
    return "".join(f"; {one}" for one in named[:_NAMED]) + more


def _declared(bench: Bench, requirement: Requirement, source: str, counted: SourceRecord) -> Judgement:
    """A source that the manifest does not name, or of which it says no kind, is a gap, never passed over."""
    entry, figures = bench.record.manifest.entry(source), Figures(limit=requirement.limit)
    if entry is None:
        reason = "the manifest does not name this source"
        return bench.row(requirement, source, "INCONCLUSIVE", reason, figures, turns=True)
    if requirement.kinds and entry.judged_kind and entry.judged_kind not in requirement.kinds:
        reason = f"this clause is not about sources of kind {entry.judged_kind}"
        return bench.row(requirement, source, "NOT_APPLICABLE", reason)
    case = Case(bench, requirement, source, counted, entry, figures=figures)
    if requirement.kinds and not entry.kind:
        case.gaps.append("the manifest gives no kind of this source")
    else:
        OF_SOURCE.get(requirement.measure, _no_evidence)(case)
    return case.row()


def _no_evidence(case: Case) -> None:
    case.gaps.append(NO_EVIDENCE)


OF_CORPUS: Mapping[str, Callable[[Bench, Requirement], Rows]] = {
    "sources_per_language_type": sources_per_language, "foreign_share": foreign_share,
}  # fmt: skip
OF_SOURCE: Mapping[str, Callable[[Case], None]] = {
    "pre_collection_rate": assessed_before, "licence_evidence": licensed, "collection_evidence": collected,
    "contract_evidence": contracted, "authorisation_evidence": authorised, "blocked_information": blocked,
    "ip_review": reviewed_for_ip, "personal_info_documents": on_a_legal_basis,
    "sensitive_personal_info_documents": with_separate_consent, "same_person_items": done_by_different_people,
    "reviewed_share": every_item_reviewed, "batch_checks": batches_checked,
}  # fmt: skip


def attestation(bench: Bench, requirement: Requirement) -> Rows:
    """Yield MANUAL with the evidence that is wanted."""
    known = FACTS[requirement.measure](bench) if requirement.measure in FACTS else ""
    reason = f"{known or 'data cannot answer it'}; {evidence_wanted(requirement)}"
    yield bench.row(requirement, CORPUS, "MANUAL", reason, Figures(limit=requirement.limit))


def review(bench: Bench, requirement: Requirement) -> Rows:
    """Yield MANUAL: this version takes no human verdicts."""
    items = f"{requirement.items_min:,} items" if requirement.items_min else "a sample"
    share = f", at least {percent(requirement.limit)} of them passing" if requirement.limit is not None else ""
    reason = f"no human verdicts were given: {items} are to be inspected by hand{share}"
    yield bench.row(requirement, CORPUS, "MANUAL", reason, Figures(limit=requirement.limit))

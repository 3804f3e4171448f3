"""The technical sample (9.2-b): whether enough documents of the corpus show none of the risks."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from corpus_guard.core.assessment import Judgement
from corpus_guard.core.language import LanguageCount
from corpus_guard.core.record import SourceRecord
from corpus_guard.core.standard import Requirement
from corpus_guard.core.verdict import NOTHING_SCANNED, Decision, exact, percent
from corpus_guard.judging.bench import CORPUS, Bench, Figures, Rows
from corpus_guard.judging.rates import Rate, decide_rate, rate_of
from corpus_guard.judging.source_test import failing_sources

WITHOUT_FAILING = "_without_failing_sources"
_WITHOUT = ", without the sources that fail the source test"


def technical_pass_rate(bench: Bench, requirement: Requirement) -> Rows:
    """Yield the verdict over all sources, and again, turning nothing, without those that fail the source test."""
    yield _row(bench, requirement, frozenset(), again=False)
    yield _row(bench, requirement, failing_sources(bench), again=True)


def _row(bench: Bench, requirement: Requirement, left_out: AbstractSet[str], *, again: bool) -> Judgement:
    rate = _rate(bench, requirement, left_out)
    decision = _decide(bench, requirement, rate)
    missing = bench.missing(requirement)
    measure = requirement.measure + (WITHOUT_FAILING if again else "")
    figures = Figures(measure=measure) if missing else _figures(rate, requirement, decision, measure)
    reason = missing or _reason(bench, requirement, rate, decision, _WITHOUT if again else "")
    verdict = "INCONCLUSIVE" if missing else decision.verdict
    return bench.row(requirement, CORPUS, verdict, reason, figures, turns=not again)


def _rate(bench: Bench, requirement: Requirement, left_out: AbstractSet[str]) -> Rate:
    kept = [(name, counted) for name, counted in bench.sources() if name not in left_out]
    profiles = bench.record.tally.by_source()
    found = [pair for name, _ in kept for pair in profiles.get(name, [])]
    counted = _together([counted for _, counted in kept], partly=bool(left_out))
    return rate_of(bench, requirement, found, counted, detectors=None)


def _together(counts: Sequence[SourceRecord], *, partly: bool) -> SourceRecord:
    """Add up sources. What was lost in their shards is blamed on one of them already, unless that one is left out."""
    return SourceRecord(
        documents=sum(counted.documents for counted in counts),
        unscanned_documents=sum(counted.unscanned_documents for counted in counts),
        uncovered_documents=sum(counted.uncovered_documents for counted in counts),
        languages=sum((counted.languages for counted in counts), LanguageCount()),
        unknown=sum(counted.unknown for counted in counts),
        unattributed=sum(counted.unattributed for counted in counts) if partly else 0,
    )


def _decide(bench: Bench, requirement: Requirement, rate: Rate) -> Decision:
    decision = decide_rate(bench, rate, 1 - exact(requirement.limit or 0))
    least = requirement.share_min or 0
    if decision.verdict != "PASS" or exact(bench.record.share) >= exact(least):
        return decision
    because = f"the sample of {percent(bench.record.share)} is smaller than the {percent(least)} asked for"
    return Decision("INCONCLUSIVE", because, decision.interval)


def _figures(rate: Rate, requirement: Requirement, decision: Decision, measure: str) -> Figures:
    passing = rate.documents - rate.bad
    share = passing / rate.documents if rate.documents else None
    low, high = (1 - decision.interval[1], 1 - decision.interval[0]) if decision.interval else (None, None)
    return Figures(share, requirement.limit, passing, rate.documents, low, high, measure)


def _reason(bench: Bench, requirement: Requirement, rate: Rate, decision: Decision, without: str) -> str:
    if not rate.documents:
        return f"{NOTHING_SCANNED}{without}"
    passing = rate.documents - rate.bad
    risks = len(bench.standard.risks_under(requirement.risks))
    shown = f"{passing:,} of {rate.documents:,} documents ({percent(passing / rate.documents)}) show none of"
    share, most = percent(rate.bad / rate.documents), percent(float(1 - exact(requirement.limit or 0)))
    asked = f"at least {percent(requirement.limit or 0)} asked for; {share} show one, limit {most}"
    confirmed = f"{percent(1 - rate.confirmed / rate.documents)} if every suspect were confirmed"
    return f"{shown} the {risks} risks{without}, {asked}: {decision.because}; {confirmed}"

"""The source test (5.1-a-2): whether too many documents of a source are illegal or unhealthy."""

from __future__ import annotations

from corpus_guard.core.assessment import Judgement
from corpus_guard.core.standard import Requirement
from corpus_guard.core.verdict import exact, percent
from corpus_guard.judging.bench import Bench, Figures, Rows, opening
from corpus_guard.judging.rates import Rate, decide_rate, rate_of


def illegal_rate(bench: Bench, requirement: Requirement) -> Rows:
    """Yield, for each source, whether its rate of illegal or unhealthy documents is over the limit."""
    profiles = bench.record.tally.by_source()
    for source, counted in bench.sources():
        rate = rate_of(bench, requirement, profiles.get(source, []), counted, bench.record.content_detectors)
        yield _row(bench, requirement, source, rate)


def failing_sources(bench: Bench) -> frozenset[str]:
    """Return the sources that fail the source test of the standard."""
    tests = [requirement for requirement in bench.standard.requirements if requirement.measure == "illegal_rate"]
    return frozenset(row.source for test in tests for row in illegal_rate(bench, test) if row.verdict == "FAIL")


def _row(bench: Bench, requirement: Requirement, source: str, rate: Rate) -> Judgement:
    missing = bench.missing(requirement)
    if missing:
        return bench.row(requirement, source, "INCONCLUSIVE", missing, turns=True)
    if requirement.stage and bench.record.stage_of(source) != requirement.stage:
        return _on_other_stage(bench, requirement, source, rate)
    limit = requirement.limit or 0
    decision = decide_rate(bench, rate, exact(limit))
    reason = decision.because
    if rate.documents:
        reason = f"{_shown(rate)}, limit {percent(limit)}: {decision.because}; {_if_confirmed(rate)}"
    figures = _figures(rate, requirement, decision.interval)
    return bench.row(requirement, source, decision.verdict, reason, figures, turns=True)


def _on_other_stage(bench: Bench, requirement: Requirement, source: str, rate: Rate) -> Judgement:
    raw = bench.record.raw_rows.get((bench.standard.id, requirement.clause, source, requirement.measure))
    if raw is not None:
        return _as_judged(bench, requirement, source, raw)
    given = bool(bench.record.raw_rows)
    wanted = "the raw run does not hold it" if given else "give the run over what was collected with --raw-run"
    reason = f"judged on the raw data: this source is of stage {bench.record.stage_of(source)}; {wanted}"
    if rate.documents:
        reason += f"; of these files {_shown(rate)}, {_if_confirmed(rate)}"
    return bench.row(requirement, source, "INCONCLUSIVE", reason, _figures(rate, requirement), turns=True)


def _as_judged(bench: Bench, requirement: Requirement, source: str, raw: Judgement) -> Judgement:
    reason = raw.reason.removeprefix(opening(requirement, source, raw.verdict)).rstrip(".")
    figures = Figures(raw.value, raw.limit, raw.numerator, raw.denominator, raw.interval_low, raw.interval_high)
    return bench.row(requirement, source, raw.verdict, f"as judged on the raw run: {reason}", figures, turns=True)


def _figures(rate: Rate, requirement: Requirement, interval: tuple[float, float] | None = None) -> Figures:
    value = rate.bad / rate.documents if rate.documents else None
    low, high = interval or (None, None)
    return Figures(value, requirement.limit, rate.bad, rate.documents, low, high)


def _shown(rate: Rate) -> str:
    share = percent(rate.bad / rate.documents)
    return f"{rate.bad:,} of {rate.documents:,} documents ({share}) hold illegal or unhealthy content"


def _if_confirmed(rate: Rate) -> str:
    return f"{percent(rate.confirmed / rate.documents)} if every suspect were confirmed"

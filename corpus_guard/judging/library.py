"""Requirements of the tool's own rules and models (8.1, 8.4, 9.2-c): printed, never turning a corpus's verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from corpus_guard.core.assessment import Verdict
from corpus_guard.core.standard import Requirement
from corpus_guard.core.verdict import exact
from corpus_guard.judging.bench import CORPUS, Bench, Figures, Rows, evidence_wanted


@dataclass(frozen=True, slots=True)
class Holding:
    """What the library holds: a number where there is one, and how it reads."""

    shown: str
    value: float | None = None


def library(bench: Bench, requirement: Requirement) -> Rows:
    """Yield how the rules that ran stand against *requirement*."""
    find = _HOLDINGS.get(requirement.measure)
    holding = find(bench, requirement) if find else None
    if holding is None or requirement.limit is None:
        reason = f"this version does not work it out; {evidence_wanted(requirement)}"
        yield bench.row(requirement, CORPUS, "MANUAL", reason)
    elif holding.value is None:
        yield bench.row(requirement, CORPUS, "NOT_APPLICABLE", holding.shown)
    else:
        verdict, asked = _against_limit(requirement, holding.value)
        figures = Figures(holding.value, requirement.limit)
        reason = f"the tool's own rules: {holding.shown}, {asked} asked for"
        yield bench.row(requirement, CORPUS, verdict, reason, figures)


def _against_limit(requirement: Requirement, value: float) -> tuple[Verdict, str]:
    limit = requirement.limit or 0
    if requirement.fail_below is not None:
        return "FAIL" if exact(value) < exact(limit) else "PASS", f"at least {limit:,.10g}"
    return "FAIL" if exact(value) > exact(limit) else "PASS", f"at most {limit:,.10g}"


def _keywords_total(bench: Bench, _: Requirement) -> Holding:
    total = bench.record.library.total
    return Holding(f"{total:,} distinct keywords", total)


def _keywords_per_risk(bench: Bench, requirement: Requirement) -> Holding:
    by_risk = bench.record.library.by_risk
    risks = sorted(bench.standard.risks_under((requirement.group,)))
    fewest, least = min(((by_risk.get(risk, 0), risk) for risk in risks), default=(0, "no risk"))
    return Holding(f"{fewest:,} keywords for {least}, the fewest of {requirement.group}", fewest)


def _keywords_age_days(bench: Bench, _: Requirement) -> Holding:
    newest = bench.record.library.newest_update
    if not newest:
        return Holding("no rule says when it was updated")
    age = (date.fromisoformat(bench.record.as_of) - date.fromisoformat(newest)).days
    return Holding(f"newest update {newest}, {age:,} days before {bench.record.as_of}", age)


_KEYWORDS: Mapping[str, Callable[[Bench, Requirement], Holding]] = {
    "keywords_total": _keywords_total, "keywords_per_risk": _keywords_per_risk, "keywords_age_days": _keywords_age_days,
}  # fmt: skip


def _of_keywords(bench: Bench, requirement: Requirement) -> Holding:
    if "keywords" not in bench.record.detectors:
        return Holding("no keyword library took part in this scan")
    return _KEYWORDS[requirement.measure](bench, requirement)


def _of_classifier(bench: Bench, _: Requirement) -> Holding | None:
    return None if "classifier" in bench.record.detectors else Holding("no classification model took part in this scan")


_HOLDINGS: Mapping[str, Callable[[Bench, Requirement], Holding | None]] = {
    **dict.fromkeys(_KEYWORDS, _of_keywords), "classifier_risks_covered": _of_classifier,
}  # fmt: skip

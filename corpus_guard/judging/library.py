"""Requirements of the tool's own rules and models (8.1, 8.4, 9.2-c): printed, never turning a corpus's verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from corpus_guard.core.assessment import Verdict
from corpus_guard.core.library import Library
from corpus_guard.core.standard import Requirement, Standard
from corpus_guard.core.verdict import exact
from corpus_guard.judging.bench import CORPUS, NO_FIGURES, Bench, Figures, Rows, evidence_wanted

SAMPLE_TOOLS = "sample_tools_unmet"
"""How many of the requirements of the tools of a technical sample are not met."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What the library holds: a number where there is one, and how it reads."""

    shown: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A count below what a clause asks for: of the whole library, or of one risk."""

    clause: str
    risk: str
    held: int
    asked: int

    def __str__(self) -> str:
        what = f"keywords for {self.risk}" if self.risk else "keywords in all"
        return f"{self.clause}: {self.held:,} {what}, at least {self.asked:,} asked for"


@dataclass(frozen=True, slots=True)
class _Outcome:
    verdict: Verdict
    reason: str
    figures: Figures = NO_FIGURES


def shortfalls(held: Library, standard: Standard) -> list[Shortfall]:
    """Return every count of *held* that is below what *standard* asks for, in the order of its clauses."""
    return [
        Shortfall(requirement.clause, risk, count, int(requirement.limit or 0))
        for requirement in standard.requirements
        for risk, count in _counts(held, standard, requirement)
        if count < (requirement.limit or 0)
    ]


def age_limit(standard: Standard) -> int | None:
    """Return how many days old the newest update may be by *standard*; None when it does not say."""
    limits = (known.limit for known in standard.requirements if known.measure == "keywords_age_days")
    return next((int(limit) for limit in limits if limit is not None), None)


def library(bench: Bench, requirement: Requirement) -> Rows:
    """Yield how the rules that ran stand against *requirement*."""
    of_tools = requirement.measure == SAMPLE_TOOLS
    outcome = _tools_outcome(bench) if of_tools else _outcome(bench, requirement)
    yield bench.row(requirement, CORPUS, outcome.verdict, outcome.reason, outcome.figures)


def _counts(held: Library, standard: Standard, requirement: Requirement) -> Iterator[tuple[str, int]]:
    """The counts a requirement is about, by risk; the whole library goes under the empty one."""
    if requirement.measure == "keywords_total":
        yield "", held.total
    elif requirement.measure == "keywords_per_risk":
        for risk in sorted(standard.risks_under((requirement.group,))):
            yield risk, held.by_risk.get(risk, 0)


def _outcome(bench: Bench, requirement: Requirement) -> _Outcome:
    find = _HOLDINGS.get(requirement.measure)
    holding = find(bench, requirement) if find else None
    if holding is None or requirement.limit is None:
        return _Outcome("MANUAL", f"this version does not work it out; {evidence_wanted(requirement)}")
    if holding.value is None:
        return _Outcome("NOT_APPLICABLE", holding.shown)
    verdict, asked = _against_limit(requirement, holding.value)
    reason = f"the tool's own rules: {holding.shown}, {asked} asked for"
    return _Outcome(verdict, reason, Figures(holding.value, requirement.limit))


def _against_limit(requirement: Requirement, value: float) -> tuple[Verdict, str]:
    limit = requirement.limit or 0
    if requirement.fail_below is not None:
        return "FAIL" if exact(value) < exact(limit) else "PASS", f"at least {limit:,.10g}"
    return "FAIL" if exact(value) > exact(limit) else "PASS", f"at most {limit:,.10g}"


def _tools_outcome(bench: Bench) -> _Outcome:
    """The keyword library and the models that took part meet their own requirements, or do not."""
    found: dict[Verdict, list[str]] = {}
    for known in bench.standard.requirements:
        if known.method == "library" and known.measure in _HOLDINGS:
            named = f"{known.clause} ({known.group})" if known.group else known.clause
            found.setdefault(_outcome(bench, known).verdict, []).append(named)
    verdict: Verdict = next((known for known in _TOOLS_ORDER if known in found), "MANUAL")
    shown = "; ".join(f"{_TOOLS_SHOWN[known]}: {', '.join(found[known])}" for known in _TOOLS_ORDER if known in found)
    figures = NO_FIGURES if verdict == "NOT_APPLICABLE" else Figures(len(found.get("FAIL", [])), 0)
    return _Outcome(verdict, f"the tool's own rules and models; {shown or 'no clause asks anything of them'}", figures)


_TOOLS_SHOWN: Mapping[Verdict, str] = {
    "FAIL": "not met", "MANUAL": "for a person to say", "PASS": "met", "NOT_APPLICABLE": "did not take part",
}  # fmt: skip
_TOOLS_ORDER: tuple[Verdict, ...] = ("FAIL", "MANUAL", "PASS", "NOT_APPLICABLE")


def _keywords_total(bench: Bench, _: Requirement) -> Holding:
    held = bench.record.library
    return Holding(f"{held.total:,} distinct keywords", held.total)


def _keywords_per_risk(bench: Bench, requirement: Requirement) -> Holding:
    counts = [(count, risk) for risk, count in _counts(bench.record.library, bench.standard, requirement)]
    fewest, least = min(counts, default=(0, "no risk"))
    short = [f"{risk} {count:,}" for count, risk in counts if count < (requirement.limit or 0)]
    shown = f"{fewest:,} keywords for {least}, the fewest of {requirement.group}"
    return Holding(f"{shown} (too few: {', '.join(short)})" if len(short) > 1 else shown, fewest)


def _keywords_age_days(bench: Bench, _: Requirement) -> Holding:
    held, as_of = bench.record.library, bench.record.as_of
    age = held.age_days(as_of)
    if age is None:
        return Holding("no rule says when it was updated")
    return Holding(f"newest update {held.newest_update}, {age:,} days before {as_of}", age)


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

"""Judges a record against standards: one row for every clause, those that data cannot answer included.

What turns a verdict: requirements of method `data`, and those of method `manifest` once a manifest is given (contract,
section 3, "Verdicts"). Everything else is printed beside it with the evidence that is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from corpus_guard.core.assessment import Judgement, Verdict, worst
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.rule import Grade
from corpus_guard.core.standard import Requirement, Standard
from corpus_guard.core.tally import Profile, violates
from corpus_guard.core.verdict import Decision, Evidence, decide, percent

CORPUS = ""


@dataclass(frozen=True)
class Bench:
    """A standard applied to a record."""

    standard: Standard
    record: Record
    settings: JudgeSettings

    def judgements(self) -> Iterator[Judgement]:
        """Yield the rows of every requirement, in the standard's order."""
        for requirement in self.standard.requirements:
            yield from _METHODS[requirement.method](self, requirement)

    def row(self, requirement: Requirement, source: str, verdict: Verdict, reason: str, **numbers: object) -> Judgement:
        """Return a row of the assessment."""
        named = f'Source "{source}"' if source else "The corpus"
        if source == CORPUS and requirement.method in ("attestation", "library", "review"):
            named = "Clause"
        sentence = f"{named}: {verdict} for {requirement.clause} — {reason}."
        return Judgement(
            self.standard.id, requirement.clause, source, verdict, requirement.measure, sentence, requirement.wording,
            evidence="; ".join(requirement.evidence), **numbers,
        )  # type: ignore[arg-type]  # fmt: skip

    def bad_documents(self, requirement: Requirement, profiles: Sequence[tuple[Profile, int]]) -> tuple[int, int]:
        """Return how many documents violate, and how many would if every suspect were confirmed."""
        risks = self.standard.risks_under(requirement.risks)
        detectors = self.record.content_detectors if requirement.measure == "illegal_rate" else None
        least = Grade.SUSPECT if self.settings.suspects == "count" else Grade.VIOLATION
        claim, loose = violates(detectors, risks, least), violates(detectors, risks, Grade.SUSPECT)
        bad = sum(count for profile, count in profiles if claim(profile))
        return bad, sum(count for profile, count in profiles if loose(profile))

    def decide(self, bad: int, confirmed: int, counted: SourceRecord, limit: Fraction) -> Decision:
        """Return the verdict on *bad* of the documents of *counted*."""
        evidence = Evidence(
            bad, counted.documents, counted.unscanned_documents + counted.unattributed, counted.unknown > 0,
            counted.uncovered_documents, self.record.share < 1,
        )  # fmt: skip
        limits = {"unscanned_max": self.settings.unscanned_max, "uncovered_max": self.settings.uncovered_max}
        decision = decide(evidence, limit, **limits)
        if decision.verdict == "PASS" and self.settings.suspects == "stop_pass" and confirmed > bad:
            because = f"within the limit, but {confirmed - bad:,} suspect documents await a human (suspects = stop_pass)"
            return Decision("INCONCLUSIVE", because, decision.interval)
        return decision

    def missing(self, requirement: Requirement) -> str:
        """Return what stands in the way of judging *requirement* at all; empty when nothing does."""
        absent = [name for name in requirement.detectors if name not in self.record.detectors]
        return f"the detector {' and '.join(absent)} did not run" if absent else ""


def judge(record: Record, standards: Sequence[Standard], settings: JudgeSettings) -> list[Judgement]:
    """Return the whole assessment."""
    return [row for standard in standards for row in Bench(standard, record, settings).judgements()]


def verdicts(judgements: Sequence[Judgement]) -> dict[str, Verdict]:
    """Return the verdict of each source that has one; of the whole run under the empty name."""
    turning: dict[str, list[str]] = {}
    for row in judgements:
        if row.turns:
            turning.setdefault(row.source, []).append(row.verdict)
    each: dict[str, Verdict] = {source: worst(found) for source, found in turning.items()}
    each[CORPUS] = worst(each.values())
    return each


def _data(bench: Bench, requirement: Requirement) -> Iterator[Judgement]:
    measure: Callable[[Bench, Requirement], Iterator[Judgement]] = _MEASURES[requirement.measure]
    yield from measure(bench, requirement)


def _illegal_rate(bench: Bench, requirement: Requirement) -> Iterator[Judgement]:
    profiles = bench.record.tally.by_source()
    limit = Fraction(str(requirement.limit))
    for source, counted in sorted(bench.record.sources.items()):
        bad, confirmed = bench.bad_documents(requirement, profiles.get(source, []))
        rate = bad / counted.documents if counted.documents else None
        numbers = {"value": rate, "limit": requirement.limit, "numerator": bad, "denominator": counted.documents}
        missing = bench.missing(requirement)
        stage = bench.record.stage_of(source)
        if missing:
            yield bench.row(requirement, source, "INCONCLUSIVE", missing, turns=True)
        elif requirement.stage and stage != requirement.stage:
            yield _on_other_stage(bench, requirement, source, stage, numbers)
        else:
            decision = bench.decide(bad, confirmed, counted, limit)
            reason = _rate_reason(bad, counted, requirement, decision, confirmed, "hold illegal or unhealthy content")
            yield bench.row(requirement, source, decision.verdict, reason, **numbers, **_interval(decision), turns=True)


def _on_other_stage(
    bench: Bench, requirement: Requirement, source: str, stage: str, numbers: dict[str, float | int | None]
) -> Judgement:
    known = bench.record.raw_verdicts.get((bench.standard.id, requirement.clause, source))
    if known is None:
        reason = f"judged on the raw data: these files are of stage {stage}, give the run over what was collected with --raw-run"
        return bench.row(requirement, source, "INCONCLUSIVE", reason, **numbers, turns=True)
    verdict, reason = known
    return bench.row(requirement, source, verdict, f"as judged on the raw run ({reason})", turns=True)  # type: ignore[arg-type]


def _rate_reason(
    bad: int, counted: SourceRecord, requirement: Requirement, decision: Decision, confirmed: int, what: str
) -> str:
    if not counted.documents:
        return decision.because
    rate = percent(bad / counted.documents)
    limit = percent(requirement.limit or 0)
    sentence = f"{bad:,} of {counted.documents:,} documents ({rate}) {what}, limit {limit}: {decision.because}"
    return f"{sentence}; {percent(confirmed / counted.documents)} if every suspect were confirmed"


def _interval(decision: Decision) -> dict[str, float]:
    if decision.interval is None:
        return {}
    return {"interval_low": decision.interval[0], "interval_high": decision.interval[1]}


def _scanned_share(bench: Bench, requirement: Requirement) -> Iterator[Judgement]:
    for source, counted in sorted(bench.record.sources.items()):
        missing = bench.missing(requirement)
        if missing:
            yield bench.row(requirement, source, "INCONCLUSIVE", missing, turns=True)
            continue
        unread = counted.unscanned_documents + counted.unattributed
        whole = counted.documents + unread
        decision = bench.decide(0, 0, replace_sampled(counted), Fraction(1))
        share = f"{counted.documents:,} of {whole:,} documents went through the filters"
        if bench.record.share < 1:
            share += f" of a sample of {percent(bench.record.share)}"
        reason = share if decision.verdict == "PASS" else f"{share}; {decision.because}"
        numbers = {"value": counted.documents / whole if whole else None, "numerator": counted.documents, "denominator": whole}
        yield bench.row(requirement, source, decision.verdict, reason, **numbers, turns=True)


def replace_sampled(counted: SourceRecord) -> SourceRecord:
    """Return the counts as they stand: whether all was filtered does not depend on how the sample was drawn."""
    return counted


def _technical_pass_rate(bench: Bench, requirement: Requirement) -> Iterator[Judgement]:
    profiles = bench.record.tally.by_source()
    failing = {
        row.source
        for known in bench.standard.requirements
        if known.measure == "illegal_rate"
        for row in _illegal_rate(bench, known)
        if row.verdict == "FAIL"
    }
    for suffix, left_out in (("", set[str]()), ("_without_failing_sources", failing)):
        names = [name for name in bench.record.sources if name not in left_out]
        counted = _sum([bench.record.sources[name] for name in names])
        bad, confirmed = bench.bad_documents(requirement, [pair for name in names for pair in profiles.get(name, [])])
        yield _pass_row(bench, requirement, bad, confirmed, counted, suffix)


def _pass_row(
    bench: Bench, requirement: Requirement, bad: int, confirmed: int, counted: SourceRecord, suffix: str
) -> Judgement:
    missing = bench.missing(requirement)
    if missing:
        row = bench.row(requirement, CORPUS, "INCONCLUSIVE", missing, turns=not suffix)
        return _with_measure(row, requirement.measure + suffix)
    decision = bench.decide(bad, confirmed, counted, 1 - Fraction(str(requirement.limit)))
    if decision.verdict == "PASS" and requirement.share_min and bench.record.share < requirement.share_min:
        because = f"the sample of {percent(bench.record.share)} is smaller than the {percent(requirement.share_min)} asked for"
        decision = Decision("INCONCLUSIVE", because, decision.interval)
    passing = counted.documents - bad
    rate = passing / counted.documents if counted.documents else None
    shown = f"{passing:,} of {counted.documents:,} documents ({percent(rate or 0)}) show none of the 31 risks"
    without = ", without the sources that fail the source test" if suffix else ""
    reason = f"{shown}{without}, at least {percent(requirement.limit or 0)} asked for: {decision.because}"
    interval = {} if decision.interval is None else {
        "interval_low": 1 - decision.interval[1], "interval_high": 1 - decision.interval[0]
    }  # fmt: skip
    numbers = {"value": rate, "limit": requirement.limit, "numerator": passing, "denominator": counted.documents}
    row = bench.row(requirement, CORPUS, decision.verdict, reason, **numbers, **interval, turns=not suffix)
    return _with_measure(row, requirement.measure + suffix)


def _sum(counts: Sequence[SourceRecord]) -> SourceRecord:
    return SourceRecord(
        documents=sum(counted.documents for counted in counts),
        unscanned_documents=sum(counted.unscanned_documents for counted in counts),
        uncovered_documents=sum(counted.uncovered_documents for counted in counts),
        unknown=sum(counted.unknown for counted in counts),
    )


def _with_measure(row: Judgement, measure: str) -> Judgement:
    from dataclasses import replace

    return replace(row, measure=measure)


def _manifest(bench: Bench, requirement: Requirement) -> Iterator[Judgement]:
    wanted = _wanted(requirement)
    if not bench.record.manifest.given:
        yield bench.row(requirement, CORPUS, "MANUAL", f"no manifest was given (--sources); evidence wanted: {wanted}")
        return
    if requirement.scope == "corpus":
        yield bench.row(requirement, CORPUS, "INCONCLUSIVE", f"the manifest holds no evidence; wanted: {wanted}", turns=True)
        return
    for source in sorted(bench.record.sources):
        entry = bench.record.manifest.entry(source)
        if entry is None:
            yield bench.row(requirement, source, "INCONCLUSIVE", "the manifest does not name this source", turns=True)
        elif requirement.kinds and entry.kind and entry.kind not in requirement.kinds:
            yield bench.row(requirement, source, "NOT_APPLICABLE", f"this clause is not about sources of kind {entry.kind}")
        else:
            yield bench.row(requirement, source, "INCONCLUSIVE", f"the manifest holds no evidence; wanted: {wanted}", turns=True)


def _manual(bench: Bench, requirement: Requirement) -> Iterator[Judgement]:
    numbers = {"limit": requirement.limit}
    yield bench.row(requirement, CORPUS, "MANUAL", f"data cannot answer it; evidence wanted: {_wanted(requirement)}", **numbers)


def _review(bench: Bench, requirement: Requirement) -> Iterator[Judgement]:
    items = f"{requirement.items_min:,} items" if requirement.items_min else "a sample"
    reason = f"no human verdicts were given: {items} are to be inspected by hand, {percent(requirement.limit or 0)} of them passing"
    yield bench.row(requirement, CORPUS, "MANUAL", reason, limit=requirement.limit)


def _library(bench: Bench, requirement: Requirement) -> Iterator[Judgement]:
    value, shown = _library_figure(bench, requirement)
    if value is None or requirement.limit is None:
        yield bench.row(requirement, CORPUS, "NOT_APPLICABLE" if shown else "MANUAL", shown or _wanted(requirement))
        return
    short = value < requirement.limit if requirement.fail_below is not None else value > requirement.limit
    verdict: Verdict = "FAIL" if short else "PASS"
    bound = "at least" if requirement.fail_below is not None else "at most"
    reason = f"the tool's own rules: {shown}, {bound} {requirement.limit:,.0f} asked for"
    yield bench.row(requirement, CORPUS, verdict, reason, value=value, limit=requirement.limit)


def _library_figure(bench: Bench, requirement: Requirement) -> tuple[float | None, str]:
    library = bench.record.library
    if requirement.measure == "keywords_total":
        return library.total, f"{library.total:,} distinct keywords"
    if requirement.measure == "keywords_per_risk":
        risks = sorted(bench.standard.risks_under((requirement.group,)))
        least = min(risks, key=lambda risk: library.by_risk.get(risk, 0))
        return library.by_risk.get(least, 0), f"{library.by_risk.get(least, 0):,} keywords for {least}, the fewest of {requirement.group}"
    if requirement.measure == "keywords_age_days" and library.newest_update:
        age = (date.fromisoformat(bench.record.as_of) - date.fromisoformat(library.newest_update)).days
        return age, f"newest update {library.newest_update}, {age} days before {bench.record.as_of}"
    if requirement.measure == "classifier_risks_covered" and "classifier" not in bench.record.detectors:
        return None, "no classification model took part in this scan"
    return None, ""


def _wanted(requirement: Requirement) -> str:
    return ", ".join(requirement.evidence) or "a document that shows it"


_METHODS: dict[str, Callable[[Bench, Requirement], Iterator[Judgement]]] = {
    "data": _data, "manifest": _manifest, "review": _review, "library": _library, "attestation": _manual,
}  # fmt: skip
_MEASURES: dict[str, Callable[[Bench, Requirement], Iterator[Judgement]]] = {
    "illegal_rate": _illegal_rate, "scanned_share": _scanned_share, "technical_pass_rate": _technical_pass_rate,
}  # fmt: skip

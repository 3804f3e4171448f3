"""From a record to its assessment, and from the assessment to the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from corpus_guard.core.assessment import Judgement, Verdict, worst
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record
from corpus_guard.core.standard import Requirement, Standard
from corpus_guard.judging.bench import CORPUS, Bench, Rows
from corpus_guard.judging.coverage import scanned_share
from corpus_guard.judging.declared import attestation, manifest, review
from corpus_guard.judging.library import library
from corpus_guard.judging.pass_rate import technical_pass_rate
from corpus_guard.judging.source_test import illegal_rate

Judge = Callable[[Bench, Requirement], Rows]


def judge(record: Record, standards: Sequence[Standard], settings: JudgeSettings) -> list[Judgement]:
    """Return the whole assessment: every requirement of every standard in its order, each with a row at least."""
    return [
        row
        for standard in standards
        for requirement in standard.requirements
        for row in _rows(Bench(standard, record, settings), requirement)
    ]


def verdicts(judgements: Sequence[Judgement], sources: Iterable[str]) -> dict[str, Verdict]:
    """Return the verdict of each of *sources*, and of the whole run under the empty name.

    A source that nothing turns was not judged: INCONCLUSIVE.
    """
    turning: dict[str, list[str]] = {source: [] for source in sources}
    for row in judgements:
        if row.turns:
            turning.setdefault(row.source, []).append(row.verdict)
    corpus = turning.pop(CORPUS, [])
    each: dict[str, Verdict] = {source: worst(found) for source, found in turning.items()}
    return each | {CORPUS: worst([*each.values(), *corpus])}


def _rows(bench: Bench, requirement: Requirement) -> list[Judgement]:
    method = MEASURES[requirement.measure] if requirement.method == "data" else METHODS[requirement.method]
    rows = list(method(bench, requirement))
    return rows or [bench.row(requirement, CORPUS, "INCONCLUSIVE", "there is no source to judge", turns=True)]


METHODS: Mapping[str, Judge] = {
    "manifest": manifest, "review": review, "library": library, "attestation": attestation,
}  # fmt: skip
MEASURES: Mapping[str, Judge] = {
    "illegal_rate": illegal_rate, "scanned_share": scanned_share, "technical_pass_rate": technical_pass_rate,
}  # fmt: skip

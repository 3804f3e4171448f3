"""A standard applied to a record: what every method of judging needs, and how a row of the assessment is worded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from corpus_guard.core.assessment import HELD, Judgement, Verdict
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.standard import Requirement, Standard
from corpus_guard.core.tally import Profile
from corpus_guard.core.verdict import Evidence

CORPUS = ""
"""The source of a row that is about the whole corpus."""

Rows = Iterator[Judgement]
_NOT_ABOUT_DATA = ("attestation", "library", "review")


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a row; `measure` where it is not the requirement's own."""

    value: float | None = None
    limit: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    interval_low: float | None = None
    interval_high: float | None = None
    measure: str = ""


NO_FIGURES = Figures()


@dataclass(frozen=True)
class Bench:
    """A standard applied to a record."""

    standard: Standard
    record: Record
    settings: JudgeSettings

    def row(
        self,
        requirement: Requirement,
        source: str,
        verdict: Verdict,
        reason: str,
        figures: Figures = NO_FIGURES,
        *,
        turns: bool = False,
        held: Sequence[str] = (),
    ) -> Judgement:
        """Return a row of the assessment; *turns*: it turns the verdict; *held*: evidence that is there already."""
        return Judgement(
            self.standard.id, requirement.clause, source, verdict, figures.measure or requirement.measure,
            opening(requirement, source, verdict) + reason + ".", requirement.wording, figures.value, figures.limit,
            figures.numerator, figures.denominator, figures.interval_low, figures.interval_high,
            "; ".join(requirement.evidence) + (HELD + "; ".join(held) if held else ""), turns,
        )  # fmt: skip

    @cached_property
    def profiles(self) -> dict[str, list[tuple[Profile, int]]]:
        """What was found in the documents of each source."""
        return self.record.tally.by_source()

    def sources(self) -> list[tuple[str, SourceRecord]]:
        """Return every source and what was counted in it, by name."""
        return sorted(self.record.sources.items())

    def missing(self, requirement: Requirement) -> str:
        """Return what stands in the way of judging *requirement* at all; empty when nothing does."""
        absent = [name for name in requirement.detectors if name not in self.record.detectors]
        if not absent:
            return ""
        return f"the detector{'s' if len(absent) > 1 else ''} {' and '.join(absent)} did not run"


def opening(requirement: Requirement, source: str, verdict: str) -> str:
    """Return how the sentence of a row begins; `--raw-run` takes it off again."""
    named = f'Source "{source}"' if source else "Clause" if requirement.method in _NOT_ABOUT_DATA else "The corpus"
    return f"{named}: {verdict} for {requirement.clause} — "


def evidence_of(counted: SourceRecord, settings: JudgeSettings, bad: int = 0, *, sampled: bool = False) -> Evidence:
    """Return what a rate over *counted* rests on; what was lost in its shards may have been its own."""
    told = counted.languages
    known = sorted((label, told.uncovered[label]) for label in settings.accept_uncovered if told.uncovered.get(label))
    uncovered = counted.uncovered_documents - sum(documents for _, documents in known)
    lost = counted.unscanned_documents + counted.unattributed
    return Evidence(
        bad, counted.documents, lost, counted.unknown > 0, uncovered, sampled, tuple(known), bool(told.parts)
    )


def evidence_wanted(requirement: Requirement) -> str:
    """Return the evidence a person has to bring."""
    return f"evidence wanted: {', '.join(requirement.evidence) or 'a document that shows it'}"

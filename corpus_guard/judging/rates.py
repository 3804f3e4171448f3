"""A rate of violating documents and the verdict on it: what the source test and the pass rate share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from corpus_guard.core.record import SourceRecord
from corpus_guard.core.rule import Grade
from corpus_guard.core.standard import Requirement
from corpus_guard.core.tally import Profile, violates
from corpus_guard.core.verdict import Decision, decide, exact
from corpus_guard.judging.bench import Bench, evidence_of

Profiles = Sequence[tuple[Profile, int]]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many documents violate, and how many would if every suspect were confirmed; each document once."""

    bad: int
    confirmed: int
    counted: SourceRecord

    @property
    def documents(self) -> int:
        """Documents scanned: what both are shares of."""
        return self.counted.documents


def rate_of(
    bench: Bench, requirement: Requirement, profiles: Profiles, counted: SourceRecord, detectors: frozenset[str] | None
) -> Rate:
    """Return the rate over *profiles* by findings of *detectors*; None means whichever detector made them."""
    risks = bench.standard.risks_under(requirement.risks)
    least = Grade.SUSPECT if bench.settings.suspects == "count" else Grade.VIOLATION
    bad, confirmed = (violates(detectors, risks, grade) for grade in (least, Grade.SUSPECT))
    return Rate(
        sum(count for profile, count in profiles if bad(profile)),
        sum(count for profile, count in profiles if confirmed(profile)),
        counted,
    )


def decide_rate(bench: Bench, rate: Rate, limit: Fraction) -> Decision:
    """Return the verdict on *rate*, which must not be over *limit*."""
    settings = bench.settings
    evidence = evidence_of(rate.counted, settings, rate.bad, sampled=bench.record.share < 1)
    decision = decide(
        evidence, limit, unscanned_max=exact(settings.unscanned_max), uncovered_max=exact(settings.uncovered_max)
    )
    suspects = rate.confirmed - rate.bad
    if decision.verdict == "PASS" and settings.suspects == "stop_pass" and suspects:
        because = f"within the limit, but {suspects:,} suspect documents await a human (suspects = stop_pass)"
        return Decision("INCONCLUSIVE", because, decision.interval)
    return decision

"""A tally: documents counted by everything that was found in them. It merges by plain addition.

A rate counts documents, not findings, and the risks of a document overlap; so documents are counted by *set*: one count
for each profile, from which any standard's grouping is answered exactly, also one that is written after the scan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from corpus_guard.core.rule import Grade


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """What one detector found in a document at one grade: the set of its risks, and whether anything was sensitive."""

    detector: str
    grade: Grade
    risks: frozenset[str] = frozenset()
    sensitive: bool = False


Profile = frozenset[Mark]
"""Everything that was found in one document."""

Claim = Callable[[Profile], bool]


@dataclass(frozen=True)
class Tally:
    """Documents by (source, profile); documents without a finding are not in it."""

    counts: Mapping[tuple[str, Profile], int] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        """Return both together: associative, commutative, the empty tally is neutral."""
        return Tally(Counter(self.counts) + Counter(other.counts))

    def by_source(self) -> dict[str, list[tuple[Profile, int]]]:
        """Return the profiles of each source with their counts."""
        sources: dict[str, list[tuple[Profile, int]]] = {}
        for (source, profile), count in self.counts.items():
            sources.setdefault(source, []).append((profile, count))
        return sources


def violates(detectors: frozenset[str] | None, risks: frozenset[str], least: Grade = Grade.VIOLATION) -> Claim:
    """Return the claim that a document holds a finding of at least grade *least* under one of *risks*.

    *detectors* None means whichever detector made it.
    """

    def claim(profile: Profile) -> bool:
        return any(
            mark.grade >= least and mark.risks & risks and (detectors is None or mark.detector in detectors)
            for mark in profile
        )

    return claim


def graded(detectors: frozenset[str], least: Grade) -> Claim:
    """Return the claim that one of *detectors* found something of at least grade *least*, whatever its risk."""

    def claim(profile: Profile) -> bool:
        return any(mark.grade >= least and mark.detector in detectors for mark in profile)

    return claim


def found_by(detector: str, least: Grade = Grade.SUSPECT, *, sensitive: bool = False) -> Claim:
    """Return the claim that *detector* found something of at least grade *least* (and sensitive, if asked)."""

    def claim(profile: Profile) -> bool:
        return any(
            mark.detector == detector and mark.grade >= least and (mark.sensitive or not sensitive) for mark in profile
        )

    return claim

"""Records and standards small enough to judge by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from corpus_guard.core.assessment import Judgement
from corpus_guard.core.library import Library
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.rule import Grade
from corpus_guard.core.source import Manifest
from corpus_guard.core.standard import Requirement, Risk, Standard
from corpus_guard.core.tally import Mark, Profile, Tally
from corpus_guard.judging import judge

GROUPS = {"A.1": "abcdefgh", "A.2": "abcdefghi", "A.3": "abcde", "A.4": "abcdefg", "A.5": "ab"}
RISKS = tuple(Risk(f"{group}.{letter}", group, "", "") for group, letters in GROUPS.items() for letter in letters)
DETECTORS = ("keywords", "personal_info")


def requirement(clause: str = "c", method: str = "data", **values: Any) -> Requirement:
    """Return a requirement that asks nothing but what *values* say."""
    plain: dict[str, Any] = {"title_zh": "", "title_en": "", "scope": "source", "wording": "secondary"}
    return Requirement(**plain | {"clause": clause, "method": method} | values)


SOURCE_TEST = requirement(
    "5.1-a-2", measure="illegal_rate", fail_above=0.05, risks=("A.1", "A.2", "A.3", "A.4"), detectors=("keywords",),
    stage="raw",
)  # fmt: skip
FILTERED = requirement("5.2-a", measure="scanned_share", detectors=("keywords",))
PASS_RATE = requirement(
    "9.2-b", scope="corpus", measure="technical_pass_rate", fail_below=0.98, share_min=0.1, detectors=DETECTORS,
    risks=tuple(GROUPS),
)  # fmt: skip


def standard(*requirements: Requirement, name: str = "s") -> Standard:
    """Return a standard of these requirements and the 31 risks."""
    return Standard(name, "", "", RISKS, requirements)


def profile(*marks: tuple[str, str, str]) -> Profile:
    """Return the profile of a document from (detector, grade, risks) triples."""
    return frozenset(Mark(detector, Grade.parse(grade), frozenset(risks.split())) for detector, grade, risks in marks)


BAD = profile(("keywords", "violation", "A.1.a"))
DOUBTFUL = profile(("keywords", "suspect", "A.2.b"))
PERSONAL = profile(("personal_info", "violation", "A.4.f"))


def record(
    sources: Mapping[str, SourceRecord | int], found: Mapping[tuple[str, Profile], int] | None = None, **values: Any
) -> Record:
    """Return a record of *sources* (a number means so many documents, all read) in which *found* was found."""
    counted = {
        name: known if isinstance(known, SourceRecord) else SourceRecord(documents=known)
        for name, known in sources.items()
    }
    plain: dict[str, Any] = {
        "detectors": DETECTORS, "content_detectors": frozenset({"keywords"}), "manifest": Manifest(), "stage": "", "share": 1.0,
        "as_of": "2026-01-31", "library": Library(),
    }  # fmt: skip
    return Record(sources=counted, tally=Tally(found or {}), **plain | values)


def with_counts(known: Record, source: str, **values: Any) -> Record:
    """Return *known* with other counts of one of its sources."""
    return replace(known, sources={**known.sources, source: replace(known.sources[source], **values)})


def rows(known: Record, *requirements: Requirement, **given: Any) -> list[Judgement]:
    """Return the assessment of *known* by a standard of these requirements."""
    return judge(known, [standard(*requirements)], JudgeSettings(**given))


def only(known: Record, asked: Requirement, **given: Any) -> Judgement:
    """Return the one row of one source."""
    (row,) = rows(known, asked, **given)
    return row

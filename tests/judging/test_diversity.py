"""Several sources for each language and type; domestic beside foreign; a practice that turns nothing."""

from __future__ import annotations

from typing import Any

import pytest

from corpus_guard.core.source import Manifest, SourceEntry
from corpus_guard.judging.diversity import FILING_PRACTICE
from tests.records import record, requirement, rows

SEVERAL = requirement(
    "5.1-b-1", "manifest", scope="corpus", measure="sources_per_language_type", fail_below=2, share_min=0.01
)
MIX = requirement("5.1-b-2", "manifest", scope="corpus", measure="foreign_share", warn_above=0.3)


def judged(asked: Any, *entries: SourceEntry, extra: dict[str, int] | None = None, documents: int = 100) -> Any:
    """Return (measure, verdict) pairs of sources that hold *documents* each, and of *extra* ones nobody declared."""
    counts = {entry.id: documents for entry in entries} | (extra or {})
    found = rows(record(counts, manifest=Manifest(entries, given=True)), asked)
    return found, [(row.measure.partition(":")[2], row.verdict) for row in found]


def source(name: str, *languages: str, **values: Any) -> SourceEntry:
    """Return a source in *languages*."""
    return SourceEntry(name, languages=languages, **values)


@pytest.mark.parametrize(
    ("entries", "extra", "expected"),
    [
        ((source("a", "zh"), source("b", "zh-Hans")), {}, [("text:zh", "PASS")]),
        ((source("a", "zh"), source("b", "en")), {}, [("text:en", "FAIL"), ("text:zh", "FAIL")]),
        ((source("a", "zh", "en"), source("b", "zh", "EN")), {}, [("text:en", "PASS"), ("text:zh", "PASS")]),
        ((source("a", "zh"), source("b", "zh")), {"c": 5}, [("text:zh", "PASS"), ("", "INCONCLUSIVE")]),
        ((source("a", "zh"),), {"c": 5}, [("text:zh", "INCONCLUSIVE"), ("", "INCONCLUSIVE")]),
        ((source("a", "zh"), source("b")), {}, [("text:zh", "INCONCLUSIVE"), ("", "INCONCLUSIVE")]),
        ((source("a", "zh"), source("b", "zh", modality="image")), {}, [("image:zh", "FAIL"), ("text:zh", "FAIL")]),
        ((), {"c": 5}, [("", "INCONCLUSIVE")]),
    ],
)  # fmt: skip
def test_every_language_and_type_has_several_sources(entries: Any, extra: Any, expected: Any) -> None:
    """Two at least; a source that nobody declared never counts, and may be the missing one."""
    found, verdicts = judged(SEVERAL, *entries, extra=extra)
    assert expected == verdicts
    assert all(row.turns for row in found)


def test_the_floor_is_said() -> None:
    """It is this tool's reading; sources without documents are none."""
    (row,), _ = judged(SEVERAL, source("a", "zh"), source("b", "zh"))
    assert (2, 2) == (row.value, row.limit)
    assert "2 declared sources of text in zh (a, b); at least 2 asked for, this tool's reading of several" in row.reason
    assert [] == [one for one in judged(SEVERAL, source("a", "zh"), documents=0)[1] if one[0]]


@pytest.mark.parametrize(
    ("origins", "expected"),
    [
        (("domestic", "domestic"), "PASS"),
        (("domestic", "foreign"), "PASS"),
        (("foreign", "foreign"), "FAIL"),
        (("domestic", ""), "INCONCLUSIVE"),
    ],
)
def test_foreign_sources_are_combined_with_domestic_ones(origins: tuple[str, ...], expected: str) -> None:
    """No share is set: only that both are there when one is foreign, and that all origins are known."""
    entries = [SourceEntry(f"s{number}", origin=origin) for number, origin in enumerate(origins)]
    found, _ = judged(MIX, *entries)
    assert (expected, True) == (found[0].verdict, found[0].turns)
    assert origins.count("foreign") / len(origins) == found[0].value


@pytest.mark.parametrize(("domestic", "over"), [(70, False), (69, True)])
def test_filing_practice_warns_and_turns_nothing(domestic: int, over: bool) -> None:
    """Exactly 30 % is not over; it is marked as found in no standard."""
    entries = (SourceEntry("d", origin="domestic"), SourceEntry("f", origin="foreign", kind="open_source"))
    counts = {"d": domestic, "f": 100 - domestic}
    row = rows(record(counts, manifest=Manifest(entries, given=True)), MIX)[1]
    assert (FILING_PRACTICE, "MANUAL", False, 0.3) == (row.measure, row.verdict, row.turns, row.limit)
    assert "filing practice, in no standard" in row.reason
    assert over == ("warning: over it" in row.reason)

"""What a manifest, a person or the tool's own rules must answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from corpus_guard.catalog.standards import known_standards, read_standard
from corpus_guard.core.library import Library
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.source import KINDS, Manifest, SourceEntry
from corpus_guard.judging import CORPUS, judge, verdicts
from tests.judging.test_provenance import held
from tests.records import only, record, requirement, rows

DECLARED = requirement("5.1-c-1", "manifest", kinds=("open_source",), evidence=("licence",))


def test_without_a_manifest_its_clauses_are_manual() -> None:
    """One row for the corpus, which turns nothing."""
    row = only(record({"a": 1, "b": 1}), DECLARED)
    assert ("MANUAL", CORPUS, False) == (row.verdict, row.source, row.turns)
    assert "The corpus: MANUAL for 5.1-c-1 — no manifest was given (--sources); evidence wanted: licence." == row.reason
    assert "licence" == row.evidence


def test_with_a_manifest_missing_evidence_is_inconclusive() -> None:
    """A row per source: no evidence, another kind, not named."""
    entries = (SourceEntry("a", kind="open_source"), SourceEntry("b", kind="commercial"), SourceEntry("c"))
    known = record({"a": 1, "b": 1, "c": 1, "d": 1}, manifest=Manifest(entries, given=True))
    expected = [
        ("a", "INCONCLUSIVE", True),
        ("b", "NOT_APPLICABLE", False),
        ("c", "INCONCLUSIVE", True),
        ("d", "INCONCLUSIVE", True),
    ]
    found = rows(known, DECLARED)
    assert expected == [(row.source, row.verdict, row.turns) for row in found]
    assert "the manifest does not name this source" in found[3].reason


def test_a_clause_on_the_whole_corpus_has_one_row() -> None:
    """With a manifest 5.1-b is INCONCLUSIVE for the corpus."""
    row = only(record({"a": 1}, manifest=Manifest(given=True)), requirement("5.1-b-2", "manifest", scope="corpus"))
    assert ("INCONCLUSIVE", CORPUS, True) == (row.verdict, row.source, row.turns)


EVERYTHING = (
    "log", "contract", "supplier_statement", "review_record", "user_authorisation", "licence_file", "ip_review",
    "blocked_domains_check",
)  # fmt: skip
TOLD: dict[str, Any] = {
    "languages": ("zh",), "url": "https://example.org", "licence": "MIT", "method": "crawl", "robots": "allowed",
    "collected_from": "2025-02-01", "blocked_information": "none", "ip_risk": "none", "pre_collection_date": "2025-01-01",
    "pre_collection_sample": 400, "pre_collection_rate": 0.0,
}  # fmt: skip


@pytest.mark.parametrize("name", known_standards())
def test_a_manifest_that_shows_everything_passes(name: str) -> None:
    """Of every kind; and one file that is gone takes the PASS of its source away, and no other's."""
    entries = [
        SourceEntry(kind, kind=kind, origin="domestic", **TOLD, evidence=held(*EVERYTHING)) for kind in sorted(KINDS)
    ]
    detectors = ("keywords", "personal_info", "licensing")
    known = record(dict.fromkeys(KINDS, 100), manifest=Manifest(tuple(entries), given=True), detectors=detectors)
    asked = read_standard(name)
    judged = judge(known, [asked], JudgeSettings())
    assert [] == [row.reason for row in judged if row.turns and row.verdict != "PASS"]
    assert dict.fromkeys([*KINDS, CORPUS], "PASS") == verdicts(judged, KINDS)
    gone = replace(entries[0], evidence=held("ip_review", found="") + held("supplier_statement"))
    without = replace(known, manifest=Manifest((gone, *entries[1:]), given=True))
    expected = dict.fromkeys(KINDS, "PASS") | {gone.id: "INCONCLUSIVE", CORPUS: "INCONCLUSIVE"}
    assert expected == verdicts(judge(without, [asked], JudgeSettings()), KINDS)


def test_human_verdicts_and_attestations_are_manual() -> None:
    """They name what is wanted and turn nothing."""
    review = only(record({"a": 1}), requirement("9.2-a", "review", scope="corpus", fail_below=0.96, items_min=4000))
    assert ("MANUAL", 0.96, False) == (review.verdict, review.limit, review.turns)
    assert "4,000 items are to be inspected by hand, at least 96 % of them passing" in review.reason
    row = only(record({"a": 1}), requirement("5.2-b-1", "attestation", scope="corpus", evidence=("a plan", "a person")))
    assert ("MANUAL", "a plan; a person", False) == (row.verdict, row.evidence, row.turns)
    assert "Clause: MANUAL for 5.2-b-1 — data cannot answer it; evidence wanted: a plan, a person." == row.reason


LIBRARY = Library(9_999, {"A.1.a": 250, **{f"A.1.{letter}": 200 for letter in "bcdefgh"}}, "2026-01-24")


@pytest.mark.parametrize(
    ("values", "library", "expected", "value"),
    [
        ({"measure": "keywords_total", "fail_below": 10_000}, LIBRARY, "FAIL", 9_999),
        ({"measure": "keywords_total", "fail_below": 9_999}, LIBRARY, "PASS", 9_999),
        ({"measure": "keywords_per_risk", "group": "A.1", "fail_below": 200}, LIBRARY, "PASS", 200),
        ({"measure": "keywords_per_risk", "group": "A.2", "fail_below": 100}, LIBRARY, "FAIL", 0),
        ({"measure": "keywords_age_days", "fail_above": 7}, LIBRARY, "PASS", 7),
        ({"measure": "keywords_age_days", "fail_above": 6}, LIBRARY, "FAIL", 7),
        ({"measure": "keywords_age_days", "fail_above": 7}, Library(), "NOT_APPLICABLE", None),
        ({"measure": "classifier_risks_covered", "fail_below": 31}, LIBRARY, "NOT_APPLICABLE", None),
        ({}, LIBRARY, "MANUAL", None),
    ],
)
def test_the_tools_own_rules_never_turn_a_verdict(
    values: Mapping[str, Any], library: Library, expected: str, value: float | None
) -> None:
    """8.1, 8.4 and 9.2-c are printed."""
    row = only(record({"a": 1}, library=library), requirement("8.1", "library", scope="corpus", **values))
    assert (expected, value, False) == (row.verdict, row.value, row.turns)


def test_keywords_that_did_not_run_are_not_judged() -> None:
    """An empty library is not a short one."""
    asked = requirement("8.1-a", "library", scope="corpus", measure="keywords_total", fail_below=10_000)
    assert "NOT_APPLICABLE" == only(record({"a": 1}, detectors=("personal_info",)), asked).verdict

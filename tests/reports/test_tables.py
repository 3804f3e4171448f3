"""The tables of a run folder: their columns, and what stays empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.source import Manifest, SourceEntry
from corpus_guard.core.tally import Profile
from corpus_guard.judging import judge
from corpus_guard.reports.csv_tables import cell, unguarded, write_csv
from corpus_guard.reports.tables import ASSESSMENT, RISKS, SUMMARY, assessment_rows, risk_rows, summary_rows
from tests.records import BAD, DOUBTFUL, PERSONAL, SOURCE_TEST, profile, record, standard


def summary(known: Record, **verdicts: str) -> dict[str, dict[str, Any]]:
    """Return the rows of summary.csv by source."""
    return {row["source"]: row for row in summary_rows(known, standard(), verdicts)}


def test_the_columns_are_those_of_the_contract() -> None:
    """Names and order are fixed."""
    expected = (
        "source, kind, origin, licences, shards, documents, empty_documents, bytes, unscanned_documents, "
        "uncovered_documents, illegal_documents, illegal_rate, suspect_documents, personal_info_documents, "
        "sensitive_personal_info_documents, ip_documents, exact_duplicate_documents, near_duplicate_documents, "
        "languages, verdict"
    )
    assert expected == ", ".join(SUMMARY)
    expected = (
        "standard, clause, source, verdict, measure, value, limit, numerator, denominator, interval_low, interval_high, "
        "reason, evidence, wording"
    )
    assert expected == ", ".join(ASSESSMENT)
    assert "source, risk, documents, rate" == ", ".join(RISKS)


@pytest.mark.parametrize(
    ("found", "illegal", "suspect", "personal"),
    [
        (BAD, 1, 0, 0),
        (DOUBTFUL, 0, 1, 0),
        (BAD | DOUBTFUL, 1, 0, 0),
        (PERSONAL, 0, 0, 1),
        (PERSONAL | DOUBTFUL, 0, 1, 1),  # the violation is no content detector's
        (profile(("keywords", "violation", "A.5.a"), ("keywords", "suspect", "A.1.a")), 0, 0, 0),
        (profile(("keywords", "suspect", "")), 0, 1, 0),  # a rule without a risk
        (profile(("keywords", "info", "A.1.a")), 0, 0, 0),
        (profile(("personal_info", "suspect", "A.4.f")), 0, 0, 1),
        (profile(("personal_info", "info", "")), 0, 0, 0),
    ],
)
def test_documents_are_counted_as_the_contract_says(found: Profile, illegal: int, suspect: int, personal: int) -> None:
    """Each count is of documents, by the detectors and grades it names."""
    row = summary(record({"web": 4}, {("web", found): 1}))["web"]
    assert (illegal, suspect, personal) == (
        row["illegal_documents"],
        row["suspect_documents"],
        row["personal_info_documents"],
    )
    assert illegal / 4 == row["illegal_rate"]


@pytest.mark.parametrize(("grade", "expected"), [("violation", 1), ("suspect", 1), ("info", 0)])
def test_licensing_notices_are_no_infringement(grade: str, expected: int) -> None:
    """`ip_documents` are those the policy denies or asks to review."""
    known = record({"web": 4}, {("web", profile(("licensing", grade, "A.3.a"))): 1}, detectors=("licensing",))
    assert expected == summary(known)["web"]["ip_documents"]


OF_CONTENT = ("uncovered_documents", "illegal_documents", "illegal_rate", "suspect_documents")
OF_PEOPLE = ("personal_info_documents", "sensitive_personal_info_documents")


@pytest.mark.parametrize(
    ("detectors", "content", "filled"),
    [
        (("keywords",), {"keywords"}, OF_CONTENT),
        (("personal_info",), set(), OF_PEOPLE),
        (("licensing",), set(), ("ip_documents",)),
        ((), set(), ()),
    ],
)
def test_a_column_whose_detector_did_not_run_is_empty(
    detectors: tuple[str, ...], content: set[str], filled: tuple[str, ...], tmp_path: Path
) -> None:
    """Empty, never 0."""
    known = record({"web": 4}, detectors=detectors, content_detectors=frozenset(content))
    row = summary(known, web="INCONCLUSIVE")["web"]
    by_detector = {
        *OF_CONTENT,
        *OF_PEOPLE,
        "ip_documents",
        "exact_duplicate_documents",
        "near_duplicate_documents",
        "languages",
    }
    assert by_detector - set(filled) == {name for name in by_detector if row.get(name) is None}
    write_csv(tmp_path / "summary.csv", SUMMARY, [row])
    cells = dict(
        zip(SUMMARY, (tmp_path / "summary.csv").read_text("utf-8-sig").splitlines()[1].split(","), strict=True)
    )
    assert {""} == {cells[name] for name in by_detector - set(filled)}


def test_kind_and_origin_come_from_the_manifest() -> None:
    """A source that no manifest names is inferred; one that matched nothing is there with 0 documents."""
    entries = (SourceEntry("web", kind="self_collected", origin="domestic"), SourceEntry("ghost", kind="commercial"))
    known = record({"web": 4, "other": 2}, manifest=Manifest(entries, given=True)).with_declared_sources()
    rows = summary(known, web="PASS")
    assert ["ghost", "other", "web"] == list(rows)
    assert ("self_collected", "domestic", 4, "PASS") == tuple(
        rows["web"][name] for name in ("kind", "origin", "documents", "verdict")
    )
    assert ("inferred", "", 2) == tuple(rows["other"][name] for name in ("kind", "origin", "documents"))
    assert ("commercial", 0, 0, None) == tuple(
        rows["ghost"][name] for name in ("kind", "documents", "illegal_documents", "illegal_rate")
    )


def test_counts_and_licences_are_passed_on() -> None:
    """What was counted stands in the row as it was counted."""
    counted = SourceRecord(3, 40, 2, 999, 1, 5, exact_duplicates=7, licences=("CC-BY-4.0", "MIT"))
    row = summary(record({"web": counted}))["web"]
    expected = {
        "shards": 3, "documents": 40, "empty_documents": 2, "bytes": 999, "unscanned_documents": 1, "uncovered_documents": 5,
        "exact_duplicate_documents": 7, "licences": "CC-BY-4.0;MIT",
    }  # fmt: skip
    assert expected == {name: row[name] for name in expected}


def test_risks_list_violations_of_any_detector() -> None:
    """A row per source and risk with a violation; suspects and clean risks have none."""
    found = {("web", BAD | PERSONAL): 2, ("web", BAD): 1, ("web", DOUBTFUL): 1, ("b", DOUBTFUL): 1}
    expected = [
        {"source": "web", "risk": "A.1.a", "documents": 3, "rate": 0.3},
        {"source": "web", "risk": "A.4.f", "documents": 2, "rate": 0.2},
    ]
    assert expected == risk_rows(record({"b": 1, "web": 10}, found), standard())


def test_the_assessment_has_a_row_per_judgement(tmp_path: Path) -> None:
    """A census leaves the interval empty; a cell can start no formula."""
    rows = assessment_rows(judge(record({"=web": 20}, {("=web", BAD): 1}), [standard(SOURCE_TEST)], JudgeSettings()))
    write_csv(tmp_path / "assessment.csv", ASSESSMENT, rows)
    line = (tmp_path / "assessment.csv").read_text("utf-8-sig").splitlines()[1]
    expected = "s,5.1-a-2,'=web,PASS,illegal_rate,0.05,0.05,1,20,,,"
    assert line.startswith(expected)
    assert line.endswith(",,secondary")


@given(st.text(max_size=5) | st.text("'=+-@ab", max_size=5))
def test_the_guard_of_a_cell_can_be_taken_off(text: str) -> None:
    """A source keeps its name through summary.csv, whatever it is called."""
    assert text == unguarded(cell(text))
    assert not cell(text).startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"))

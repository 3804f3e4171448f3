"""The source test (5.1-a-2), case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus_guard.core.record import SourceRecord
from corpus_guard.core.source import Manifest, SourceEntry
from corpus_guard.core.standard import Requirement
from tests.records import BAD, DOUBTFUL, FILTERED, PASS_RATE, SOURCE_TEST, only, profile, record, rows


@pytest.mark.parametrize(("bad", "expected"), [(0, "PASS"), (5, "PASS"), (6, "FAIL"), (100, "FAIL")])
def test_a_source_fails_over_five_percent(bad: int, expected: str) -> None:
    """Exactly 5 % is not over."""
    assert expected == only(record({"web": 100}, {("web", BAD): bad}), SOURCE_TEST).verdict


def test_the_reason_states_the_whole_calculation() -> None:
    """Numerator, denominator, rate, limit, and the rate if every suspect were confirmed."""
    row = only(record({"web": 1000}, {("web", BAD): 30, ("web", DOUBTFUL): 25}), SOURCE_TEST)
    expected = (
        'Source "web": PASS for 5.1-a-2 — 30 of 1,000 documents (3 %) hold illegal or unhealthy content, limit 5 %: '
        "within the limit; 5.5 % if every suspect were confirmed."
    )
    assert expected == row.reason
    assert (0.03, 0.05, 30, 1000, None, None) == (
        row.value, row.limit, row.numerator, row.denominator, row.interval_low, row.interval_high
    )  # fmt: skip
    assert ("secondary", True) == (row.wording, row.turns)


@pytest.mark.parametrize(
    ("marks", "bad", "confirmed"),
    [
        ([("keywords", "violation", "A.1.a"), ("keywords", "suspect", "A.1.b")], 1, 1),  # one document, once
        ([("keywords", "suspect", "A.1.a"), ("keywords", "suspect", "A.1.b")], 0, 1),
        ([("personal_info", "violation", "A.4.f")], 0, 0),  # no content detector
        ([("keywords", "violation", "A.5.a")], 0, 0),  # outside A.1 to A.4
        ([("keywords", "info", "A.1.a")], 0, 0),
        ([("personal_info", "violation", "A.4.f"), ("keywords", "suspect", "A.4.f")], 0, 1),
    ],
)
def test_content_findings_count_documents_once(marks: list[tuple[str, str, str]], bad: int, confirmed: int) -> None:
    """Violations and suspects of content detectors under A.1 to A.4 count, each document once."""
    row = only(record({"web": 10}, {("web", profile(*marks)): 1}), SOURCE_TEST)
    assert bad == row.numerator
    assert f"; {confirmed * 10} % if every suspect were confirmed." in row.reason


@pytest.mark.parametrize(
    ("suspects", "expected", "numerator"),
    [("report", "PASS", 0), ("stop_pass", "INCONCLUSIVE", 0), ("count", "FAIL", 6)],
)
def test_suspects_do_what_the_pipeline_says(suspects: str, expected: str, numerator: int) -> None:
    """They are reported, stop a PASS, or count as violations."""
    row = only(record({"web": 100}, {("web", DOUBTFUL): 6}), SOURCE_TEST, suspects=suspects)
    assert (expected, numerator) == (row.verdict, row.numerator)


def test_suspects_do_not_soften_a_failure() -> None:
    """`stop_pass` stops a PASS and nothing else."""
    known = record({"web": 100}, {("web", BAD): 6, ("web", DOUBTFUL): 1})
    assert "FAIL" == only(known, SOURCE_TEST, suspects="stop_pass").verdict


@pytest.mark.parametrize(
    ("counted", "bad", "expected", "because"),
    [
        (SourceRecord(documents=0), 0, "INCONCLUSIVE", "no document was scanned"),
        (SourceRecord(documents=100, unscanned_documents=1), 5, "INCONCLUSIVE", "1 document was unscanned"),
        (SourceRecord(documents=100, unscanned_documents=19), 6, "FAIL", "over the limit;"),
        (
            SourceRecord(documents=100, unscanned_documents=20),
            6,
            "INCONCLUSIVE",
            "the 20 unscanned could bring it under",
        ),
        (SourceRecord(documents=100, unattributed=20), 6, "INCONCLUSIVE", "the 20 unscanned could bring it under"),
        (SourceRecord(documents=100, unknown=1), 6, "FAIL", "over the limit;"),
        (SourceRecord(documents=100, unknown=1), 5, "INCONCLUSIVE", "an unknown number of documents was unscanned"),
        (
            SourceRecord(documents=100, uncovered_documents=6),
            0,
            "INCONCLUSIVE",
            "in scripts that no content rule covers",
        ),
        (SourceRecord(documents=100, uncovered_documents=5), 0, "PASS", "within the limit;"),
    ],
)
def test_what_was_not_read_stops_a_pass(counted: SourceRecord, bad: int, expected: str, because: str) -> None:
    """FAIL when the rest cannot bring it under or its size is unknown, INCONCLUSIVE otherwise."""
    row = only(record({"web": counted}, {("web", BAD): bad}), SOURCE_TEST)
    assert expected == row.verdict
    assert because in row.reason


def test_the_pipeline_may_accept_gaps() -> None:
    """`unscanned_max` and `uncovered_max` are shares that are still let through."""
    known = record({"web": SourceRecord(documents=71, unscanned_documents=29, uncovered_documents=71)})
    assert "PASS" == only(known, SOURCE_TEST, unscanned_max=0.29, uncovered_max=1.0).verdict


@pytest.mark.parametrize("asked", [SOURCE_TEST, FILTERED, PASS_RATE])
def test_without_its_detector_a_clause_is_inconclusive(asked: Requirement) -> None:
    """And says so, without numbers that would look like a result."""
    known = record({"web": 100}, detectors=("exact_duplicates",), content_detectors=frozenset())
    for row in rows(known, asked):
        assert ("INCONCLUSIVE", None, None) == (row.verdict, row.value, row.numerator)
        assert "keywords" in row.reason
        assert "did not run" in row.reason


def test_several_missing_detectors_are_all_named() -> None:
    """9.2-b needs both."""
    row = rows(record({"web": 1}, detectors=()), PASS_RATE)[0]
    assert row.reason.endswith("the detectors keywords and personal_info did not run.")


@pytest.mark.parametrize(
    ("stage", "declared", "expected"),
    [("", "", "PASS"), ("raw", "", "PASS"), ("filtered", "", "INCONCLUSIVE"), ("training", "", "INCONCLUSIVE"),
     ("raw", "training", "INCONCLUSIVE"), ("filtered", "raw", "PASS")],
)  # fmt: skip
def test_the_source_test_judges_what_was_collected(stage: str, declared: str, expected: str) -> None:
    """On other stages it is INCONCLUSIVE; the manifest's stage goes before the option's."""
    manifest = Manifest((SourceEntry("web", stage=declared),), given=True)
    row = only(record({"web": 100}, stage=stage, manifest=manifest), SOURCE_TEST)
    assert expected == row.verdict
    assert (expected == "PASS") == ("judged on the raw data" not in row.reason)


def test_the_raw_run_gives_the_verdict_and_its_numbers() -> None:
    """With `--raw-run` the row is the raw run's, reason and figures included."""
    raw = {(row.standard, row.clause, row.source, row.measure): row
           for row in rows(record({"web": 100}, {("web", BAD): 7}), SOURCE_TEST)}  # fmt: skip
    row = only(record({"web": 90}, stage="filtered", raw_rows=raw), SOURCE_TEST)
    assert ("FAIL", 7, 100, 0.07) == (row.verdict, row.numerator, row.denominator, row.value)
    assert row.reason.startswith('Source "web": FAIL for 5.1-a-2 — as judged on the raw run: 7 of 100 documents (7 %)')


def test_a_raw_run_without_the_source_gives_nothing() -> None:
    """Another source's raw verdict is no verdict on this one, nor is that of another measure under the same clause."""
    raw = {
        (row.standard, row.clause, row.source, row.measure): row for row in rows(record({"books": 100}), SOURCE_TEST)
    }
    raw[("s", "5.1-a-2", "web", "other")] = replace(only(record({"web": 1}), SOURCE_TEST), measure="other")
    row = only(record({"web": 90}, stage="filtered", raw_rows=raw), SOURCE_TEST)
    assert "INCONCLUSIVE" == row.verdict
    assert "the raw run does not hold it" in row.reason


@pytest.mark.parametrize(("bad", "expected"), [(0, "PASS"), (40, "INCONCLUSIVE"), (60, "INCONCLUSIVE"), (100, "FAIL")])
def test_a_sample_is_judged_with_its_interval(bad: int, expected: str) -> None:
    """An interval that contains the limit decides nothing, and the reason says how many more items would."""
    row = only(record({"web": 1000}, {("web", BAD): bad}, share=0.1), SOURCE_TEST)
    assert expected == row.verdict
    assert row.interval_low is not None
    assert row.interval_high is not None
    assert row.interval_low <= bad / 1000 <= row.interval_high
    assert (expected == "INCONCLUSIVE") == ("more items at this rate would decide it" in row.reason)

"""Judging, clause by clause: every case states the contract's words and one record that shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.catalog.standards import known_standards, read_standard
from corpus_guard.core.assessment import Judgement
from corpus_guard.core.library import Library
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.source import Manifest, SourceEntry
from corpus_guard.core.standard import DATA_MEASURES, METHODS, Requirement
from corpus_guard.core.tally import Profile
from corpus_guard.judging import CORPUS, assessing, judge, verdicts
from tests.records import (
    BAD,
    DOUBTFUL,
    FILTERED,
    PASS_RATE,
    PERSONAL,
    SOURCE_TEST,
    profile,
    record,
    requirement,
    standard,
)  # fmt: skip


def rows(known: Record, *requirements: Requirement, **given: Any) -> list[Judgement]:
    """Return the assessment of *known* by a standard of these requirements."""
    return judge(known, [standard(*requirements)], JudgeSettings(**given))


def only(known: Record, asked: Requirement, **given: Any) -> Judgement:
    """Return the one row of one source."""
    (row,) = rows(known, asked, **given)
    return row


def test_every_method_and_measure_of_the_catalog_is_judged() -> None:
    """What a standard's file may say, judging can do."""
    assert set(METHODS) == {"data", *assessing.METHODS}
    assert set(DATA_MEASURES) == set(assessing.MEASURES)


# 5.1-a-2


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
    ("suspects", "expected", "numerator"), [("report", "PASS", 0), ("stop_pass", "INCONCLUSIVE", 0), ("count", "FAIL", 6)]
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
        (SourceRecord(documents=100, unscanned_documents=20), 6, "INCONCLUSIVE", "the 20 unscanned could bring it under"),
        (SourceRecord(documents=100, unattributed=20), 6, "INCONCLUSIVE", "the 20 unscanned could bring it under"),
        (SourceRecord(documents=100, unknown=1), 6, "FAIL", "over the limit;"),
        (SourceRecord(documents=100, unknown=1), 5, "INCONCLUSIVE", "an unknown number of documents was unscanned"),
        (SourceRecord(documents=100, uncovered_documents=6), 0, "INCONCLUSIVE", "in scripts that no content rule covers"),
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
    raw = {(row.standard, row.clause, row.source, row.measure): row for row in rows(record({"books": 100}), SOURCE_TEST)}
    raw[("s", "5.1-a-2", "web", "other")] = replace(only(record({"web": 1}), SOURCE_TEST), measure="other")
    row = only(record({"web": 90}, stage="filtered", raw_rows=raw), SOURCE_TEST)
    assert "INCONCLUSIVE" == row.verdict
    assert "the raw run does not hold it" in row.reason


@pytest.mark.parametrize(
    ("bad", "expected"), [(0, "PASS"), (40, "INCONCLUSIVE"), (60, "INCONCLUSIVE"), (100, "FAIL")]
)
def test_a_sample_is_judged_with_its_interval(bad: int, expected: str) -> None:
    """An interval that contains the limit decides nothing, and the reason says how many more items would."""
    row = only(record({"web": 1000}, {("web", BAD): bad}, share=0.1), SOURCE_TEST)
    assert expected == row.verdict
    assert row.interval_low is not None
    assert row.interval_high is not None
    assert row.interval_low <= bad / 1000 <= row.interval_high
    assert (expected == "INCONCLUSIVE") == ("more items at this rate would decide it" in row.reason)


# 5.2-a


@pytest.mark.parametrize(
    ("counted", "expected", "value", "reason"),
    [
        (SourceRecord(documents=9), "PASS", 1.0, "9 of 9 documents went through the filters."),
        (SourceRecord(documents=9, unscanned_documents=1), "INCONCLUSIVE", 0.9,
         "9 of 10 documents went through the filters; 1 document was unscanned."),
        (SourceRecord(documents=9, unknown=1), "INCONCLUSIVE", 1.0,
         "9 of 9 documents went through the filters; an unknown number of documents was unscanned."),
        (SourceRecord(), "INCONCLUSIVE", None, "no document was scanned, so there is nothing to judge."),
        (SourceRecord(unscanned_documents=3), "INCONCLUSIVE", 0.0, "no document was scanned, so there is nothing to judge."),
    ],
)  # fmt: skip
def test_all_of_a_source_must_be_filtered(counted: SourceRecord, expected: str, value: float | None, reason: str) -> None:
    """Whatever was not scanned or not covered is named."""
    row = only(record({"web": counted}), FILTERED)
    assert (expected, value, True) == (row.verdict, row.value, row.turns)
    assert f'Source "web": {expected} for 5.2-a — {reason}' == row.reason


def test_filters_over_a_sample_say_so() -> None:
    """A sample is named in the reason, and has no interval here."""
    row = only(record({"web": 9}, share=0.5), FILTERED)
    assert row.reason.endswith("9 of 9 documents went through the filters of a sample of 50 %.")
    assert row.interval_low is None


# 9.2-b


@pytest.mark.parametrize(("bad", "expected"), [(1, "PASS"), (2, "PASS"), (3, "FAIL")])
def test_the_corpus_passes_at_98_percent(bad: int, expected: str) -> None:
    """Exactly 98 % passes; the numerator counts passing documents; any detector's violation counts."""
    row = rows(record({"a": 50, "b": 50}, {("a", PERSONAL): bad}), PASS_RATE)[0]
    assert (expected, CORPUS, 100 - bad, 100, True) == (row.verdict, row.source, row.numerator, row.denominator, row.turns)
    assert f"{100 - bad} of 100 documents ({100 - bad} %) show none of the 31 risks, at least 98 % asked for" in row.reason


def test_all_31_risks_count_and_suspects_do_not() -> None:
    """A.5 counts here, whichever detector found it; a suspect is stated, not counted."""
    found = {("a", profile(("other", "violation", "A.5.b"))): 1, ("a", DOUBTFUL): 2}
    row = rows(record({"a": 100}, found), PASS_RATE)[0]
    assert 99 == row.numerator
    assert row.reason.endswith("within the limit; 97 % if every suspect were confirmed.")


def test_the_pass_rate_is_given_again_without_failing_sources() -> None:
    """The second row leaves out the sources that fail 5.1-a-2, and turns nothing."""
    known = record({"bad": 100, "good": 100}, {("bad", BAD): 10})
    whole, without = rows(known, SOURCE_TEST, PASS_RATE)[2:]
    assert ("FAIL", "technical_pass_rate", 190, 200, True) == (
        whole.verdict, whole.measure, whole.numerator, whole.denominator, whole.turns
    )  # fmt: skip
    assert ("PASS", "technical_pass_rate_without_failing_sources", 100, 100, False) == (
        without.verdict, without.measure, without.numerator, without.denominator, without.turns
    )  # fmt: skip


def test_losses_blamed_on_a_failing_source_are_not_forgotten_without_it() -> None:
    """What was lost in a shard may have been another source's, so leaving out the blamed one does not clear it."""
    sources = {"bad": SourceRecord(documents=100, unscanned_documents=4), "good": SourceRecord(documents=100, unattributed=4)}
    whole, without = rows(record(sources, {("bad", BAD): 10}), SOURCE_TEST, PASS_RATE)[2:]
    assert ["FAIL", "INCONCLUSIVE"] == [whole.verdict, without.verdict]
    assert "4 documents were unscanned" in without.reason


def test_nothing_left_is_no_pass() -> None:
    """When every source fails, the second row is INCONCLUSIVE."""
    row = rows(record({"bad": 10}, {("bad", BAD): 10}), SOURCE_TEST, PASS_RATE)[2]
    assert ("INCONCLUSIVE", None) == (row.verdict, row.value)


@pytest.mark.parametrize(("share", "expected"), [(0.1, "PASS"), (0.09, "INCONCLUSIVE"), (1.0, "PASS")])
def test_the_technical_sample_is_a_tenth_at_least(share: float, expected: str) -> None:
    """Exactly 10 % is enough."""
    row = rows(record({"a": 1000}, share=share), PASS_RATE)[0]
    assert expected == row.verdict
    if share < 1:
        assert row.interval_low is not None
        assert (0.996, 1.0) == (round(row.interval_low, 3), row.interval_high)


# manifest, review, attestation, library

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
    expected = [("a", "INCONCLUSIVE", True), ("b", "NOT_APPLICABLE", False), ("c", "INCONCLUSIVE", True), ("d", "INCONCLUSIVE", True)]
    found = rows(known, DECLARED)
    assert expected == [(row.source, row.verdict, row.turns) for row in found]
    assert "the manifest does not name this source" in found[3].reason


def test_a_clause_on_the_whole_corpus_has_one_row() -> None:
    """With a manifest 5.1-b is INCONCLUSIVE for the corpus."""
    row = only(record({"a": 1}, manifest=Manifest(given=True)), requirement("5.1-b-2", "manifest", scope="corpus"))
    assert ("INCONCLUSIVE", CORPUS, True) == (row.verdict, row.source, row.turns)


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


# verdicts


def summed(known: Record, *requirements: Requirement) -> dict[str, str]:
    """Return the verdicts of the sources and of the run."""
    return dict(verdicts(rows(known, *requirements), known.sources))


def test_a_source_has_the_worst_of_what_turns_it() -> None:
    """Rows that turn nothing do not count, rows of the corpus count for the run alone."""
    known = record({"bad": 100, "gap": SourceRecord(documents=900, unscanned_documents=1), "good": 900}, {("bad", BAD): 6})
    expected = {"bad": "FAIL", "gap": "INCONCLUSIVE", "good": "PASS", CORPUS: "FAIL"}
    assert expected == summed(known, SOURCE_TEST, FILTERED, requirement("x", "attestation"))


def test_the_corpus_may_fail_where_no_source_does() -> None:
    """9.2-b turns the run, not its sources."""
    known = record({"a": 100}, {("a", PERSONAL): 3})
    assert {"a": "PASS", CORPUS: "FAIL"} == summed(known, SOURCE_TEST, PASS_RATE)


def test_a_standard_without_data_clauses_passes_nothing() -> None:
    """Where nothing was judged there is no PASS."""
    assert {"a": "INCONCLUSIVE", CORPUS: "INCONCLUSIVE"} == summed(record({"a": 1}), requirement("x", "attestation"), DECLARED)
    assert {CORPUS: "INCONCLUSIVE"} == summed(record({}), DECLARED)


def test_two_standards_are_judged_side_by_side() -> None:
    """Each has its rows, and the worst of both is the source's verdict."""
    strict = standard(replace(SOURCE_TEST, fail_above=0.01), name="strict")
    found = judge(record({"a": 100}, {("a", BAD): 3}), [standard(SOURCE_TEST), strict], JudgeSettings())
    assert [("s", "PASS"), ("strict", "FAIL")] == [(row.standard, row.verdict) for row in found]
    assert {"a": "FAIL", CORPUS: "FAIL"} == verdicts(found, ["a"])


def test_declared_sources_that_matched_nothing_are_judged() -> None:
    """They have 0 documents and are INCONCLUSIVE."""
    known = record({"a": 10}, manifest=Manifest((SourceEntry("ghost"), SourceEntry("a")), given=True)).with_declared_sources()
    assert {"a": "PASS", "ghost": "INCONCLUSIVE", CORPUS: "INCONCLUSIVE"} == summed(known, SOURCE_TEST)
    assert 10 == known.sources["a"].documents


@pytest.mark.parametrize("name", known_standards())
@pytest.mark.parametrize("sources", [{}, {"a": 0}, {"a": 10, "b": 3}])
@pytest.mark.parametrize("given_manifest", [False, True])
def test_no_clause_is_ever_left_out(name: str, sources: dict[str, int], given_manifest: bool) -> None:
    """Every requirement has a row at least, in the standard's order, with its certainty mark."""
    known = read_standard(name)
    for asked in known.requirements:
        found = judge(record(sources, manifest=Manifest(given=given_manifest)), [replace(known, requirements=(asked,))], JudgeSettings())
        assert found
        assert {(name, asked.clause, asked.wording)} == {(row.standard, row.clause, row.wording) for row in found}


PROFILES = [BAD, DOUBTFUL, PERSONAL, profile(("licensing", "violation", "A.3.a"))]
COUNTS = st.fixed_dictionaries({(source, known): st.integers(0, 12) for source in "ab" for known in PROFILES})
ORDER = {"PASS": 0, "INCONCLUSIVE": 1, "FAIL": 2}


@settings(max_examples=60)
@given(COUNTS, st.sampled_from(["a", "b"]), st.integers(0, 20), st.booleans())
def test_one_violation_more_never_improves_a_run(
    counts: dict[tuple[str, Profile], int], source: str, unscanned: int, unknown: bool
) -> None:
    """Neither a source nor the run gets better when another document is bad."""
    counted = SourceRecord(documents=60, unscanned_documents=unscanned, unknown=int(unknown))
    before = summed(record({"a": counted, "b": 60}, counts), SOURCE_TEST, PASS_RATE)
    more = counts | {(source, BAD): counts[source, BAD] + 1}
    after = summed(record({"a": counted, "b": 60}, more), SOURCE_TEST, PASS_RATE)
    assert all(ORDER[after[name]] >= ORDER[before[name]] for name in before)


@settings(max_examples=60)
@given(COUNTS, st.integers(0, 20), st.integers(1, 20))
def test_more_unscanned_never_make_a_run_pass(counts: dict[tuple[str, Profile], int], unscanned: int, more: int) -> None:
    """A source that does not pass still does not when yet more of it was not read."""
    def judged(lost: int) -> dict[str, str]:
        return summed(record({"a": SourceRecord(documents=60, unscanned_documents=lost)}, counts), SOURCE_TEST, FILTERED)

    counts = {(source, known): count for (source, known), count in counts.items() if source == "a"}
    before, after = judged(unscanned), judged(unscanned + more)
    assert all(after[name] != "PASS" for name in before if before[name] != "PASS")
    assert "PASS" not in after.values()

"""From rows to verdicts: nothing left out, the worst decides, and no evidence of harm ever helps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.catalog.standards import known_standards, read_standard
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
    rows,
    standard,
)

MANIFEST = requirement("5.1-c-1", "manifest")


def test_every_method_and_measure_of_the_catalog_is_judged() -> None:
    """What a standard's file may say, judging can do."""
    assert set(METHODS) == {"data", *assessing.METHODS}
    assert set(DATA_MEASURES) == set(assessing.MEASURES)


def summed(known: Record, *requirements: Requirement) -> dict[str, str]:
    """Return the verdicts of the sources and of the run."""
    return dict(verdicts(rows(known, *requirements), known.sources))


def test_a_source_has_the_worst_of_what_turns_it() -> None:
    """Rows that turn nothing do not count, rows of the corpus count for the run alone."""
    known = record(
        {"bad": 100, "gap": SourceRecord(documents=900, unscanned_documents=1), "good": 900}, {("bad", BAD): 6}
    )
    expected = {"bad": "FAIL", "gap": "INCONCLUSIVE", "good": "PASS", CORPUS: "FAIL"}
    assert expected == summed(known, SOURCE_TEST, FILTERED, requirement("x", "attestation"))


def test_the_corpus_may_fail_where_no_source_does() -> None:
    """9.2-b turns the run, not its sources."""
    known = record({"a": 100}, {("a", PERSONAL): 3})
    assert {"a": "PASS", CORPUS: "FAIL"} == summed(known, SOURCE_TEST, PASS_RATE)


def test_a_standard_without_data_clauses_passes_nothing() -> None:
    """Where nothing was judged there is no PASS."""
    assert {"a": "INCONCLUSIVE", CORPUS: "INCONCLUSIVE"} == summed(
        record({"a": 1}), requirement("x", "attestation"), MANIFEST
    )
    assert {CORPUS: "INCONCLUSIVE"} == summed(record({}), MANIFEST)


def test_two_standards_are_judged_side_by_side() -> None:
    """Each has its rows, and the worst of both is the source's verdict."""
    strict = standard(replace(SOURCE_TEST, fail_above=0.01), name="strict")
    found = judge(record({"a": 100}, {("a", BAD): 3}), [standard(SOURCE_TEST), strict], JudgeSettings())
    assert [("s", "PASS"), ("strict", "FAIL")] == [(row.standard, row.verdict) for row in found]
    assert {"a": "FAIL", CORPUS: "FAIL"} == verdicts(found, ["a"])


def test_declared_sources_that_matched_nothing_are_judged() -> None:
    """They have 0 documents and are INCONCLUSIVE."""
    known = record(
        {"a": 10}, manifest=Manifest((SourceEntry("ghost"), SourceEntry("a")), given=True)
    ).with_declared_sources()
    assert {"a": "PASS", "ghost": "INCONCLUSIVE", CORPUS: "INCONCLUSIVE"} == summed(known, SOURCE_TEST)
    assert 10 == known.sources["a"].documents


@pytest.mark.parametrize("name", known_standards())
@pytest.mark.parametrize("sources", [{}, {"a": 0}, {"a": 10, "b": 3}])
@pytest.mark.parametrize("given_manifest", [False, True])
def test_no_clause_is_ever_left_out(name: str, sources: dict[str, int], given_manifest: bool) -> None:
    """Every requirement has a row at least, in the standard's order, with its certainty mark."""
    known = read_standard(name)
    for asked in known.requirements:
        found = judge(
            record(sources, manifest=Manifest(given=given_manifest)),
            [replace(known, requirements=(asked,))],
            JudgeSettings(),
        )
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
def test_more_unscanned_never_make_a_run_pass(
    counts: dict[tuple[str, Profile], int], unscanned: int, more: int
) -> None:
    """A source that does not pass still does not when yet more of it was not read."""

    def judged(lost: int) -> dict[str, str]:
        return summed(
            record({"a": SourceRecord(documents=60, unscanned_documents=lost)}, counts), SOURCE_TEST, FILTERED
        )

    counts = {(source, known): count for (source, known), count in counts.items() if source == "a"}
    before, after = judged(unscanned), judged(unscanned + more)
    assert all(after[name] != "PASS" for name in before if before[name] != "PASS")
    assert "PASS" not in after.values()

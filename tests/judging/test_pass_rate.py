"""The technical sample (9.2-b), with and without the sources that fail."""

from __future__ import annotations

import pytest

from corpus_guard.core.record import SourceRecord
from corpus_guard.judging import CORPUS
from tests.records import BAD, DOUBTFUL, PASS_RATE, PERSONAL, SOURCE_TEST, profile, record, rows


@pytest.mark.parametrize(("bad", "expected"), [(1, "PASS"), (2, "PASS"), (3, "FAIL")])
def test_the_corpus_passes_at_98_percent(bad: int, expected: str) -> None:
    """Exactly 98 % passes; the numerator counts passing documents; any detector's violation counts."""
    row = rows(record({"a": 50, "b": 50}, {("a", PERSONAL): bad}), PASS_RATE)[0]
    assert (expected, CORPUS, 100 - bad, 100, True) == (
        row.verdict,
        row.source,
        row.numerator,
        row.denominator,
        row.turns,
    )
    assert (
        f"{100 - bad} of 100 documents ({100 - bad} %) show none of the 31 risks, at least 98 % asked for" in row.reason
    )


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
    sources = {
        "bad": SourceRecord(documents=100, unscanned_documents=4),
        "good": SourceRecord(documents=100, unattributed=4),
    }
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

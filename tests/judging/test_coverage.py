"""Whether all of a source went through the filters (5.2-a)."""

from __future__ import annotations

import pytest

from corpus_guard.core.language import LanguageCount
from corpus_guard.core.record import SourceRecord
from tests.records import FILTERED, only, record


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
def test_all_of_a_source_must_be_filtered(
    counted: SourceRecord, expected: str, value: float | None, reason: str
) -> None:
    """Whatever was not scanned or not covered is named."""
    row = only(record({"web": counted}), FILTERED)
    assert (expected, value, True) == (row.verdict, row.value, row.turns)
    assert f'Source "web": {expected} for 5.2-a — {reason}' == row.reason


def test_filters_over_a_sample_say_so() -> None:
    """A sample is named in the reason, and has no interval here."""
    row = only(record({"web": 9}, share=0.5), FILTERED)
    assert row.reason.endswith("9 of 9 documents went through the filters of a sample of 50 %.")
    assert row.interval_low is None


@pytest.mark.parametrize(
    ("accepted", "expected", "reason"),
    [
        ((), "INCONCLUSIVE", "30 documents were in languages that no content rule covers (30 %)."),
        (("fr",), "INCONCLUSIVE", "25 documents were in languages that no content rule covers (25 %)."),
        (("de",), "PASS", "no content rule covers 25 in de, which the pipeline accepts."),
        (("fr", "de"), "PASS", "no content rule covers 25 in de, 5 in fr, which the pipeline accepts."),
        (("ja",), "INCONCLUSIVE", "30 documents were in languages that no content rule covers (30 %)."),
    ],
)
def test_a_pipeline_accepts_languages_by_name(accepted: tuple[str, ...], expected: str, reason: str) -> None:
    """Accepted documents stop no PASS, and the reason says which languages these are."""
    told = LanguageCount({"en": 70_000, "de": 25_000, "fr": 5_000}, {"de": 25, "fr": 5})
    counted = SourceRecord(documents=100, uncovered_documents=30, languages=told)
    row = only(record({"web": counted}), FILTERED, accept_uncovered=accepted)
    assert expected == row.verdict
    assert row.reason.endswith(reason)

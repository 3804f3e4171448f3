"""What clause 8.1 counts."""

from __future__ import annotations

from corpus_guard.core.library import Library, library_of
from corpus_guard.core.rule import Rule


def test_terms_are_counted_in_all_and_by_risk() -> None:
    """A term under two risks counts for both, and once in all; other detectors and deprecated rules do not count."""
    rules = [
        Rule("a", "keywords", "", risk="A.1.b", terms=("x", "y"), updated="2026-01-02"),
        Rule("b", "keywords", "", risk="A.1.a", terms=("y", "z"), updated="2026-01-01"),
        Rule("c", "keywords", "", risk="A.1.a", terms=("w",), updated="2026-02-01", status="deprecated"),
        Rule("d", "personal_info", "", risk="A.4.f", terms=("v",), updated="2026-03-01"),
    ]
    assert Library(3, {"A.1.a": 2, "A.1.b": 2}, "2026-01-02") == library_of(rules)


def test_no_rules_are_an_empty_library() -> None:
    """Nothing is counted, and no date is known."""
    assert Library(0, {}, "") == library_of([])

"""What clause 8.1 counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.library import Library, library_of
from corpus_guard.core.rule import Rule, Template, Together

RULES = [
    Rule("a", "keywords", "", risk="A.1.b", terms=("x", "y"), updated="2026-01-02"),
    Rule("b", "keywords", "", risk="A.1.a", terms=("y", "z", "Z"), updated="2026-01-01"),
    Rule("c", "keywords", "", risk="A.1.a", terms=("w",), updated="2026-02-01", status="deprecated"),
    Rule("d", "personal_info", "", risk="A.4.f", terms=("v",), updated="2026-03-01"),
    Rule("e", "keywords", "", terms=("u",), updated="2026-04-01"),
]


def test_phrases_are_counted_in_all_and_by_risk() -> None:
    """A phrase of two risks counts for both, and once in all; other detectors, deprecated rules, no risk: not counted."""
    held = library_of(RULES, str.lower)
    assert (3, {"A.1.a": 2, "A.1.b": 2}, "2026-01-02") == (held.total, held.by_risk, held.newest_update)
    assert ({"A.1.a": 3, "A.1.b": 2}, 1) == (held.raw_by_risk, held.counted_twice)


def test_templates_and_words_together_are_told_apart() -> None:
    """A phrase that is listed and made counts as listed; combinations of words count in no total."""
    rule = Rule(
        "a", "keywords", "", risk="A.1.a", terms=("sell drugs",),
        templates=(Template((("sell", "buy"), (" drugs", " guns"))),), together=(Together((("p", "q"), ("r", "s", "t"))),),
    )  # fmt: skip
    held = library_of([rule], str.lower)
    assert (4, 1, {"A.1.a": 1}, {"A.1.a": 5}) == (held.total, held.literals, held.literals_by_risk, held.raw_by_risk)
    assert {"A.1.a": 6} == held.combinations_by_risk


def test_no_rules_are_an_empty_library() -> None:
    """Nothing is counted, and neither date nor age is known."""
    assert Library() == library_of([], str.lower)
    assert None is Library().age_days("2026-01-31")


def test_the_age_is_counted_in_days_and_never_below_none() -> None:
    """An update after the day that is asked about is no negative age."""
    ages = [Library(newest_update="2026-01-24").age_days(day) for day in ("2026-01-31", "2026-01-24", "2026-01-01")]
    assert [7, 0, 0] == ages


@given(st.lists(st.tuples(st.sampled_from(["A.1.a", "A.1.b"]), st.lists(st.text("abAB", min_size=1, max_size=3)))))
def test_totals_agree(given_rules: list[tuple[str, list[str]]]) -> None:
    """Each risk is at most the total, all risks together at least; nothing is more than what was written."""
    rules = [Rule(str(n), "keywords", "", risk=risk, terms=tuple(terms)) for n, (risk, terms) in enumerate(given_rules)]
    held = library_of(rules, str.lower)
    assert max(held.by_risk.values(), default=0) <= held.total <= sum(held.by_risk.values())
    assert all(held.by_risk[risk] <= held.raw_by_risk[risk] for risk in held.by_risk)
    assert held.total == held.literals

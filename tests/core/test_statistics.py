"""Exact intervals against published values, and the laws every interval obeys."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from corpus_guard.core.statistics import clopper_pearson, items_to_decide, rise


def tail_at_least(hits: int, items: int, rate: float) -> float:
    """Return P(X >= hits) of the binomial distribution, summed term by term."""
    term, total = (1 - rate) ** items, 0.0
    for number in range(items + 1):
        total += term if number >= hits else 0.0
        term *= (items - number) / (number + 1) * rate / (1 - rate)
    return total


# Closed forms: no hit gives 1 - 0.025^(1/n), all hits 0.025^(1/n), one of one item 0.025.
CLOSED = [
    (0, 1, 0.0, 0.975),
    (1, 1, 0.025, 1.0),
    (0, 10, 0.0, 1 - 0.025 ** (1 / 10)),
    (10, 10, 0.025 ** (1 / 10), 1.0),
    (0, 100, 0.0, 1 - 0.025 ** (1 / 100)),
    (100, 100, 0.025 ** (1 / 100), 1.0),
    (0, 4000, 0.0, 1 - 0.025 ** (1 / 4000)),
    (1, 2, 1 - 0.975**0.5, 0.975**0.5),
]
# To the digits that tables of exact 95 % limits print.
TABLE = [
    (1, 10, 0.0025286, 0.4450161),
    (2, 10, 0.0252107, 0.5560955),
    (5, 10, 0.1870860, 0.8129140),
    (1, 20, 0.0012651, 0.2487328),
    (4, 20, 0.0573340, 0.4366140),
    (1, 100, 0.0002531, 0.0544594),
    (5, 100, 0.0164319, 0.1128349),
    (10, 100, 0.0490047, 0.1762226),
    (50, 100, 0.3983211, 0.6016789),
]


@pytest.mark.parametrize(("hits", "items", "low", "high"), CLOSED + TABLE)
def test_intervals_are_those_of_the_tables(hits: int, items: int, low: float, high: float) -> None:
    """The exact interval equals the known one to six places."""
    assert (low, high) == pytest.approx(clopper_pearson(hits, items), abs=1e-6)


@pytest.mark.parametrize(("hits", "items"), [(3, 59), (10, 200), (160, 300), (7, 900), (59, 60)])
def test_the_bounds_leave_a_fortieth_on_either_side(hits: int, items: int) -> None:
    """At the lower bound so many hits or more, at the upper so many or fewer, have a chance of 2.5 %."""
    low, high = clopper_pearson(hits, items)
    assert tail_at_least(hits, items, low) == pytest.approx(0.025, abs=1e-9)
    assert 1 - tail_at_least(hits + 1, items, high) == pytest.approx(0.025, abs=1e-9)


@settings(max_examples=60)
@given(st.integers(1, 5000).flatmap(lambda items: st.tuples(st.integers(0, items), st.just(items))))
def test_an_interval_contains_its_estimate_and_mirrors(drawn: tuple[int, int]) -> None:
    """It lies in 0…1, contains hits / items, and that of the misses is its mirror image."""
    hits, items = drawn
    low, high = clopper_pearson(hits, items)
    assert 0 <= low <= hits / items <= high <= 1
    assert (1 - high, 1 - low) == pytest.approx(clopper_pearson(items - hits, items), abs=1e-9)


@settings(max_examples=60)
@given(st.integers(1, 500).flatmap(lambda items: st.tuples(st.integers(0, items), st.just(items))), st.integers(2, 50))
def test_more_items_at_the_same_rate_narrow_it(drawn: tuple[int, int], times: int) -> None:
    """The interval shrinks with the number of items."""
    hits, items = drawn
    low, high = clopper_pearson(hits, items)
    lower, higher = clopper_pearson(hits * times, items * times)
    assert higher - lower < high - low


@settings(max_examples=60)
@given(st.integers(1, 2000).flatmap(lambda items: st.tuples(st.integers(0, items - 1), st.just(items))))
def test_one_hit_more_moves_it_up(drawn: tuple[int, int]) -> None:
    """Both bounds rise with the hits."""
    hits, items = drawn
    assert all(a < b for a, b in zip(clopper_pearson(hits, items), clopper_pearson(hits + 1, items), strict=True))


def test_it_holds_for_a_large_corpus() -> None:
    """A hundred million items are no strain: the interval is the normal one, 1.96 standard errors either way."""
    low, high = clopper_pearson(5_000_000, 100_000_000)
    error = 1.959964 * (0.05 * 0.95 / 1e8) ** 0.5
    assert (0.05 - error, 0.05 + error) == pytest.approx((low, high), abs=1e-7)


def test_no_item_says_nothing() -> None:
    """Without items every rate is possible."""
    assert (0.0, 1.0) == clopper_pearson(0, 0)


@pytest.mark.parametrize(
    ("hits", "items", "limit", "expected"),
    [
        (0, 10, "1/20", 62),  # 1 - 0.025^(1/72) is the first below 5 %
        (0, 72, "1/20", 0),
        (5, 100, "1/20", None),  # the rate is the limit: no number would do
        (1, 50, "1/50", None),
        (0, 100, "0", None),
    ],
)
def test_how_many_more_items_would_decide(hits: int, items: int, limit: str, expected: int | None) -> None:
    """The fewest further items at the same rate after which the limit is outside the interval."""
    assert expected == items_to_decide(hits, items, Fraction(limit))


def test_so_many_items_do_decide() -> None:
    """With the items that were advised the interval is clear of the limit, with half of them it is not."""
    more = items_to_decide(60, 1000, Fraction(1, 20))
    assert more is not None
    for items, decided in ((1000 + more, True), (1000 + more // 2, False)):
        low, high = clopper_pearson(round(0.06 * items), items)
        assert decided == (not low <= 0.05 <= high)


def test_advice_nobody_can_follow_is_not_given() -> None:
    """A rate a hair from the limit would need too many items."""
    assert items_to_decide(500_001, 10_000_000, Fraction(1, 20)) is None


@pytest.mark.parametrize(
    "table", [(10, 1000, 30, 1000), (0, 400, 7, 380), (1, 20, 9, 25), (500, 10_000, 620, 10_500), (3, 7, 90, 110)]
)
def test_a_rise_is_that_of_the_corrected_test_of_two_proportions(table: tuple[int, int, int, int]) -> None:
    """Half of what the chi-squared test of the same table with Yates' correction gives, for it looks to one side."""
    before, items_before, after, items = table
    both = chi2_contingency([[before, items_before - before], [after, items - after]], correction=True)

    assert both.pvalue / 2 == pytest.approx(rise(*table), rel=1e-9)


@given(st.integers(0, 50), st.integers(50, 5000), st.integers(0, 49), st.integers(50, 5000))
def test_more_hits_are_never_more_by_chance(before: int, items_before: int, after: int, items: int) -> None:
    """And a rate that does not rise is no rise at all."""
    chance = rise(before, items_before, after, items)

    assert 0 <= rise(before, items_before, after + 1, items) <= chance <= 1
    assert chance == 1.0 or after * items_before > before * items

"""Exact binomial intervals, without a statistics library: the regularised incomplete beta function and its inverse."""

from __future__ import annotations

from fractions import Fraction
from math import erfc, exp, lgamma, log, log1p, sqrt

MOST_ITEMS = 10**8
"""Beyond this, "more items" is no advice."""

_TINY = 1e-300
_ENOUGH = 1e-13


def clopper_pearson(hits: int, items: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact two-sided interval of a rate of *hits* in *items* (Clopper and Pearson, Biometrika 26, 1934).

    >>> low, high = clopper_pearson(5, 100)
    >>> round(low, 4), round(high, 4)
    (0.0164, 0.1128)
    """
    if items == 0:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _beta_quantile(tail, hits, items - hits + 1)
    high = 1.0 if hits == items else _beta_quantile(1 - tail, hits + 1, items - hits)
    return low, high


def items_to_decide(hits: int, items: int, limit: Fraction, confidence: float = 0.95) -> int | None:
    """Return how many more items at the same rate would bring the interval clear of *limit*.

    None when no number would (the rate is the limit) or when it is above `MOST_ITEMS`.
    """
    rate = Fraction(hits, items) if items else Fraction(0)
    if rate == limit:
        return None
    low, high = items, items
    while _undecided(rate, high, limit, confidence):
        low, high = high, max(high * 2, 64)
        if high > MOST_ITEMS:
            return None
    while low < high:
        middle = (low + high) // 2
        if _undecided(rate, middle, limit, confidence):
            low = middle + 1
        else:
            high = middle
    return high - items


def _undecided(rate: Fraction, items: int, limit: Fraction, confidence: float) -> bool:
    low, high = clopper_pearson(round(rate * items), items, confidence)
    return low <= limit <= high


def _beta_quantile(probability: float, a: float, b: float) -> float:
    """Solve `_beta(x) = probability` by Newton's method, kept inside a bracket that halves when a step leaves it."""
    low, high, x = 0.0, 1.0, a / (a + b)
    front = lgamma(a + b) - lgamma(a) - lgamma(b)
    for _ in range(100):
        excess = _beta(x, a, b) - probability
        low, high = (low, x) if excess > 0 else (x, high)
        slope = exp(front + (a - 1) * log(x) + (b - 1) * log1p(-x))
        step = x - excess / slope if slope > _TINY else low
        following = step if low < step < high else (low + high) / 2
        if abs(following - x) <= _ENOUGH * x:
            return following
        x = following
    return x


def _beta(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    total = d
    for m in range(1, 100_000):  # about the square root of the items
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            total *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return total


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def rise(hits_before: int, items_before: int, hits: int, items: int) -> float:
    """Return the chance that a rate rises so much or more by chance: the one-sided two-proportion test, pooled.

    1.0 where there is nothing to compare. Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3.1,
    with the correction for continuity, without which few items rise by chance too often.

    >>> round(rise(10, 1000, 30, 1000), 4), rise(1, 10, 1, 10)
    (0.0012, 1.0)
    """
    if not items_before or not items or hits * items_before <= hits_before * items:
        return 1.0
    pooled = (hits_before + hits) / (items_before + items)
    spread = sqrt(pooled * (1 - pooled) * (1 / items_before + 1 / items))
    difference = hits / items - hits_before / items_before - (1 / items_before + 1 / items) / 2
    return 0.5 * erfc(difference / spread / sqrt(2)) if difference > 0 and spread else 1.0

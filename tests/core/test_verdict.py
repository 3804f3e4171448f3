"""When a rate passes, fails or cannot be decided, and that no evidence of harm ever helps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.verdict import Evidence, decide, exact, gap, percent

FIVE = exact(0.05)
ORDER = {"PASS": 0, "INCONCLUSIVE": 1, "FAIL": 2}


def verdict(evidence: Evidence, limit: Fraction = FIVE, unscanned_max: float = 0.0, uncovered_max: float = 0.05) -> str:
    """Return the verdict alone."""
    return decide(evidence, limit, unscanned_max=exact(unscanned_max), uncovered_max=exact(uncovered_max)).verdict


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(5, 100), "PASS"),  # exactly 5 % is not over
        (Evidence(51, 1000), "FAIL"),
        (Evidence(0, 1), "PASS"),
        (Evidence(0, 0), "INCONCLUSIVE"),
        (Evidence(0, 0, unscanned=3), "INCONCLUSIVE"),
        (Evidence(5, 100, unscanned=1), "INCONCLUSIVE"),
        (Evidence(6, 100, unscanned=19), "FAIL"),  # 6 of 119 is still over
        (Evidence(6, 100, unscanned=20), "INCONCLUSIVE"),  # 6 of 120 is not
        (Evidence(6, 100, unknown=True), "FAIL"),
        (Evidence(6, 100, unscanned=20, unknown=True), "FAIL"),
        (Evidence(5, 100, unknown=True), "INCONCLUSIVE"),
        (Evidence(0, 100, uncovered=5), "PASS"),
        (Evidence(0, 100, uncovered=6), "INCONCLUSIVE"),
        (Evidence(6, 100, uncovered=100), "FAIL"),
        (Evidence(0, 1000, sampled=True), "PASS"),
        (Evidence(45, 1000, sampled=True), "INCONCLUSIVE"),
        (Evidence(55, 1000, sampled=True), "INCONCLUSIVE"),
        (Evidence(100, 1000, sampled=True), "FAIL"),
        (Evidence(0, 1000, unscanned=1, sampled=True), "INCONCLUSIVE"),
        (Evidence(100, 1000, unscanned=1000, sampled=True), "INCONCLUSIVE"),
    ],
)
def test_verdicts(evidence: Evidence, expected: str) -> None:
    """The rules of the contract, one case each."""
    assert expected == verdict(evidence)


@pytest.mark.parametrize("documents", [20, 100, 140, 180, 220, 1000, 10**9 + 40])
def test_exactly_the_limit_passes_and_one_more_fails(documents: int) -> None:
    """No rounding of 0.05 decides a verdict."""
    documents -= documents % 20
    assert ["PASS", "FAIL"] == [verdict(Evidence(documents // 20 + more, documents)) for more in (0, 1)]


@pytest.mark.parametrize("documents", [50, 150, 350, 10**6])
def test_exactly_98_percent_passes(documents: int) -> None:
    """A pass rate is judged by its complement, exactly."""
    assert ["PASS", "FAIL"] == [
        verdict(Evidence(documents // 50 + more, documents), 1 - exact(0.98)) for more in (0, 1)
    ]


@pytest.mark.parametrize(
    ("unscanned_max", "unscanned", "expected"), [(0.29, 29, "PASS"), (0.29, 30, "INCONCLUSIVE"), (0.07, 7, "PASS")]
)
def test_exactly_the_accepted_part_may_be_unscanned(unscanned_max: float, unscanned: int, expected: str) -> None:
    """0.29 × 100 is 29, not the 28.999… of binary fractions."""
    assert expected == verdict(Evidence(0, 100 - unscanned, unscanned=unscanned), unscanned_max=unscanned_max)


def test_the_reason_says_how_many_items_would_decide() -> None:
    """An undecided sample names its interval and what is needed."""
    decision = decide(Evidence(0, 10, sampled=True), FIVE, unscanned_max=Fraction(0), uncovered_max=Fraction(1))
    expected = "the 95 % interval 0 % to 30.85 % contains the limit; about 62 more items at this rate would decide it"
    assert expected == decision.because
    decision = decide(Evidence(5, 100, sampled=True), FIVE, unscanned_max=Fraction(0), uncovered_max=Fraction(1))
    assert decision.because.endswith("no feasible number of items at this rate would decide it")


def test_a_census_has_no_interval() -> None:
    """What was read whole has no error of sampling."""
    interval = [decide(Evidence(1, 100, sampled=sampled), FIVE, unscanned_max=Fraction(0), uncovered_max=Fraction(1)).interval
                for sampled in (False, True)]  # fmt: skip
    assert interval[0] is None
    assert interval[1] is not None


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(0, 9, unknown=True), "an unknown number of documents was unscanned"),
        (Evidence(0, 9, unscanned=1), "1 document was unscanned"),
        (Evidence(0, 9, unscanned=1200), "1,200 documents were unscanned"),
        (Evidence(0, 9, uncovered=3), "3 documents were in scripts that no content rule covers (33.33 %)"),
        (Evidence(0, 9), ""),
    ],
)
def test_what_stops_a_pass_is_named(evidence: Evidence, expected: str) -> None:
    """A gap is said in words, with its size."""
    assert expected == gap(evidence, unscanned_max=Fraction(0), uncovered_max=Fraction(1, 20))


EVIDENCE = st.integers(1, 300).flatmap(
    lambda documents: st.builds(
        Evidence, st.integers(0, documents), st.just(documents), st.integers(0, 40), st.booleans(),
        st.integers(0, documents), st.booleans(),
    )
)  # fmt: skip
SHARES = st.sampled_from([0.0, 0.05, 0.1, 0.5, 1.0])


def changed(evidence: Evidence, **values: Any) -> Evidence:
    """Return *evidence* with other numbers."""
    names = ("bad", "documents", "unscanned", "unknown", "uncovered", "sampled")
    return Evidence(**{name: getattr(evidence, name) for name in names} | values)


@settings(max_examples=150)
@given(EVIDENCE, SHARES, SHARES)
def test_more_bad_documents_never_improve_a_verdict(
    evidence: Evidence, unscanned_max: float, uncovered_max: float
) -> None:
    """One violation more is never better."""
    if evidence.bad < evidence.documents:
        worse = changed(evidence, bad=evidence.bad + 1)
        bounds = (FIVE, unscanned_max, uncovered_max)
        assert ORDER[verdict(worse, *bounds)] >= ORDER[verdict(evidence, *bounds)]


@settings(max_examples=150)
@given(EVIDENCE, st.integers(1, 50), SHARES, SHARES)
def test_more_unscanned_never_make_a_pass(
    evidence: Evidence, more: int, unscanned_max: float, uncovered_max: float
) -> None:
    """What is not PASS stays so when yet more was not read, or nobody knows how much."""
    bounds = (FIVE, unscanned_max, uncovered_max)
    if verdict(evidence, *bounds) != "PASS":
        assert verdict(changed(evidence, unscanned=evidence.unscanned + more), *bounds) != "PASS"
        assert verdict(changed(evidence, unknown=True), *bounds) != "PASS"


@settings(max_examples=150)
@given(EVIDENCE, SHARES)
def test_more_uncovered_never_improve_a_verdict(evidence: Evidence, uncovered_max: float) -> None:
    """One uncovered document more is never better."""
    if evidence.uncovered < evidence.documents:
        worse = changed(evidence, uncovered=evidence.uncovered + 1)
        assert (
            ORDER[verdict(worse, uncovered_max=uncovered_max)] >= ORDER[verdict(evidence, uncovered_max=uncovered_max)]
        )


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (0, "0 %"),
        (0.05, "5 %"),
        (0.04876, "4.88 %"),
        (0.000031, "0.0031 %"),
        (1, "100 %"),
        (0.1, "10 %"),
        (0.98, "98 %"),
    ],
)
def test_rates_are_written_as_people_read_them(rate: float, expected: str) -> None:
    """No zeros at the end, more digits for small rates."""
    assert expected == percent(rate)


@pytest.mark.parametrize(
    ("number", "expected"), [(0.05, "1/20"), (0.98, "49/50"), (1e-05, "1/100000"), (1, "1"), (0, "0")]
)
def test_a_number_is_taken_as_it_was_written(number: float, expected: str) -> None:
    """Limits are decimal fractions, not binary ones."""
    assert Fraction(expected) == exact(number)

"""How the keyword library stands against the clauses about it, in `rules check` and in assessments alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus_guard.catalog.standards import read_standard
from corpus_guard.core.library import Library
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.judging import judge
from corpus_guard.judging.library import age_limit, shortfalls
from corpus_guard.rule_check import check_rules
from tests.records import RISKS, record

STANDARD = read_standard("tc260-003-2024")
ENOUGH = {risk.id: 600 for risk in RISKS}
MET = Library(18_600, ENOUGH, "2026-01-31")


def outcomes(held: Library, *detectors: str) -> dict[str, str]:
    """Return the verdicts of the clauses about the library; of two rows of a clause the later one stands."""
    known = record({"a": 1}, library=held, detectors=detectors or ("keywords",))
    found = judge(known, [STANDARD], JudgeSettings())
    return {row.clause: row.verdict for row in found if row.clause[:3] in ("8.1", "8.4") or row.clause == "9.2-c"}


def reason(held: Library) -> str:
    """Return what an assessment says of 9.2-c."""
    found = judge(record({"a": 1}, library=held, detectors=("keywords",)), [STANDARD], JudgeSettings())
    return next(row.reason for row in found if row.clause == "9.2-c")


def test_a_library_that_holds_enough_meets_all() -> None:
    """9.2-c follows from 8.1, and 8.4 is not asked where no model took part."""
    expected = {"8.1-a": "PASS", "8.1-b": "PASS", "8.1-c": "PASS", "8.4": "NOT_APPLICABLE", "9.2-c": "PASS"}
    assert expected == outcomes(MET)
    assert "met: 8.1-a, 8.1-b (A.1), 8.1-b (A.2), 8.1-c; did not take part: 8.4." in reason(MET)
    assert [] == shortfalls(MET, STANDARD)


@pytest.mark.parametrize(
    ("held", "clause", "short"),
    [
        (replace(MET, total=9_999), "8.1-a", ["8.1-a: 9,999 keywords in all, at least 10,000 asked for"]),
        (replace(MET, by_risk=ENOUGH | {"A.1.c": 199}), "8.1-b (A.1)", ["8.1-b: 199 keywords for A.1.c, at least 200 asked for"]),
        (replace(MET, by_risk=ENOUGH | {"A.2.i": 99}), "8.1-b (A.2)", ["8.1-b: 99 keywords for A.2.i, at least 100 asked for"]),
        (replace(MET, by_risk=ENOUGH | {"A.2.i": 100, "A.3.a": 0}), "", []),
        (replace(MET, newest_update="2026-01-23"), "8.1-c", []),
    ],
)  # fmt: skip
def test_shortfalls_and_assessments_agree(held: Library, clause: str, short: list[str]) -> None:
    """What `rules check` calls short is what fails, with the same numbers, and 9.2-c names the clause."""
    assert short == [str(one) for one in shortfalls(held, STANDARD)]
    assert ("FAIL" if clause else "PASS") == outcomes(held)["9.2-c"]
    assert not clause or f"not met: {clause};" in reason(held)


def test_the_tools_of_a_sample_are_not_judged_when_none_took_part() -> None:
    """Without keywords and model there is nothing to ask 9.2-c of; a model alone is for a person to say."""
    assert "NOT_APPLICABLE" == outcomes(MET, "personal_info")["9.2-c"]
    assert "MANUAL" == outcomes(MET, "classifier")["9.2-c"]


def test_every_risk_that_falls_short_is_named_in_the_assessment() -> None:
    """The row has the number of the fewest, and names the others."""
    held = replace(MET, by_risk=ENOUGH | {"A.1.a": 5, "A.1.b": 7})
    found = judge(record({"a": 1}, library=held, detectors=("keywords",)), [STANDARD], JudgeSettings())
    row = next(row for row in found if row.clause == "8.1-b")
    assert 5 == row.value
    assert "5 keywords for A.1.a, the fewest of A.1 (too few: A.1.a 5, A.1.b 7), at least 200 asked for" in row.reason


def test_the_age_that_is_asked_for_comes_from_the_standard() -> None:
    """Seven days by TC260-003; a standard without the clause asks for none."""
    assert (7, None) == (age_limit(STANDARD), age_limit(replace(STANDARD, requirements=())))


def test_the_shipped_library_is_counted_as_in_an_assessment() -> None:
    """The shortfalls of `rules check` are the clauses that fail when the same library is assessed."""
    checked = check_rules(as_of="2026-01-31")
    known = record({"a": 1}, library=checked.library, detectors=("keywords",))
    failed = {row.clause for row in judge(known, [STANDARD], JudgeSettings()) if row.verdict == "FAIL"}
    assert {one.clause for one in checked.shortfalls} == {clause for clause in failed if clause in ("8.1-a", "8.1-b")}

"""The worst verdict, and the exit code that follows from it."""

from __future__ import annotations

import pytest

from corpus_guard.core.assessment import EXIT_CODES, worst


@pytest.mark.parametrize(
    ("verdicts", "expected", "code"),
    [
        (["PASS"], "PASS", 0),
        (["PASS", "INCONCLUSIVE"], "INCONCLUSIVE", 3),
        (["INCONCLUSIVE", "FAIL", "PASS"], "FAIL", 1),
        (["MANUAL", "NOT_APPLICABLE", "PASS"], "PASS", 0),
        (["MANUAL"], "INCONCLUSIVE", 3),
        ([], "INCONCLUSIVE", 3),
    ],
)
def test_the_worst_verdict_decides(verdicts: list[str], expected: str, code: int) -> None:
    """FAIL over INCONCLUSIVE over PASS; the rest does not count; nothing judged is no PASS."""
    assert expected == worst(verdicts)
    assert code == EXIT_CODES[worst(verdicts)]

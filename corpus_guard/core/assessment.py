"""An assessment: the verdict on each requirement, with the numbers and the one sentence it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE", "MANUAL", "NOT_APPLICABLE"]

_WEIGHT: dict[str, int] = {"PASS": 1, "INCONCLUSIVE": 2, "FAIL": 3}
EXIT_CODES: dict[str, int] = {"PASS": 0, "FAIL": 1, "INCONCLUSIVE": 3}


HELD = " — held: "
"""In `evidence`, what stands between the evidence that a requirement wants and what is there of it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row of assessment.csv; `source` is empty for the whole corpus. `turns` says whether it turns the verdict."""

    standard: str
    clause: str
    source: str
    verdict: Verdict
    measure: str
    reason: str
    wording: str
    value: float | None = None
    limit: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    interval_low: float | None = None
    interval_high: float | None = None
    evidence: str = ""
    turns: bool = False


def worst(verdicts: Iterable[str]) -> Verdict:
    """Return the worst of FAIL, INCONCLUSIVE and PASS; INCONCLUSIVE when nothing was judged, for that is no PASS."""
    known = [verdict for verdict in verdicts if verdict in _WEIGHT]
    return cast("Verdict", max(known, key=_WEIGHT.__getitem__, default="INCONCLUSIVE"))

"""When a rate of bad documents passes, fails or cannot be decided."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from corpus_guard.core.assessment import Verdict
from corpus_guard.core.statistics import clopper_pearson, items_to_decide

NOTHING_SCANNED = "no document was scanned, so there is nothing to judge"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rate rests on.

    bad, documents  the rate
    unscanned       documents known not to have been read;  unknown: more were not read, nobody knows how many
    uncovered       documents in a language or script that no content rule covers, without those the pipeline accepts
    sampled         the documents are a random sample, not a census
    accepted        documents in languages that no content rule covers and that the pipeline accepts, by name
    by_language     languages were told apart, not only scripts
    """

    bad: int
    documents: int
    unscanned: int = 0
    unknown: bool = False
    uncovered: int = 0
    sampled: bool = False
    accepted: tuple[tuple[str, int], ...] = ()
    by_language: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, why in a clause of a sentence, and the interval of the bad rate when it is a sample's."""

    verdict: Verdict
    because: str
    interval: tuple[float, float] | None = None


def decide(evidence: Evidence, limit: Fraction, *, unscanned_max: Fraction, uncovered_max: Fraction) -> Decision:
    """Return the verdict on a share of bad documents that must not be over *limit*."""
    if evidence.documents == 0:
        return Decision("INCONCLUSIVE", NOTHING_SCANNED)
    interval = clopper_pearson(evidence.bad, evidence.documents) if evidence.sampled else None
    if interval and interval[0] <= limit <= interval[1]:
        return Decision("INCONCLUSIVE", _undecided(evidence, limit, interval), interval)
    if _over(evidence.bad, evidence.documents, limit):
        return _decide_over(evidence, limit, interval)
    found = gap(evidence, unscanned_max=unscanned_max, uncovered_max=uncovered_max)
    if found:
        return Decision("INCONCLUSIVE", f"within the limit among what was read, but {found}", interval)
    return Decision("PASS", f"within the limit{accepted(evidence)}", interval)


def _undecided(evidence: Evidence, limit: Fraction, interval: tuple[float, float]) -> str:
    more = items_to_decide(evidence.bad, evidence.documents, limit)
    wanted = "no feasible number of items at this rate" if more is None else f"about {more:,} more items at this rate"
    low, high = (percent(bound) for bound in interval)
    return f"the 95 % interval {low} to {high} contains the limit; {wanted} would decide it"


def _decide_over(evidence: Evidence, limit: Fraction, interval: tuple[float, float] | None) -> Decision:
    whole = evidence.documents + evidence.unscanned
    if evidence.unknown or _over(evidence.bad, whole, limit):
        return Decision("FAIL", "over the limit", interval)
    because = f"over the limit among what was read, but the {evidence.unscanned:,} unscanned could bring it under"
    return Decision("INCONCLUSIVE", because, interval)


def gap(evidence: Evidence, *, unscanned_max: Fraction, uncovered_max: Fraction) -> str:
    """Return what was not read or not covered and so stops a PASS; empty when nothing does."""
    if evidence.unknown:
        return "an unknown number of documents was unscanned"
    if evidence.unscanned > unscanned_max * (evidence.documents + evidence.unscanned):
        return f"{counted(evidence.unscanned)} unscanned"
    if evidence.uncovered > uncovered_max * evidence.documents:
        share = percent(evidence.uncovered / evidence.documents)
        what = "languages" if evidence.by_language else "scripts"
        return f"{counted(evidence.uncovered)} in {what} that no content rule covers ({share})"
    return ""


def accepted(evidence: Evidence) -> str:
    """Return a clause about uncovered documents that the pipeline accepts; empty when there are none."""
    if not evidence.accepted:
        return ""
    named = ", ".join(f"{documents:,} in {label}" for label, documents in evidence.accepted)
    return f"; no content rule covers {named}, which the pipeline accepts"


def exact(number: float) -> Fraction:
    """Return a number as it was written: 0.05 is one twentieth, not the nearest binary fraction.

    >>> exact(0.05)
    Fraction(1, 20)
    """
    return Fraction(str(number))


def counted(documents: int) -> str:
    """Return `1 document was` or `12 documents were`."""
    return "1 document was" if documents == 1 else f"{documents:,} documents were"


def _over(bad: int, documents: int, limit: Fraction) -> bool:
    return bad > limit * documents


def percent(rate: float) -> str:
    """Return a rate as people read it: `5 %`, `4.88 %`, `0.0031 %`."""
    value = rate * 100
    digits = next((digits for digits in ((4, 6) if 0 < value < 0.01 else (2, 4, 6)) if _tells(value, digits)), 8)
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") + " %"


def _tells(value: float, digits: int) -> bool:
    """Whether so many digits do not make a rate look like a whole number of percent that it is not."""
    return round(value, digits) != round(value) or abs(value - round(value)) < 1e-9

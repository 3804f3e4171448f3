"""What the keyword library holds, counted as clause 8.1 asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corpus_guard.core.rule import Rule


@dataclass(frozen=True)
class Library:
    """Distinct terms after folding: in all and by risk, and the date of the newest rule."""

    total: int = 0
    by_risk: Mapping[str, int] = field(default_factory=dict)
    newest_update: str = ""


def library_of(rules: Sequence[Rule]) -> Library:
    """Return what the keyword rules among *rules* hold."""
    keywords = [rule for rule in rules if rule.detector == "keywords" and rule.status != "deprecated"]
    by_risk: dict[str, set[str]] = {}
    for rule in keywords:
        by_risk.setdefault(rule.risk, set()).update(rule.phrases)
    return Library(
        total=len({term for terms in by_risk.values() for term in terms}),
        by_risk={risk: len(terms) for risk, terms in sorted(by_risk.items())},
        newest_update=max((rule.updated for rule in keywords), default=""),
    )

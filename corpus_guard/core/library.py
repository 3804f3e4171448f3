"""What the keyword library holds, counted as clause 8.1 asks: by `rules check` and in every assessment alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import prod

from corpus_guard.core.rule import Rule

Counts = Mapping[str, int]
"""A number by risk."""


@dataclass(frozen=True)
class Library:
    """Distinct phrases after folding, in all and by risk, and the date of the newest rule.

    total          a phrase of two risks counts once; `by_risk` counts it for both
    raw_by_risk    phrases as they are written, before folding
    literals       of `total`, those that a rule lists; templates make the others
    combinations_by_risk  choices of one word of every group of words that count only together; no part of `total`
    """

    total: int = 0
    by_risk: Counts = field(default_factory=dict)
    newest_update: str = ""
    raw_by_risk: Counts = field(default_factory=dict)
    literals: int = 0
    literals_by_risk: Counts = field(default_factory=dict)
    combinations_by_risk: Counts = field(default_factory=dict)

    @property
    def counted_twice(self) -> int:
        """How many more phrases there are when one of two risks is counted for both."""
        return sum(self.by_risk.values()) - self.total

    def age_days(self, as_of: str) -> int | None:
        """Days from the newest update to *as_of*, 0 when it is later; None when no rule says when it was updated."""
        if not self.newest_update:
            return None
        return max(0, (date.fromisoformat(as_of) - date.fromisoformat(self.newest_update)).days)


def library_of(rules: Sequence[Rule], fold: Callable[[str], str]) -> Library:
    """Return what the keyword rules among *rules* hold; *fold* is how text is folded, one code point to one."""
    keywords = counted_rules(rules)
    literals: dict[str, set[str]] = {}
    phrases: dict[str, set[str]] = {}
    for rule in keywords:
        literals.setdefault(rule.risk, set()).update(_folded(rule.terms, fold))
        phrases.setdefault(rule.risk, set()).update(_folded(rule.phrases, fold))
    return Library(
        total=_distinct(phrases),
        by_risk=_sizes(phrases),
        newest_update=max((rule.updated for rule in keywords), default=""),
        raw_by_risk=_summed(keywords, lambda rule: len(rule.phrases)),
        literals=_distinct(literals),
        literals_by_risk=_sizes(literals),
        combinations_by_risk=_summed(keywords, _combinations),
    )


def counted_rules(rules: Sequence[Rule]) -> list[Rule]:
    """Return those of *rules* that make the library: keywords with a risk, not deprecated."""
    return [rule for rule in rules if rule.detector == "keywords" and rule.status != "deprecated" and rule.risk]


def _folded(phrases: Sequence[str], fold: Callable[[str], str]) -> Iterable[str]:
    """At once: a line break folds to itself and stands in no phrase."""
    return fold("\n".join(phrases)).split("\n") if phrases else ()


def _distinct(phrases: Mapping[str, set[str]]) -> int:
    return len(set().union(*phrases.values()))


def _sizes(phrases: Mapping[str, set[str]]) -> dict[str, int]:
    return {risk: len(phrases[risk]) for risk in sorted(phrases)}


def _summed(rules: Sequence[Rule], count: Callable[[Rule], int]) -> dict[str, int]:
    sums = dict.fromkeys(sorted({rule.risk for rule in rules}), 0)
    for rule in rules:
        sums[rule.risk] += count(rule)
    return sums


def _combinations(rule: Rule) -> int:
    return sum(prod(map(len, together.groups)) for together in rule.together)

"""Patterns every match of which begins with one of some literals, so that only where these stand need be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

from corpus_guard.detectors.anchors import Anchors, anchors_of
from corpus_guard.detectors.first_characters import guarded, ignores_case, parsed_expression
from corpus_guard.matching.digits import needs_digit


class Tried:
    """An `expression` that is tried on stretches of text, and the `literals` of the gates that lead to these."""

    expression: str
    literals: frozenset[str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled at the first hit of its gates: most rules have none in most corpora."""
        return re.compile(guarded(self.expression))

    @cached_property
    def begins_at_hits(self) -> bool:
        """Whether every match begins where a literal gate hits."""
        return begins_with(self.expression, self.literals)

    @cached_property
    def anchors(self) -> Anchors | None:
        """What every match holds, where that helps to find it."""
        return anchors_of(self.expression)

    @cached_property
    def needs_digit(self) -> bool:
        """Whether no match is without a digit 0 to 9."""
        return needs_digit(parsed_expression(self.expression))

    @cached_property
    def looks_at_hits(self) -> bool:
        """Whether it matters to the rule where its gates hit."""
        return self.begins_at_hits

    def matches(self, stretch: str, position: int, hits: Sequence[int] | None) -> Iterator[re.Match[str]]:
        """Yield the matches in *stretch*: those at *hits*, or from *position* on where these are not known."""
        if hits is not None:
            return matches_at(self.pattern, stretch, hits)
        if self.anchors is not None:
            return self.anchors.matches(self.pattern, stretch, position)
        return self.pattern.finditer(stretch, position)


def matches_at(pattern: re.Pattern[str], stretch: str, hits: Sequence[int]) -> Iterator[re.Match[str]]:
    """Yield the matches in *stretch* that begin at *hits*, in ascending order, none overlapping another."""
    free = 0
    for hit in hits:
        if hit < free:
            continue
        match = pattern.match(stretch, hit)
        free = match.end() if match else hit + 1  # literals may begin at one place
        if match:
            yield match


def begins_with(expression: str, literals: AbstractSet[str]) -> bool:
    """Say whether every match of *expression* begins with one of *literals*; no when that cannot be told.

    >>> begins_with("(?<![a-z])(?:ssn|social security) ?[0-9]", {"ssn", "social"})
    True
    >>> begins_with("x?ssn", {"ssn"}), begins_with("(?:浙江|[山广]东)省", {"浙江", "山东"})
    (False, False)
    """
    if ignores_case(expression):
        return False
    parsed = parsed_expression(expression)
    longest = max(map(len, literals), default=0)
    return _begin([*parsed], "", literals, longest)


def _begin(items: Sequence[Any], written: str, literals: AbstractSet[str], longest: int) -> bool:
    """Whether all that *items* match behind *written* begins, together with it, with one of *literals*."""
    if written in literals:
        return True
    if not items or len(written) >= longest:
        return False
    return all(_begin(way, written + letter, literals, longest) for letter, way in _ways(items[0], items[1:]))


def _ways(item: Any, rest: Sequence[Any]) -> Iterator[tuple[str, Sequence[Any]]]:
    """How to go on: a letter, or none, and what follows it."""
    name, value = str(item[0]), item[1]
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        yield "", rest
    elif name == "LITERAL":
        yield chr(value), rest
    elif name == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
        yield from ((chr(code), rest) for _, code in value)
    elif name == "BRANCH":
        yield from (("", [*choice, *rest]) for choice in value[1])
    elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
        yield "", [*(value[3] if name == "SUBPATTERN" else value), *rest]
    elif name.endswith("REPEAT"):
        least, most, inner = value
        if least == 0:
            yield "", rest
        yield "", [*inner, *(rest if most == 1 else ())]
    else:
        yield "", ()

"""Pattern rules: from gate hits to confirmed findings, for every detector whose rules are regular expressions.

A gate says where to look. Around each hit lies a window of the rule's width on both sides; windows that overlap are
looked at as one. In a window the rule's `pattern` is tried on the folded text. A match stays unless

- it touches the border of its window where the text goes on: it may be cut (so a rule's window must be at least twice
  as wide as its longest match);
- `clear_before` matches directly before it, within `BEFORE` characters;
- the validator refuses it. It sees the folded text, or the text as it was written where upper and lower case matter.

A pattern with a group called `value` finds that group alone: the rest is the label that makes it one. A rule without
a pattern finds its `terms`, the longest first, unless they are part of a phrase of its `allow` list or of a longer
English word. In a rule with a pattern, `terms` and `templates` are literal gates beside the others: an ASCII gate
cannot say "©". A rule whose validator finds names has its own way (`detectors.name_rules`).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.name_rules import FINDERS, NameRule
from corpus_guard.detectors.validators import AS_WRITTEN, Validator, validator

BEFORE = 16
"""How many characters before a match `clear_before` may look at."""

_VALUE = "value"
_TEXT_BITS = 40


@dataclass(frozen=True)
class PatternRule:
    """A rule at work. `number` is its number in the plan, `first_gate` … `last_gate` (exclusive) are its gates."""

    number: int
    rule: Rule
    first_gate: int
    last_gate: int
    expression: str
    needs: re.Pattern[str] | None
    clear_before: re.Pattern[str] | None
    is_valid: Validator

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled at the first hit of its gates: most rules have none in most corpora."""
        return re.compile(self.expression)

    def spans(self, stretch: str, position: int, written: Callable[[int, int], str]) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of what the rule finds in *stretch* from *position* on; *written* slices it unfolded."""
        if self.needs and not self.needs.search(stretch, position):
            return
        seen = written if self.rule.validator in AS_WRITTEN else partial(_slice, stretch)
        only_value = _VALUE in self.pattern.groupindex
        for match in self.pattern.finditer(stretch, position):
            start, end = match.span(_VALUE) if only_value else match.span()
            if start >= 0 and not self._cleared(stretch, start) and self.is_valid(seen(start, end)):
                yield start, end

    def _cleared(self, stretch: str, start: int) -> bool:
        if self.clear_before is None:
            return False
        return any(self.clear_before.fullmatch(stretch, first, start) for first in range(max(0, start - BEFORE), start))


class PatternRules:
    """Compiled pattern rules of one detector, and the gates they need."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], *, fold: Callable[[str], str] = str) -> None:
        """Compile *rules*; *fold* folds text as the shared pass does. Raises `CatalogError`."""
        gates: list[Gate] = []
        self._rules: list[PatternRule | NameRule] = []
        for number, rule in rules:
            own = _gates(rule, fold)
            self._rules.append(_compiled(number, rule, len(gates), len(gates) + len(own), fold))
            gates += own
        self.gates: Sequence[Gate] = tuple(gates)
        sizes = [rule.last_gate - rule.first_gate for rule in self._rules]
        self._rule_of_gate = np.repeat(np.arange(len(sizes)), sizes)

    def confirm(self, candidates: Candidates, texts: pa.LargeStringArray) -> Findings:
        """Return the findings that *candidates* lead to in the *texts* of a batch.

        Where several overlap: the longest, then the one with the highest score.
        """
        original = lru_cache(maxsize=1)(lambda number: str(texts[number]))  # candidates come text by text
        seen = [self._rules[place] for place in np.unique(self._rule_of_gate[candidates.gate]).tolist()]
        return longest(Findings.concat([self._of_rule(rule, candidates, original) for rule in seen]))

    def everywhere(
        self, stretch: str, written: Callable[[int, int], str]
    ) -> Iterator[tuple[int, int, tuple[int, Rule]]]:
        """Yield (start, end, (number, rule)) of what rules other than of names find in *stretch*, without any gate."""
        for rule in self._rules:
            if isinstance(rule, PatternRule):
                for start, end in rule.spans(stretch, 0, written):
                    yield start, end, (rule.number, rule.rule)

    def _of_rule(
        self, rule: PatternRule | NameRule, candidates: Candidates, original: Callable[[int], str]
    ) -> Findings:
        mine = (candidates.gate >= rule.first_gate) & (candidates.gate < rule.last_gate)
        found: list[tuple[int, int, int]] = []
        for text, begin, end in windows(candidates.take(mine), rule.rule.window):
            found += ((text, first, last) for first, last in _in_window(rule, candidates, text, begin, end, original))
        if not found:
            return Findings.none()
        text_numbers, starts, ends = np.array(found, np.int64).T
        whole = len(found)
        return Findings.of(
            text_numbers, starts, ends, np.full(whole, rule.number, np.int64),
            np.full(whole, int(rule.rule.grade), np.int8), np.full(whole, rule.rule.score),
        )  # fmt: skip


def windows(hits: Candidates, width: int) -> list[tuple[int, int, int]]:
    """Return (text, begin, end) of the stretches within *width* characters of *hits*, merged where they overlap."""
    if not len(hits):
        return []
    order = np.lexsort((hits.start, hits.text))
    text, begin, end = hits.text[order], np.maximum(hits.start[order] - width, 0), hits.end[order] + width
    reach = np.maximum.accumulate((text << _TEXT_BITS) + end)
    new = np.ones(len(text), bool)
    new[1:] = (text << _TEXT_BITS)[1:] + begin[1:] > reach[:-1]
    first = np.flatnonzero(new)
    return list(
        zip(
            text[first].tolist(),
            np.minimum.reduceat(begin, first).tolist(),
            np.maximum.reduceat(end, first).tolist(),
            strict=True,
        )
    )


def longest(findings: Findings) -> Findings:
    """Return *findings* by place; of overlapping ones the longest, then the highest score, then the first rule."""
    order = np.lexsort((findings.rule, -findings.end, findings.start, findings.text))
    findings = findings.take(order)
    place = findings.text << _TEXT_BITS
    start, end = place + findings.start, place + findings.end
    new = np.ones(len(findings), bool)
    new[1:] = start[1:] >= np.maximum.accumulate(end)[:-1]
    keep = np.ones(len(findings), bool)
    borders = [*np.flatnonzero(new).tolist(), len(findings)]
    for first, last in pairwise(borders):
        if last - first > 1:
            keep[first:last] = _longest_of(start[first:last], end[first:last], findings, first)
    return findings.take(keep)


def _longest_of(start: Integers, end: Integers, findings: Findings, first: int) -> npt.NDArray[np.bool_]:
    keep = np.zeros(len(start), bool)
    score, rule = findings.score[first : first + len(start)], findings.rule[first : first + len(start)]
    starts: list[int] = []
    ends: list[int] = []
    for index in np.lexsort((rule, start, -score, start - end)).tolist():
        place = bisect_left(starts, int(end[index]))
        if place == 0 or ends[place - 1] <= start[index]:
            starts.insert(place, int(start[index]))
            ends.insert(place, int(end[index]))
            keep[index] = True
    return keep


def _in_window(
    rule: PatternRule | NameRule,
    candidates: Candidates,
    text: int,
    begin: int,
    end: int,
    original: Callable[[int], str],
) -> Iterator[tuple[int, int]]:
    origin, stretch = candidates.folded(text, begin - BEFORE, end)
    text_goes_on = origin + len(stretch) >= end

    def written(first: int, last: int) -> str:
        return unicodedata.normalize("NFKC", original(text)[origin + first : origin + last])

    for first, last in rule.spans(stretch, begin - origin, written):
        start, stop = origin + first, origin + last
        if not (start == begin > 0) and not (stop == end and text_goes_on):
            yield start, stop


def _slice(text: str, start: int, end: int) -> str:
    return text[start:end]


def _gates(rule: Rule, fold: Callable[[str], str]) -> list[Gate]:
    literals = dict.fromkeys(fold(phrase) for phrase in (*rule.phrases, *rule.allow))
    return [*map(Gate, literals), *(Gate(gate, literal=False) for gate in rule.gates)]


def _compiled(number: int, rule: Rule, first: int, last: int, fold: Callable[[str], str]) -> PatternRule | NameRule:
    if rule.validator in FINDERS:
        return NameRule(number, rule, first, last, re.compile(rule.pattern))
    pattern = rule.pattern or _literal_pattern([fold(term) for term in rule.terms], [fold(term) for term in rule.allow])
    cleared = re.compile(rule.clear_before) if rule.clear_before else None
    needs = re.compile(rule.needs) if rule.needs else None
    check = validator(rule.validator, rule=rule.id)
    return PatternRule(number, rule, first, last, pattern, needs, cleared, check)


def _literal_pattern(terms: Sequence[str], allowed: Sequence[str]) -> str:
    found, passed = _alternatives(terms), _alternatives(allowed)
    return f"(?:{passed})|(?P<{_VALUE}>{found})" if allowed else f"(?P<{_VALUE}>{found})"


def _alternatives(phrases: Sequence[str]) -> str:
    longest_first = sorted(set(phrases), key=len, reverse=True)
    return "|".join(bounded(phrase) for phrase in longest_first) or "(?!)"


def bounded(phrase: str) -> str:
    """Return an expression for *phrase*, not within a longer English word; a Chinese neighbour does not matter."""
    before = "(?<![a-z0-9_])" if re.match("[a-z0-9_]", phrase) else ""
    after = "(?![a-z0-9_])" if re.search(r"[a-z0-9_]\Z", phrase) else ""
    return before + re.escape(phrase) + after

"""Pattern rules: from gate hits to confirmed findings, for every detector whose rules are regular expressions.

A gate says where to look. Around each hit lies a window of the rule's width on both sides; windows that overlap are
looked at as one. In a window the rule's `pattern` is tried on the folded text. A match stays unless

- it touches the border of its window where the text goes on: it may be cut (so a rule's window must be at least twice
  as wide as its longest match);
- `clear_before` matches directly before it, within `BEFORE` characters;
- the validator refuses it. It sees the folded text, or the text as it was written where upper and lower case matter.

Where every match of a pattern begins with a literal gate of its rule, it is tried at the hits alone.

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
from functools import cached_property, partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.literal_beginnings import Tried
from corpus_guard.detectors.name_model import LONGEST, people
from corpus_guard.detectors.name_rules import BEFORE as TITLE
from corpus_guard.detectors.name_rules import FINDERS, NameRule
from corpus_guard.detectors.validators import AS_WRITTEN, Validator, validator
from corpus_guard.detectors.word_gates import word_gates

BEFORE = 16
"""How many characters before a match `clear_before` may look at."""

_VALUE = "value"
_FLAGS = re.compile(r"\A(?:\s*\(\?[aiLmsux]+\))+")
_TEXT_BITS = 40


@dataclass(frozen=True)
class PatternRule(Tried):
    """A rule at work. `number` is its number in the plan, `first_gate` … `last_gate` (exclusive) are its gates."""

    number: int
    rule: Rule
    first_gate: int
    last_gate: int
    expression: str
    literals: frozenset[str]
    is_valid: Validator

    @cached_property
    def needs(self) -> re.Pattern[str] | None:
        """What must stand in a stretch for the pattern to be tried."""
        return re.compile(self.rule.needs) if self.rule.needs else None

    @cached_property
    def clear_before(self) -> re.Pattern[str] | None:
        """What directly before a match takes it away, up to where it is asked to end."""
        if not self.rule.clear_before:
            return None
        flags = re.compile(self.rule.clear_before).flags
        ending = "\n)" if flags & re.VERBOSE else ")"  # a comment may be the last thing
        return re.compile(f"(?:{_FLAGS.sub('', self.rule.clear_before)}{ending}\\Z", flags)

    def spans(
        self, stretch: str, position: int, written: Callable[[int, int], str], hits: Sequence[int] | None = None
    ) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of what the rule finds in *stretch* from *position* on; *written* slices it unfolded.

        *hits* are where its literal gates hit; without them the whole stretch is looked through.
        """
        for match in self.matches(stretch, position, hits):
            start, end = match.span(self._found)
            if start >= 0 and not self._cleared(stretch, start):
                value = _half_width(written(start, end)) if self._as_written else stretch[start:end]
                if self.is_valid(value):
                    yield start, end

    @cached_property
    def _found(self) -> str | int:
        """The group that is found: the whole match, where none is called so."""
        return _VALUE if _VALUE in self.pattern.groupindex else 0

    @cached_property
    def _as_written(self) -> bool:
        return self.rule.validator in AS_WRITTEN

    def _cleared(self, stretch: str, start: int) -> bool:
        if self.clear_before is None:
            return False
        before = self.clear_before.search(stretch, max(0, start - BEFORE), start)
        return before is not None and before.start() < start


class PatternRules:
    """Compiled pattern rules of one detector, and the gates they need."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], *, fold: Callable[[str], str] = str) -> None:
        """Compile *rules*; *fold* folds text as the shared pass does. Raises `CatalogError`."""
        gates: list[Gate] = []
        self._rules: list[PatternRule | NameRule] = []
        for number, rule in rules:
            own = _gates(rule, fold)
            self._rules.append(_compiled(number, rule, len(gates), own, fold))
            gates += own
        self.gates: Sequence[Gate] = tuple(gates)
        sizes = [rule.last_gate - rule.first_gate for rule in self._rules]
        self._rule_of_gate = np.repeat(np.arange(len(sizes)), sizes)
        self._before_title = np.array(
            [rule.rule.validator == TITLE and rule.begins_at_hits for rule in self._rules], bool
        )
        self._widths = np.array([rule.rule.window for rule in self._rules], np.int64)

    def confirm(self, candidates: Candidates) -> Findings:
        """Return the findings that *candidates* lead to.

        Where several overlap: the longest, then the one with the highest score.
        """
        if not len(candidates):
            return Findings.none()
        windows = self._windows(candidates)
        starts = candidates.start[windows.order].tolist()
        columns = (windows.rule, windows.text, windows.begin, windows.end, windows.first, windows.last)
        rows = list(zip(*(column.tolist() for column in columns), strict=True))
        found: list[tuple[int, int, int, int]] = []
        for number, origin, stretch in candidates.stretches(windows.text, windows.begin - BEFORE, windows.end):
            place, text, begin, end, low, high = rows[number]
            rule = self._rules[place]
            if rule.needs and not rule.needs.search(stretch, begin - origin):
                continue
            hits = [hit - origin for hit in starts[low:high]] if rule.looks_at_hits else None
            written, goes_on = partial(_written, candidates, text, origin), origin + len(stretch) >= end
            for first, last in rule.spans(stretch, begin - origin, written, hits):
                start, stop = origin + first, origin + last
                if not (start == begin > 0) and not (stop == end and goes_on):
                    found.append((place, text, start, stop))
        return longest(self._findings(found))

    def _windows(self, candidates: Candidates) -> _Windows:
        """The windows around *candidates* that may hold something."""
        places = self._rule_of_gate[candidates.gate]
        order, first, begin, end = _stretches(places, candidates, self._widths[places])
        rule, text = places[order][first], candidates.text[order][first]
        may_hold = np.logical_or.reduceat(self._may_hold(places, candidates)[order], first)
        kept = np.flatnonzero(may_hold & self._with_digits(rule, text, begin, end, candidates))
        last = np.append(first[1:], len(order))
        return _Windows(order, *(column[kept] for column in (rule, text, begin, end, first, last)))

    def _may_hold(self, places: Integers, candidates: Candidates) -> npt.NDArray[np.bool_]:
        """Which hits may lead to something: before most titles stands no name."""
        maybe = np.ones(len(candidates), bool)
        titles = np.flatnonzero(self._before_title[places])
        if len(titles):
            maybe[titles] = people().may_end(candidates.take(titles).before(LONGEST))
        return maybe

    def _with_digits(
        self, places: Integers, texts: Integers, begins: Integers, ends: Integers, candidates: Candidates
    ) -> npt.NDArray[np.bool_]:
        """Which stretches have a digit, of those whose rule matches nothing without one; and all others."""
        kinds = np.unique(places)
        needs = np.zeros(len(self._rules), bool)
        needs[kinds] = [self._rules[place].needs_digit for place in kinds.tolist()]
        asked = np.flatnonzero(needs[places])
        with_digits = np.ones(len(places), bool)
        with_digits[asked] = candidates.hold_digit(texts[asked], begins[asked], ends[asked])
        return with_digits

    def everywhere(
        self, stretch: str, written: Callable[[int, int], str]
    ) -> Iterator[tuple[int, int, tuple[int, Rule]]]:
        """Yield (start, end, (number, rule)) of what rules other than of names find in *stretch*, without any gate."""
        for rule in self._rules:
            if isinstance(rule, PatternRule) and (not rule.needs or rule.needs.search(stretch)):
                for start, end in rule.spans(stretch, 0, written):
                    yield start, end, (rule.number, rule.rule)

    def _findings(self, found: Sequence[tuple[int, int, int, int]]) -> Findings:
        """Findings of (place among the rules, text, start, end) rows."""
        if not found:
            return Findings.none()
        place, text, start, end = np.array(found, np.int64).T
        rules = [self._rules[number] for number in place.tolist()]
        return Findings.of(
            text, start, end, np.array([rule.number for rule in rules], np.int64),
            np.array([int(rule.rule.grade) for rule in rules], np.int8), np.array([rule.rule.score for rule in rules]),
        )  # fmt: skip


def windows(hits: Candidates, width: int) -> list[tuple[int, int, int]]:
    """Return (text, begin, end) of the stretches within *width* characters of *hits*, merged where they overlap."""
    if not len(hits):
        return []
    same = np.zeros(len(hits), np.int64)
    order, first, begin, end = _stretches(same, hits, same + width)
    return list(zip(hits.text[order][first].tolist(), begin.tolist(), end.tolist(), strict=True))


def _stretches(rule: Integers, hits: Candidates, width: Integers) -> tuple[Integers, Integers, Integers, Integers]:
    """Stretches within *width* characters of the *hits* of each *rule*, merged where they overlap.

    Returned are the order of the hits by rule, text and start; and of each stretch its first hit in that order, its
    begin and its end.
    """
    order = np.lexsort((hits.start, hits.text, rule))
    text, rule, width = hits.text[order], rule[order], width[order]
    begin, end = np.maximum(hits.start[order] - width, 0), hits.end[order] + width
    group = np.zeros(len(order), np.int64)
    group[1:] = np.cumsum((np.diff(rule) != 0) | (np.diff(text) != 0)) << _TEXT_BITS
    new = np.ones(len(order), bool)
    new[1:] = (group + begin)[1:] > np.maximum.accumulate(group + end)[:-1]
    first = np.flatnonzero(new)
    return order, first, np.minimum.reduceat(begin, first), np.maximum.reduceat(end, first)


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


class _Windows(NamedTuple):
    """Stretches of texts a rule looks at, from `begin` to `end`, and its hits in each: `order[first:last]`."""

    order: Integers
    rule: Integers
    text: Integers
    begin: Integers
    end: Integers
    first: Integers
    last: Integers


def _written(candidates: Candidates, text: int, origin: int, first: int, last: int) -> str:
    """Part of a stretch that begins at *origin* of a text, as it was written."""
    return candidates.written(text, origin + first, origin + last)


def _half_width(written: str) -> str:
    return unicodedata.normalize("NFKC", written)


def _gates(rule: Rule, fold: Callable[[str], str]) -> list[Gate]:
    literals = dict.fromkeys(fold(phrase) for phrase in (*rule.phrases, *rule.allow))
    patterns = [word_gates(gate) or [Gate(gate, literal=False)] for gate in rule.gates]
    return [*map(Gate, literals), *(gate for some in patterns for gate in some)]


def _compiled(
    number: int, rule: Rule, first: int, gates: Sequence[Gate], fold: Callable[[str], str]
) -> PatternRule | NameRule:
    literals = frozenset(gate.expression for gate in gates if gate.literal and not gate.words)
    if rule.validator in FINDERS:
        needs = re.compile(rule.needs) if rule.needs else None
        return NameRule(number, rule, first, first + len(gates), rule.pattern, literals, needs)
    pattern = rule.pattern or _literal_pattern([fold(term) for term in rule.terms], [fold(term) for term in rule.allow])
    check = validator(rule.validator, rule=rule.id)
    return PatternRule(number, rule, first, first + len(gates), pattern, literals, check)


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

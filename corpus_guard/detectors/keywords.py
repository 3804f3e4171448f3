"""keywords: phrases of illegal and unhealthy content, by the 31 risks of the standard's annex.

Every phrase and every word of a combination is a literal gate of the shared pass. A hit counts unless

- it starts or ends inside an English word (a Chinese character beside it does not count);
- a longer phrase of the rule's `allow` list covers it (the longest match wins).

A rule with `evasion` also finds phrases with one word written otherwise (`rules/folding/spellings.toml`).

Phrases are findings by themselves, words only together (`detectors.combinations`). A finding goes when a word of
`clear_near` stands within `near` characters: a warning, a statute or a report speaks of the thing; when it lies between
marks of `clear_between`, in a paragraph that says more; or directly behind what `clear_before` matches. A suspect
becomes a violation when a word of `raise_near` stands near. Of overlapping findings of one rule the longest stays.

Example: rule `illegal/A.1.h` "代开发票请加" finds 代-开-发-票-请-加.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.members import Members
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.detectors.combinations import Combinations
from corpus_guard.detectors.literal_gates import LiteralGates, are_short, folded_lists
from corpus_guard.detectors.spans import Allowed, Spans, lies_within
from corpus_guard.detectors.spellings import Spellings
from corpus_guard.detectors.surroundings import CITED_WITHIN, Quotations, Surroundings

BEFORE = 24
"""Characters before a finding that `clear_before` may look at."""


class Keywords:
    """Finds the terms of its rules."""

    name = "keywords"
    columns: tuple[str, ...] = ()
    content = True
    options: tuple[str, ...] = ()

    def __init__(self, setting: Setting) -> None:
        self._rules = dict(setting.rules)
        gates, spellings = LiteralGates(), Spellings(setting.spellings, setting.fold)
        phrases = _phrases_of(setting, spellings)
        self._rule, self._allows, self._opts_in = phrases.rule, phrases.allows, phrases.opts_in
        numbers = gates.numbers(phrases.written, phrases.opts_in)
        self._combinations = Combinations(setting.rules, setting.fold, spellings, gates)
        self.gates: Sequence[Gate] = gates.gates()
        self._phrases = Members.of(numbers, len(self.gates))
        self._clearing = _surroundings(setting, "clear_near")
        self._raising = _surroundings(setting, "raise_near")
        cited = {n: setting.fold("\n".join(rule.clear_between)) for n, rule in setting.rules if rule.clear_between}
        self._cited = {number: Quotations(pairs.split("\n")) for number, pairs in cited.items()}
        self._before = {n: re.compile(f"(?:{rule.clear_before})$") for n, rule in setting.rules if rule.clear_before}

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return what is found in *batch*."""
        place, member = self._phrases.expand(candidates.gate)
        seen = np.flatnonzero(~candidates.squeezed[place] | self._opts_in[member])
        place, member = place[seen], member[seen]
        phrases = Spans(candidates.text[place], candidates.start[place], candidates.end[place], self._rule[member])
        allowed = Allowed(phrases.take(self._allows[member]))
        found = _uncovered(phrases.take(~self._allows[member]), allowed)
        spans = Spans.concat([found, self._combinations.spans(candidates, allowed)]).longest()
        spans = spans.take(~self._near(candidates, spans, self._clearing))
        spans = spans.take(~self._spoken_of(candidates, spans))
        return self._findings(spans, self._near(candidates, spans, self._raising))

    def _near(self, hits: Candidates, spans: Spans, surroundings: Mapping[int, Surroundings]) -> npt.NDArray[np.bool_]:
        """Which spans have a word of their rule's surroundings within its `near` characters."""
        near = np.zeros(len(spans), bool)
        for index in np.flatnonzero(np.isin(spans.rule, np.array(list(surroundings), np.int64))).tolist():
            number = int(spans.rule[index])
            reach = self._rules[number].near
            start, end = int(spans.start[index]) - reach, int(spans.end[index]) + reach
            _, around = hits.folded(int(spans.text[index]), start, end)
            near[index] = surroundings[number].speak(around)
        return near

    def _spoken_of(self, hits: Candidates, spans: Spans) -> npt.NDArray[np.bool_]:
        """Which spans lie within a quotation, or directly behind words that take their meaning away."""
        spoken = np.zeros(len(spans), bool)
        asking = np.array([*self._cited, *self._before], np.int64)
        for index in np.flatnonzero(np.isin(spans.rule, asking)).tolist():
            number, start, end = int(spans.rule[index]), int(spans.start[index]), int(spans.end[index])
            origin, around = hits.folded(int(spans.text[index]), start - CITED_WITHIN, end + CITED_WITHIN)
            before, cited = self._before.get(number), self._cited.get(number)
            spoken[index] = bool(
                (before and before.search(around[max(0, start - origin - BEFORE) : start - origin]))
                or (cited and cited.enclose(around, start - origin, end - origin))
            )
        return spoken

    def _findings(self, spans: Spans, raised: npt.NDArray[np.bool_]) -> Findings:
        numbers, place = np.unique(spans.rule, return_inverse=True)
        rules: list[Rule] = [self._rules[int(number)] for number in numbers]
        grades = np.array([int(known.grade) for known in rules] or [int(Grade.INFO)], np.int8)[place]
        scores = np.array([known.score for known in rules] or [0.0], np.float64)
        grades = np.where(raised & (grades == Grade.SUSPECT), np.int8(Grade.VIOLATION), grades)
        return Findings.of(spans.text, spans.start, spans.end, spans.rule, grades, scores[place])


class _Phrases(NamedTuple):
    """Phrases as they may be written, folded: whose they are, whether it allows them, whether they may be split."""

    written: list[str]
    rule: Integers
    allows: npt.NDArray[np.bool_]
    opts_in: npt.NDArray[np.bool_]


def _phrases_of(setting: Setting, spellings: Spellings) -> _Phrases:
    """The phrases of every rule, with other spellings where it asks for evasion, and those it allows."""
    lists = folded_lists([some for _, rule in setting.rules for some in (rule.phrases, rule.allow)], setting.fold)
    evasion = np.array([rule.evasion for _, rule in setting.rules], bool)
    spelled = [spellings.beside(some) if known else some for some, known in zip(lists[::2], evasion, strict=True)]
    lists[::2] = spelled
    written = [phrase for some in lists for phrase in some]
    sizes = [len(some) for some in lists]
    rule = np.array([number for number, _ in setting.rules], np.int64)
    allows = np.repeat(np.tile([False, True], len(rule)), sizes)
    opts_in = np.repeat(np.repeat(evasion, 2), sizes) & ~are_short(written)
    return _Phrases(written, np.repeat(np.repeat(rule, 2), sizes), allows, opts_in)


def _surroundings(setting: Setting, key: str) -> dict[int, Surroundings]:
    """The words around the findings of each rule that has some; rules share lists of them."""
    words = {number: getattr(rule, key) for number, rule in setting.rules if getattr(rule, key)}
    known = {some: Surroundings(setting.fold("\n".join(some)).split("\n")) for some in set(words.values())}
    return {number: known[some] for number, some in words.items()}


def _uncovered(spans: Spans, allowed: Allowed) -> Spans:
    """Those of *spans* that lie within no allowed phrase of the same rule that is longer than they are."""
    keep = np.ones(len(spans), bool)
    for index in np.flatnonzero(allowed.hold(spans)).tolist():
        around = allowed.of(int(spans.text[index]), int(spans.rule[index]))
        keep[index] = not lies_within(int(spans.start[index]), int(spans.end[index]), around)
    return spans.take(keep)

"""keywords: phrases of illegal and unhealthy content, by the 31 risks of the standard's annex.

Every term is a literal gate of the shared pass. A hit becomes a finding unless

- it starts or ends inside an English word (a Chinese character beside it does not count);
- a longer phrase of the rule's `allow` list covers it (the longest match wins);
- a word of `clear_near` stands within `near` characters: a warning, a statute or a report speaks of the thing.

Of overlapping hits of one rule the longest stays. Example: rule `illegal/A.1.h` "代开发票请加" finds 代-开-发-票-请-加.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.matching.tables import LETTER

_WORD = np.zeros(256, bool)
_WORD[[*b"0123456789abcdefghijklmnopqrstuvwxyz_", LETTER]] = True


class Keywords:
    """Finds the terms of its rules."""

    name = "keywords"
    columns: tuple[str, ...] = ()
    content = True
    options: tuple[str, ...] = ()

    def __init__(self, setting: Setting) -> None:
        gates: list[Gate] = []
        rule_of_gate: list[int] = []
        allows: list[bool] = []
        self._rules = dict(setting.rules)
        for number, rule in setting.rules:
            for phrases, allowed in ((rule.phrases, False), (rule.allow, True)):
                for phrase in setting.fold("\n".join(phrases)).split("\n") if phrases else ():
                    gates.append(Gate(phrase, squeeze=rule.evasion))
                    rule_of_gate.append(number)
                    allows.append(allowed)
        self.gates: Sequence[Gate] = tuple(gates)
        self._rule_of_gate = np.array(rule_of_gate, np.int64)
        self._allows = np.array(allows, bool)
        self._latin_start = np.array([_is_word(gate.expression[:1]) for gate in gates], bool)
        self._latin_end = np.array([_is_word(gate.expression[-1:]) for gate in gates], bool)
        self._clearing = {
            number: "|".join(map(re.escape, setting.fold("\n".join(rule.clear_near)).split("\n")))
            for number, rule in setting.rules
            if rule.clear_near
        }
        self._clearing_numbers = np.array(list(self._clearing), np.int64)

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return the terms found in *batch*."""
        if not len(candidates):
            return Findings.none()
        hits = candidates.take(self._whole_words(candidates))
        rule = self._rule_of_gate[hits.gate]
        allowed = self._allows[hits.gate]
        covered = _covered(hits, rule, allowed)
        keep = ~allowed & ~covered
        hits, rule = hits.take(keep), rule[keep]
        keep = _longest(hits, rule)
        hits, rule = hits.take(keep), rule[keep]
        keep = ~self._cleared(hits, rule)
        hits, rule = hits.take(keep), rule[keep]
        return self._findings(hits, rule)

    def _whole_words(self, hits: Candidates) -> npt.NDArray[np.bool_]:
        cut_before = self._latin_start[hits.gate] & _WORD[hits.before]
        cut_after = self._latin_end[hits.gate] & _WORD[hits.after]
        return ~(cut_before | cut_after)

    def _cleared(self, hits: Candidates, rule: Integers) -> npt.NDArray[np.bool_]:
        cleared = np.zeros(len(hits), bool)
        for index in np.flatnonzero(np.isin(rule, self._clearing_numbers)).tolist():
            number = int(rule[index])
            near = self._rules[number].near
            start, end = int(hits.start[index]), int(hits.end[index])
            _, around = hits.folded(int(hits.text[index]), start - near, end + near)
            cleared[index] = _compiled(self._clearing[number]).search(around) is not None
        return cleared

    def _findings(self, hits: Candidates, rule: Integers) -> Findings:
        numbers, place = np.unique(rule, return_inverse=True)
        rules: list[Rule] = [self._rules[int(number)] for number in numbers]
        grades = np.array([int(known.grade) for known in rules] or [int(Grade.INFO)], np.int8)
        scores = np.array([known.score for known in rules] or [0.0], np.float64)
        return Findings.of(hits.text, hits.start, hits.end, rule, grades[place], scores[place])


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> re.Pattern[str]:
    """Compiled at the first hit of a rule: most rules of a library have none."""
    return re.compile(expression)


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _covered(hits: Candidates, rule: Integers, allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which hits lie within an allowed phrase of the same rule that is longer than they are."""
    covered = np.zeros(len(hits), bool)
    if not allowed.any():
        return covered
    spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for index in np.flatnonzero(allowed).tolist():
        spans.setdefault((int(hits.text[index]), int(rule[index])), []).append(
            (int(hits.start[index]), int(hits.end[index]))
        )
    texts = np.unique(hits.text[allowed])
    for index in np.flatnonzero(np.isin(hits.text, texts) & ~allowed).tolist():
        start, end = int(hits.start[index]), int(hits.end[index])
        around = spans.get((int(hits.text[index]), int(rule[index])), ())
        covered[index] = any(first <= start and end <= last and last - first > end - start for first, last in around)
    return covered


def _longest(hits: Candidates, rule: Integers) -> npt.NDArray[np.bool_]:
    """Of the hits of one rule in one text, which lie within no other."""
    order = np.lexsort((-hits.end, hits.start, hits.text, rule))
    group = np.zeros(len(hits), np.int64)
    group[1:] = np.cumsum((np.diff(rule[order]) != 0) | (np.diff(hits.text[order]) != 0))
    reach = group * (int(hits.end.max(initial=0)) + 1) + hits.end[order]
    inside = np.zeros(len(hits), bool)
    inside[1:] = (reach[1:] <= np.maximum.accumulate(reach)[:-1]) & (np.diff(group) == 0)
    keep = np.empty(len(hits), bool)
    keep[order] = ~inside
    return keep

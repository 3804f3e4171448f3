"""keywords: phrases of illegal and unhealthy content, by the 31 risks of the standard's annex.

Every phrase and every word of a combination is a literal gate of the shared pass. A hit counts unless

- it starts or ends inside an English word (a Chinese character beside it does not count);
- a longer phrase of the rule's `allow` list covers it (the longest match wins).

A rule with `evasion` also finds phrases with one word written otherwise (`rules/folding/spellings.toml`).

Phrases are findings by themselves, words only together (`detectors.together`). A finding goes when a word of
`clear_near` stands within `near` characters: a warning, a statute or a report speaks of the thing. A suspect becomes a
violation when a word of `raise_near` does. Of overlapping findings of one rule the longest stays.

Example: rule `illegal/A.1.h` "代开发票请加" finds 代-开-发-票-请-加.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.detectors.spans import Spans
from corpus_guard.detectors.spellings import Spellings
from corpus_guard.detectors.surroundings import Surroundings
from corpus_guard.detectors.together import Combinations
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
        spellings = Spellings(setting.spellings, setting.fold)
        for number, rule in setting.rules:
            for phrases, allowed in ((rule.phrases, False), (rule.allow, True)):
                for phrase in setting.fold("\n".join(phrases)).split("\n") if phrases else ():
                    written = [phrase, *(spellings.of(phrase) if rule.evasion and not allowed else ())]
                    gates += [Gate(one, squeeze=rule.evasion) for one in written]
                    rule_of_gate += [number] * len(written)
                    allows += [allowed] * len(written)
        self._combinations = Combinations(setting.rules, setting.fold, spellings)
        self._first_word = len(gates)
        gates += self._combinations.gates
        self.gates: Sequence[Gate] = tuple(gates)
        self._rule_of_gate = np.append(np.array(rule_of_gate, np.int64), self._combinations.rule_of_gate)
        self._allows = np.array([*allows, *[False] * len(self._combinations.gates)], bool)
        self._latin_start = np.array([_is_word(gate.expression[:1]) for gate in gates], bool)
        self._latin_end = np.array([_is_word(gate.expression[-1:]) for gate in gates], bool)
        self._clearing = _surroundings(setting, "clear_near")
        self._raising = _surroundings(setting, "raise_near")

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return what is found in *batch*."""
        if not len(candidates):
            return Findings.none()
        hits = candidates.take(self._whole_words(candidates))
        rule = self._rule_of_gate[hits.gate]
        allowed = self._allows[hits.gate]
        keep = ~allowed & ~_covered(hits, rule, allowed)
        hits, rule = hits.take(keep), rule[keep]
        spans = self._spans(hits, rule).longest()
        spans = spans.take(~self._near(candidates, spans, self._clearing))
        return self._findings(spans, self._near(candidates, spans, self._raising))

    def _whole_words(self, hits: Candidates) -> npt.NDArray[np.bool_]:
        cut_before = self._latin_start[hits.gate] & _WORD[hits.before]
        cut_after = self._latin_end[hits.gate] & _WORD[hits.after]
        return ~(cut_before | cut_after)

    def _spans(self, hits: Candidates, rule: Integers) -> Spans:
        """The phrases among *hits*, and the places where words among them stand together."""
        phrase = hits.gate < self._first_word
        phrases = Spans(hits.text[phrase], hits.start[phrase], hits.end[phrase], rule[phrase])
        return Spans.concat([phrases, self._combinations.spans(hits.take(~phrase), self._first_word)])

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

    def _findings(self, spans: Spans, raised: npt.NDArray[np.bool_]) -> Findings:
        numbers, place = np.unique(spans.rule, return_inverse=True)
        rules: list[Rule] = [self._rules[int(number)] for number in numbers]
        grades = np.array([int(known.grade) for known in rules] or [int(Grade.INFO)], np.int8)[place]
        scores = np.array([known.score for known in rules] or [0.0], np.float64)
        grades = np.where(raised & (grades == Grade.SUSPECT), np.int8(Grade.VIOLATION), grades)
        return Findings.of(spans.text, spans.start, spans.end, spans.rule, grades, scores[place])


def _surroundings(setting: Setting, key: str) -> dict[int, Surroundings]:
    words = {number: getattr(rule, key) for number, rule in setting.rules}
    return {number: Surroundings(setting.fold("\n".join(some)).split("\n")) for number, some in words.items() if some}


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

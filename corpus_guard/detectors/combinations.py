"""Clauses: words that say something only together.

Each word is a gate, but for those of one Chinese character. Where words of every group of a clause are near each other
is told for all clauses at once (`matching.nearness`); what is left is looked at one by one (`detectors.together`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np

from corpus_guard.core.candidate import Candidates
from corpus_guard.core.members import Members
from corpus_guard.core.rule import Rule, Together
from corpus_guard.detectors.pattern_rules import bounded
from corpus_guard.detectors.spans import Allowed, Spans, lies_within
from corpus_guard.detectors.spellings import Spellings
from corpus_guard.detectors.together import Hit, standing_together
from corpus_guard.matching.nearness import Clauses, near_each_other, words_in
from corpus_guard.matching.views import View

_SENTENCE_END = re.compile(r"[。!?;\n]|\.(?=\s)")


@dataclass(frozen=True)
class _Clause:
    """A clause of a rule; `undone` matches a word that takes the meaning away."""

    rule: int
    together: Together
    undone: re.Pattern[str] | None


class Combinations:
    """The clauses of all rules. Each word is a gate that phrases and other clauses may share."""

    def __init__(
        self,
        rules: Sequence[tuple[int, Rule]],
        fold: Callable[[str], str],
        spellings: Spellings,
        gate: Callable[..., int],
    ) -> None:
        """Fold the words of *rules* as the shared pass folds texts; `gate(word, squeeze=…)` numbers a word."""
        known: dict[tuple[tuple[str, ...], bool], int] = {}
        groups = [
            (number, one, [known.setdefault((words, rule.evasion), len(known)) for words in one.groups])
            for number, rule in rules
            for one in rule.together
        ]
        written = [
            _written(fold("\n".join(words)).split("\n"), spellings if evasion else None) for words, evasion in known
        ]
        evasions = [evasion for _, evasion in known]
        rows = [
            (gate(word, squeeze=evasion and not is_short(word)), group, evasion and not is_short(word))
            for group, (words, evasion) in enumerate(zip(written, evasions, strict=True))
            for word in words
            if not _is_single(word)
        ]
        gates, group, opts_in = np.array(rows, np.int64).reshape(-1, 3).T
        single = [np.array(sorted(ord(word) for word in words if _is_single(word)), np.int64) for words in written]
        self._near = Clauses(
            members=Members.of(gates, int(gates.max(initial=0)) + 1),
            group=np.ascontiguousarray(group),
            opts_in=opts_in != 0,
            single=single,
            asked=[some for _, _, some in groups],
            reach=[together.within for _, together, _ in groups],
        )
        self._clauses = [_clause(number, together, fold) for number, together, _ in groups]

    def spans(self, hits: Candidates, allowed: Allowed) -> Spans:
        """Return where *hits* stand together; no word within a longer *allowed* phrase of its rule counts."""
        return Spans.of(
            (text, start, end, clause.rule)
            for clause, view, text, words in self._near_ones(hits)
            if (known := _without(words, allowed.of(text, clause.rule)))
            for start, end in standing_together(known, clause.together, _ends(view, text, known, clause.together))
            if not (clause.undone and clause.undone.search(hits.folded(text, start, end)[1]))
        )

    def _near_ones(self, hits: Candidates) -> Iterator[tuple[_Clause, View, int, list[Hit]]]:
        """Clauses and texts with words of every group near each other, and the words there in their order."""
        for view in cast("Sequence[View]", hits.views):
            near = near_each_other(view, words_in(view, hits, self._near), self._near)
            words = list(zip(near.start.tolist(), near.end.tolist(), near.group.tolist(), strict=True))
            lots = zip(near.clause.tolist(), near.local.tolist(), pairwise(near.first.tolist()), strict=True)
            for clause, local, (first, last) in lots:
                yield self._clauses[clause], view, int(view.texts[local]), words[first:last]


def _clause(rule: int, together: Together, fold: Callable[[str], str]) -> _Clause:
    undone = re.compile("|".join(bounded(fold(word)) for word in together.without)) if together.without else None
    return _Clause(rule, together, undone)


def _without(words: list[Hit], allowed: Sequence[tuple[int, int]]) -> list[Hit]:
    if not allowed:
        return words
    return [(start, end, group) for start, end, group in words if not lies_within(start, end, allowed)]


def _ends(view: View, text: int, words: Sequence[Hit], together: Together) -> list[int]:
    """Where sentences end between the first and the last of *words*; none when the clause does not ask."""
    local = view.local(text) if together.sentence else None
    if local is None:
        return []
    origin, stretch = view.folded(local, words[0][0], max(end for _, end, _ in words))
    return [origin + match.start() for match in _SENTENCE_END.finditer(stretch)]


def _is_single(word: str) -> bool:
    return len(word) == 1 and not word.isascii()


def is_short(word: str) -> bool:
    """Whether a word would say nothing any more once its letters stood apart."""
    return word.isascii() and len(word) <= 3


def _written(words: Iterable[str], spellings: Spellings | None) -> list[str]:
    """The words and their other spellings, each once."""
    return list(dict.fromkeys(one for word in words for one in (word, *(spellings.of(word) if spellings else ()))))

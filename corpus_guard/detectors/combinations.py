"""Clauses: words that say something only together.

Each word is a gate, but for those of one Chinese character. Where words of every group of a clause are near each other
is told for all clauses at once (`matching.nearness`); what is left is looked at one by one (`detectors.together`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import cast

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.members import Members
from corpus_guard.core.rule import Rule, Together
from corpus_guard.detectors.literal_gates import LiteralGates, are_ascii, are_short, folded_lists, lengths_of
from corpus_guard.detectors.pattern_rules import bounded
from corpus_guard.detectors.spans import Allowed, Spans, lies_within
from corpus_guard.detectors.spellings import Spellings
from corpus_guard.detectors.together import Hit, standing_together
from corpus_guard.matching.nearness import Clauses, near_each_other, words_in
from corpus_guard.matching.views import View

_SENTENCE_END = re.compile(r"[。!?;\n]|\.(?=\s)")


@dataclass(frozen=True)
class _Clause:
    """A clause of a rule."""

    rule: int
    together: Together
    fold: Callable[[str], str]

    @cached_property
    def undone(self) -> re.Pattern[str] | None:
        """What matches a word that takes the meaning away; most clauses are never asked."""
        words = self.together.without
        return re.compile("|".join(bounded(self.fold(word)) for word in words)) if words else None


class Combinations:
    """The clauses of all rules. Each word is a gate that phrases and other clauses may share."""

    def __init__(
        self,
        rules: Sequence[tuple[int, Rule]],
        fold: Callable[[str], str],
        spellings: Spellings,
        gates: LiteralGates,
    ) -> None:
        """Fold the words of *rules* as the shared pass folds texts, and number them in *gates*."""
        known: dict[tuple[tuple[str, ...], bool], int] = {}
        groups = [
            (number, one, [known.setdefault((words, rule.evasion), len(known)) for words in one.groups])
            for number, rule in rules
            for one in rule.together
        ]
        words = _words_of(known, fold, spellings)
        gated = np.flatnonzero(~words.single)
        opts_in = words.opts_in[gated]
        numbers = gates.numbers([words.written[place] for place in gated.tolist()], opts_in)
        self._near = Clauses(
            members=Members.of(numbers, int(numbers.max(initial=0)) + 1),
            group=words.group[gated],
            opts_in=opts_in,
            single=words.characters(len(known)),
            asked=[some for _, _, some in groups],
            reach=[together.within for _, together, _ in groups],
        )
        self._clauses = [_Clause(number, together, fold) for number, together, _ in groups]

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


@dataclass(frozen=True)
class _Words:
    """Words of groups, folded: which group each is of, whether it may be split, whether it is one Chinese character."""

    written: list[str]
    group: Integers
    opts_in: npt.NDArray[np.bool_]
    single: npt.NDArray[np.bool_]

    def characters(self, groups: int) -> list[Integers]:
        """The words of one character of each of so many *groups*, ascending."""
        found: list[list[int]] = [[] for _ in range(groups)]
        for place in np.flatnonzero(self.single).tolist():
            found[self.group[place]].append(ord(self.written[place]))
        return [np.array(sorted(codes), np.int64) for codes in found]


def _words_of(
    known: Iterable[tuple[tuple[str, ...], bool]], fold: Callable[[str], str], spellings: Spellings
) -> _Words:
    """The words of groups, each of which says whether other spellings count; in a group every spelling once."""
    evasion = [evades for _, evades in known]
    folded = folded_lists([words for words, _ in known], fold)
    lists = [spellings.beside(some) if evades else some for some, evades in zip(folded, evasion, strict=True)]
    distinct = [list(dict.fromkeys(some)) for some in lists]
    written = [word for some in distinct for word in some]
    sizes = [len(some) for some in distinct]
    single = (lengths_of(written) == 1) & ~are_ascii(written)
    opts_in = np.repeat(np.array(evasion, bool), sizes) & ~are_short(written)
    return _Words(written, np.repeat(np.arange(len(sizes)), sizes), opts_in, single)

"""Words that say something only together: one of every group of a clause, in any order, close to each other.

Words of a clause hit often, their combination rarely. So it is first told of all hits at once whether every group has
one within reach, and only such hits are looked at one by one. A word of one character, or of three Latin letters,
would hit everywhere: it is no gate, and is looked for only around longer words of the clause.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.rule import Rule, Together
from corpus_guard.detectors.pattern_rules import bounded
from corpus_guard.detectors.spans import Spans
from corpus_guard.detectors.spellings import Spellings

_GATE, _SHORT_LATIN = 2, 3
_SENTENCE_END = re.compile(r"[。!?;\n]|\.(?=\s)")
Hit = tuple[int, int, int]
"""(start, end, group) of a word."""


@dataclass(frozen=True)
class _Clause:
    """A clause; `needed` are its groups without short words, a bit each; `short` finds the short words, by group."""

    rule: int
    together: Together
    needed: int
    short: Mapping[int, re.Pattern[str]]


class Combinations:
    """The clauses of all rules, and the gates that find their words."""

    def __init__(
        self, rules: Sequence[tuple[int, Rule]], fold: Callable[[str], str], spellings: Spellings | None = None
    ) -> None:
        """Fold the words of *rules* as the shared pass folds texts."""
        self._clauses: list[_Clause] = []
        gates: list[Gate] = []
        clause_of_gate: list[int] = []
        group_of_gate: list[int] = []
        for number, rule in rules:
            for together in rule.together:
                short: dict[int, re.Pattern[str]] = {}
                for group, words in enumerate(together.groups):
                    written = dict.fromkeys(_written(map(fold, words), spellings if rule.evasion else None))
                    long = [word for word in written if not _is_short(word)]
                    gates += [Gate(word, squeeze=rule.evasion) for word in long]
                    clause_of_gate += [len(self._clauses)] * len(long)
                    group_of_gate += [group] * len(long)
                    if len(long) < len(written):
                        short[group] = re.compile("|".join(bounded(word) for word in written if _is_short(word)))
                needed = sum(1 << group for group in range(len(together.groups)) if group not in short)
                self._clauses.append(_Clause(number, together, needed, short))
        self.gates: Sequence[Gate] = tuple(gates)
        self._clause_of_gate = np.array(clause_of_gate, np.int64)
        self._group_of_gate = np.array(group_of_gate, np.int64)
        self._needed = np.array([one.needed for one in self._clauses], np.int64)
        self._within = np.array([one.together.within for one in self._clauses], np.int64)
        self.rule_of_gate = np.array([self._clauses[clause].rule for clause in clause_of_gate], np.int64)

    def spans(self, hits: Candidates, first_gate: int) -> Spans:
        """Return where *hits* of `gates`, whose numbers begin at *first_gate*, stand together."""
        return Spans.of(
            (text, start, end, self._clauses[clause].rule)
            for text, clause, long in self._complete_ones(hits, hits.gate - first_gate)
            if (words := self._with_short(hits, text, clause, long))
            for start, end in standing_together(
                words, self._clauses[clause].together, self._ends(hits, text, clause, words)
            )
        )

    def _with_short(self, hits: Candidates, text: int, clause: int, words: list[Hit]) -> list[Hit]:
        """*words*, and the short words around them."""
        known = self._clauses[clause]
        if not known.short:
            return words
        found = [
            (origin + match.start(), origin + match.end(), group)
            for start, end in _stretches(words, known.together.within)
            for origin, stretch in (hits.folded(text, start, end),)
            for group, pattern in known.short.items()
            for match in pattern.finditer(stretch)
        ]
        return sorted({*words, *found})

    def _complete_ones(self, hits: Candidates, gate: Integers) -> Iterator[tuple[int, int, list[Hit]]]:
        """Texts and clauses of which every group has a hit, with these hits in their order."""
        clause, group = self._clause_of_gate[gate], self._group_of_gate[gate]
        order = np.lexsort((hits.end, hits.start, clause, hits.text))
        text, start, end = hits.text[order], hits.start[order], hits.end[order]
        clause, group = clause[order], group[order]
        new = np.ones(len(order), bool)
        new[1:] = (np.diff(text) != 0) | (np.diff(clause) != 0)
        kept = self._in_company(np.cumsum(new), clause, group, start)
        if not len(kept):
            return
        text, start, end, clause, group = text[kept], start[kept], end[kept], clause[kept], group[kept]
        new = np.append(True, (np.diff(text) != 0) | (np.diff(clause) != 0))
        begin = np.flatnonzero(new).tolist()
        for first, stop in pairwise([*begin, len(kept)]):
            words = zip(start[first:stop].tolist(), end[first:stop].tolist(), group[first:stop].tolist(), strict=True)
            yield int(text[first]), int(clause[first]), list(words)

    def _in_company(self, block: Integers, clause: Integers, group: Integers, start: Integers) -> Integers:
        """Places of hits within reach after one from which on every group that needs a hit has one within reach.

        Sorted by block (a text and a clause), then start. What words stand together lies among these.
        """
        if not len(start):
            return start
        reach = self._within[clause]
        key = block * (int(start.max()) + int(reach.max()) + 2) + start  # no reach leads into the next block
        opens = np.ones(len(key), bool)
        for number in range(int(group.max()) + 1):
            keys = key[group == number]
            following = np.append(keys, np.iinfo(np.int64).max)[np.searchsorted(keys, key)]
            opens &= (following - key < reach) | (self._needed[clause] >> number & 1 == 0)
        openers = key[opens]
        if not len(openers):
            return openers
        last = openers[np.maximum(np.searchsorted(openers, key, "right") - 1, 0)]
        return np.flatnonzero((last <= key) & (key - last < reach))

    def _ends(self, hits: Candidates, text: int, clause: int, words: Sequence[Hit]) -> list[int]:
        """Where sentences end between the first and the last of *words*; none when the clause does not ask."""
        together = self._clauses[clause].together
        if not together.sentence:
            return []
        return [
            origin + match.start()
            for start, end in _stretches(words, together.within)
            for origin, stretch in (hits.folded(text, start, end),)
            for match in _SENTENCE_END.finditer(stretch)
        ]


def _stretches(words: Sequence[Hit], reach: int) -> Iterator[tuple[int, int]]:
    """What lies within *reach* of the words, which are sorted: stretches that do not touch."""
    first, last = words[0][:2]
    for start, end, _ in words[1:]:
        if start - last > 2 * reach:
            yield first - reach, last + reach
            first = start
        last = max(last, end)
    yield first - reach, last + reach


def _is_short(word: str) -> bool:
    return len(word) < _GATE or (word.isascii() and len(word) <= _SHORT_LATIN)


def _written(words: Iterable[str], spellings: Spellings | None) -> Iterator[str]:
    for word in words:
        yield word
        yield from spellings.of(word) if spellings else ()


def standing_together(words: Sequence[Hit], together: Together, sentence_ends: Sequence[int]) -> list[tuple[int, int]]:
    """Return the spans in which *words* (sorted by start, then end) hold one of every group, none within another.

    From each word on, the next word of each group that is still missing is taken, if it begins where the last one
    ended or later. Of spans that overlap the tightest stay, then the leftmost.
    """
    found = {span for first in range(len(words)) if (span := _from(words, first, together, sentence_ends))}
    tight: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (-span[0], span[1])):  # from the right: what holds another goes
        if not tight or end < tight[-1][1]:
            tight.append((start, end))
    spans: list[tuple[int, int]] = []
    for start, end in reversed(tight):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end))
    return spans


def _from(words: Sequence[Hit], first: int, together: Together, sentence_ends: Sequence[int]) -> tuple[int, int] | None:
    begin, reached, group = words[first]
    place = bisect_right(sentence_ends, begin)
    limit = sentence_ends[place] if place < len(sentence_ends) else begin + together.within
    limit = min(limit, begin + together.within)
    missing = set(range(len(together.groups))) - {group}
    for following in range(first + 1, len(words)):
        start, end, group = words[following]
        if not missing or start > limit:
            break
        if group in missing and start >= reached and end <= limit:
            missing.remove(group)
            reached = end
    return (begin, reached) if not missing and reached <= begin + together.within else None

"""Clauses: words that say something only together.

Words of a clause hit often, their combination rarely. So the places of every group of words are laid out in order, and
of the rarest group of a clause only those are kept that have a place of each other group within reach: all at once,
from the rarest group to the most frequent. What is left is looked at one by one (`detectors.together`).

A word of one Chinese character is no gate, for it would hit everywhere. Its places are looked for only when a clause
has got as far as to ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.members import Members
from corpus_guard.core.rule import Rule, Together
from corpus_guard.detectors.pattern_rules import bounded
from corpus_guard.detectors.spans import Spans, lies_within
from corpus_guard.detectors.spellings import Spellings
from corpus_guard.detectors.together import Hit, standing_together
from corpus_guard.matching.views import View

_SENTENCE_END = re.compile(r"[。!?;\n]|\.(?=\s)")
_DEAR = 8
"""How much longer it takes to look at one place than at one of all places in a row."""

_Stretches = tuple[Integers, Integers]
"""Where words begin, ascending, and where each ends."""

Allowed = Mapping[tuple[int, int], Sequence[tuple[int, int]]]
"""(text, rule) -> spans of its allowed phrases."""


@dataclass(frozen=True)
class _Clause:
    """A clause of a rule; `groups` are numbers among all different groups of words.

    All words of the `gated` ones are gates, those of the `open` ones are not. `undone` matches a word that takes the
    meaning away.
    """

    rule: int
    together: Together
    groups: tuple[int, ...]
    gated: tuple[int, ...]
    open: tuple[int, ...]
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
        written = [_written(map(fold, words), spellings if evasion else None) for words, evasion in known]
        evasions = [evasion for _, evasion in known]
        rows = [
            (gate(word, squeeze=evasion and not is_short(word)), group, evasion and not is_short(word))
            for group, (words, evasion) in enumerate(zip(written, evasions, strict=True))
            for word in words
            if not _is_single(word)
        ]
        gates, self._group, opts_in = np.array(rows, np.int64).reshape(-1, 3).T
        self._opts_in = opts_in != 0
        self._gates = Members.of(gates, int(gates.max(initial=0)) + 1)
        single = [sorted(ord(word) for word in words if _is_single(word)) for words in written]
        self._single = [np.array(characters, np.int64) for characters in single]
        self._characters = np.array(sorted({character for some in single for character in some}), np.int64)
        self._clauses = [_clause(number, together, some, single, fold) for number, together, some in groups]
        self._asked = np.zeros((len(self._clauses), len(written)), bool)
        for row, clause in enumerate(self._clauses):
            self._asked[row, list(clause.gated)] = True

    def spans(self, hits: Candidates, allowed: Allowed) -> Spans:
        """Return where *hits* stand together; no word within a longer *allowed* phrase of its rule counts."""
        return Spans.of(
            (text, start, end, clause.rule)
            for clause, view, text, words in self._near_ones(hits)
            if (known := _without(words, allowed.get((text, clause.rule), ())))
            for start, end in standing_together(known, clause.together, _ends(view, text, known, clause.together))
            if not (clause.undone and clause.undone.search(hits.folded(text, start, end)[1]))
        )

    def _near_ones(self, hits: Candidates) -> Iterator[tuple[_Clause, View, int, list[Hit]]]:
        """Clauses and texts with words of every group near each other, and the words there in their order."""
        rows = np.flatnonzero(hits.gate < len(self._gates.first) - 1)
        place, member = self._gates.expand(hits.gate[rows])
        seen = np.flatnonzero(~hits.squeezed[rows[place]] | self._opts_in[member])
        place, group = rows[place[seen]], self._group[member[seen]]
        text, start, end = hits.text[place], hits.start[place], hits.end[place]
        for view in cast("Sequence[View]", hits.views):
            here = np.zeros(int(max(view.texts.max(), text.max(initial=0))) + 1, np.int64)
            here[view.texts] = view.starts + 1
            origin = here[text] - 1
            mine = np.flatnonzero(origin >= 0)
            columns = (group[mine], origin[mine] + start[mine], origin[mine] + end[mine])
            places = _Places(view, columns, self._single, _Singles(view, self._characters))
            likely = ~(self._asked & (places.sizes == 0)).any(axis=1)
            for index in np.flatnonzero(likely).tolist():
                for number, words in places.together(self._clauses[index]):
                    yield self._clauses[index], view, number, words


def _clause(
    rule: int,
    together: Together,
    groups: Sequence[int],
    single: Sequence[Sequence[int]],
    fold: Callable[[str], str],
) -> _Clause:
    distinct = dict.fromkeys(groups)
    gated = tuple(group for group in distinct if not single[group])
    undone = re.compile("|".join(bounded(fold(word)) for word in together.without)) if together.without else None
    return _Clause(rule, together, tuple(groups), gated, tuple(group for group in distinct if single[group]), undone)


class _Places:
    """Where the words of each group stand in one view: positions in the view, ascending."""

    def __init__(
        self, view: View, columns: tuple[Integers, Integers, Integers], single: Sequence[Integers], singles: _Singles
    ) -> None:
        """Take *columns* group, start, end of the words in *view*, in their order."""
        group, start, end = columns
        order = np.argsort(group.astype(np.uint16), kind="stable")
        self._view = view
        self._singles = singles
        self._single = single
        self.sizes = np.bincount(group, minlength=len(single))
        self._stop = np.cumsum(self.sizes)
        self._start, self._end = start[order], end[order]

    def together(self, clause: _Clause) -> Iterator[tuple[int, list[Hit]]]:
        """Yield texts and the words of *clause* in them that stand within reach of one of every other group."""
        reach = clause.together.within
        places = {group: self._of(group) for group in clause.gated}
        near = _all_near([starts for starts, _ in places.values()], reach)
        if near is not None and not len(near):
            return
        around = None if near is None else _around(near, reach, len(self._view.lane))
        places |= {group: self._with_singles(group, around) for group in clause.open}
        near = _all_near([starts for starts, _ in places.values()], reach)
        if near is not None and len(near):
            for begin, stop in zip(*(edge.tolist() for edge in _merged(near, reach)), strict=True):
                yield from self._words([places[group] for group in clause.groups], begin, stop)

    def _of(self, group: int) -> _Stretches:
        """Where the words of a group that are gates begin and end."""
        part = slice(int(self._stop[group] - self.sizes[group]), int(self._stop[group]))
        return self._start[part], self._end[part]

    def _with_singles(self, group: int, around: Integers | None) -> _Stretches:
        """Where all words of a group do; those of one character among the places *around*, if these are few."""
        characters = self._single[group]
        if around is not None:
            single = (
                around[np.isin(self._view.units[around], characters)] if self._view.units is not None else around[:0]
            )
        else:
            single = self._singles.places(characters)
        start, end = self._of(group)
        start, end = np.concatenate([start, single]), np.concatenate([end, single + 1])
        order = np.argsort(start, kind="stable")
        return start[order], end[order]

    def _words(self, groups: Sequence[_Stretches], begin: int, stop: int) -> Iterator[tuple[int, list[Hit]]]:
        """The words of *groups* that begin from *begin* to *stop*, text by text."""
        found: dict[int, set[Hit]] = {}
        for number, (starts, ends) in enumerate(groups):
            first, last = np.searchsorted(starts, [begin, stop + 1]).tolist()
            local = np.searchsorted(self._view.starts, starts[first:last], "right") - 1
            origin = self._view.starts[local]
            columns = (local, starts[first:last] - origin, ends[first:last] - origin)
            for place, start, end in zip(*(column.tolist() for column in columns), strict=True):
                found.setdefault(place, set()).add((start, end, number))
        for place in sorted(found):
            yield int(self._view.texts[place]), sorted(found[place])


class _Singles:
    """Where the words of one character stand in a view; looked for when first asked."""

    def __init__(self, view: View, characters: Integers) -> None:
        self._view = view
        self._characters = characters
        self._known: tuple[Integers, Integers] | None = None

    def places(self, characters: Integers) -> Integers:
        """Return where *characters* stand, those of each in order."""
        first, place = self._sorted()
        numbers = np.searchsorted(self._characters, characters).tolist()
        return np.concatenate([place[first[number] : first[number + 1]] for number in numbers])

    def _sorted(self) -> tuple[Integers, Integers]:
        if self._known is None:
            place, unit = self._view.places_of(self._characters)
            number = np.searchsorted(self._characters, unit)
            order = np.argsort(number.astype(np.uint16), kind="stable")
            first = np.searchsorted(number[order], np.arange(len(self._characters) + 1))
            self._known = first, place[order]
        return self._known


def _all_near(groups: Sequence[Integers], reach: int) -> Integers | None:
    """Those places of the smallest group that have one of every other within *reach*; None when there is no group."""
    near: Integers | None = None
    for starts in sorted(groups, key=len):
        near = starts if near is None else near[_any_within(starts, near, reach)]
    return near


def _around(near: Integers, reach: int, size: int) -> Integers | None:
    """Every place within *reach* of *near*; None where these are more than are gone through sooner than all."""
    first, last = _merged(near, reach)
    first, last = np.maximum(first, 0), np.minimum(last + 1, size)
    lengths = last - first
    if int(lengths.sum()) * _DEAR > size:
        return None
    places: Integers = np.arange(int(lengths.sum())) + np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    return places


def _any_within(starts: Integers, near: Integers, reach: int) -> npt.NDArray[np.bool_]:
    """Which of *near* have one of *starts* within *reach*."""
    following = np.append(starts, np.iinfo(np.int64).max)[np.searchsorted(starts, near - reach)]
    within: npt.NDArray[np.bool_] = following <= near + reach
    return within


def _merged(near: Integers, reach: int) -> tuple[Integers, Integers]:
    """Stretches within *reach* of ascending places, those that touch as one."""
    new = np.append(True, np.diff(near) > 2 * reach + 1)
    return near[new] - reach, near[np.append(np.flatnonzero(new)[1:] - 1, len(near) - 1)] + reach


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

"""Words that say something only together: where they stand, and where those of every group of a clause are near.

Words of a clause hit often, their combination rarely. So the words of every group are laid out in order, and along the
rarest group of a clause only those places are kept that have a word of each other group within reach. A word of one
Chinese character is no gate, for it would hit everywhere; its places are looked for near what has got as far as that.

This goes by a compiled function (`nearness.c`) where there is one, else column by column; either finds stretches that
hold all words of whatever stands together.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.members import Members
from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.views import View

_DEAR = 8
"""How much longer it takes to look at one place than at one of all places in a row."""

Stretches = Integers
"""Rows of the number of a clause, and the first and the last place of a stretch of a view."""


@dataclass(frozen=True)
class Near:
    """Words near each other: a row for each, in lots that have nothing to do with each other.

    clause, local  of each lot, local being the place of its text in the view
    first          where each lot begins, and where the last one ends
    start, end     of each word in its text;  group  which of the groups of its clause it belongs to
    """

    clause: Integers
    local: Integers
    first: Integers
    start: Integers
    end: Integers
    group: Integers


class _Clause(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_int32) for name in ("reach", "first", "gated", "count"))


@dataclass(frozen=True)
class Clauses:
    """Clauses and the groups of words they ask for.

    members  the words of each gate: a word is a place in `group` and `opts_in`
    group    which group each word belongs to
    opts_in  whether each word also counts where it was seen only after characters had been removed
    single   the characters of each group that are words by themselves, ascending
    asked    of each clause the groups it asks for, in their order
    reach    code points of each clause
    """

    members: Members
    group: Integers
    opts_in: npt.NDArray[np.bool_]
    single: Sequence[Integers]
    asked: Sequence[Sequence[int]]
    reach: Sequence[int]

    @cached_property
    def gated(self) -> Sequence[Sequence[int]]:
        """Of each clause the groups whose words all are gates, each once."""
        return [[one for one in dict.fromkeys(some) if not len(self.single[one])] for some in self.asked]

    @cached_property
    def open(self) -> Sequence[Sequence[int]]:
        """Of each clause the other groups, each once, those with the fewest words of one character first."""
        some = [[one for one in dict.fromkeys(groups) if len(self.single[one])] for groups in self.asked]
        return [sorted(groups, key=lambda group: len(self.single[group])) for groups in some]

    @cached_property
    def asks(self) -> npt.NDArray[np.bool_]:
        """Which groups (columns) each clause asks for that only gates find."""
        asks = np.zeros((len(self.gated), len(self.single)), bool)
        for row, groups in enumerate(self.gated):
            asks[row, list(groups)] = True
        return asks

    @cached_property
    def in_order(self) -> tuple[Integers, npt.NDArray[np.int32]]:
        """The groups of all clauses in their order, and where those of each clause begin."""
        begins = np.append(0, np.cumsum([len(groups) for groups in self.asked])).astype(np.int64)
        return begins, np.array([group for groups in self.asked for group in groups], np.int32)

    @cached_property
    def characters(self) -> Integers:
        """All characters that are words by themselves."""
        return np.unique(np.concatenate([*self.single, np.zeros(0, np.int64)]))

    @cached_property
    def laid_out(self) -> tuple[ctypes.Array[_Clause], npt.NDArray[np.int32]]:
        """The clauses as the compiled function takes them, and the groups of all of them."""
        groups: list[int] = []
        rows = []
        for gated, open_, reach in zip(self.gated, self.open, self.reach, strict=True):
            rows.append(_Clause(reach, len(groups), len(gated), len(gated) + len(open_)))
            groups += (*gated, *open_)
        return (_Clause * len(rows))(*rows), np.array(groups, np.int32)

    @cached_property
    def singles(self) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """A number for each unit that is a word; the row of each group, or -1; which numbers are words of each row."""
        numbers = np.zeros(2**16, np.uint16)
        numbers[self.characters] = np.arange(1, len(self.characters) + 1)
        some = [group for group, characters in enumerate(self.single) if len(characters)]
        rows = np.full(len(self.single), -1, np.int32)
        rows[some] = np.arange(len(some))
        words = np.zeros((len(some), len(self.characters) + 1), np.uint8)
        for row, group in enumerate(some):
            words[row, numbers[self.single[group]]] = 1
        return numbers, rows, words

    @cached_property
    def drives(self) -> npt.NDArray[np.uint8]:
        """A bit for each unit that is a word of the first group of a clause that has no gated one."""
        drives = np.zeros(2**16, bool)
        for gated, open_ in zip(self.gated, self.open, strict=True):
            if not gated:
                drives[self.single[open_[0]]] = True
        return np.packbits(drives, bitorder="little")


@dataclass(frozen=True)
class Words:
    """Words in a view: those of group i begin at `starts[first[i] : first[i + 1]]`, ascending, and end at `ends[…]`."""

    first: Integers
    starts: Integers
    ends: Integers

    def of(self, group: int) -> tuple[Integers, Integers]:
        """Return where the words of a group begin and end."""
        part = slice(int(self.first[group]), int(self.first[group + 1]))
        return self.starts[part], self.ends[part]


def words_in(view: View, hits: Candidates, clauses: Clauses) -> Words:
    """Return the words that *hits* in *view* are."""
    origin = np.full(int(max(view.texts.max(), hits.text.max(initial=0))) + 1, -1)
    origin[view.texts] = view.starts
    functions = library()
    if functions is None:
        return _words_in_columns(origin, hits, clauses)
    columns = [np.ascontiguousarray(column) for column in (hits.gate, hits.text, hits.start, hits.end, hits.squeezed)]
    members, groups = clauses.members, len(clauses.single)
    first, room = np.empty(groups + 1, np.int64), 4 * len(hits)
    while True:
        starts, ends = np.empty(room, np.int64), np.empty(room, np.int64)
        found = functions.place_words(
            *map(pointer, columns), number(len(hits)), pointer(origin), pointer(members.first),
            pointer(members.member), number(len(members.first) - 1), pointer(clauses.group), pointer(clauses.opts_in),
            number(groups), pointer(first), pointer(starts), pointer(ends), number(room),
        )  # fmt: skip
        if found <= room:
            return Words(first, starts[:found], ends[:found])
        room = found


def _words_in_columns(origin: Integers, hits: Candidates, clauses: Clauses) -> Words:
    rows = np.flatnonzero((hits.gate < len(clauses.members.first) - 1) & (origin[hits.text] >= 0))
    place, member = clauses.members.expand(hits.gate[rows])
    seen = np.flatnonzero(~hits.squeezed[rows[place]] | clauses.opts_in[member])
    place, group = rows[place[seen]], clauses.group[member[seen]]
    order = np.argsort(group, kind="stable")
    first = np.append(0, np.cumsum(np.bincount(group, minlength=len(clauses.single))))
    begin, place = origin[hits.text[place[order]]], place[order]
    return Words(first, begin + hits.start[place], begin + hits.end[place])


def near_each_other(view: View, words: Words, clauses: Clauses) -> Near:
    """Return the words of each clause that stand near one of each of its groups, each once, in their order.

    Whatever stands together within reach is in one lot, with every word of the clause between.
    """
    found = _stretches(view, words, clauses)
    stretch, group, start, end = _within(view, words, clauses, found).T
    clause, local = found[stretch, 0], np.searchsorted(view.starts, start, "right") - 1
    order = np.lexsort((group, end, start, clause))
    columns = [column[order] for column in (clause, local, start, end, group)]
    changes = [np.append(True, np.diff(column) != 0)[: len(order)] for column in columns]
    new = np.flatnonzero(np.any(changes, axis=0))
    clause, local, start, end, group = (column[new] for column in columns)
    apart = np.diff(start) > np.array(clauses.reach, np.int64)[clause[1:]]
    first = np.append(0, np.flatnonzero((np.diff(clause) != 0) | (np.diff(local) != 0) | apart) + 1)[: len(clause)]
    origin = view.starts[local]
    return Near(clause[first], local[first], np.append(first, len(clause)), start - origin, end - origin, group)


def _stretches(view: View, words: Words, clauses: Clauses) -> Stretches:
    """The stretches of *view* that hold words of every group of a clause, as far as its reach goes."""
    functions = library()
    if functions is None:
        return _stretches_in_columns(view, words, clauses)
    laid_out, groups = clauses.laid_out
    hints, open_, room = np.empty(len(groups), np.int64), np.empty((len(laid_out), 2), np.int64), 256
    while True:
        found = np.empty((room, 3), np.int64)
        count = functions.near_words(
            ctypes.byref(laid_out), number(len(laid_out)), pointer(groups), pointer(words.first),
            pointer(words.starts), *_units(view, clauses), pointer(clauses.drives),
            pointer(hints), pointer(open_), pointer(found), number(room),
        )  # fmt: skip
        if count <= room:
            reach = np.array(clauses.reach, np.int64)[found[:count, 0]]
            return found[:count] + np.stack([np.zeros_like(reach), -reach, reach], axis=1)
        room = count


def _within(view: View, words: Words, clauses: Clauses, found: Stretches) -> Integers:
    """Rows stretch, number of the group in its clause, start, end of the words of clauses that begin in *found*."""
    functions = library()
    if functions is None:
        return _within_in_columns(view, words, clauses, found)
    begins, groups = clauses.in_order
    room = 16 * len(found)
    while True:
        rows = np.empty((room, 4), np.int64)
        count = functions.words_within(
            pointer(found), number(len(found)), pointer(begins), pointer(groups), pointer(words.first),
            pointer(words.starts), pointer(words.ends), *_units(view, clauses), pointer(rows), number(room),
        )  # fmt: skip
        if count <= room:
            return rows[:count]
        room = count


def _units(view: View, clauses: Clauses) -> tuple[ctypes.c_void_p | ctypes.c_int64, ...]:
    """What compiled functions ask for to see words of one character."""
    tables = map(pointer, clauses.singles)
    return pointer(view.units), number(len(view.lane)), *tables, number(len(clauses.characters) + 1)


def _stretches_in_columns(view: View, words: Words, clauses: Clauses) -> Stretches:
    singles = _Singles(view, clauses.characters)
    parts = [np.zeros((0, 3), np.int64)]
    for index in np.flatnonzero(~(clauses.asks & (np.diff(words.first) == 0)).any(axis=1)).tolist():
        near = _near(view, words, clauses, index, singles)
        if len(near):
            begin, stop = _merged(near, clauses.reach[index])
            parts.append(np.stack([np.full(len(begin), index), begin, stop], axis=1))
    return np.concatenate(parts)


def _within_in_columns(view: View, words: Words, clauses: Clauses, found: Stretches) -> Integers:
    rows = []
    for stretch, (clause, begin, stop) in enumerate(found.tolist()):
        for place, group in enumerate(clauses.asked[clause]):
            starts, ends = words.of(group)
            known = slice(*np.searchsorted(starts, [begin, stop + 1]).tolist())
            rows += [(stretch, place, *span) for span in zip(starts[known].tolist(), ends[known].tolist(), strict=True)]
            if view.units is not None and len(clauses.single[group]):
                least = max(0, begin)
                single = np.flatnonzero(np.isin(view.units[least : stop + 1], clauses.single[group]))
                rows += [(stretch, place, least + at, least + at + 1) for at in single.tolist()]
    return np.array(rows, np.int64).reshape(-1, 4)


def _near(view: View, words: Words, clauses: Clauses, index: int, singles: _Singles) -> Integers:
    """Places with words of every group of a clause within its reach."""
    reach = clauses.reach[index]
    places = [words.of(group)[0] for group in clauses.gated[index]]
    near = _all_near(places, reach)
    if near is not None and not len(near):
        return near
    around = None if near is None else _around(near, reach, len(view.lane))
    for group in clauses.open[index]:
        characters = clauses.single[group]
        if around is None:
            single = singles.places(characters)
        else:
            single = around[np.isin(view.units[around], characters)] if view.units is not None else around[:0]
        places.append(np.sort(np.concatenate([words.of(group)[0], single]), kind="stable"))
    near = _all_near(places, reach)
    return np.zeros(0, np.int64) if near is None else near


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
        return np.concatenate([place[first[one] : first[one + 1]] for one in numbers])

    def _sorted(self) -> tuple[Integers, Integers]:
        if self._known is None:
            place, unit = self._view.places_of(self._characters)
            order = np.argsort(unit, kind="stable")
            first = np.searchsorted(unit[order], np.append(self._characters, 2**16))
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

"""All gates of all detectors in one pass over the folded characters of a whole batch.

Literals with a Chinese (or any non-ASCII) character run over the 16-bit units; ASCII literals and pattern gates run
over the one-byte lane, where English and digits cost half. Literals are found by a compiled function, where there is
one (`native`). Patterns that match nothing without a digit have a database of their own (`digits`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import hyperscan
import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.folding import Folding
from corpus_guard.core.members import Members
from corpus_guard.matching.compiled import library
from corpus_guard.matching.digits import NearDigits, width_near_digits
from corpus_guard.matching.lanes import Hits, LiteralLane, PatternLane
from corpus_guard.matching.native import APART, NativeLane
from corpus_guard.matching.squeezed import Squeezer
from corpus_guard.matching.tables import BORDER, WORD
from corpus_guard.matching.views import View

_Key = tuple[str, bool, bool, bool]
"""Expression, whether it is a literal, whether that is whole, whether it is of words: what gates may share."""

_Literals = LiteralLane | NativeLane
_Patterns = NearDigits | PatternLane
_NONE: Integers = np.zeros(0, np.int64)
_TEXT_SHIFT = 40
_WORD = frozenset(map(chr, np.flatnonzero(WORD[:128]).tolist()))


def gate_fault(expression: str) -> str:
    """Return why the pattern gate *expression* cannot be compiled; empty when it can."""
    try:
        PatternLane([expression])
    except UnicodeEncodeError:
        return "a pattern gate is matched over folded ASCII; write its Chinese words as terms"
    except hyperscan.error as error:
        return f"Hyperscan does not take it ({error}); it knows no look-around, back-reference or possessive quantifier"
    return ""


class Matcher:
    """Compiled gates. `candidates` may be called from several threads at once."""

    def __init__(self, gates: Mapping[str, Sequence[Gate]], folding: Folding) -> None:
        """Compile the gates of each detector, by its name."""
        self._detectors = tuple(gates)
        opted = [gate.expression for some in gates.values() for gate in some if gate.squeeze]
        self._squeezer = Squeezer(opted, folding)
        known: dict[_Key, int] = {}
        owners = _Owners.of(gates, known)
        kinds = _by_kind(known)
        near, rest = _near_digits(kinds.patterns)
        with ThreadPoolExecutor(2) as compilers:  # Hyperscan lets go of the interpreter while it compiles
            digits = compilers.submit(NearDigits, [key[0] for key in near])
            others = compilers.submit(PatternLane, *([key[0] for key in some] for some in (rest, kinds.anywhere)))
            lanes = ((_lane(kinds.words, 1), kinds.words), (_lane(kinds.wide, 2), kinds.wide), _plain(kinds.single, 2))
            self._literals = [(lane, owners.among([known[key] for key in some])) for lane, some in lanes]
            words = {*opted}
            inside, some = _plain([key for key in kinds.anywhere if key[0] in words], 1)
            self._inside = inside, owners.among([known[key] for key in some])
            together: Sequence[tuple[_Patterns, Sequence[_Key]]]
            together = (digits.result(), near), (others.result(), [*rest, *kinds.anywhere])
            self._patterns = [(lane, owners.among([known[key] for key in some])) for lane, some in together]

    def candidates(self, views: Sequence[View]) -> dict[str, Candidates]:
        """Return, for each detector, where its gates hit."""
        tables = [part for view in views for part in self._in_view(view)]
        merged = [np.concatenate([table[column] for table in tables]) for column in range(6)] if tables else []
        result = {}
        for number, name in enumerate(self._detectors):
            mine = np.flatnonzero(merged[0] == number) if tables else _NONE
            gate, text, start, end, squeezed = [column[mine] for column in merged[1:]] if tables else [_NONE] * 5
            order = _in_order(text << _TEXT_SHIFT | start, end, gate << 1 | squeezed)
            result[name] = Candidates(
                gate[order], text[order], start[order], end[order], squeezed[order].astype(bool), views
            )
        return result

    def _in_view(self, view: View) -> Iterable[tuple[Integers, ...]]:
        for lane, owners in self._literals:
            yield _seen(view, lane, owners, lane.scan(view.units if lane.width > 1 else view.lane, view.lane))
        for patterns, owners in self._patterns:
            yield _seen(view, patterns, owners, patterns.scan(view.lane))
        squeezed = self._squeezer.squeeze(view)
        if squeezed is None:
            return
        for lane, owners in (*self._literals, self._inside):
            hits = lane.scan(squeezed.units if lane.width > 1 else squeezed.lane, squeezed.lane, anywhere=True)
            known = owners.squeeze[hits.expression]
            expression, last = hits.expression[known], hits.end[known]
            length = lane.lengths[expression]
            start, end = squeezed.back(last - length, last)
            across = np.flatnonzero((end - start > length) & _whole(view, owners.ends[expression], start, end))
            yield _table(view, owners, expression[across], start[across], end[across], squeezed=True)


def _in_order(place: Integers, end: Integers, gate: Integers) -> Integers:
    """The order by place, end and gate; hits come in a few ascending runs, and few begin at the same place."""
    order = np.argsort(place, kind="stable")
    placed = place[order]
    same = np.zeros(len(order) + 1, bool)
    same[1:-1] = placed[1:] == placed[:-1]
    tied = np.flatnonzero(same[1:] | same[:-1])
    some = order[tied]
    order[tied] = some[np.lexsort((gate[some], end[some], place[some]))]
    return order


class _Kinds(NamedTuple):
    """Gates by how they are looked for.

    words     literals of ASCII that begin where a word does, or with another character
    anywhere  other literals of ASCII: they make every letter a beginning, which `native` is not good at
    wide      literals with other characters;  single  those of one character
    """

    words: list[_Key]
    anywhere: list[_Key]
    wide: list[_Key]
    single: list[_Key]
    patterns: list[_Key]


def _key(gate: Gate) -> _Key:
    """What *gate* may share with others; without compiled functions words that may be apart are a pattern."""
    if gate.words and library() is None:
        words = map(re.escape, gate.expression.split(" "))
        return "(^|[^a-z0-9])" + rf"[^a-z0-9{BORDER}]+".join(words), False, False, False
    return gate.expression, gate.literal, gate.whole, gate.words


def _by_kind(keys: Iterable[_Key]) -> _Kinds:
    kinds = _Kinds([], [], [], [], [])
    for key in keys:
        expression, literal, whole, words = key
        if not literal:
            kinds.patterns.append(key)
        elif words:
            kinds.words.append(key)
        elif not expression.isascii():
            (kinds.wide if len(expression) > 1 else kinds.single).append(key)
        elif whole or expression[0] not in _WORD:
            kinds.words.append(key)
        else:
            kinds.anywhere.append(key)
    return kinds


def _lane(keys: Sequence[_Key], width: int) -> _Literals:
    if library() is None:
        return _plain(keys, width)[0]
    return NativeLane([key[0] for key in keys], width, _ends(keys))


def _plain(keys: Sequence[_Key], width: int) -> tuple[LiteralLane, Sequence[_Key]]:
    return LiteralLane([key[0] for key in keys], width), keys


def _ends(keys: Iterable[_Key]) -> list[int]:
    """Which ends of each literal may not lie inside an English word: 1 the first, 2 the last; or `APART`."""
    return [
        APART if words else (literal[0] in _WORD) | (literal[-1] in _WORD) << 1 if whole and literal else 0
        for literal, _, whole, words in keys
    ]


def _near_digits(patterns: Sequence[_Key]) -> tuple[list[_Key], list[_Key]]:
    """The patterns that are looked for near digits alone, and the others."""
    near = {key: width_near_digits(key[0]) is not None for key in patterns}
    return [key for key in patterns if near[key]], [key for key in patterns if not near[key]]


@dataclass(frozen=True)
class _Owners:
    """Which gates of which detectors share each expression: a row for each gate.

    `ends` says which ends of an expression may not lie inside an English word: 1 the first, 2 the last.
    """

    members: Members
    detector: Integers
    gate: Integers
    opts_in: npt.NDArray[np.bool_]
    ends: Integers

    @classmethod
    def of(cls, gates: Mapping[str, Sequence[Gate]], known: dict[_Key, int]) -> _Owners:
        """Return the owners of all expressions of *gates*, and number these in *known*."""
        flat = [gate for some in gates.values() for gate in some]
        sizes = [len(some) for some in gates.values()]
        keys = map(_key, flat)
        expression = np.fromiter((known.setdefault(key, len(known)) for key in keys), np.int64, len(flat))
        members = Members.of(expression, len(known) + 1)  # and one without owners
        detector = np.repeat(np.arange(len(sizes)), sizes)
        gate = np.concatenate([np.arange(size) for size in sizes]) if sizes else expression
        opts_in = np.array([gate.squeeze for gate in flat], bool)
        return cls(members, detector, gate, opts_in, np.array([*_ends(known), 0], np.int64))

    def among(self, numbers: Sequence[int]) -> _Owners:
        """Return the owners of some expressions, which are numbered anew."""
        chosen = np.array(numbers, np.int64)
        number, row = self.members.expand(chosen)
        members = Members(np.append(0, np.cumsum(np.bincount(number, minlength=len(chosen)))), row)
        return replace(self, members=members, ends=self.ends[chosen])

    @cached_property
    def squeeze(self) -> npt.NDArray[np.bool_]:
        """Which expressions have an owner that opted in to the squeezed view."""
        return np.diff(np.append(0, np.cumsum(self.opts_in[self.members.member]))[self.members.first]) > 0


def _seen(view: View, lane: _Literals | _Patterns, owners: _Owners, hits: Hits) -> tuple[Integers, ...]:
    """Hits as they stand in the view."""
    expression, start, end = hits.expression, hits.end - lane.lengths[hits.expression], hits.end
    if not isinstance(lane, NativeLane):  # which has left out those within words
        whole = np.flatnonzero(_whole(view, owners.ends[expression], start, end))
        expression, start, end = expression[whole], start[whole], end[whole]
    return _table(view, owners, expression, start, end, squeezed=False)


def _table(
    view: View, owners: _Owners, expression: Integers, start: Integers, end: Integers, *, squeezed: bool
) -> tuple[Integers, ...]:
    """Columns detector, gate, text, start, end, squeezed of the hits that lie within one text."""
    if not len(expression):
        return (_NONE,) * 6
    local = np.searchsorted(view.starts, np.minimum(start, end - 1), "right") - 1
    within = np.flatnonzero((local >= 0) & (end <= view.ends[local]))
    local = local[within]
    origin = view.starts[local]
    start, end, text = start[within] - origin, end[within] - origin, view.texts[local]
    hit, owner = owners.members.expand(expression[within])
    if squeezed:
        opted = owners.opts_in[owner]
        hit, owner = hit[opted], owner[opted]
    flag = np.full(len(hit), int(squeezed))
    return owners.detector[owner], owners.gate[owner], text[hit], start[hit], end[hit], flag


def _whole(view: View, ends: Integers, start: Integers, end: Integers) -> npt.NDArray[np.bool_]:
    """Which hits have no letter or digit of an English word beside the ends that may not lie inside one."""
    before = WORD[view.lane[np.maximum(start - 1, 0)]] & (start > 0)
    after = WORD[view.lane[np.minimum(end, len(view.lane) - 1)]]  # a pattern may end behind the last border
    cut: npt.NDArray[np.bool_] = (before & ((ends & 1) != 0)) | (after & ((ends & 2) != 0))
    return ~cut

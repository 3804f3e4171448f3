"""All gates of all detectors in one pass over the folded characters of a whole batch.

Literals with a Chinese (or any non-ASCII) character run over the 16-bit units; ASCII literals and pattern gates run
over the one-byte lane, where English and digits cost half. Literals are found by a compiled function, where there is
one (`native`). Patterns that match nothing without a digit have a database of their own (`digits`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import hyperscan
import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.folding import Folding
from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.digits import NearDigits, width_near_digits
from corpus_guard.matching.expressions import Expressions, Owners, Shared
from corpus_guard.matching.lanes import Hits, LiteralLane, PatternLane
from corpus_guard.matching.native import NativeLane
from corpus_guard.matching.squeezed import Squeezer
from corpus_guard.matching.tables import WORD
from corpus_guard.matching.views import View

_Literals = LiteralLane | NativeLane
_Patterns = NearDigits | PatternLane
_NONE: Integers = np.zeros(0, np.int64)
_TEXT_SHIFT = 40


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
        shared = Shared.of(gates, compiled=library() is not None)
        known, owners = shared.expressions, shared.owners
        kinds = known.kinds
        near = np.array([number for number in kinds.patterns.tolist() if _is_near(known.texts[number])], np.int64)
        rest = np.setdiff1d(kinds.patterns, near)
        with ThreadPoolExecutor(2) as compilers:  # Hyperscan lets go of the interpreter while it compiles
            digits = compilers.submit(NearDigits, known.some(near))
            others = compilers.submit(PatternLane, known.some(rest), known.some(kinds.anywhere))
            self._squeezer = Squeezer(shared.opted, folding)
            lanes = (
                _lane(known, kinds.words, 1),
                _lane(known, kinds.wide, 2),
                LiteralLane(known.some(kinds.single), 2),
            )
            whose = map(owners.among, (kinds.words, kinds.wide, kinds.single))
            self._literals = [*zip(lanes, whose, strict=True)]
            inside = kinds.anywhere[owners.squeeze[kinds.anywhere]]
            self._inside = LiteralLane(known.some(inside), 1), owners.among(inside)
            self._patterns: list[tuple[_Patterns, Owners]] = [
                (digits.result(), owners.among(near)),
                (others.result(), owners.among(np.append(rest, kinds.anywhere))),
            ]

    def candidates(self, views: Sequence[View]) -> dict[str, Candidates]:
        """Return, for each detector, where its gates hit."""
        tables = [part for view in views for part in self._in_view(view)]
        merged = [np.concatenate([table[column] for table in tables]) for column in range(6)] if tables else []
        result = {}
        for detector, name in enumerate(self._detectors):
            mine = np.flatnonzero(merged[0] == detector) if tables else _NONE
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


def _lane(known: Expressions, numbers: Integers, width: int) -> _Literals:
    if library() is None:
        return LiteralLane(known.some(numbers), width)
    return NativeLane(known.some(numbers), width, known.ends[numbers])


def _is_near(pattern: str) -> bool:
    """Whether a pattern is looked for near digits alone."""
    return width_near_digits(pattern) is not None


def _seen(view: View, lane: _Literals | _Patterns, owners: Owners, hits: Hits) -> tuple[Integers, ...]:
    """Hits as they stand in the view."""
    expression, start, end = hits.expression, hits.end - lane.lengths[hits.expression], hits.end
    if not isinstance(lane, NativeLane):  # which has left out those within words
        whole = np.flatnonzero(_whole(view, owners.ends[expression], start, end))
        expression, start, end = expression[whole], start[whole], end[whole]
    return _table(view, owners, expression, start, end, squeezed=False)


def _table(
    view: View, owners: Owners, expression: Integers, start: Integers, end: Integers, *, squeezed: bool
) -> tuple[Integers, ...]:
    """Columns detector, gate, text, start, end, squeezed of the hits that lie within one text."""
    if not len(expression):
        return (_NONE,) * 6
    functions = library()
    if functions is None:
        return _table_in_columns(view, owners, expression, start, end, squeezed=squeezed)
    hits, room = [np.ascontiguousarray(column) for column in (expression, start, end)], 2 * len(expression)
    places, members = (view.starts, view.ends, view.texts), owners.members
    known = (members.first, members.member, owners.detector, owners.gate, owners.opts_in)
    while True:
        columns = np.empty((5, room), np.int64)
        found = functions.place_hits(
            *map(pointer, hits), number(len(expression)), *map(pointer, places), number(len(view.texts)),
            *map(pointer, known), ctypes.c_int32(squeezed), pointer(columns), number(room),
        )  # fmt: skip
        if found <= room:
            return *columns[:, :found], np.full(found, int(squeezed))
        room = found


def _table_in_columns(
    view: View, owners: Owners, expression: Integers, start: Integers, end: Integers, *, squeezed: bool
) -> tuple[Integers, ...]:
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

"""All gates of all detectors in one pass over the folded characters of a whole batch.

Literals with a Chinese (or any non-ASCII) character run over the 16-bit units; ASCII literals and pattern gates run
over the one-byte lane, where English and digits cost half. Patterns are in several databases: together they are slower,
to compile as to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import hyperscan
import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.folding import Folding
from corpus_guard.matching.lanes import Hits, LiteralLane, PatternLane
from corpus_guard.matching.squeezed import spelling_gate, squeeze
from corpus_guard.matching.views import View

_Key = tuple[str, bool]
_SPELLING = 0
_LONG_REPEAT = re.compile(r"\{(?:[2-9][0-9]|1[0-9]{2})")
_NONE: Integers = np.zeros(0, np.int64)


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
        """Compile the gates of each detector, by its name, and the pass's own for words spelled letter by letter."""
        self._detectors = tuple(gates)
        opted = [gate.expression for some in gates.values() for gate in some if gate.squeeze]
        self._reach = max(map(len, opted), default=0)
        known: dict[_Key, int] = {}
        owners = _Owners.of(gates, known)
        spelling = (spelling_gate(folding), False)
        if spelling[0] and any(expression.isascii() for expression in opted):
            known.setdefault(spelling, len(known))
        literals, patterns = _literals(known), _patterns(known, spelling)
        with ThreadPoolExecutor(len(patterns)) as compilers:  # Hyperscan lets go of the interpreter while it compiles
            compiled = compilers.map(PatternLane, [[key[0] for key in some] for some in patterns])
            self._literals = [
                (LiteralLane([key[0] for key in some], width), owners.among([known[key] for key in some]))
                for width, some in literals.items()
            ]
            lanes = zip(compiled, patterns, strict=True)
            self._patterns = [(lane, owners.among([known[key] for key in some])) for lane, some in lanes]

    def candidates(self, views: Sequence[View]) -> dict[str, Candidates]:
        """Return, for each detector, where its gates hit."""
        tables = [part for view in views for part in self._in_view(view)]
        merged = [np.concatenate([table[column] for table in tables]) for column in range(8)] if tables else []
        result = {}
        for number, name in enumerate(self._detectors):
            mine = merged[0] == number if tables else np.zeros(0, bool)
            columns = [column[mine] for column in merged[1:]] if tables else [np.zeros(0, np.int64)] * 7
            gate, text, start, end, squeezed, before, after = columns
            order = np.lexsort((squeezed, gate, end, start, text))
            result[name] = Candidates(
                gate[order], text[order], start[order], end[order], squeezed[order].astype(bool),
                before[order].astype(np.uint8), after[order].astype(np.uint8), views,
            )  # fmt: skip
        return result

    def _in_view(self, view: View) -> Iterable[tuple[Integers, ...]]:
        spelled = _NONE
        for lane, owners in self._literals:
            yield _seen(view, lane, owners, lane.scan(view.units if lane.width > 1 else view.lane))
        for number, (patterns, owners) in enumerate(self._patterns):
            hits = patterns.scan(view.lane)
            yield _seen(view, patterns, owners, hits)
            spelled = hits.end if number == _SPELLING else spelled
        squeezed = squeeze(view, spelled, self._reach) if self._reach else None
        if squeezed is None:
            return
        for lane, owners in self._literals:
            hits = lane.scan(squeezed.units if lane.width > 1 else squeezed.lane)
            known = owners.squeeze[hits.expression]
            expression, last = hits.expression[known], hits.end[known]
            length = lane.lengths[expression]
            start, end = squeezed.back(last - length, last)
            across = end - start > length
            yield _table(view, owners, expression[across], start[across], end[across], squeezed=True)


def _literals(keys: Iterable[_Key]) -> dict[int, list[_Key]]:
    """Literals by the width of the characters they are matched over."""
    known = [key for key in keys if key[1]]
    return {1: [key for key in known if key[0].isascii()], 2: [key for key in known if not key[0].isascii()]}


def _patterns(keys: Iterable[_Key], spelling: _Key) -> list[list[_Key]]:
    """Patterns that are matched together.

    One pattern can take from all others of its database the means by which Hyperscan skips text. So these stand apart:
    that of the pass itself, those that begin with letters of any kind, and those that repeat a class often.
    """
    patterns = [key for key in keys if not key[1] and key != spelling]
    letters = [key for key in patterns if key[0].startswith("[a-z]{")]
    long = [key for key in patterns if key not in letters and _LONG_REPEAT.search(key[0])]
    rest = [key for key in patterns if key not in letters and key not in long]
    return [[key for key in keys if key == spelling], letters, long, rest]


@dataclass(frozen=True)
class _Owners:
    """Which gates of which detectors share each expression: those from `first[i]` on are the owners of number i."""

    first: Integers
    detector: Integers
    gate: Integers
    opts_in: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, gates: Mapping[str, Sequence[Gate]], known: dict[_Key, int]) -> _Owners:
        """Return the owners of all expressions of *gates*, and number these in *known*."""
        flat = [gate for some in gates.values() for gate in some]
        sizes = [len(some) for some in gates.values()]
        expression = np.array([known.setdefault(gate[:2], len(known)) for gate in flat], np.int64)
        order = np.argsort(expression, kind="stable")
        first = np.append(0, np.cumsum(np.bincount(expression, minlength=len(known) + 1)))  # and one without owners
        detector = np.repeat(np.arange(len(sizes)), sizes)
        gate = np.concatenate([np.arange(size) for size in sizes]) if sizes else expression
        return cls(first, detector[order], gate[order], np.array([gate.squeeze for gate in flat], bool)[order])

    def among(self, numbers: Sequence[int]) -> _Owners:
        """Return the owners of some expressions, which are numbered anew."""
        chosen = np.array(numbers, np.int64)
        owner, count = self.expand(chosen)[1], self.first[chosen + 1] - self.first[chosen]
        return _Owners(np.append(0, np.cumsum(count)), self.detector[owner], self.gate[owner], self.opts_in[owner])

    @cached_property
    def squeeze(self) -> npt.NDArray[np.bool_]:
        """Which expressions have an owner that opted in to the squeezed view."""
        return np.diff(np.append(0, np.cumsum(self.opts_in))[self.first]) > 0

    def expand(self, expression: Integers) -> tuple[Integers, Integers]:
        """Return (index of the hit, number of the owner) for every owner of every hit."""
        count = self.first[expression + 1] - self.first[expression]
        hit = np.repeat(np.arange(len(expression)), count)
        within = np.arange(len(hit)) - np.repeat(np.cumsum(count) - count, count)
        return hit, self.first[expression[hit]] + within


def _seen(view: View, lane: LiteralLane | PatternLane, owners: _Owners, hits: Hits) -> tuple[Integers, ...]:
    """Hits as they stand in the view."""
    start = hits.end - lane.lengths[hits.expression]
    return _table(view, owners, hits.expression, start, hits.end, squeezed=False)


def _table(
    view: View, owners: _Owners, expression: Integers, start: Integers, end: Integers, *, squeezed: bool
) -> tuple[Integers, ...]:
    """Columns detector, gate, text, start, end, squeezed, before, after of the hits that lie within one text."""
    hit, owner = owners.expand(expression)
    if squeezed:
        opted = owners.opts_in[owner]
        hit, owner = hit[opted], owner[opted]
    start, end = start[hit], end[hit]
    local = np.searchsorted(view.starts, start, "right") - 1
    local = np.where(start == end, np.searchsorted(view.starts, end - 1, "right") - 1, local)
    within = (local >= 0) & (end <= view.ends[local])
    hit, owner, start, end, local = hit[within], owner[within], start[within], end[within], local[within]
    origin = view.starts[local]
    before = view.lane[np.maximum(start - 1, 0)].astype(np.int64)
    before[start == origin] = 0x1E
    after = view.lane[end].astype(np.int64)
    flag = np.full(len(hit), int(squeezed))
    return (
        owners.detector[owner], owners.gate[owner], view.texts[local], start - origin, end - origin, flag, before, after
    )  # fmt: skip

"""All gates of all detectors in one pass: Hyperscan over the folded characters of a whole batch.

Literals with a Chinese (or any non-ASCII) character run over the 16-bit units; ASCII literals and pattern gates run
over the one-byte lane, where English and digits cost half, in several databases: together they are slower, to compile
as to run. All are compiled in each process; nothing compiled is ever loaded from disk.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import hyperscan
import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.folding import Folding
from corpus_guard.matching.squeezed import spelling_gate, squeeze
from corpus_guard.matching.views import View

_ID_BITS = 24
_SPELLING, _OTHERS = 0, 1
_LONG_REPEAT = re.compile(r"\{(?:[2-9][0-9]|1[0-9]{2})")
_NONE: Integers = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Hits:
    """Hits in one view: numbers of the expressions, and positions just after the match."""

    expression: Integers
    end: Integers


class _Lane:
    """One Hyperscan database over characters of *width* bytes."""

    def __init__(self, expressions: Sequence[str], literal: Sequence[bool], width: int) -> None:
        self.width = width
        self.lengths = np.array(
            [len(e) if known else 0 for e, known in zip(expressions, literal, strict=True)], np.int64
        )
        self._database: hyperscan.Database | None = None
        self._scratch = threading.local()
        if expressions:
            encoded = [
                _escaped(expression, width) if is_literal else expression.encode("ascii")
                for expression, is_literal in zip(expressions, literal, strict=True)
            ]
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            self._database.compile(
                expressions=encoded,
                ids=list(range(len(encoded))),
                elements=len(encoded),
                flags=[hyperscan.HS_FLAG_DOTALL] * len(encoded),
            )

    def scan(self, characters: npt.NDArray[np.generic] | None) -> _Hits:
        """Return every hit in *characters*, which must be `width` bytes each."""
        found: list[int] = []
        if self._database is not None and characters is not None and len(characters):
            append = found.append

            def on_match(expression: int, _start: int, end: int, _flags: int, _context: object) -> None:
                append(end << _ID_BITS | expression)

            data: Any = characters.data.cast("B")
            self._database.scan(data, match_event_handler=on_match, scratch=self._own_scratch())
        packed = np.array(found, np.int64)
        end = packed >> _ID_BITS
        aligned = end % self.width == 0
        return _Hits((packed & ((1 << _ID_BITS) - 1))[aligned], end[aligned] // self.width)

    def _own_scratch(self) -> Any:
        """Hyperscan forbids two threads in one scratch space."""
        if not hasattr(self._scratch, "space"):
            self._scratch.space = hyperscan.Scratch(self._database)
        return self._scratch.space


def _escaped(literal: str, width: int) -> bytes:
    data = literal.encode("utf-16-le", "surrogatepass") if width == 2 else literal.encode("ascii")
    return rb"\x" + data.hex(" ").replace(" ", r"\x").encode()


def gate_fault(expression: str) -> str:
    """Return why the pattern gate *expression* cannot be compiled; empty when it can."""
    try:
        _Lane([expression], [False], 1)
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
        owners: dict[tuple[str, bool], list[tuple[int, int, bool]]] = {}
        for number, name in enumerate(gates):
            for index, gate in enumerate(gates[name]):
                owners.setdefault((gate.expression, gate.literal), []).append((number, index, gate.squeeze))
        opted = [gate.expression for some in gates.values() for gate in some if gate.squeeze]
        self._reach = max(map(len, opted), default=0)
        spelling = (spelling_gate(folding), False)
        if spelling[0] and any(expression.isascii() for expression in opted):
            owners.setdefault(spelling, [])
        keys = _by_database(list(owners), spelling)
        widths = (1, 2, *[1] * (len(keys) - 2))
        columns = [(*_columns(some), width) for some, width in zip(keys, widths, strict=True)]
        with ThreadPoolExecutor(len(keys)) as compilers:  # Hyperscan lets go of the interpreter while it compiles
            lanes = compilers.map(_Lane, *zip(*columns, strict=True))
            grouped = [_Owners([owners[key] for key in some]) for some in keys]
            databases = [*zip(lanes, grouped, strict=True)]
        self._literals, self._patterns = databases[:2], databases[2:]

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
        for number, (lane, owners) in enumerate((*self._literals, *self._patterns)):
            if number == len(self._literals) + _OTHERS and view.units is None:
                continue  # what begins with a character beyond ASCII is in no text of ASCII
            hits = lane.scan(view.units if lane.width > 1 else view.lane)
            yield _table(
                view, owners, hits.expression, hits.end - lane.lengths[hits.expression], hits.end, squeezed=False
            )
            if number == len(self._literals) + _SPELLING:
                spelled = hits.end
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


def _by_database(keys: Sequence[tuple[str, bool]], spelling: tuple[str, bool]) -> list[list[tuple[str, bool]]]:
    """Expressions that are matched together: ASCII literals, other literals, then patterns.

    One pattern can take from all others of its database the means by which Hyperscan skips text. So these stand apart:
    those that begin with a character beyond ASCII, those that repeat a class often, and that of the pass itself.
    """
    patterns = [key for key in keys if not key[1] and key != spelling]
    others = [key for key in patterns if key[0].startswith("[\\x80")]
    long = [key for key in patterns if key not in others and _LONG_REPEAT.search(key[0])]
    return [
        [key for key in keys if key[1] and key[0].isascii()],
        [key for key in keys if key[1] and not key[0].isascii()],
        [key for key in keys if key == spelling],
        others,
        long,
        [key for key in patterns if key not in others and key not in long],
    ]


class _Owners:
    """Which gates of which detectors share each expression of a lane."""

    def __init__(self, owners: Sequence[Sequence[tuple[int, int, bool]]]) -> None:
        flat = [owner for some in owners for owner in some]
        self.first = np.concatenate([[0], np.cumsum([len(some) for some in owners])]).astype(np.int64)
        self.detector = np.array([owner[0] for owner in flat], np.int64)
        self.gate = np.array([owner[1] for owner in flat], np.int64)
        self.opts_in = np.array([owner[2] for owner in flat], bool)
        self.squeeze = np.array([any(owner[2] for owner in some) for some in owners], bool)

    def expand(self, expression: Integers) -> tuple[Integers, Integers]:
        """Return (index of the hit, number of the owner) for every owner of every hit."""
        count = self.first[expression + 1] - self.first[expression]
        hit = np.repeat(np.arange(len(expression)), count)
        within = np.arange(len(hit)) - np.repeat(np.cumsum(count) - count, count)
        return hit, self.first[expression[hit]] + within


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


def _columns(keys: Sequence[tuple[str, bool]]) -> tuple[list[str], list[bool]]:
    return [key[0] for key in keys], [key[1] for key in keys]

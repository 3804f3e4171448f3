"""The squeezed view: what a text says once the characters put inside its words to hide them are left out.

Only stretches around such characters are copied, so text without them costs nothing. Invisible characters go wherever
they stand; visible separators only between Chinese characters, or between one and a letter or digit; and between single
Latin letters (f.r.e.e), where a space never goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.batch import Integers
from corpus_guard.core.folding import Folding
from corpus_guard.matching.tables import HAN, INVISIBLE, LETTER, SEPARATOR
from corpus_guard.matching.views import View

_GAP, _HAN, _WORD, _UNSEEN = 1, 2, 4, 8
_IS_LATIN = np.zeros(256, bool)
_IS_LATIN[[*b"abcdefghijklmnopqrstuvwxyz", LETTER]] = True


@dataclass(frozen=True)
class Squeezed:
    """Stretches of a view without the removed characters; `positions` leads each character back into the view."""

    positions: Integers
    lane: npt.NDArray[np.uint8]
    units: npt.NDArray[np.uint16] | None

    def back(self, starts: Integers, ends: Integers) -> tuple[Integers, Integers]:
        """Return the spans in the view that enclose the given spans of the squeezed text."""
        return self.positions[starts], self.positions[ends - 1] + 1


def spelling_gate(folding: Folding) -> str:
    """Return the expression that the shared pass looks for to find words spelled letter by letter."""
    marks = "".join(f"\\x{code:02x}" for code in folding.spelling.encode("ascii", "ignore"))
    letter = f"[a-z\\x{LETTER:02x}]"
    return f"(^|[^a-z\\x{LETTER:02x}]){letter}[{marks}]{letter}[{marks}]{letter}" if marks else ""


def squeeze(view: View, spelled: Integers, reach: int) -> Squeezed | None:
    """Return the squeezed stretches of *view*, or None when nothing is to be removed.

    *spelled* are the positions just after hits of `spelling_gate`; *reach* is how many characters are copied before and
    after each removed one: the length of the longest gate that opts in, since no character of a hit is further
    than that from a removed one.
    """
    removed = _removable(view, spelled)
    if not len(removed):
        return None
    positions = _around(removed, len(view.lane), reach)
    gone = np.zeros(len(view.lane), bool)
    gone[removed] = True
    positions = pl.Series(positions).filter(pl.Series(~gone[positions])).to_numpy()
    units = None if view.units is None else view.units[positions]
    return Squeezed(positions, view.lane[positions], units)


@lru_cache(maxsize=4)
def _kinds(folding: Folding) -> pa.UInt8Array:
    """What each byte of the lane is to the squeezing: a set of bits."""
    kinds = np.zeros(256, np.uint8)
    kinds[[*folding.separators.encode("ascii", "ignore"), SEPARATOR]] = _GAP
    kinds[[*b"0123456789abcdefghijklmnopqrstuvwxyz", LETTER]] = _WORD
    kinds[HAN] = _HAN | _WORD
    kinds[INVISIBLE] = _UNSEEN
    return pa.array(kinds)


def _removable(view: View, spelled: Integers) -> Integers:
    parts = [_spelling(view.lane, spelled)]
    if view.units is not None:
        kinds = pc.take(_kinds(view.folding), pa.array(view.lane), boundscheck=False).to_numpy()
        parts += [np.flatnonzero(kinds == _UNSEEN), *_beside_chinese(kinds, view.folding.run)]
    return _distinct(np.concatenate(parts))


def _beside_chinese(kinds: npt.NDArray[np.uint8], run: int) -> list[Integers]:
    """Separators, at most *run* in a row, with a word character at each side of which one is Chinese."""
    beside = kinds[:-1] | kinds[1:]
    beside &= _GAP | _HAN
    pairs = np.flatnonzero(beside == (_GAP | _HAN))  # a separator next to a Chinese character, in either order
    gap_first = (kinds[pairs] & _GAP) != 0
    after, before = pairs[~gap_first] + 1, pairs[gap_first]
    parts = []
    for length in range(1, run + 1):
        parts += _whole_runs(kinds, after, length)
        starts = before - length + 1
        starts = starts[starts > 0]
        parts += _whole_runs(kinds, starts[(kinds[starts - 1] & _HAN) == 0], length)
    return parts


def _whole_runs(kinds: npt.NDArray[np.uint8], starts: Integers, length: int) -> list[Integers]:
    """The places of runs of exactly *length* separators from *starts* on, with a word character at each side."""
    starts = starts[starts + length < len(kinds)]
    for step in range(length):
        starts = starts[(kinds[starts + step] & _GAP) != 0]
    whole = starts[(kinds[starts - 1] & kinds[starts + length] & _WORD) != 0]
    return [whole + step for step in range(length)]


def _spelling(lane: npt.NDArray[np.uint8], ends: Integers) -> Integers:
    """Single separators between single Latin letters, at least two of them in a row."""
    marks = _distinct(np.concatenate([ends - 4, ends - 2]))
    lone_before = (marks < 2) | ~_IS_LATIN[lane[np.maximum(marks - 2, 0)]]
    lone_after = (marks + 2 >= len(lane)) | ~_IS_LATIN[lane[np.minimum(marks + 2, len(lane) - 1)]]
    lone: Integers = marks[lone_before & lone_after]
    return lone


def _distinct(values: Integers) -> Integers:
    """The values in ascending order, each once; sorting beats the hashing of `np.unique` on nearly sorted values."""
    values = np.sort(values, kind="stable")
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    return values[new]


def _around(removed: Integers, size: int, reach: int) -> Integers:
    """Positions within *reach* of a removed one; between two stretches stands the view's last border."""
    starts, ends = np.maximum(removed - reach, 0), np.minimum(removed + reach + 1, size)
    new = np.ones(len(removed), bool)
    new[1:] = starts[1:] > np.maximum.accumulate(ends)[:-1]
    starts, ends = starts[new], ends[np.append(np.flatnonzero(new)[1:] - 1, len(removed) - 1)]
    lengths = ends - starts + 1
    shift = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    positions: Integers = np.arange(int(lengths.sum()), dtype=np.int64) + shift
    positions[np.cumsum(lengths) - 1] = size - 1
    return positions

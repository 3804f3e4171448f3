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

from corpus_guard.core.batch import Integers
from corpus_guard.core.folding import Folding
from corpus_guard.matching.tables import HAN, INVISIBLE, LETTER, SEPARATOR
from corpus_guard.matching.views import View

REACH = 64
"""Characters copied before and after a removed one; the longest term that can be found squeezed."""

_GAP, _SPELLING, _HAN, _WORD, _LATIN, _UNSEEN = 1, 2, 4, 8, 16, 32


@dataclass(frozen=True)
class Squeezed:
    """Stretches of a view without the removed characters; `positions` leads each character back into the view."""

    positions: Integers
    lane: npt.NDArray[np.uint8]
    units: npt.NDArray[np.uint16] | None

    def back(self, starts: Integers, ends: Integers) -> tuple[Integers, Integers]:
        """Return the spans in the view that enclose the given spans of the squeezed text."""
        return self.positions[starts], self.positions[ends - 1] + 1


def squeeze(view: View) -> Squeezed | None:
    """Return the squeezed stretches of *view*, or None when nothing is to be removed."""
    removed = _removable(view)
    if not len(removed):
        return None
    positions = _around(removed, len(view.lane))
    gone = np.zeros(len(view.lane), bool)
    gone[removed] = True
    positions = positions[~gone[positions]]
    units = None if view.units is None else view.units[positions]
    return Squeezed(positions, view.lane[positions], units)


@lru_cache(maxsize=4)
def _kinds(folding: Folding) -> bytes:
    """What each byte of the lane is to the squeezing: a set of bits, as a table for `bytes.translate`."""
    kinds = bytearray(256)
    for code in [*folding.separators.encode("ascii", "ignore"), SEPARATOR]:
        kinds[code] = _GAP
    for code in folding.spelling.encode("ascii", "ignore"):
        kinds[code] |= _SPELLING
    for code in b"0123456789":
        kinds[code] = _WORD
    for code in (*b"abcdefghijklmnopqrstuvwxyz", LETTER):
        kinds[code] = _WORD | _LATIN
    kinds[HAN] = _HAN | _WORD
    kinds[INVISIBLE] = _UNSEEN
    return bytes(kinds)


def _removable(view: View) -> Integers:
    kinds = np.frombuffer(view.lane.tobytes().translate(_kinds(view.folding)), np.uint8)
    parts = [_spelling(kinds)]
    if view.units is not None:
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
        starts = _distinct(np.concatenate([after, before - length + 1]))
        starts = starts[(starts > 0) & (starts + length < len(kinds))]
        inside = np.all([(kinds[starts + step] & _GAP) != 0 for step in range(length)], axis=0)
        left, right = kinds[starts - 1], kinds[starts + length]
        whole = inside & ((left & right & _WORD) != 0) & (((left | right) & _HAN) != 0)
        parts += [starts[whole] + step for step in range(length)]
    return parts


def _spelling(kinds: npt.NDArray[np.uint8]) -> Integers:
    """Single separators between single Latin letters, at least two of them in a row."""
    letters = kinds[:-4] & kinds[2:-2] & kinds[4:] & _LATIN
    marks = kinds[1:-3] & kinds[3:-1] & _SPELLING
    first = np.flatnonzero(np.minimum(letters, marks))
    found = _distinct(np.concatenate([first + 1, first + 3]))
    lone_before = (found < 2) | ((kinds[np.maximum(found - 2, 0)] & _LATIN) == 0)
    lone_after = (found + 2 >= len(kinds)) | ((kinds[np.minimum(found + 2, len(kinds) - 1)] & _LATIN) == 0)
    return found[lone_before & lone_after]


def _distinct(values: Integers) -> Integers:
    """The values in ascending order, each once; sorting beats the hashing of `np.unique` on nearly sorted values."""
    values = np.sort(values, kind="stable")
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    return values[new]


def _around(removed: Integers, size: int) -> Integers:
    """Positions within `REACH` of a removed one; between two stretches stands the view's last border."""
    starts, ends = np.maximum(removed - REACH, 0), np.minimum(removed + REACH + 1, size)
    new = np.ones(len(removed), bool)
    new[1:] = starts[1:] > np.maximum.accumulate(ends)[:-1]
    starts, ends = starts[new], ends[np.append(np.flatnonzero(new)[1:] - 1, len(removed) - 1)]
    lengths = ends - starts + 1
    shift = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    positions = np.arange(lengths.sum()) + shift
    positions[np.cumsum(lengths) - 1] = size - 1
    return positions

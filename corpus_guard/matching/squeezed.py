"""The squeezed view: what a text says once the characters put inside its words to hide them are left out.

Only stretches around such characters are copied, so text without them costs nothing. Invisible characters go wherever
they stand; visible separators only between Chinese characters, or between one and a letter or digit; and between single
Latin letters (f.r.e.e). They stay where no word that is looked for goes on with the next character after the last one,
or none that does so has one more of the characters around these two.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_guard.core.batch import Integers
from corpus_guard.core.folding import Folding
from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.hashing import hash_bits, hashed
from corpus_guard.matching.tables import HAN, INVISIBLE, LETTER, SEPARATOR
from corpus_guard.matching.views import View

_Flags = npt.NDArray[np.bool_]
_FEW_ASK = 3
"""Bits of a filter for each key, as a power of two, where few are looked for."""

_GAP, _HAN, _WORD, _UNSEEN, _MARK, _LATIN = 1, 2, 4, 8, 16, 32


@dataclass(frozen=True)
class Squeezed:
    """Stretches of a view without the removed characters; `positions` leads each character back into the view."""

    positions: Integers
    lane: npt.NDArray[np.uint8]
    units: npt.NDArray[np.uint16] | None

    def back(self, starts: Integers, ends: Integers) -> tuple[Integers, Integers]:
        """Return the spans in the view that enclose the given spans of the squeezed text."""
        return self.positions[starts], self.positions[ends - 1] + 1


class Squeezer:
    """Makes squeezed views for some words."""

    def __init__(self, words: Sequence[str], folding: Folding) -> None:
        """Take folded *words*."""
        self._run = folding.run
        self._kinds = _kinds(folding)
        self._reach = max(map(len, words), default=0)
        joined = "\0".join(["", *words, ""])
        units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16).astype(np.uint64)
        self._pairs, self._bits = hash_bits(_pairs(units[:-1], units[1:]))
        self._triples, self._triple_bits = hash_bits(_triples_of(units), sparse=_FEW_ASK)

    def squeeze(self, view: View) -> Squeezed | None:
        """Return the squeezed stretches of *view*, or None when nothing is to be removed.

        As many characters are copied before and after each removed one as the longest word has: no character of a hit
        is further than that from a removed one.
        """
        removed = self._removable(view) if self._reach else np.zeros(0, np.int64)
        if not len(removed):
            return None
        positions = _around(removed, len(view.lane), self._reach)
        gone = np.zeros(len(view.lane), bool)
        gone[removed] = True
        positions = pl.Series(positions).filter(pl.Series(~gone[positions])).to_numpy()
        units = None if view.units is None else view.units[positions]
        return Squeezed(positions, view.lane[positions], units)

    def _removable(self, view: View) -> Integers:
        functions = library()
        if functions is None:
            return self._removable_in_columns(view)
        room = 2**12
        while True:
            places = np.empty(room, np.int64)
            found = functions.removable(
                pointer(view.lane), pointer(view.units), number(len(view.lane)), pointer(self._kinds),
                number(self._run), pointer(self._pairs), ctypes.c_int32(self._bits), pointer(self._triples),
                ctypes.c_int32(self._triple_bits), pointer(places), number(room),
            )  # fmt: skip
            if found <= room:
                return places[:found]
            room = found

    def _removable_in_columns(self, view: View) -> Integers:
        kinds = self._kinds[view.lane]
        parts = [_spelling(kinds)]
        if view.units is not None:
            parts += [np.flatnonzero((kinds & _UNSEEN) != 0), *_beside_chinese(kinds, self._run)]
        removed = np.unique(np.concatenate(parts))
        first = np.flatnonzero(np.append(True, np.diff(removed) > 1)[: len(removed)])
        lengths = np.diff(np.append(first, len(removed)))
        before, after = removed[first] - 1, removed[first] + lengths
        inside = (before >= 0) & (after < len(view.lane))
        goes = np.zeros(len(first), bool)
        goes[inside] = self._go_on(view, kinds, before[inside], after[inside])
        goes_on: Integers = removed[np.repeat(goes, lengths)]
        return goes_on

    def _go_on(self, view: View, kinds: npt.NDArray[np.uint8], last: Integers, following: Integers) -> _Flags:
        """Whether words go on with what is at *following* after what is at *last*, and are these or have one more."""
        characters = np.pad((view.lane if view.units is None else view.units).astype(np.uint64), 1)
        may_go = np.pad((kinds & (_GAP | _UNSEEN | _MARK)) != 0, 1)
        farther, before, after, beyond = (characters[place + 1] for place in (last - 1, last, following, following + 1))
        more: _Flags = may_go[last] | may_go[following + 2]
        for triple in (
            _triples(np.zeros_like(before), before, after), _triples(farther, before, after),
            _triples(before, after, beyond),
        ):  # fmt: skip
            more |= _known(triple, self._triples, self._triple_bits)
        return more & _known(_pairs(before, after), self._pairs, self._bits)


def _known(keys: npt.NDArray[np.uint64], filter_: npt.NDArray[np.uint8], bits: int) -> _Flags:
    hashes = hashed(keys, bits)
    known: _Flags = (filter_[hashes >> 3] >> (hashes & 7).astype(np.uint8) & 1) != 0
    return known


def _triples(
    one: npt.NDArray[np.uint64], two: npt.NDArray[np.uint64], three: npt.NDArray[np.uint64]
) -> npt.NDArray[np.uint64]:
    return three << np.uint64(32) | two << np.uint64(16) | one


def _triples_of(units: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Each three characters of words that stand between zeros, and for a word of two a zero and these."""
    triples = _triples(units[:-2], units[1:-1], units[2:])
    inside = (units[:-2] != 0) & (units[1:-1] != 0) & (units[2:] != 0)
    of_two = np.flatnonzero((units[:-3] == 0) & (units[3:] == 0) & (units[1:-2] != 0) & (units[2:-1] != 0))
    return np.concatenate([triples[inside], triples[of_two]])


def _pairs(before: npt.NDArray[np.uint64], after: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return after << np.uint64(16) | before


def _kinds(folding: Folding) -> npt.NDArray[np.uint8]:
    """What each byte of the lane is to the squeezing: a set of bits."""
    kinds = np.zeros(256, np.uint8)
    kinds[[*folding.separators.encode("ascii", "ignore"), SEPARATOR]] = _GAP
    kinds[[*b"0123456789"]] = _WORD
    kinds[[*b"abcdefghijklmnopqrstuvwxyz", LETTER]] = _WORD | _LATIN
    kinds[HAN] = _HAN | _WORD
    kinds[INVISIBLE] = _UNSEEN
    kinds[[*folding.spelling.encode("ascii", "ignore")]] |= _MARK
    return kinds


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


def _spelling(kinds: npt.NDArray[np.uint8]) -> Integers:
    """Single marks between single Latin letters, at least two of them in a row."""
    latin = np.pad((kinds & _LATIN) != 0, 3)
    mark = np.pad((kinds & _MARK) != 0, 3)
    between = mark[2:-2] & latin[1:-3] & latin[3:-1]  # of places -1 to size
    begins = between[1:-1] & ~latin[1:-5] & mark[5:-1] & latin[6:]
    follows = np.append([False, False], begins[:-2])
    alone = between[1:-1] & ~latin[1:-5] & ~latin[5:-1]
    return np.flatnonzero(alone & (begins | follows[: len(begins)]))


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

"""Long shingles: many characters in a row of a normalised text, hashed to 64 bits, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.matching.simplified import simplified_units
from corpus_guard.matching.views import View

Hashes = npt.NDArray[np.uint64]

_AT_ONCE = 2**15  # hashes whose intermediate results stay in the cache of a core
_FIRST, _NEXT, _MIX = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xBF58476D1CE4E5B9))
_HALF = np.uint64(32)
_STEP = 8
_IDEOGRAPHS = 0x2E80
"""The first unit of the scripts that write a word in one or two characters."""


@dataclass(frozen=True)
class Piece:
    """Texts of a batch laid end to end as UTF-16 units: text `texts[i]` is `starts[i]` to `ends[i]`.

    wide  whether any of them may hold an ideograph
    """

    units: npt.NDArray[np.uint16]
    starts: Integers
    ends: Integers
    texts: Integers
    wide: bool

    @property
    def lengths(self) -> Integers:
        """Units of each text."""
        return self.ends - self.starts

    def ideographs(self) -> Integers:
        """How many units of each text are of scripts that write a word in one or two characters."""
        if not self.wide:
            return np.zeros(len(self.texts), np.int64)
        before = np.concatenate([[0], np.cumsum(self.units >= _IDEOGRAPHS)])
        counted: Integers = before[self.ends] - before[self.starts]
        return counted


def pieces_of(views: Sequence[View]) -> Iterator[Piece]:
    """Yield the texts of a batch, normalised, traditional spellings as simplified ones."""
    for view in views:
        known, wide = view.normal, view.codes is not None
        units = np.frombuffer(known.data, np.uint16)
        starts, ends = known.starts // 2, known.ends // 2
        ends[list(known.irregular)] = starts[list(known.irregular)]
        fold = simplified_units(view.folding)
        yield Piece(fold[units] if wide else units, starts, ends, view.texts, wide)
        if known.irregular:
            some = np.array(list(known.irregular), np.int64)
            parts = list(known.irregular.values())
            stops = np.cumsum([len(part) // 2 for part in parts])
            units = fold[np.frombuffer(b"".join(parts), np.uint16)]
            yield Piece(units, np.concatenate([[0], stops[:-1]]), stops, view.texts[some], wide=True)


def hashed(units: npt.NDArray[np.uint16], width: int) -> Iterator[tuple[int, Hashes]]:
    """Yield (place of the first, hashes) of every *width* units in a row, block by block; *width* is a multiple of 8.

    A block is overwritten by the next.
    """
    count = len(units) - width + 1
    if count <= 0:
        return
    four: Hashes = np.ndarray((len(units) - 3,), "<u8", np.ascontiguousarray(units), strides=(2,))
    parts, rest = np.empty(_AT_ONCE + width, np.uint64), np.empty(_AT_ONCE + width, np.uint64)
    for start in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - start)
        reach = size + width - _STEP
        eight, spare = parts[:reach], rest[:reach]
        np.multiply(four[start : start + reach], _FIRST, out=eight)
        _mixed(eight, spare)
        np.multiply(four[start + 4 : start + 4 + reach], _NEXT, out=spare)
        np.add(eight, spare, out=eight)
        np.multiply(eight, _MIX, out=eight)
        _mixed(eight, spare)
        yield start, _joined(eight, rest[:size], size, width)


def _joined(eight: Hashes, whole: Hashes, size: int, width: int) -> Hashes:
    """The hashes of *width* units from those of eight."""
    whole[:] = eight[:size]
    for place in range(_STEP, width, _STEP):
        np.multiply(whole, _FIRST, out=whole)
        np.add(whole, eight[place : place + size], out=whole)
    if width > _STEP:
        np.multiply(whole, _MIX, out=whole)
        whole ^= whole >> _HALF
    return whole


def _mixed(hashes: Hashes, spare: Hashes) -> None:
    np.right_shift(hashes, _HALF, out=spare)
    np.bitwise_xor(hashes, spare, out=hashes)

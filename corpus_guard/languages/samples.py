"""Stretches of a text that an identifier looks at: bounded, evenly spread, the same for a text wherever it stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers

WINDOW, WINDOWS = 64, 3
"""Characters of a stretch; how many stretches a long text gives at first."""
FINER = 12
"""How many it gives when the first ones are in several languages."""
_WHOLE = 2 * WINDOW
"""Up to so many characters a text is one stretch."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Letters of one script in one text: `text` is its number in the batch, `weight` the letters.

    They stand in `raw` from `start` to `end`. `whole` is the same for the text with what it holds of other scripts,
    where these were left out. `within` says that other scripts were left out.
    """

    text: int
    script: int
    weight: int
    raw: str
    start: int
    end: int
    whole: tuple[str, int, int] | None = None
    within: bool = False
    most: int = WINDOWS

    @property
    def stretches(self) -> tuple[str, ...]:
        """Stretches of it, evenly spread."""
        return windows(self.raw, self.start, self.end, self.most)

    @property
    def text_around(self) -> tuple[str, int, int]:
        """The whole text: a string, where it begins and ends in it."""
        return self.whole or (self.raw, self.start, self.end)

    @property
    def can_be_finer(self) -> bool:
        """Whether more stretches would show more of it."""
        return self.most == WINDOWS and self.end - self.start > WINDOW * WINDOWS


def windows(text: str, start: int, end: int, most: int = WINDOWS) -> tuple[str, ...]:
    """Return stretches of *text* between two positions, at most so many.

    >>> windows("abc", 0, 3)
    ('abc',)
    """
    length = end - start
    if length <= _WHOLE:
        return (text[start:end],)
    count = min(most, -(-length // WINDOW))
    places = [start + place * (length - WINDOW) // (count - 1) for place in range(count)]
    return tuple([text[place : place + WINDOW] for place in places])


def encoded(stretch: str) -> bytes:
    """Return a stretch as the identifier was trained to read it: NFC, no shouting, UTF-8."""
    if stretch.isascii():
        return (stretch.lower() if stretch.isupper() else stretch).encode()
    stretch = stretch.lower() if stretch.isupper() else stretch
    return unicodedata.normalize("NFC", stretch).encode()


@dataclass(frozen=True)
class Bytes:
    """Bytes of each stretch by kind."""

    letters: Integers
    spaces: Integers
    marks: Integers
    others: Integers

    def __getitem__(self, chosen: npt.NDArray[np.bool_]) -> Bytes:
        return Bytes(self.letters[chosen], self.spaces[chosen], self.marks[chosen], self.others[chosen])


def count_bytes(stretches: Sequence[bytes], marks: str) -> Bytes:
    """Return how many bytes of each stretch are letters (or beyond ASCII), white space, one of *marks*, or others."""
    table = _byte_table(marks)
    data = np.frombuffer(b"\n".join((*stretches, b"")), np.uint8)
    lengths = np.fromiter(map(len, stretches), np.int64, len(stretches)) + 1
    sums = np.add.reduceat(table[data], np.cumsum(lengths) - lengths).view(np.uint16).reshape(-1, 4).astype(np.int64)
    return Bytes(sums[:, 0], sums[:, 1] - 1, sums[:, 2], sums[:, 3])


def _byte_table(marks: str) -> npt.NDArray[np.uint64]:
    table = np.full(256, 1 << 48, np.uint64)
    table[0x80:] = 1
    table[[code for code in range(128) if chr(code).isalpha()]] = 1
    table[[*b" \t\n\r\x0b\x0c"]] = 1 << 16
    table[[ord(mark) for mark in marks]] = 1 << 32
    return table

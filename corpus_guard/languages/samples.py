"""Stretches of a text that an identifier looks at: bounded, evenly spread, the same for a text wherever it stands."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.languages.reading import Bytes, Characters, gathered, text_of

WINDOW, WINDOWS = 64, 3
"""Characters of a stretch; how many stretches a long text gives at first."""
FINER = 12
"""How many it gives when the first ones are in several languages."""
_WHOLE = 2 * WINDOW
"""Up to so many characters a text is one stretch."""


@dataclass(frozen=True)
class Spans:
    """Where texts stand in *characters*: from `starts` to `ends`."""

    characters: Characters
    starts: Integers
    ends: Integers

    def take(self, some: Integers | slice) -> Spans:
        """Return some of them."""
        return replace(self, starts=self.starts[some], ends=self.ends[some])

    def text(self, place: int) -> str:
        """Return one of them."""
        return text_of(self.characters, int(self.starts[place]), int(self.ends[place]))


@dataclass(frozen=True)
class Units:
    """Letters of one script in texts, a row each: `texts` are their numbers in the batch, `weights` their letters.

    They stand where `spans` says. `whole` says the same of the texts with what they hold of other scripts, where these
    were left out. A long one gives `most` stretches.
    """

    texts: Integers
    weights: Integers
    spans: Spans
    whole: Spans | None = None
    most: int = WINDOWS

    @property
    def around(self) -> Spans:
        """The whole texts."""
        return self.whole or self.spans

    @property
    def can_be_finer(self) -> npt.NDArray[np.bool_]:
        """Whether more stretches would show more of a unit."""
        long: npt.NDArray[np.bool_] = self.spans.ends - self.spans.starts > WINDOW * WINDOWS
        return long & (self.most == WINDOWS)

    def take(self, some: Integers | slice) -> Units:
        """Return some of them."""
        spans, whole = self.spans.take(some), self.whole.take(some) if self.whole else None
        return replace(self, texts=self.texts[some], weights=self.weights[some], spans=spans, whole=whole)

    @cached_property
    def stretches(self) -> Stretches:
        """Stretches of them, evenly spread."""
        starts, ends, counts = windows(self.spans.starts, self.spans.ends, self.most)
        return Stretches(gathered(self.spans.characters, starts, ends), counts)


@dataclass(frozen=True)
class Stretches:
    """Stretches of units, side by side: `counts` says how many each unit has, one at least."""

    read: Bytes
    counts: Integers

    @cached_property
    def owner(self) -> Integers:
        """The unit of each stretch."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def first(self) -> Integers:
        """The first stretch of each unit."""
        return np.cumsum(self.counts) - self.counts

    def texts(self, unit: int) -> list[str]:
        """Return the stretches of one unit."""
        first = int(self.first[unit])
        return [self.read.one(stretch).decode() for stretch in range(first, first + int(self.counts[unit]))]


def windows(starts: Integers, ends: Integers, most: int = WINDOWS) -> tuple[Integers, Integers, Integers]:
    """Return where stretches of texts begin and end, at most so many of each, and how many each text has.

    >>> [column.tolist() for column in windows(np.array([5]), np.array([8]))]
    [[5], [8], [1]]
    """
    lengths = ends - starts
    counts = np.where(lengths <= _WHOLE, 1, np.minimum(most, -(-lengths // WINDOW)))
    number = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    begin, many, length = (np.repeat(column, counts) for column in (starts, counts, lengths))
    places = begin + number * (length - WINDOW) // np.maximum(many - 1, 1) * (many > 1)
    return places, places + np.where(many > 1, WINDOW, length), counts


def encoded(stretch: str) -> bytes:
    """Return a stretch as the identifier was trained to read it: NFC, no shouting, UTF-8."""
    stretch = stretch.lower() if stretch.isupper() else stretch
    return (stretch if stretch.isascii() else unicodedata.normalize("NFC", stretch)).encode()


def as_trained(read: Bytes) -> Bytes:
    """Return `encoded` of each stretch."""
    lower, upper, beyond, _ = read.sums(_CASES).T
    shouting, beyond = (upper > 0) & (lower == 0) & (beyond == 0), beyond > 0
    if not (shouting.any() or beyond.any()):
        return read
    each = read.each()
    for stretch in np.flatnonzero(shouting).tolist():
        each[stretch] = each[stretch].lower()
    for stretch in np.flatnonzero(beyond).tolist():
        each[stretch] = encoded(each[stretch].decode())
    return Bytes.of(each)


def byte_kinds(read: Bytes, marks: str) -> Integers:
    """Return how many bytes of each stretch are letters (or beyond ASCII), white space, one of *marks*, or others."""
    return read.sums(_kinds_table(marks))


def _kinds_table(marks: str) -> npt.NDArray[np.uint64]:
    table = np.full(256, 1 << 48, np.uint64)
    table[0x80:] = 1
    table[[code for code in range(128) if chr(code).isalpha()]] = 1
    table[[*b" \t\n\r\x0b\x0c"]] = 1 << 16
    table[[ord(mark) for mark in marks]] = 1 << 32
    return table


def _cases_table() -> npt.NDArray[np.uint64]:
    """Letters of ASCII in lower case, in upper case, and what is beyond it."""
    table = np.zeros(256, np.uint64)
    table[ord("a") : ord("z") + 1] = 1
    table[ord("A") : ord("Z") + 1] = 1 << 16
    table[0x80:] = 1 << 32
    return table


_CASES = _cases_table()

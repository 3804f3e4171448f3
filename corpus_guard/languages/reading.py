"""Stretches of texts as bytes, and what is counted in them: compiled where that could be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_guard.core.batch import Integers
from corpus_guard.matching.characters import Codes
from corpus_guard.matching.compiled import library, number, pointer

Characters = Codes | npt.NDArray[np.uint8]
"""Characters of many texts by position: code points, or bytes of ASCII."""

_LONGEST = 4
"""Bytes of a character in UTF-8."""


@dataclass(frozen=True)
class Bytes:
    """Stretches as UTF-8, side by side in `data`; stretch i ends at `ends[i]`."""

    data: npt.NDArray[np.uint8]
    ends: Integers

    @classmethod
    def of(cls, stretches: Sequence[bytes]) -> Bytes:
        """Return *stretches* side by side."""
        sizes = np.fromiter(map(len, stretches), np.int64, len(stretches))
        return cls(np.frombuffer(b"".join(stretches), np.uint8), np.cumsum(sizes))

    @property
    def starts(self) -> Integers:
        """Where each begins."""
        return np.append(0, self.ends[:-1]) if len(self.ends) else self.ends

    @property
    def sizes(self) -> Integers:
        """How many bytes each has."""
        return np.diff(self.ends, prepend=0)

    def each(self) -> list[bytes]:
        """Return every stretch."""
        whole = self.data.tobytes()
        return [whole[start:end] for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]

    def one(self, stretch: int) -> bytes:
        """Return one stretch."""
        return self.data[self.ends[stretch - 1] if stretch else 0 : self.ends[stretch]].tobytes()

    def take(self, some: Integers) -> Bytes:
        """Return some stretches."""
        return gathered(self.data, self.starts[some], self.ends[some])

    def sums(self, table: npt.NDArray[np.uint64]) -> Integers:
        """Return the sum over the bytes of each of what *table* has for them: a row of four counts of 16 bits."""
        functions, sums = library(), np.zeros(len(self.ends), np.uint64)
        if functions is None:
            until = np.append(np.uint64(0), np.cumsum(table[self.data], dtype=np.uint64))
            sums = np.diff(until[np.append(0, self.ends)])
        else:
            counted = (number(len(self.ends)), pointer(table), pointer(sums))
            functions.sum_bytes(pointer(self.data), pointer(self.ends), *counted)
        return sums.view(np.uint16).reshape(-1, 4).astype(np.int64)

    def words(self, words: tuple[str, ...]) -> Integers:
        """Return how often one of *words* stands in each, whole, and no part of a longer word."""
        functions, hits = library(), np.zeros(len(self.ends), np.int64)
        known = [word.encode() for word in words]
        if functions is None or not all(_ends_as_word(word) for word in known):
            texts = pl.Series([stretch.decode() for stretch in self.each()], dtype=pl.String)
            counted: Integers = texts.str.count_matches(_pattern(words)).to_numpy().astype(np.int64)
            return counted
        listed = Bytes.of(sorted(known, key=lambda word: word[0]))
        tables = (pointer(listed.data), pointer(listed.ends), number(len(known)))
        functions.count_words(pointer(self.data), pointer(self.ends), number(len(hits)), *tables, pointer(hits))
        return hits


def text_of(characters: Characters, start: int, end: int) -> str:
    """Return the characters from *start* to *end*."""
    if isinstance(characters, Codes):
        return characters.text(start, end)
    return characters[start:end].tobytes().decode()


def gathered(characters: Characters, starts: Integers, ends: Integers) -> Bytes:
    """Return stretches of *characters*, each from a position to another."""
    functions = library()
    if functions is None:
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        if not isinstance(characters, Codes):
            return Bytes.of([characters[start:end].tobytes() for start, end in spans])
        return Bytes.of([characters.text(start, end).encode() for start, end in spans])
    wide = isinstance(characters, Codes)
    size = int((ends - starts).sum()) * (_LONGEST if wide else 1)
    data, until = np.empty(size, np.uint8), np.empty(len(starts), np.int64)
    starts, ends = np.ascontiguousarray(starts), np.ascontiguousarray(ends)
    spans_of = (pointer(starts), pointer(ends), number(len(starts)), pointer(data), pointer(until))
    if isinstance(characters, Codes):
        noted = (pointer(characters.places), pointer(characters.beyond), number(len(characters.places)))
        count = functions.gather(pointer(None), pointer(characters.units), *noted, *spans_of)
    else:
        nothing = (pointer(None), pointer(None), pointer(None), number(0))
        count = functions.gather(pointer(characters), *nothing, *spans_of)
    return Bytes(data[:count], until)


def _ends_as_word(word: bytes) -> bool:
    """Whether a word begins and ends with a letter of ASCII, a digit or an underscore."""
    return bool(word) and all(bytes((byte,)).isalnum() or byte == ord("_") for byte in (word[0], word[-1]))


@lru_cache(maxsize=2)
def _pattern(words: tuple[str, ...]) -> str:
    return rf"(?i-u:\b)(?:{'|'.join(words)})(?i-u:\b)"

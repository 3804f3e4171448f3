"""Views: the texts of a batch laid end to end and folded, ready for one pass, with the way back to raw offsets.

A batch makes at most two views. Texts of ASCII alone take the short way (one byte a character, no wide units); all
others are decoded once to code points. Folding replaces code points one to one, so a position in a view minus the
start of its text *is* the code-point offset into the raw text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.folding import Folding
from corpus_guard.matching.tables import BORDER, BORDER_UNIT, COMPLEX, normal_units, tables

T = TypeVar("T")
_HIGH, _LOW = 0xD800, 0xDC00


@dataclass(frozen=True)
class Codes:
    """Code points, 16 bits each; `beyond` are those that do not fit, `places` where they stand."""

    units: npt.NDArray[np.uint16]
    places: Integers
    beyond: Integers

    def looked_up(self, table: pa.Array) -> npt.NDArray[Any]:
        """Return the entry of *table* for each; what is beyond its end still has to be put in its place."""
        data = pc.take(table, pa.array(self.units), boundscheck=False).buffers()[1]
        return np.frombuffer(bytearray(data) if len(self.places) else data, table.type.to_pandas_dtype())


@dataclass(frozen=True)
class Normal:
    """Normalised texts as UTF-16 (little endian): bytes `starts[i]` to `ends[i]` of `data`, or `irregular[i]`."""

    data: memoryview
    starts: list[int]
    ends: list[int]
    irregular: dict[int, bytes]

    @cached_property
    def digests(self) -> list[bytes]:
        """The xxHash3 of each text, 128 bits: equal for equal texts."""
        return self.each(xxhash.xxh3_128_digest)

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Normal:
        """Return texts normalised one by one."""
        nothing = [0] * len(texts)
        return cls(memoryview(b""), nothing, nothing, dict(enumerate(texts)))

    def each(self, function: Callable[[memoryview | bytes], T]) -> list[T]:
        """Return *function* of the bytes of each text; no slice is kept, which would call the garbage collector."""
        data = self.data
        results = [function(data[start:end]) for start, end in zip(self.starts, self.ends, strict=True)]
        for local, text in self.irregular.items():
            results[local] = function(text)
        return results


@dataclass(frozen=True)
class View:
    """Some texts of a batch, each followed by one border character.

    texts   numbers of the texts in the batch, ascending
    starts  position of each text's first character;  ends  exclusive
    raw     the characters as they were, by position
    lane    one byte a character (`matching.tables`)
    units   folded characters, 16 bits each; None when every text is ASCII
    codes   raw code points; None when every text is ASCII
    """

    texts: Integers
    starts: Integers
    ends: Integers
    raw: str
    lane: npt.NDArray[np.uint8]
    units: npt.NDArray[np.uint16] | None
    codes: Codes | None
    folding: Folding

    def local(self, text: int) -> int | None:
        """Return the place of the batch's *text* in this view, or None when it is in the other."""
        place = bisect_left(self._numbers, text)
        return place if place < len(self._numbers) and self._numbers[place] == text else None

    @cached_property
    def _numbers(self) -> list[int]:
        numbers: list[int] = self.texts.tolist()
        return numbers

    def folded(self, local: int, start: int, end: int) -> tuple[int, str]:
        """Return where a stretch of that text begins and the folded stretch, both cut to the text's borders."""
        first, last = int(self.starts[local]), int(self.ends[local])
        start, stop = max(0, start), min(end, last - first)
        if self.units is None:
            return start, self.lane[first + start : first + stop].tobytes().decode("ascii")
        return start, self.units[first + start : first + stop].tobytes().decode("utf-16-le", "surrogatepass")

    def places_of(self, characters: Integers) -> tuple[Integers, npt.NDArray[np.uint16]]:
        """Return where some characters that are no ASCII stand after folding, and which stands there."""
        if self.units is None:
            return np.zeros(0, np.int64), np.zeros(0, np.uint16)
        table = np.zeros(2**16, bool)
        table[characters] = True
        wanted = pc.take(pa.array(table.view(np.uint8)), pa.array(self.units), boundscheck=False).to_numpy()
        place = np.flatnonzero(wanted)
        return place, self.units[place]

    @cached_property
    def normal(self) -> Normal:
        """The normalised characters of each text: what exact duplicates compare."""
        kept, borders, complex_ = self._normal_ascii() if self.codes is None else self._normal_wide(self.codes)
        if len(borders) != len(self.texts):  # some text holds the border character itself
            return Normal.of([self._normal_text(local) for local in range(len(self.texts))])
        starts = np.zeros(len(borders), np.int64)
        starts[1:] = borders[:-1] + 1
        irregular = {
            local: self._normal_text(local) for local in np.unique(np.searchsorted(borders, complex_)).tolist()
        }
        data = memoryview(np.ascontiguousarray(kept).data).cast("B")
        return Normal(data, (starts * 2).tolist(), (borders * 2).tolist(), irregular)

    def _normal_ascii(self) -> tuple[npt.NDArray[np.uint16], Integers, Integers]:
        """Normalised units with borders; where these stand; where what needs more than a table stands: nowhere."""
        lane = pl.Series(self.lane)
        is_letter, is_digit = (lane >= ord("a")) & (lane <= ord("z")), (lane >= ord("0")) & (lane <= ord("9"))
        kept = lane.filter(is_letter | is_digit | (lane == ord(BORDER))).to_numpy()
        return kept.astype(np.uint16), np.flatnonzero(kept == ord(BORDER)), np.zeros(0, np.int64)

    def _normal_wide(self, codes: Codes) -> tuple[npt.NDArray[np.uint16], Integers, Integers]:
        units = codes.looked_up(tables(self.folding, 2).normal)
        if len(codes.beyond):
            units[codes.places] = tables(self.folding, 4).normal.to_numpy()[codes.beyond]
        kept = pl.Series(units).filter(pl.Series(units) != 0).to_numpy()
        marks = np.flatnonzero(kept >= COMPLEX)
        return kept, marks[kept[marks] == BORDER_UNIT], marks[kept[marks] == COMPLEX]

    def _normal_text(self, local: int) -> bytes:
        return normal_units(self.raw[int(self.starts[local]) : int(self.ends[local])], self.folding)


def views_of(batch: Batch, folding: Folding) -> list[View]:
    """Return the views of a batch's texts; raise UnicodeDecodeError when one of them is no valid UTF-8."""
    if not len(batch.texts):
        return []
    characters = pc.utf8_length(batch.texts).to_numpy().astype(np.int64)
    ascii_only = characters == np.diff(batch.text_offsets)
    views = []
    for mask, build in ((ascii_only, _ascii_view), (~ascii_only, _wide_view)):
        if mask.any():
            texts = batch.texts if mask.all() else batch.texts.filter(pa.array(mask))
            views.append(build(np.flatnonzero(mask), texts, characters[mask], folding))
    return views


def invalid_texts(texts: pa.LargeStringArray) -> npt.NDArray[np.bool_]:
    """Return which texts are no valid UTF-8; pyarrow reads such bytes out of Parquet without a word."""
    return np.array([not _is_utf8(text) for text in texts.cast(pa.large_binary()).to_pylist()], bool)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _joined(texts: pa.LargeStringArray) -> pa.Buffer:
    string = pa.large_string()
    joined = pc.binary_join_element_wise(texts, pa.scalar("", string), pa.scalar(BORDER, string))
    first, last = np.frombuffer(joined.buffers()[1], np.int64)[[joined.offset, joined.offset + len(joined)]]
    return joined.buffers()[2].slice(int(first), int(last - first))


def _borders(lengths: Integers) -> tuple[Integers, Integers]:
    ends = np.cumsum(lengths + 1) - 1
    return ends - lengths, ends


def _ascii_view(numbers: Integers, texts: pa.LargeStringArray, lengths: Integers, folding: Folding) -> View:
    joined = _joined(texts)
    whole = pa.LargeStringArray.from_buffers(1, pa.py_buffer(np.array([0, joined.size])), joined)
    lane = np.frombuffer(pc.ascii_lower(whole).buffers()[2], np.uint8, joined.size)
    return View(numbers, *_borders(lengths), str(memoryview(joined), "ascii"), lane, None, None, folding)


def _wide_view(numbers: Integers, texts: pa.LargeStringArray, lengths: Integers, folding: Folding) -> View:
    raw = str(memoryview(_joined(texts)), "utf-8")
    codes = _code_points(raw)
    table = tables(folding, 2)
    units, lane = codes.looked_up(table.fold), codes.looked_up(table.lane)
    if len(codes.beyond):
        table = tables(folding, 4)
        units[codes.places] = table.fold.to_numpy()[codes.beyond]
        lane[codes.places] = table.lane.to_numpy()[codes.beyond]
    return View(numbers, *_borders(lengths), raw, lane, units, codes, folding)


def _code_points(raw: str) -> Codes:
    units = np.frombuffer(raw.encode("utf-16-le"), np.uint16)
    if len(units) == len(raw):
        return Codes(units, np.zeros(0, np.int64), np.zeros(0, np.int64))
    kind = units & 0xFC00
    first = np.flatnonzero(kind == _HIGH)
    beyond = 0x10000 + ((units[first].astype(np.int64) & 0x3FF) << 10) + (units[first + 1] & 0x3FF)
    kept = pl.Series(units).filter(pl.Series(kind) != _LOW).to_numpy()
    return Codes(kept, first - np.arange(len(first)), beyond)

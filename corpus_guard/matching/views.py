"""Views: the texts of a batch laid end to end and folded, ready for one pass, with the way back to raw offsets.

A batch makes at most two views. Texts of ASCII alone take the short way (one byte a character, no wide units); all
others are decoded once to code points. Folding replaces code points one to one, so a position in a view minus the
start of its text *is* the code-point offset into the raw text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.folding import Folding
from corpus_guard.matching.tables import BORDER, BORDER_UNIT, COMPLEX, normal_units, tables

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

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Normal:
        """Return texts normalised one by one."""
        nothing = [0] * len(texts)
        return cls(memoryview(b""), nothing, nothing, dict(enumerate(texts)))

    def parts(self) -> Iterator[memoryview | bytes]:
        """Yield the bytes of each text."""
        for local, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            yield self.irregular[local] if local in self.irregular else self.data[start:end]


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
        place = int(np.searchsorted(self.texts, text))
        return place if place < len(self.texts) and self.texts[place] == text else None

    def folded(self, local: int, start: int, end: int) -> tuple[int, str]:
        """Return where a stretch of that text begins and the folded stretch, both cut to the text's borders."""
        first, last = int(self.starts[local]), int(self.ends[local])
        start, stop = max(0, start), min(end, last - first)
        if self.units is None:
            return start, self.lane[first + start : first + stop].tobytes().decode("ascii")
        return start, self.units[first + start : first + stop].tobytes().decode("utf-16-le", "surrogatepass")

    @cached_property
    def normal(self) -> Normal:
        """The normalised characters of each text: what exact duplicates compare."""
        units = self._normal_units()
        kept = pl.Series(units).filter(pl.Series(units) != 0).to_numpy()
        marks = np.flatnonzero(kept >= COMPLEX)
        borders = marks[kept[marks] == BORDER_UNIT]
        if len(borders) != len(self.texts):  # some text holds the border character itself
            return Normal.of([self._normal_text(local) for local in range(len(self.texts))])
        starts = np.zeros(len(borders), np.int64)
        starts[1:] = borders[:-1] + 1
        complex_ = np.unique(np.searchsorted(borders, marks[kept[marks] == COMPLEX])).tolist()
        irregular = {local: self._normal_text(local) for local in complex_}
        data = memoryview(np.ascontiguousarray(kept).data).cast("B")
        return Normal(data, (starts * 2).tolist(), (borders * 2).tolist(), irregular)

    def _normal_units(self) -> npt.NDArray[np.uint16]:
        normal = tables(self.folding, 2).normal
        if self.codes is None:
            found: npt.NDArray[np.uint16] = pc.take(normal, pa.array(self.lane), boundscheck=False).to_numpy()
            return found
        units = self.codes.looked_up(normal)
        if len(self.codes.beyond):
            units[self.codes.places] = tables(self.folding, 4).normal.to_numpy()[self.codes.beyond]
        return units

    def _normal_text(self, local: int) -> bytes:
        return normal_units(self.raw[int(self.starts[local]) : int(self.ends[local])], self.folding)


def views_of(batch: Batch, folding: Folding) -> list[View]:
    """Return the views of a batch's texts; raise UnicodeDecodeError when one of them is no valid UTF-8."""
    ascii_only = pc.string_is_ascii(batch.texts).to_numpy(zero_copy_only=False)
    views = []
    for mask, build in ((ascii_only, _ascii_view), (~ascii_only, _wide_view)):
        if mask.any():
            texts = batch.texts if mask.all() else batch.texts.filter(pa.array(mask))
            views.append(build(np.flatnonzero(mask), texts, folding))
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


def _ascii_view(numbers: Integers, texts: pa.LargeStringArray, folding: Folding) -> View:
    joined = _joined(texts)
    data = joined.to_pybytes()
    offsets = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, texts.offset * 8)
    lengths = offsets[1:] - offsets[:-1]
    lane = np.frombuffer(data.lower(), np.uint8)
    return View(numbers, *_borders(lengths), data.decode("ascii"), lane, None, None, folding)


def _wide_view(numbers: Integers, texts: pa.LargeStringArray, folding: Folding) -> View:
    raw = str(memoryview(_joined(texts)), "utf-8")
    codes = _code_points(raw)
    table = tables(folding, 2)
    units, lane = codes.looked_up(table.fold), codes.looked_up(table.lane)
    if len(codes.beyond):
        table = tables(folding, 4)
        units[codes.places] = table.fold.to_numpy()[codes.beyond]
        lane[codes.places] = table.lane.to_numpy()[codes.beyond]
    lengths = pc.utf8_length(texts).to_numpy().astype(np.int64)
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

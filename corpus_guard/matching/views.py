"""Views: the texts of a batch laid end to end and folded, ready for one pass, with the way back to raw offsets.

A batch makes at most two views. Texts of ASCII alone take the short way (one byte a character, no wide units); all
others are decoded once to code points. Folding replaces code points one to one, so a position in a view minus the
start of its text *is* the code-point offset into the raw text.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.arrays import arrow_array, arrow_scalar, numbers_of
from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.folding import Folding
from corpus_guard.matching.characters import Codes, Normal, text_of
from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.digits import hold_digit
from corpus_guard.matching.tables import BORDER, BORDER_UNIT, COMPLEX, normal_units, tables, words_around

_HIGH, _LOW = 0xD800, 0xDC00
_RARE = 64
"""Characters for one beyond 16 bits in texts that have many."""

_DEAR = 32
"""Characters of a whole text that are normalised as soon as one word by itself."""
_SLACK = 16
"""Characters that compiled functions may write beyond the last one."""


@dataclass(frozen=True)
class View:
    """Some texts of a batch, each followed by one border character.

    texts   numbers of the texts in the batch, ascending
    starts  position of each text's first character;  ends  exclusive
    lane    one byte a character (`matching.tables`)
    units   folded characters, 16 bits each; None when every text is ASCII
    codes   raw code points; None when every text is ASCII
    source  all texts of the batch, as they were
    """

    texts: Integers
    starts: Integers
    ends: Integers
    lane: npt.NDArray[np.uint8]
    units: npt.NDArray[np.uint16] | None
    codes: Codes | None
    source: pa.LargeStringArray
    folding: Folding

    @cached_property
    def raw(self) -> str:
        """The characters as they were, by position."""
        if len(self.texts) == 1:  # it may be huge: no copy but this one
            text = self.source[int(self.texts[0])].as_py()
            text += BORDER
            return str(text)
        texts = self.source if len(self.texts) == len(self.source) else self.source.take(arrow_array(self.texts))
        return str(memoryview(_joined(texts)), "utf-8")

    def written(self, local: int, start: int, end: int) -> str:
        """Return a stretch of that text as it was written; *start* and *end* lie within it."""
        first = int(self.starts[local])
        if self.codes is None:
            text = int(self.texts[local]) + self.source.offset
            offset = int(np.frombuffer(self.source.buffers()[1], np.int64)[text])
            return str(memoryview(self.source.buffers()[2])[offset + start : offset + end], "ascii")
        return self.codes.text(first + start, first + end)

    def raw_stretches(self, texts: Integers, starts: Integers, ends: Integers) -> Iterator[tuple[int, str]]:
        """Yield, for those of the batch's *texts* that are here, their place among these and a stretch as written.

        What goes beyond the end of a text is left out; *starts* are not below 0.
        """
        local, mine = self._local(texts)
        here = np.flatnonzero(mine)
        length = (self.ends - self.starts)[local[here]]
        begin, end = np.minimum(starts[here], length), np.minimum(ends[here], length)
        if self.codes is not None:
            first = self.starts[local[here]]
            yield from zip(here.tolist(), self.codes.texts(first + begin, first + end), strict=True)
            return
        _, offsets, data = self.source.buffers()
        first = np.frombuffer(offsets, np.int64)[texts[here] + self.source.offset]
        text = memoryview(data)
        for place, start, stop in zip(here.tolist(), (first + begin).tolist(), (first + end).tolist(), strict=True):
            yield place, str(text[start:stop], "ascii")

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
            return start, str(self.lane[first + start : first + stop].data, "ascii")
        return start, text_of(self.units[first + start : first + stop].data)

    def stretches(self, texts: Integers, starts: Integers, ends: Integers) -> Iterator[tuple[int, int, str]]:
        """Yield, for those of the batch's *texts* that are here, their place among these, and what `folded` returns."""
        local, mine = self._local(texts)
        here = np.flatnonzero(mine)
        first, length = self.starts[local[here]], (self.ends - self.starts)[local[here]]
        begin, end = np.maximum(starts[here], 0), np.minimum(ends[here], length)
        columns = (column.tolist() for column in (here, begin, first + begin, first + end))
        characters = self.lane.data if self.units is None else self.units.data
        for place, origin, start, stop in zip(*columns, strict=True):
            part = characters[start:stop]
            yield place, origin, str(part, "ascii") if self.units is None else text_of(part)

    def before(self, texts: Integers, starts: Integers, count: int) -> tuple[npt.NDArray[np.bool_], Integers]:
        """Return which of the batch's *texts* are here, and *count* folded characters before *starts* in each of these.

        The nearest is the first; 0 stands for those before the beginning.
        """
        local, here = self._local(texts)
        characters = self.lane if self.units is None else self.units
        steps = np.arange(1, count + 1)
        places = (self.starts[local[here]] + starts[here])[:, None] - steps
        inside = steps <= starts[here][:, None]
        return here, np.where(inside, characters[np.where(inside, places, 0)], 0).astype(np.int64)

    def hold_digit(
        self, texts: Integers, starts: Integers, ends: Integers
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Return which of the batch's *texts* are here, and of these which folded stretches have a digit 0 to 9."""
        local, here = self._local(texts)
        first, last = self.starts[local[here]], self.ends[local[here]]
        begins = first + np.maximum(starts[here], 0)
        return here, hold_digit(self.lane, begins, np.minimum(first + ends[here], last))

    def _local(self, texts: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
        """The places of the batch's *texts* in this view, and which of them are in it."""
        local = np.minimum(np.searchsorted(self.texts, texts), len(self.texts) - 1)
        return local, self.texts[local] == texts

    def places_of(self, characters: Integers) -> tuple[Integers, npt.NDArray[np.uint16]]:
        """Return where some characters that are no ASCII stand after folding, and which stands there."""
        if self.units is None:
            return np.zeros(0, np.int64), np.zeros(0, np.uint16)
        table = np.zeros(2**16, np.uint8)
        table[characters] = 1
        functions = library()
        if functions is None:
            place = np.flatnonzero(numbers_of(pc.take(arrow_array(table), arrow_array(self.units), boundscheck=False)))
        else:
            room = np.empty(len(self.units), np.int64)
            count = functions.places_of(
                pointer(self.units), number(len(self.units)), pointer(table), pointer(room), number(len(room))
            )
            place = room[:count]
        return place, self.units[place]

    @cached_property
    def normal(self) -> Normal:
        """The normalised characters of each text: what exact duplicates compare."""
        functions = library()
        return _normal(self) if functions is None else _normal_compiled(self, functions)

    def normal_text(self, local: int) -> bytes:
        """Return the normalised characters of one text, those of words that no table knows worked out from the word.

        Words end at spaces, line ends and Chinese characters: nothing composes with these, and the lower case of no
        letter depends on what is beyond them.
        """
        first, last = int(self.starts[local]), int(self.ends[local])
        if self.codes is None:
            return normal_units(self.written(local, 0, last - first), self.folding)
        kinds = self.codes.kinds(first, last, self.folding)
        words = words_around(self.codes.units[first:last], np.flatnonzero(kinds == COMPLEX))
        if len(words) * _DEAR > last - first:
            return normal_units(self.codes.text(first, last), self.folding)
        parts, done = [], 0
        for start, end in words:
            parts += [_kept(kinds[done:start]), normal_units(self.codes.text(first + start, first + end), self.folding)]
            done = end
        return b"".join([*parts, _kept(kinds[done:])])


def _kept(kinds: npt.NDArray[np.uint16]) -> bytes:
    kept: bytes = kinds[(kinds != 0) & (kinds != BORDER_UNIT)].tobytes()
    return kept


def _normal(view: View) -> Normal:
    kept, borders, complex_ = _normal_ascii(view.lane) if view.codes is None else _normal_wide(view.codes, view.folding)
    if len(borders) != len(view.texts):  # some text holds the border character itself
        return Normal.of([view.normal_text(local) for local in range(len(view.texts))])
    starts = np.zeros(len(borders), np.int64)
    starts[1:] = borders[:-1] + 1
    mixed = np.unique(np.searchsorted(borders, complex_)).tolist()
    data = memoryview(np.ascontiguousarray(kept).data).cast("B")
    irregular = {local: view.normal_text(local) for local in mixed}
    return Normal(data, starts * 2, borders * 2, irregular)


def _normal_ascii(characters: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint16], Integers, Integers]:
    """Normalised units with borders; where these stand; where what needs more than a table stands: nowhere."""
    lane = pl.Series(characters)
    is_letter, is_digit = (lane >= ord("a")) & (lane <= ord("z")), (lane >= ord("0")) & (lane <= ord("9"))
    kept = lane.filter(is_letter | is_digit | (lane == ord(BORDER))).to_numpy()
    return kept.astype(np.uint16), np.flatnonzero(kept == ord(BORDER)), np.zeros(0, np.int64)


def _normal_wide(codes: Codes, folding: Folding) -> tuple[npt.NDArray[np.uint16], Integers, Integers]:
    units = codes.looked_up(tables(folding, 2).normal)
    if len(codes.beyond):
        units[codes.places] = numbers_of(tables(folding, 4).normal)[codes.beyond]
    kept = pl.Series(units).filter(pl.Series(units) != 0).to_numpy()
    marks = np.flatnonzero(kept >= COMPLEX)
    return kept, marks[kept[marks] == BORDER_UNIT], marks[kept[marks] == COMPLEX]


def _normal_compiled(view: View, functions: Any) -> Normal:
    kept, ends = np.empty(len(view.lane) + _SLACK, np.uint16), np.empty(len(view.texts), np.int64)
    mixed = np.zeros(len(view.texts), np.uint8)
    stretches = (pointer(view.starts), pointer(view.ends), number(len(view.texts)))
    if view.codes is None:
        lane = (pointer(view.lane), number(len(view.lane)))
        found = functions.normal_ascii(*lane, *stretches, pointer(kept), pointer(ends))
    else:
        codes = view.codes
        beyond = np.zeros(0, np.uint16) if not len(codes.beyond) else _beyond(view.folding, "normal", codes)
        noted = (pointer(codes.places), pointer(beyond), number(len(beyond)))
        table = (pointer(tables(view.folding, 2).normal), ctypes.c_uint16(COMPLEX))
        found = functions.normal_wide(
            pointer(codes.units), *stretches, *table, *noted, pointer(kept), pointer(ends), pointer(mixed)
        )
    starts = np.append(0, ends[:-1] + 1) if len(ends) else ends
    irregular = {local: view.normal_text(local) for local in np.flatnonzero(mixed).tolist()}
    return Normal(memoryview(kept[:found].data).cast("B"), starts * 2, ends * 2, irregular)


def _beyond(folding: Folding, name: str, codes: Codes) -> npt.NDArray[Any]:
    """The entries of a table for the characters that do not fit 16 bits."""
    found: npt.NDArray[Any] = numbers_of(getattr(tables(folding, 4), name))[codes.beyond]
    return found


def views_of(batch: Batch, folding: Folding) -> list[View]:
    """Return the views of a batch's texts; raise UnicodeDecodeError when one of them is no valid UTF-8."""
    if not len(batch.texts):
        return []
    characters, ascii_only = _measured(batch)
    views = []
    for mask, build in ((ascii_only, _ascii_view), (~ascii_only, _wide_view)):
        if mask.any():
            views.append(build(np.flatnonzero(mask), batch, characters[mask], folding))
    return views


def _measured(batch: Batch) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """How many characters each text has, and whether it is ASCII alone."""
    functions = library()
    if functions is None:
        characters = numbers_of(pc.utf8_length(batch.texts)).astype(np.int64)
        return characters, characters == np.diff(batch.text_offsets)
    found, ascii_only = np.empty(len(batch.texts), np.int64), np.empty(len(batch.texts), bool)
    functions.measure(*_texts(batch), number(len(batch.texts)), pointer(found), pointer(ascii_only))
    return found, ascii_only


def _texts(batch: Batch) -> tuple[Any, Any]:
    """Where the bytes of a batch's texts lie, and where their offsets do."""
    return pointer(batch.texts.buffers()[2]), pointer(batch.text_offsets)


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
    joined = pc.binary_join_element_wise(texts, arrow_scalar("", string), arrow_scalar(BORDER, string))
    first, last = np.frombuffer(joined.buffers()[1], np.int64)[[joined.offset, joined.offset + len(joined)]]
    return joined.buffers()[2].slice(int(first), int(last - first))


def _borders(lengths: Integers) -> tuple[Integers, Integers]:
    ends = np.cumsum(lengths + 1) - 1
    return ends - lengths, ends


def _chosen(batch: Batch, numbers: Integers) -> pa.LargeStringArray:
    return batch.texts if len(numbers) == len(batch.texts) else batch.texts.take(arrow_array(numbers))


def _ascii_view(numbers: Integers, batch: Batch, lengths: Integers, folding: Folding) -> View:
    starts, ends = _borders(lengths)
    functions = library()
    if functions is None:
        joined = _joined(_chosen(batch, numbers))
        str(memoryview(joined), "ascii")  # what is no UTF-8 may have as many characters as bytes
        whole = pa.LargeStringArray.from_buffers(1, pa.py_buffer(np.array([0, joined.size])), joined)
        lane = np.frombuffer(pc.ascii_lower(whole).buffers()[2], np.uint8, joined.size)
    else:
        lane = np.empty(int(ends[-1]) + 1, np.uint8)
        functions.fold_ascii(*_texts(batch), pointer(numbers), number(len(numbers)), pointer(lane))
    return View(numbers, starts, ends, lane, None, None, batch.texts, folding)


def _wide_view(numbers: Integers, batch: Batch, lengths: Integers, folding: Folding) -> View:
    functions, table = library(), tables(folding, 2)
    if functions is None:
        codes = _code_points(str(memoryview(_joined(_chosen(batch, numbers))), "utf-8"))
        units, lane = codes.looked_up(table.fold), codes.looked_up(table.lane)
    else:
        codes, units, lane = _folded(numbers, batch, int((lengths + 1).sum()), folding, functions)
    if len(codes.beyond):
        units[codes.places], lane[codes.places] = _beyond(folding, "fold", codes), _beyond(folding, "lane", codes)
    return View(numbers, *_borders(lengths), lane, units, codes, batch.texts, folding)


def _folded(
    numbers: Integers, batch: Batch, size: int, folding: Folding, functions: Any
) -> tuple[Codes, npt.NDArray[np.uint16], npt.NDArray[np.uint8]]:
    table = tables(folding, 2)
    codes, units = np.empty(size + _SLACK, np.uint16)[:size], np.empty(size + _SLACK, np.uint16)[:size]
    lane = np.empty(size + _SLACK, np.uint8)[:size]
    room = max(1024, size // _RARE)
    while True:
        places, beyond = np.empty(room, np.int64), np.empty(room, np.int64)
        noted = functions.fold_wide(
            *_texts(batch), pointer(numbers), number(len(numbers)), pointer(table.fold), pointer(table.lane),
            pointer(codes), pointer(units), pointer(lane), pointer(places), pointer(beyond), number(room),
        )  # fmt: skip
        if noted < 0:
            raise UnicodeDecodeError("utf-8", b"", 0, 0, "a text is no valid UTF-8")
        if noted <= room:
            return Codes(codes, places[:noted], beyond[:noted]), units, lane
        room = noted


def _code_points(raw: str) -> Codes:
    units = np.frombuffer(raw.encode("utf-16-le"), np.uint16)
    if len(units) == len(raw):
        return Codes(units, np.zeros(0, np.int64), np.zeros(0, np.int64))
    kind = units & 0xFC00
    first = np.flatnonzero(kind == _HIGH)
    beyond = 0x10000 + ((units[first].astype(np.int64) & 0x3FF) << 10) + (units[first + 1] & 0x3FF)
    kept = pl.Series(units).filter(pl.Series(kind) != _LOW).to_numpy()
    return Codes(kept, first - np.arange(len(first)), beyond)

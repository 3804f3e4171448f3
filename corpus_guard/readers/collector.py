"""From records, one by one, to batches."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array
from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Unscanned
from corpus_guard.readers.fields import (
    RecordError,
    Shape,
    Texts,
    column_names,
    no_text_column,
    shape_of,
    texts_of,
    type_name,
)

MOST_ROWS = 65_536
"""Records in a batch, however short they are."""

_LARGE = pl.CompatLevel.oldest()
"""Polars hands its strings over as `large_string`, and sooner than the interpreter could write them."""

_LAYOUTS_KEPT = 1024
_LINE_FEED = 10
_IS_BLANK = np.zeros(256, bool)
_IS_BLANK[[*b" \t\n\r\x0b\x0c"]] = True  # what `bytes.strip` takes away
_TOO_DEEP = "its lists and objects are nested too deep to be read"
_STRAY_BYTES = range(0xDC80, 0xDD00)  # what `surrogateescape` makes of bytes that are no UTF-8


@dataclass(frozen=True, slots=True)
class _Layout:
    """What to take from records that have the same keys: texts, (key, column) pairs; `marks` match keys as written."""

    shape: Shape
    columns: Sequence[tuple[str, str]]
    marks: Sequence[re.Pattern[bytes]]

    def may_be_twice(self, written: bytes | str) -> bool:
        """Say whether a key may stand twice in *written*: cheaper than to parse it again."""
        data = written if isinstance(written, bytes) else written.encode(errors="surrogatepass")
        return any(len(mark.findall(data)) > 1 for mark in self.marks)


class Collector:
    """Gathers records into batches of at most `wanted.batch_bytes` of text; numbers them from *first*."""

    def __init__(self, wanted: Wanted, *, first: int = 0) -> None:
        self._wanted = wanted
        self._limit = wanted.batch_bytes
        self._layouts: dict[tuple[Any, ...], _Layout] = {}
        self._row = first
        self._begin()

    def _begin(self) -> None:
        self._first, self._size = self._row, 0
        self._rows: list[int] = []
        self._texts: list[str] = []
        self._documents: list[int] = []
        self._fields: list[int] = []
        self._names: dict[str, int] = {}
        self._columns: dict[str, list[str | None]] = {}
        self._lost: list[Unscanned] = []

    def add(
        self, record: Any, byte_offset: int | None = None, size: int | None = None, written: bytes | str = b""
    ) -> Batch | None:
        """Add the next record; return the batch that was full before it, if one was.

        *size* is given where the texts are known to be Unicode: an upper bound of their bytes. The record as *written*
        is looked at for a text that stands there twice, of which parsers keep the last.
        """
        try:
            layout = self._layout_of(record)
            if written and layout.may_be_twice(written):
                check_keys(written)
            texts = texts_of(record, layout.shape)
            size = _size_of(texts) if size is None else size
        except RecordError as error:
            return self.lose(str(error), byte_offset)
        except RecursionError:
            return self.lose(_TOO_DEEP, byte_offset)
        full = self._taken_if_full(size)
        names, document = self._names, len(self._rows)
        for name, text in texts:
            self._texts.append(text)
            self._documents.append(document)
            self._fields.append(names.setdefault(name, len(names)))
        for key, column in layout.columns:
            self._set_column(key, document, record[column])
        self._rows.append(self._row)
        self._row += 1
        self._size += size
        return full

    @property
    def chooses(self) -> bool:
        """Whether some records alone are wanted."""
        return self._wanted.rows is not None

    def passes_by(self, line: bytes) -> bool:
        """Say whether *line* holds the next record and nobody wants it; then it is counted."""
        rows = self._wanted.rows
        if rows is None or self._row in rows or not line.strip():
            return False
        self._row += 1
        return True

    def passes_all_by(self, lines: bytes) -> bool:
        """Say whether *lines* hold the next records, none of which anybody wants; then they are counted.

        Where a line may be blank, and so no record, each has to be looked at.
        """
        rows = self._wanted.rows
        if rows is None or not lines:
            return False
        characters = np.frombuffer(lines, np.uint8)
        begins = np.append(0, np.flatnonzero(characters == _LINE_FEED) + 1)
        last = self._row + len(begins)
        may_be_blank = begins[-1] == len(lines) or _IS_BLANK[characters[begins]].any()
        if may_be_blank or any(self._row <= row < last for row in rows):
            return False
        self._row = last
        return True

    def lose(self, reason: str, byte_offset: int | None = None) -> Batch | None:
        """Note that the next record cannot be read; return the batch that was full before it, if one was."""
        full = self._taken_if_full(0)
        self._lost.append(Unscanned(reason, row=self._row, byte_offset=byte_offset))
        self._row += 1
        return full

    def rest(self) -> list[Batch]:
        """Return the last batch, if there is anything in it."""
        return [self._taken()] if self._row > self._first else []

    def _layout_of(self, record: Any) -> _Layout:
        if not isinstance(record, dict):
            raise RecordError(f"the record is {type_name(record)}, an object was expected")
        keys = tuple(record)
        layout = self._layouts.get(keys)
        if layout is None:
            shape = shape_of(keys, self._wanted)
            marks = [_mark(column.name) for column in shape]
            layout = _Layout(shape, list(column_names(keys, self._wanted).items()), marks)
            if len(self._layouts) < _LAYOUTS_KEPT:  # records with ever new keys must not fill memory
                self._layouts[keys] = layout
        if not layout.shape:
            raise RecordError(no_text_column(keys, self._wanted))
        return layout

    def _set_column(self, key: str, document: int, value: Any) -> None:
        values = self._columns.setdefault(key, [])
        if len(values) < document:
            values.extend([None] * (document - len(values)))
        values.append(value if type(value) is str and value.isascii() else column_text(value))

    def _taken_if_full(self, size: int) -> Batch | None:
        count = self._row - self._first
        return self._taken() if count >= MOST_ROWS or (count and self._size + size > self._limit) else None

    def _taken(self) -> Batch:
        read, rows = self._row - self._first, len(self._rows)
        if not rows:
            batch = Batch.nothing(read, tuple(self._lost))
        else:
            columns = {
                key: arrow_array([*values, *[None] * (rows - len(values))], pa.large_string())
                for key, values in self._columns.items()
            }
            batch = Batch(
                rows=np.array(self._rows, np.int64),
                texts=pl.Series(self._texts, dtype=pl.String).to_arrow(compat_level=_LARGE),
                documents=np.array(self._documents, np.int64),
                fields=np.array(self._fields, np.int64),
                field_names=tuple(self._names),
                columns=columns,
                unscanned=tuple(self._lost),
                read=read,
            )
        self._begin()
        return batch


@lru_cache(maxsize=_LAYOUTS_KEPT)
def _mark(key: str) -> re.Pattern[bytes]:
    """What matches a key in JSON, however its characters are written: plainly or by escapes."""
    return re.compile(b'"%s"' % b"".join(map(_written, key)))


def _written(character: str) -> bytes:
    plain = json.dumps(character, ensure_ascii=False)[1:-1].encode(errors="surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    escapes = "".join(rf"\\u(?i:{units[at : at + 4]})" for at in range(0, len(units), 4))
    return b"(?:%s|%s%s)" % (re.escape(plain), escapes.encode(), rb"|\\/" if character == "/" else b"")


def check_keys(written: bytes | str) -> None:
    """Raise `RecordError` where an object of a record of JSON has a key twice: one of its values would be lost."""
    json.loads(written, object_pairs_hook=_each_once)


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise RecordError(f'the key "{key}" stands twice in one object, so a text of it would be lost')
        values[key] = value
    return values


def _size_of(texts: Texts) -> int:
    """Bytes of *texts* as UTF-8; raise `RecordError` when they are no Unicode."""
    size = 0
    for name, text in texts:
        try:
            size += len(text) if text.isascii() else len(text.encode())
        except UnicodeEncodeError as error:
            stray = all(ord(letter) in _STRAY_BYTES for letter in text[error.start : error.end])
            fault = "invalid UTF-8" if stray else "a lone surrogate, which is no Unicode"
            raise RecordError(f'{fault} in the field "{name}"') from None
    return size


def column_text(value: Any) -> str | None:
    """Return the value of a column that is no text as a string: numbers as written, lists and objects as JSON.

    What is nested too deep to be written is no value.
    """
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, (bool, list, dict)):
        try:
            value = json.dumps(value, ensure_ascii=False, default=str)
        except RecursionError:
            return None
    return str(value).encode(errors="replace").decode()

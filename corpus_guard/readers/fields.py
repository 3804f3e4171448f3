"""From records to batches: which strings of a record are its texts, and what each is called.

A record may hold one text column, chat turns (`messages[2].content`), or the columns of a fine-tuning sample
(`instruction`, `input`, `output`). Everything that is there is read; a value of another type makes the record unscanned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Unscanned

_KEYS_SHOWN, _KEY_LENGTH = 20, 40
_TYPES = {bool: "true or false", int: "a number", float: "a number", dict: "an object", list: "a list", str: "a string"}


class Malformed(Exception):
    """A record that cannot be read; the message is the reason."""


@dataclass(frozen=True)
class Shape:
    """Which columns of a shard hold text: plain ones, and chat turns with the keys of their text."""

    plain: tuple[str, ...]
    turns: Mapping[str, tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that hold text."""
        return (*self.plain, *self.turns)


def shape_of(columns: Sequence[str], wanted: Wanted) -> Shape:
    """Return which of *columns* hold text; an empty shape when none does."""
    known = wanted.conventions
    if wanted.text_column is not None:
        if wanted.text_column not in columns:
            return Shape((), {})
        turns = known.turn_columns.get(wanted.text_column)
        return Shape((), {wanted.text_column: turns}) if turns else Shape((wanted.text_column,), {})
    present = set(columns)
    plain = [name for name in known.text_columns if name in present][:1]
    for group in known.sample_columns:
        if group[0] in present:
            plain += [name for name in group if name in present and name not in plain]
    return Shape(tuple(plain), {name: keys for name, keys in known.turn_columns.items() if name in present})


def no_text_column(columns: Sequence[str], wanted: Wanted) -> str:
    """Return the sentence for a shard or record without a text column."""
    shown = ", ".join(str(name)[:_KEY_LENGTH] for name in list(columns)[:_KEYS_SHOWN])
    missing = f'no column "{wanted.text_column}"' if wanted.text_column else "no text column"
    return f"{missing}; it has: {shown or 'nothing'}. Name the right one with --text-column."


def column_names(columns: Sequence[str], wanted: Wanted) -> dict[str, str]:
    """Return key -> the column of *columns* that carries it, for `wanted.columns`."""
    present = set(columns)
    found = {key: next((name for name in names if name in present), None) for key, names in wanted.columns.items()}
    return {key: name for key, name in found.items() if name is not None}


def texts_of(record: Mapping[str, Any], shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield (field, text) of every text in a record; raise `Malformed` for a value that is no text."""
    for name in shape.plain:
        value = record.get(name)
        if isinstance(value, str):
            yield name, value
        elif value is not None:
            raise Malformed(f'the field "{name}" holds {_named(value)}, a string was expected')
    for name, keys in shape.turns.items():
        if name in record:
            yield from _turns(name, record[name], keys)


def _turns(name: str, turns: Any, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    if isinstance(turns, str):
        try:
            decoded = orjson.loads(turns)
        except orjson.JSONDecodeError:
            decoded = None
        if not isinstance(decoded, list):
            yield name, turns
            return
        turns = decoded
    if turns is None:
        return
    if not isinstance(turns, (list, np.ndarray)):
        raise Malformed(f'the field "{name}" holds {_named(turns)}, a list of turns was expected')
    for number, turn in enumerate(turns):
        yield from _turn(f"{name}[{number}]", turn, keys)


def _turn(where: str, turn: Any, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    if isinstance(turn, str):
        yield where, turn
        return
    if not isinstance(turn, dict):
        raise Malformed(f'the field "{where}" holds {_named(turn)}, an object was expected')
    present = [key for key in keys if key in turn]
    if not present:
        raise Malformed(f'the field "{where}" has no {" or ".join(keys)}')
    for key in present:
        yield from _content(f"{where}.{key}", turn[key])


def _content(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, list):
        for number, part in enumerate(value):
            text = part.get("text") if isinstance(part, dict) else part
            if isinstance(text, str):
                yield f"{where}[{number}].text" if isinstance(part, dict) else f"{where}[{number}]", text
            elif not isinstance(part, dict):
                raise Malformed(f'the field "{where}[{number}]" holds {_named(part)}, a string was expected')
    elif value is not None:
        raise Malformed(f'the field "{where}" holds {_named(value)}, a string was expected')


def _named(value: Any) -> str:
    return _TYPES.get(type(value), f"a {type(value).__name__}")


@dataclass
class Collector:
    """Gathers records of dicts into batches of at most `wanted.batch_bytes` of text."""

    wanted: Wanted
    row: int = 0
    _rows: list[int] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _documents: list[int] = field(default_factory=list)
    _fields: list[int] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)
    _columns: dict[str, list[str | None]] = field(default_factory=dict)
    _lost: list[Unscanned] = field(default_factory=list)
    _shapes: dict[tuple[str, ...], tuple[Shape, dict[str, str]]] = field(default_factory=dict)
    _read: int = 0
    _size: int = 0

    def add(self, record: Any, byte_offset: int | None = None) -> None:
        """Add the next record."""
        try:
            self._add(record)
        except Malformed as error:
            self.lose(str(error), byte_offset)
            return
        self.row += 1
        self._read += 1

    def lose(self, reason: str, byte_offset: int | None = None) -> None:
        """Note that the next record cannot be read."""
        self._lost.append(Unscanned(reason, row=self.row, byte_offset=byte_offset))
        self.row += 1
        self._read += 1

    @property
    def full(self) -> bool:
        """Whether a batch should be taken now."""
        return self._size >= self.wanted.batch_bytes or len(self._lost) >= 65_536  # noqa: PLR2004

    def _add(self, record: Any) -> None:
        if not isinstance(record, dict):
            raise Malformed(f"the record is {_named(record)}, an object was expected")
        keys = tuple(record)
        known = self._shapes.get(keys)
        if known is None:
            known = shape_of(keys, self.wanted), column_names(keys, self.wanted)
            if len(self._shapes) < 1024:  # noqa: PLR2004 - records with ever new keys must not fill memory
                self._shapes[keys] = known
        shape, columns = known
        if not shape.columns:
            raise Malformed(no_text_column(keys, self.wanted))
        found = list(texts_of(record, shape))
        for name, text in found:
            if not text.isascii():
                _check_encodable(name, text)
        size = sum(len(text) for _, text in found)
        if self._size and self._size + size > self.wanted.batch_bytes:
            self._overflow.append(self._taken())
        document = len(self._rows)
        for name, text in found:
            self._fields.append(self._names.setdefault(name, len(self._names)))
            self._texts.append(text)
            self._documents.append(document)
        self._rows.append(self.row)
        for key, name in columns.items():
            value = record[name]
            held = self._columns.setdefault(key, [])
            held += [None] * (document - len(held))
            held.append(None if value is None else value if isinstance(value, str) else _plain(value))
        self._size += size if all(text.isascii() for _, text in found) else 3 * size

    _overflow: list[Batch] = field(default_factory=list)

    def batches(self, *, last: bool = False) -> Iterator[Batch]:
        """Yield the batches that are ready; with *last*, whatever is left as well."""
        while self._overflow:
            yield self._overflow.pop(0)
        if self._read and (last or self.full):
            yield self._taken()

    def _taken(self) -> Batch:
        columns = {
            key: pa.array(values + [None] * (len(self._rows) - len(values)), pa.string())
            for key, values in self._columns.items()
        }
        batch = Batch(
            rows=np.array(self._rows, np.int64),
            texts=pa.array(self._texts, pa.large_string()),
            documents=np.array(self._documents, np.int64),
            fields=np.array(self._fields, np.int64),
            field_names=tuple(self._names) or ("text",),
            columns=columns,
            unscanned=tuple(self._lost),
            read=self._read,
        )
        self._rows, self._texts, self._documents, self._fields = [], [], [], []
        self._names, self._columns, self._lost, self._read, self._size = {}, {}, [], 0, 0
        return batch


def _check_encodable(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed(f'the field "{name}" holds a lone surrogate, which is no Unicode text') from None


def _plain(value: Any) -> str:
    return orjson.dumps(value, default=str).decode() if isinstance(value, (dict, list)) else str(value)

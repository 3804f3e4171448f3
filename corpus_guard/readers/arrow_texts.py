"""From Arrow record batches to batches: strings stay where they lie, and are never decoded here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.arrays import arrow_array, arrow_scalar, numbers_of
from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.reading import Wanted
from corpus_guard.readers.collector import MOST_ROWS, Collector, column_text
from corpus_guard.readers.fields import Shape, TextColumn, column_names, shape_of

_STRINGS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
_NO_UNICODE = "\udcff"


@dataclass(frozen=True)
class _Part:
    """The texts of one column: `documents` and `fields` have a number for each; `names` says what a field is called."""

    texts: pa.LargeStringArray
    documents: Integers
    fields: Integers
    names: Sequence[str]


def batches_of(batch: pa.RecordBatch, wanted: Wanted, *, first: int) -> Iterator[Batch]:
    """Yield the documents of an Arrow batch whose first record has the number *first*.

    Columns of strings and lists of turns that hold strings stay in Arrow; records of any other build go one by one.
    """
    shape = shape_of(batch.schema.names, wanted)
    if not all(_is_flat(batch.schema.field(column.name).type, column) for column in shape):
        yield from _one_by_one(batch, shape, wanted, first)
        return
    sizes = sum((_sizes(batch.column(column.name), column) for column in shape), np.zeros(batch.num_rows, np.int64))
    for start, stop in cuts(sizes, wanted.batch_bytes, MOST_ROWS):
        yield _flat(batch.slice(start, stop - start), shape, wanted, first + start)


def cuts(sizes: Integers, limit: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of stretches of at most *limit* bytes and *most* records, or of one record that is larger."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(ends):
        before = int(ends[start - 1]) if start else 0
        fitting = int(np.searchsorted(ends, before + limit, "right"))
        stop = min(max(start + 1, fitting), start + most)
        yield start, stop
        start = stop


def _flat(batch: pa.RecordBatch, shape: Shape, wanted: Wanted, first: int) -> Batch:
    parts = [_part(batch.column(column.name), column) for column in shape]
    part = parts[0] if len(parts) == 1 else _side_by_side(parts)
    columns = column_names(batch.schema.names, wanted)
    return Batch(
        rows=np.arange(first, first + batch.num_rows),
        texts=part.texts,
        documents=part.documents,
        fields=part.fields,
        field_names=tuple(part.names),
        columns={key: strings(batch.column(name)) for key, name in columns.items()},
        read=batch.num_rows,
    )


def _part(values: pa.Array, column: TextColumn) -> _Part:
    if _is_list(values.type):
        return _turns(values, column)
    texts = _large_strings(values)
    present = _present(texts)
    return _Part(texts.drop_null(), present, np.zeros(len(present), np.int64), [column.name])


def _turns(values: pa.ListArray, column: TextColumn) -> _Part:
    """The texts of a list of turns, in the order of the turns and, within a turn, of the keys."""
    documents = numbers_of(pc.list_parent_indices(values)).astype(np.int64)
    turns = pc.list_flatten(values)
    keys = _keys(turns.type, column)
    number = np.arange(len(documents)) - np.searchsorted(documents, documents)
    found = dict(zip(turns.type.names, turns.flatten(), strict=True))
    parts = []
    for place, key in enumerate(keys):
        texts = _large_strings(found[key])
        present = _present(texts)
        parts.append(_Part(texts.drop_null(), present, number[present] * len(keys) + place, []))
    part = _side_by_side(parts)
    longest = int(number.max(initial=-1)) + 1
    names = [f"{column.name}[{turn}].{key}" for turn in range(longest) for key in keys]
    return _Part(part.texts, documents[part.documents], part.fields, names)


def _side_by_side(parts: Sequence[_Part]) -> _Part:
    """The texts of several columns, those of a document side by side."""
    shifts = np.cumsum([0, *(len(part.names) for part in parts)])
    documents = np.concatenate([part.documents for part in parts])
    fields = np.concatenate([part.fields + shift for part, shift in zip(parts, shifts, strict=False)])
    order = np.argsort(documents, kind="stable")
    texts = pa.concat_arrays([part.texts for part in parts]).take(arrow_array(order))
    return _Part(texts, documents[order], fields[order], [name for part in parts for name in part.names])


def _present(texts: pa.Array) -> Integers:
    if not texts.null_count:
        return np.arange(len(texts))
    return np.flatnonzero(numbers_of(texts.is_valid()))


def _sizes(values: pa.Array, column: TextColumn) -> Integers:
    """Bytes of text that each record has in a column."""
    if _is_list(values.type):
        turns = pc.list_flatten(values)
        found = dict(zip(turns.type.names, turns.flatten(), strict=True))
        lengths = sum(_lengths(found[key]) for key in _keys(turns.type, column))
        return np.bincount(numbers_of(pc.list_parent_indices(values)), lengths, len(values)).astype(np.int64)
    return _lengths(values)


def _lengths(values: pa.Array) -> Integers:
    if pa.types.is_null(values.type):
        return np.zeros(len(values), np.int64)
    if pa.types.is_dictionary(values.type):
        lengths = pc.binary_length(_large_binary(values.dictionary)).take(values.indices)
    else:
        lengths = pc.binary_length(_large_binary(values))
    if lengths.null_count:
        lengths = lengths.fill_null(arrow_scalar(0, lengths.type))
    found: Integers = numbers_of(lengths).astype(np.int64)
    return found


def _large_strings(values: pa.Array) -> pa.LargeStringArray:
    """Strings with offsets of 64 bits; their bytes are taken as they are, valid UTF-8 or not."""
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), pa.large_string())
    if pa.types.is_dictionary(values.type):
        values = values.dictionary.take(values.indices)
    if pa.types.is_large_string(values.type):
        return values
    if pa.types.is_string(values.type):
        return pc.cast(values, pa.large_string())
    raw = _large_binary(values)
    validity, offsets, data = raw.buffers()
    return pa.LargeStringArray.from_buffers(len(raw), offsets, data, validity, -1, raw.offset)


def _large_binary(values: pa.Array) -> pa.LargeBinaryArray:
    return pc.cast(values, pa.large_binary())


def _is_flat(kind: pa.DataType, column: TextColumn) -> bool:
    """Whether a column is strings, or a list of turns whose texts are; a string that may be JSON is neither."""
    if _is_text(kind):
        return not column.encoded or pa.types.is_null(kind)
    if not column.keys or not _is_list(kind) or not pa.types.is_struct(kind.value_type):
        return False
    turn = kind.value_type
    if any(key in turn.names for key in column.calls):  # strings at any depth
        return False
    unique = len(set(turn.names)) == turn.num_fields
    return unique and bool(_keys(turn, column)) and all(_is_text(turn.field(key).type) for key in _keys(turn, column))


def _keys(turn: pa.StructType, column: TextColumn) -> list[str]:
    return [key for key in column.keys if key in turn.names]


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(check(value) for check in (*_STRINGS, *_BYTES, pa.types.is_null))


def strings(values: pa.Array) -> pa.LargeStringArray:
    """Return a column that is no text as strings; what is no UTF-8 in it is replaced, for no detector looks at it."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary.take(values.indices)
    if pa.types.is_integer(values.type):
        return pc.cast(values, pa.large_string())
    if _is_text(values.type) and not pa.types.is_null(values.type):
        raw = _large_binary(values)
        try:
            return pc.cast(raw, pa.large_string())
        except pa.ArrowInvalid:
            values = raw
    return arrow_array([column_text(value) for value in values.to_pylist()], pa.large_string())


def _one_by_one(batch: pa.RecordBatch, shape: Shape, wanted: Wanted, first: int) -> Iterator[Batch]:
    names = [column.name for column in shape]
    others = {name: strings(batch.column(name)) for name in column_names(batch.schema.names, wanted).values()}
    arrays = {**others, **{name: batch.column(name) for name in names}}
    collector = Collector(wanted, first=first)
    at_once = max(1, batch.num_rows * wanted.batch_bytes // max(1, batch.nbytes))
    for start in range(0, batch.num_rows, at_once):
        values = [_python_values(array.slice(start, at_once)) for array in arrays.values()]
        for record in zip(*values, strict=True):
            full = collector.add(dict(zip(arrays, record, strict=True)))
            if full is not None:
                yield full
    yield from collector.rest()


def _python_values(values: pa.Array) -> list[Any]:
    if _is_text(values.type):
        return [None if value is None else value.decode("utf-8", "surrogateescape") for value in _raw(values)]
    try:
        found: list[Any] = values.to_pylist()
    except UnicodeDecodeError:
        found = [_python_value(value) for value in values]
    return found


def _raw(values: pa.Array) -> list[bytes | None]:
    found: list[bytes | None] = _large_strings(values).cast(pa.large_binary()).to_pylist()
    return found


def _python_value(value: pa.Scalar) -> Any:
    """A value, or a text that is no Unicode when it holds one."""
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return _NO_UNICODE

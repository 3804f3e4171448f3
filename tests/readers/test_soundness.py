"""Corrupt offsets and indices are refused before anything follows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from corpus_guard.readers.soundness import check_batch, check_schema

_INVALID = pa.StringArray.from_buffers(2, pa.py_buffer(np.array([0, 1, 2], np.int32)), pa.py_buffer(b"\xffa"), None, 0)


def _strings(*offsets: int) -> pa.StringArray:
    return pa.StringArray.from_buffers(2, pa.py_buffer(np.array(offsets, np.int32)), pa.py_buffer(b"text"), None, 0)


def _lists(values: pa.Array, *offsets: int) -> pa.ListArray:
    return pa.Array.from_buffers(
        pa.list_(values.type), 2, [None, pa.py_buffer(np.array(offsets, np.int32))], children=[values]
    )


def _structs(*values: pa.Array) -> pa.StructArray:
    fields = [pa.field(str(number), array.type) for number, array in enumerate(values)]
    return pa.Array.from_buffers(pa.struct(fields), 2, [None], children=list(values))


def _dictionary(values: pa.Array, *indices: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), values, safe=False)


_CORRUPT = {
    "string": _strings(0, 3, 1),
    "string beyond": _strings(0, 40_000_000, 2),
    "list": _lists(_INVALID, 0, 2, 1),
    "list beyond": _lists(_INVALID, 0, 40_000_000, 2),
    "beside invalid UTF-8": _structs(_INVALID, _strings(0, 3, 1)),
    "inside a list": _lists(_structs(_INVALID, _strings(0, 40_000_000, 2)), 0, 1, 2),
    "index": _dictionary(_INVALID, 0, 7),
    "negative index": _dictionary(_INVALID, -7, 0),
    "inside a dictionary": _dictionary(_strings(0, 3, 1), 0, 1),
}
_SOUND = {
    "string": _INVALID,
    "long string": _INVALID.view(pa.binary()).cast(pa.large_binary()).view(pa.large_string()),
    "list": _lists(_INVALID, 0, 1, 2),
    "struct": _structs(_INVALID, _strings(0, 1, 4)),
    "dictionary": _dictionary(_INVALID, 1, 0),
    "map": pa.array([[("a", "b")], None], pa.map_(pa.string(), pa.string())),
}


@pytest.mark.parametrize("values", _CORRUPT.values(), ids=_CORRUPT)
def test_what_leads_outside_is_refused(values: pa.Array) -> None:
    """An offset or index that leads outside is found, also beside strings that are no Unicode, which are no fault."""
    with pytest.raises((pa.ArrowInvalid, ValueError)):
        check_batch(pa.record_batch({"values": values}))


@pytest.mark.parametrize("values", _SOUND.values(), ids=_SOUND)
def test_strings_that_are_no_unicode_pass(values: pa.Array) -> None:
    """Whether strings are Unicode is for the reader of the texts to say."""
    assert 2 == check_batch(pa.record_batch({"values": values})).num_rows


def test_schema_with_names_is_passed_on() -> None:
    """Sound names, also inside types, are those of the schema."""
    schema: Any = pa.schema([("messages", pa.list_(pa.struct([("content", pa.string())])))])

    assert schema is check_schema(schema)

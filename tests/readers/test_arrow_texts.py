"""Texts in Arrow columns of every type, and what is no text."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.readers.arrow_texts import batches_of, strings
from tests.readers.reading import WANTED, Reading, gathered, texts_only

_TEXT_TYPES = [
    pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(),
    pa.dictionary(pa.int32(), pa.string()), pa.dictionary(pa.int8(), pa.large_string()),
]  # fmt: skip


def _read(columns: dict[str, Any], *, first: int = 0) -> Reading:
    return gathered(batches_of(pa.record_batch(columns), WANTED, first=first))


@pytest.mark.parametrize("kind", _TEXT_TYPES, ids=str)
def test_every_type_of_strings_is_text(kind: pa.DataType) -> None:
    """Short and long offsets, views, dictionaries and bytes hold text alike; nulls make documents without text."""
    texts = ["一", None, "", "a long text that no view keeps inline"]
    plain = pa.array(texts, pa.string())
    column = plain.cast(pa.binary()).cast(kind) if "binary" in str(kind) else plain.cast(kind)
    for start in range(3):
        reading = _read({"text": column.slice(start)}, first=5)

        assert [
            (5 + row, [] if text is None else [("text", text)]) for row, text in enumerate(texts[start:])
        ] == reading.documents


def test_invalid_utf_8_is_passed_on(tmp_path: object) -> None:
    """Strings are not decoded here: the shared pass finds what is no UTF-8, and says so."""
    column = pa.array([b"\xff\xfe", b"ok"])
    raw = pa.StringArray.from_buffers(2, column.buffers()[1], column.buffers()[2])

    assert texts_only(["\udcff\udcfe", "ok"]) == _read({"text": raw}).documents


def test_column_of_nulls_makes_documents_without_text() -> None:
    """A column without a type has no value in any row."""
    assert [(0, []), (1, [])] == _read({"text": pa.nulls(2)}).documents


def test_column_of_another_type_loses_its_rows() -> None:
    """Numbers under the name of text are no texts: each row says so, as in JSON."""
    reading = _read({"text": [1, None]})

    assert [(1, [])] == reading.documents
    assert [(0, None, 'the field "text" holds a number, a string was expected')] == reading.faults


def test_texts_of_a_document_stand_side_by_side() -> None:
    """Text column, then turns, then sample columns; nulls are left out, in documents and in batches of any size."""
    batch = pa.record_batch(
        {
            "output": ["o0", "o1", None],
            "instruction": ["i0", None, None],
            "text": ["t0", None, None],
            "messages": [[{"content": "m0", "role": "user"}, None, {"content": "m2", "role": "user"}], [], None],
        }
    )
    expected = [
        (0, [("text", "t0"), ("messages[0].content", "m0"), ("messages[2].content", "m2"), ("instruction", "i0"),
             ("output", "o0")]),
        (1, [("output", "o1")]),
        (2, []),
    ]  # fmt: skip

    assert expected == gathered(batches_of(batch, WANTED, first=0)).documents
    assert expected[1:] == [
        (row + 1, texts) for row, texts in gathered(batches_of(batch.slice(1), WANTED, first=0)).documents
    ]


_TURNS = st.lists(
    st.none()
    | st.lists(
        st.none()
        | st.fixed_dictionaries(
            {"content": st.none() | st.text(max_size=5), "reasoning_content": st.none() | st.text(max_size=5)}
        ),
        max_size=4,
    ),
    max_size=6,
)
_KIND = pa.list_(pa.struct([("role", pa.string()), ("reasoning_content", pa.string()), ("content", pa.string())]))


@given(turns=_TURNS, batch_bytes=st.integers(1, 20), start=st.integers(0, 3))
def test_turns_in_arrow_are_what_they_are_one_by_one(turns: list[Any], batch_bytes: int, start: int) -> None:
    """Lists of turns are taken as columns; the result is that of reading record by record, sliced or not."""
    from dataclasses import replace

    wanted = replace(WANTED, batch_bytes=batch_bytes)
    fast = pa.record_batch({"messages": pa.array(turns, _KIND)}).slice(start)
    slow = pa.record_batch({"messages": pa.array(turns, _KIND), "text": pa.array([None] * len(turns), pa.float64())})

    assert (
        gathered(batches_of(slow.slice(start), wanted, first=0)).documents
        == gathered(batches_of(fast, wanted, first=0)).documents
    )


def test_turn_of_parts_is_read_part_by_part() -> None:
    """A turn may mix texts with images; the texts are read, each under its own name."""
    parts = [{"type": "text", "text": "a"}, {"type": "image", "text": None}, {"type": "text", "text": "b"}]

    assert [(0, [("messages[0].content[0].text", "a"), ("messages[0].content[2].text", "b")])] == _read(
        {"messages": [[{"role": "user", "content": parts}]]}
    ).documents


def test_calls_of_tools_are_read() -> None:
    """A turn that only calls a tool says what the call says."""
    calls = [{"function": {"name": "send", "arguments": '{"to": "a"}'}}]
    where = "messages[0].tool_calls[0].function"

    assert [(0, [(f"{where}.name", "send"), (f"{where}.arguments", '{"to": "a"}')])] == [
        (row, sorted(texts, reverse=True))
        for row, texts in _read({"messages": [[{"content": None, "tool_calls": calls}]]}).documents
    ]


def test_invalid_utf_8_inside_a_record_loses_it_alone() -> None:
    """Nested columns that are read record by record say which of them is no UTF-8."""
    raw = pa.array([[[b"\xff"]], [[b"ok"]]])
    inner = raw.flatten().flatten()
    texts = pa.StringArray.from_buffers(2, inner.buffers()[1], inner.buffers()[2])
    contents = pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), texts)
    turns = pa.StructArray.from_arrays([contents], names=["content"])
    column = pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), turns)
    reading = _read({"messages": column})

    assert [(1, [("messages[0].content[0]", "ok")])] == reading.documents
    assert [(0, None, 'invalid UTF-8 in the field "messages"')] == reading.faults


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1, None]), ["1", None]),
        (pa.array([1.5, None]), ["1.5", None]),
        (pa.array([True, None]), ["true", None]),
        (pa.array([["mit", "apache"], None]), ['["mit", "apache"]', None]),
        (pa.array(["a", None]).dictionary_encode(), ["a", None]),
        (pa.array(["a", None], pa.string_view()), ["a", None]),
        (pa.array([b"a\xff", None]), ["a\ufffd", None]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_other_columns_become_strings(values: pa.Array, expected: list[str | None]) -> None:
    """A column that is no text is carried as strings, whatever its type; null stays null."""
    assert expected == strings(values).to_pylist()

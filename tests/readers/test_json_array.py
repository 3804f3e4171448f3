"""JSON arrays, single objects, and JSON Lines under the name of JSON."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_guard.readers import streams
from tests.readers.reading import Reading, read_all, texts_only

_ANY_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def _read(tmp_path: Path, content: bytes | str, **wanted: Any) -> Reading:
    path = tmp_path / "a.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_all(path, **wanted)


@pytest.mark.parametrize("indent", [None, 2])
@_ANY_FILE
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=8),
    block=st.integers(1, 30),
    plain=st.booleans(),
)
def test_array_gives_its_elements_however_it_is_read(
    tmp_path: Path, texts: list[str], block: int, *, plain: bool, indent: int | None
) -> None:
    """Wherever a block ends, in a string, an escape, a number or a letter, the same elements come out."""
    content = json.dumps([{"n": -1.5e3, "text": text, "b": True} for text in texts], ensure_ascii=plain, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK", block)
        reading = _read(tmp_path, content)

    assert None is reading.error
    assert texts_only(texts) == reading.documents


@pytest.mark.parametrize("content", ["[{}, {}, {}]", "{}\n{}\n{}\n", "\n{}{}{}"])
@pytest.mark.parametrize("twice", ['{\n"text": "secret", "text": "b"}', '{"n": 1,\n"text": "", "text": "secret"}'])
def test_a_record_that_has_its_text_twice_is_unscanned(tmp_path: Path, content: str, twice: str) -> None:
    """In an array as among objects one after another: parsers keep the last, and the other would go unread."""
    reading = _read(tmp_path, content.format('{\n"text": "\\"text\\" \\"text\\""}', twice, '{"text": "c"}'))

    assert None is reading.error
    assert [(0, [("text", '"text" "text"')]), (2, [("text", "c")])] == reading.documents
    assert [(1, 'the key "text" stands twice in one object, so a text of it would be lost')] == [
        (lost.row, lost.reason) for lost in reading.lost
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", []),
        (" \n", []),
        ("[]", []),
        (" [ ] \n", []),
        ('\ufeff[{"text": "a"}]', ["a"]),
        ('{"text": "a"}', ["a"]),
        ('{"text": "a"}\n{"text": "b"}\n', ["a", "b"]),
        ('\n\n{"text": "a"}\n{"text": "b"}', ["a", "b"]),
        ('{\n  "text": "a"\n}\n', ["a"]),
        ('{\n  "text": "a"\n}\n{\n  "text": "b"\n}\n', ["a", "b"]),
    ],
)
def test_json_is_an_array_an_object_or_objects_one_after_another(
    tmp_path: Path, content: str, expected: list[str]
) -> None:
    """`[` begins an array; an object that is a line begins JSON Lines; other objects follow each other."""
    reading = _read(tmp_path, content)

    assert None is reading.error
    assert texts_only(expected) == reading.documents


def test_element_that_is_no_record_is_named_and_passed(tmp_path: Path) -> None:
    """Elements of another type, without text, or with a lone surrogate cost themselves alone."""
    good = '{"text": "好"}'
    reading = _read(tmp_path, f'[{good}, 5, {{"a": 1}}, {{"text": "\\ud800"}}, {good}]')

    assert [0, 4] == reading.rows
    assert [
        (1, 18, "the record is a number, an object was expected"),
        (2, 21, "no text column; it has: a. Name it with --text-column."),
        (3, 31, 'a lone surrogate, which is no Unicode in the field "text"'),
    ] == reading.faults


def test_invalid_utf_8_costs_its_element_alone(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 stay inside their string; elements before and after them are read."""
    reading = _read(tmp_path, b'[{"text": "a"}, {"text": "\xe9t\xe9"}, {"text": "b"}]')

    assert [(0, [("text", "a")]), (2, [("text", "b")])] == reading.documents
    assert [(1, 16, 'invalid UTF-8 in the field "text"')] == reading.faults


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        ('[{"text": "好"}, {"text": secret}]', 18),
        ('[{"text": "好"} {"text": "secret"}]', 17),
        ('[{"text": "好"}, {"text": "secret', 18),
        ('[{"text": "好"},', 17),
        ('[{"text": "好"}', 16),
        ('[{"text": "好"}, ]', 18),
        ('[{"text": "好"}] secret', 18),
        ('[{"text": "好"}, ' + "[" * 100_000, 18),
    ],
)
def test_malformed_array_is_read_up_to_its_fault(tmp_path: Path, content: str, offset: int) -> None:
    """What comes before the fault is read; the error has the byte of the fault and quotes nothing."""
    reading = _read(tmp_path, content)

    assert texts_only(["好"]) == reading.documents
    assert reading.error is not None
    assert (offset, None) == (reading.error.byte_offset, reading.error.documents)
    assert "secret" not in reading.error.reason


def test_malformed_value_does_not_read_the_file_to_its_end(tmp_path: Path) -> None:
    """A fault that no further byte can heal is said at once, however much follows."""
    content = b'[{"text": nonsense}, ' + b'{"text": "a"}, ' * 1000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK", 64)
        reading = _read(tmp_path, content)

    assert [] == reading.documents
    assert "malformed JSON" in str(reading.error)


def test_cut_stream_gives_the_elements_before_the_cut(tmp_path: Path) -> None:
    """Half a packed array gives about half its elements, then the fault of the stream."""
    texts = [f"{number * 7919 % 100003:05} " * 20 for number in range(20_000)]
    packed = gzip.compress(json.dumps([{"text": text} for text in texts]).encode(), mtime=0)
    path = tmp_path / "a.json.gz"
    path.write_bytes(packed[: len(packed) // 2])
    reading = read_all(path)

    assert len(reading.texts) > 3_000
    assert texts[: len(reading.texts)] == reading.texts
    assert "gzip stream is cut off" in str(reading.error)


def test_utf_16_is_refused(tmp_path: Path) -> None:
    """The whole shard is lost, and the reason says why."""
    assert "UTF-16" in str(_read(tmp_path, '[{"text": "a"}]'.encode("utf-16")).error)


@pytest.mark.parametrize("content", ["hello", '[{"text": "a"}, oops'])
def test_plain_text_that_is_called_compressed_json_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    """The fault is where the JSON ends; that the suffix is wrong as well is said with it."""
    path = tmp_path / "a.json.zst"
    path.write_text(content, encoding="utf-8")
    error = read_all(path).error

    assert error is not None
    assert error.reason.endswith("; its suffix says Zstandard, but the file is not compressed")
    assert content.index("oops" if "oops" in content else "hello") == error.byte_offset

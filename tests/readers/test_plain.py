"""Plain text: lines, or whole files."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.readers.reading import Reading, read_all, texts_only


def _read(tmp_path: Path, content: bytes, name: str = "a.txt", **options: Any) -> Reading:
    path = tmp_path / name
    path.write_bytes(content)
    return read_all(path, **options)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", []),
        ("\n", [""]),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\n\nb\n", ["a", "", "b"]),
        ("a\r\n\r\nb", ["a", "", "b"]),
        ("a\r", ["a"]),
        ("a\rb\r\r\n", ["a\rb\r"]),
        ("\ufeff一\n二", ["一", "二"]),
        ("a\x0bb\x85c\u2028d\n", ["a\x0bb\x85c\u2028d"]),
    ],
)
def test_a_document_is_a_line(tmp_path: Path, content: str, expected: list[str]) -> None:
    """Lines end with LF or CR LF, which are no part of the text; empty lines are empty documents."""
    assert texts_only(expected) == _read(tmp_path, content.encode()).documents


def test_line_that_is_no_utf_8_is_named_and_reading_goes_on(tmp_path: Path) -> None:
    """A line in GBK costs itself alone; the carriage returns around it are still no text."""
    reading = _read(tmp_path, b"before\r\n\xc4\xe3\xba\xc3\r\nafter\r\n")

    assert [(0, [("text", "before")]), (2, [("text", "after")])] == reading.documents
    assert [(1, 8, "invalid UTF-8 in this line")] == reading.faults


def test_batches_hold_at_most_what_was_asked(tmp_path: Path) -> None:
    """Batches are cut by bytes; a longer line makes a batch of its own."""
    texts = ["a" * 10, "b" * 500, *["文" * 5] * 30]
    reading = _read(tmp_path, "".join(f"{text}\n" for text in texts).encode(), batch_bytes=100)

    assert texts_only(texts) == reading.documents
    assert [10, 500, 90, 90, 90, 90, 90] == reading.sizes


def test_file_can_be_one_document(tmp_path: Path) -> None:
    """With `text_records = "file"` the whole file is one text, however many splits it was planned in."""
    reading = _read(tmp_path, b"\xef\xbb\xbfone\ntwo\r\n", target_bytes=4, text_records="file")

    assert texts_only(["one\ntwo\r\n"]) == reading.documents
    assert 1 == reading.read


def test_file_that_is_no_utf_8_is_one_lost_document(tmp_path: Path) -> None:
    """Read as one document, a fault anywhere loses it; the offset says where."""
    reading = _read(tmp_path, b"one\n\xff\n", text_records="file")

    assert ([], [(0, 4, "invalid UTF-8 in this file")]) == (reading.documents, reading.faults)


def test_cut_file_that_is_one_document_is_lost(tmp_path: Path) -> None:
    """Half a document is none: the error says that one was lost."""
    packed = gzip.compress(b"text " * 1000, mtime=0)
    reading = _read(tmp_path, packed[:-9], "a.txt.gz", text_records="file")

    assert [] == reading.documents
    assert reading.error is not None
    assert 1 == reading.error.documents


def test_empty_file_has_no_documents(tmp_path: Path) -> None:
    """Neither lines nor, read as one document, anything at all."""
    assert [] == _read(tmp_path, b"").documents
    assert [] == _read(tmp_path, b"", text_records="file").documents

"""CSV and TSV, sound and broken."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_guard.readers import streams
from tests.readers.reading import Reading, read_all, texts_only

_ANY_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def _read(tmp_path: Path, content: bytes | str, name: str = "a.csv", **wanted: Any) -> Reading:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_all(path, **wanted)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", []),
        ("text\n", []),
        ("text\na\nb\n", ["a", "b"]),
        ("text\r\na\r\nb", ["a", "b"]),
        ("\ufeffid,text\n1,好\n", ["好"]),
        ('text,n\n"a, ""b""",1\n', ['a, "b"']),
        ('text,n\n"two\nlines",1\n"two\r\nlines",1\n', ["two\nlines", "two\r\nlines"]),
        ("id,text\n1,a\n\n2,\n", ["a", ""]),
        ('id,text\n1,mid"quote\n', ['mid"quote']),
    ],
)
def test_a_record_is_a_row_below_the_header(tmp_path: Path, content: str, expected: list[str]) -> None:
    """Quoted cells hold commas, quotes and line feeds; blank lines are no rows; an empty cell is an empty text."""
    reading = _read(tmp_path, content)

    assert None is reading.error
    assert texts_only(expected) == reading.documents


def test_tsv_is_cut_at_tabs(tmp_path: Path) -> None:
    """In TSV a comma is a letter like any other."""
    assert texts_only(["a, b"]) == _read(tmp_path, "id\ttext\n1\ta, b\n", "a.tsv").documents


@_ANY_FILE
@given(
    cells=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=10), max_size=8
    ),
    block=st.integers(1, 30),
)
def test_what_python_writes_is_read(tmp_path: Path, cells: list[str], block: int) -> None:
    """Whatever cells hold and wherever blocks end, what the csv module writes comes back."""
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *([number, cell] for number, cell in enumerate(cells))])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK", block)
        reading = read_all(path)

    assert texts_only(cells) == reading.documents


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1,2,3", "this row has 3 columns, the header has 2"),
        (b"secret", "this row has 1 columns, the header has 2"),
        (b"1,\xc4\xe3\xba\xc3", 'invalid UTF-8 in the field "text"'),
        (b'1,"secret"x', "malformed CSV: its quotes do not pair"),
    ],
)
def test_broken_row_is_named_and_reading_goes_on(tmp_path: Path, row: bytes, reason: str) -> None:
    """A row that is none costs itself alone: its number and offset are said, its content is not."""
    reading = _read(tmp_path, b"id,text\n0,before\n" + row + b"\n2,after\n")

    assert [(0, [("text", "before")]), (2, [("text", "after")])] == reading.documents
    assert [(1, 17, reason)] == reading.faults
    assert None is reading.error


@pytest.mark.parametrize("rest", ["", 'x,y\n5,"b"\n6,c\n'])
def test_quote_that_never_closes_swallows_nothing_in_silence(tmp_path: Path, rest: str) -> None:
    """Rows before it are read; what follows is an error with the byte at which the row begins."""
    reading = _read(tmp_path, f'id,text\n0,a\n1,"open\n2,secret\n3,c\n{rest}')

    assert texts_only(["a"]) == reading.documents
    assert reading.error is not None
    assert (12, None) == (reading.error.byte_offset, reading.error.documents)
    assert "secret" not in reading.error.reason


def test_quote_open_in_the_last_row_costs_that_row(tmp_path: Path) -> None:
    """Nothing follows it that could have been swallowed."""
    reading = _read(tmp_path, 'id,text\n0,a\n1,"open')

    assert texts_only(["a"]) == reading.documents
    assert [1] == [lost.row for lost in reading.lost]


def test_missing_text_column_loses_the_shard(tmp_path: Path) -> None:
    """The sentence names the columns, and nothing of the rows."""
    reading = _read(tmp_path, "url,lang,body2\nsecret,secret,secret\n")

    assert [] == reading.documents
    assert "no text column; it has: url, lang, body2. Name it with --text-column." == str(reading.error)
    assert texts_only(["a"], "body2") == _read(tmp_path, "url,body2\nu,a\n", text_column="body2").documents


def test_table_without_a_header_is_not_quoted(tmp_path: Path) -> None:
    """Its first row stands where names should be; content of it must not reach errors.csv."""
    reading = _read(tmp_path, "7,call 13800138000 now,a@b.example,我要举报，他骗钱\n8,b,c,d\n")

    assert "no text column; it has: 7, …, …, …. Name it with --text-column." == str(reading.error)


def test_lines_that_end_in_carriage_returns_are_said(tmp_path: Path) -> None:
    """Old Macintosh files have no line feeds; their quotes are not to blame."""
    error = _read(tmp_path, "text\rone\rtwo\r").error

    assert "the header cannot be read: malformed CSV: a carriage return without a line feed stands outside quotes" == (
        str(error)
    )


def test_two_text_columns_of_one_name_lose_the_shard(tmp_path: Path) -> None:
    """Reading one of them would hide the other."""
    assert '2 columns are called "text"' in str(_read(tmp_path, "text,text\na,b\n").error)


def test_other_columns_come_along(tmp_path: Path) -> None:
    """Columns that were asked for are carried; an empty cell is no value."""
    reading = _read(tmp_path, "id,text,source\n7,a,web\n,b,\n")

    assert {"document_id": ["7", None], "source": ["web", None]} == reading.columns


def test_long_cell_is_read_and_the_limit_of_the_process_stays(tmp_path: Path) -> None:
    """Cells may be longer than Python's csv module allows by itself; for others it keeps its limit."""
    before = csv.field_size_limit()

    assert texts_only(["x" * 1_000_000]) == _read(tmp_path, f"text\n{'x' * 1_000_000}\n").documents
    assert before == csv.field_size_limit()


def test_cut_stream_gives_its_whole_rows(tmp_path: Path) -> None:
    """Rows before the cut of a packed file are read, then comes its error."""
    texts = [f"{number * 7919 % 100003:05} " * 20 for number in range(20_000)]
    packed = gzip.compress(("text\n" + "\n".join(texts)).encode(), mtime=0)
    reading = _read(tmp_path, packed[: len(packed) // 2], "a.csv.gz")

    assert len(reading.texts) > 3_000
    assert texts[: len(reading.texts)] == reading.texts
    assert "gzip stream is cut off" in str(reading.error)


def test_utf_16_is_refused(tmp_path: Path) -> None:
    """The whole shard is lost, and the reason says why."""
    assert "UTF-16" in str(_read(tmp_path, "text\na\n".encode("utf-16")).error)

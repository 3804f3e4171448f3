"""JSON Lines, sound and broken."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard

from corpus_guard.core.shard import Split
from corpus_guard.readers import read, splits_of
from tests.readers.reading import WANTED, documents_of, read_all, shard_of, texts_only


def _lines(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


@pytest.mark.parametrize("rows", [{0}, {2}, {1, 3, 5}, {9}])
def test_rows_that_are_asked_for_have_their_numbers(tmp_path: Path, rows: set[int]) -> None:
    """The others are counted and not parsed: blank lines are no records, broken ones are."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n\n{\n{"text": "c"}\n \n{"text": "d"}\n[]\n{"text": "f"}', encoding="utf-8")
    whole = read_all(path)
    batches = list(read(Split(0, shard_of(path), 0, 0, -1), replace(WANTED, rows=frozenset(rows))))

    assert (whole.rows, [row for row, _, _ in whole.faults], whole.read) == ([0, 2, 3, 5], [1, 4], 6)
    assert [one for one in whole.documents if one[0] in rows] == [one for some in batches for one in documents_of(some)]
    assert [row for row in (1, 4) if row in rows] == [lost.row for one in batches for lost in one.unscanned]
    assert sum(one.read for one in batches) == 6


@pytest.mark.parametrize("between", [b"\n", b"\n\n", b"\r\n", b"\n \r\n", b"\n\x0b\n"])
@pytest.mark.parametrize("rows", [{0}, {7}, {40, 79}, {80}])
def test_long_stretches_that_nobody_wants_are_counted(tmp_path: Path, between: bytes, rows: set[int]) -> None:
    """Many records at once are passed by, whatever ends a line and wherever blank lines stand."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(between.join(json.dumps({"text": f"{row} " * 20_000}).encode() for row in range(80)))

    batches = list(read(Split(0, shard_of(path), 0, 0, -1), replace(WANTED, rows=frozenset(rows))))

    found = {row: texts[0][1].split()[0] for some in batches for row, texts in documents_of(some)}
    assert found == {row: str(row) for row in rows if row < 80}
    assert sum(one.read for one in batches) == 80


def test_a_record_is_a_line(tmp_path: Path) -> None:
    """Blank lines are no records; lines may end with CR LF; the last needs no line feed."""
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"text": "一"}\r\n\n   \r\n{"text": "two"}\n\n{"text": ""}'.encode())

    assert texts_only(["一", "two", ""]) == read_all(path).documents


ARRAY = "an array begins here, one object a line was expected; a file that is one JSON array has to be called .json"


def test_empty_file_has_no_records(tmp_path: Path) -> None:
    """Nothing in, nothing out, and no fault."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"")
    reading = read_all(path)

    assert ([], [], 0, None) == (reading.documents, reading.lost, reading.read, reading.error)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "secret', "malformed JSON: the line is no JSON value"),
        (b'{"text": "secret"} secret', "malformed JSON: the line is no JSON value"),
        (b"\0\0\0\0", "malformed JSON: the line is no JSON value"),
        (b"[" * 100_000, ARRAY),
        ('{"text": "机密文件"}'.encode("gbk"), "invalid UTF-8 in this line"),
        ('{"text": "café secret"}'.encode("latin-1"), "invalid UTF-8 in this line"),
        (rb'{"text": "secret \ud800"}', 'a lone surrogate, which is no Unicode in the field "text"'),
        (b'["secret"]', ARRAY),
        (b'"secret"', "the record is a string, an object was expected"),
        (b"17", "the record is a number, an object was expected"),
        (b"null", "the record is nothing, an object was expected"),
        (
            b'{"text": "a", "text": "secret"}',
            'the key "text" stands twice in one object, so a text of it would be lost',
        ),
        (
            rb'{"te\u0078t": "secret", "text": "a"}',
            'the key "text" stands twice in one object, so a text of it would be lost',
        ),
        (b'{"text": 5}', 'the field "text" holds a number, a string was expected'),
        (b'{"text": true}', 'the field "text" holds true or false, a string was expected'),
        (b'{"text": {"secret": 1}}', 'the field "text" holds an object, a string was expected'),
        (b'{"text": ["secret"]}', 'the field "text" holds a list, a string was expected'),
        (b'{"url": "secret", "lang": "zh"}', "no text column; it has: url, lang. Name it with --text-column."),
        (b"{}", "no text column; it has: nothing. Name it with --text-column."),
    ],
)
def test_broken_line_is_named_and_reading_goes_on(tmp_path: Path, line: bytes, reason: str) -> None:
    """A line that is no record costs that record alone: its row and offset are said, its content is not."""
    path = _lines(tmp_path / "a.jsonl", b'{"text": "before"}', line, b'{"text": "after"}')
    reading = read_all(path)

    assert [(0, [("text", "before")]), (2, [("text", "after")])] == reading.documents
    assert [(1, 19, reason)] == reading.faults
    assert 3 == reading.read
    assert "secret" not in reading.faults[0][2]


@pytest.mark.parametrize("twice", [rb'"\u5185\u5bB9"', rb'"\u5185\u5bb9"', '"内\\u5BB9"'.encode(), '"内容"'.encode()])
@pytest.mark.parametrize("once", [rb'"\u5185\u5bb9"', '"内容"'.encode()])
def test_a_key_that_stands_twice_is_found_however_it_is_written(tmp_path: Path, once: bytes, twice: bytes) -> None:
    """Plainly or by escapes, of which case does not matter; texts that hold the like are no keys."""
    kept = rb'{"text": "\u5185\u5bb9 \"\u5185\u5bb9\" te\u0078t", "\u5185\u5bb9": "b"}'
    lines = kept, b"{%s: 1, %s: 2}" % (once, twice)
    reading = read_all(_lines(tmp_path / "a.jsonl", *lines), text_column="内容")

    assert [(0, [("内容", "b")])] == reading.documents
    assert ['the key "内容" stands twice in one object, so a text of it would be lost'] == [
        reason for _, _, reason in reading.faults
    ]


def test_keys_of_several_objects_are_not_twice_in_one(tmp_path: Path) -> None:
    """However they are written, and whatever texts look like."""
    line = rb'{"a": {"te\u0078t": "1"}, "text": "\"text\": te\u0078t", "b": {"text": "2"}}'
    reading = read_all(_lines(tmp_path / "a.jsonl", line), text_column="text")

    assert [(0, [("text", '"text": text')])] == reading.documents


def test_deep_nesting_costs_its_record_alone(tmp_path: Path) -> None:
    """Neither calls of tools nor other columns end a scan, however deep their lists go."""
    deep = "[" * 980 + '"a"' + "]" * 980
    calls = f'{{"messages": [{{"content": "a", "tool_calls": {deep}}}]}}'
    reading = read_all(_lines(tmp_path / "a.jsonl", calls.encode(), f'{{"text": "b", "id": {deep}}}'.encode()))

    assert [(1, [("text", "b")])] == reading.documents
    assert [(0, 0, "its lists and objects are nested too deep to be read")] == reading.faults


def test_missing_text_column_names_few_keys_and_quotes_no_content(tmp_path: Path) -> None:
    """Twenty keys are shown, and of those that read like content only that they are there."""
    record = {f"k{number:02}": 1 for number in range(18)} | {"k\n18": 1, "x" * 60: 1, "k20": 1}
    reason = read_all(_lines(tmp_path / "a.jsonl", json.dumps(record).encode())).faults[0][2]

    assert reason.endswith("k16, k17, …, …. Name it with --text-column.")


def test_lost_records_at_the_end_are_counted(tmp_path: Path) -> None:
    """A file without a single good record still says how many it has."""
    reading = read_all(_lines(tmp_path / "a.jsonl", *[b"broken"] * 5))

    assert ([], 5, [0, 1, 2, 3, 4]) == (reading.documents, reading.read, [lost.row for lost in reading.lost])


def test_null_text_makes_a_document_without_text(tmp_path: Path) -> None:
    """Null is no fault: the document is there, and empty."""
    reading = read_all(_lines(tmp_path / "a.jsonl", b'{"text": null, "id": 7}', b'{"text": "a"}'))

    assert [(0, []), (1, [("text", "a")])] == reading.documents
    assert {"document_id": ["7", None]} == reading.columns


def test_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    """UTF-8 with a mark reads as UTF-8, and offsets count the mark."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "a"}\nbroken\n')
    reading = read_all(path)

    assert texts_only(["a"]) == reading.documents
    assert [17] == [lost.byte_offset for lost in reading.lost]


def test_utf_16_is_refused(tmp_path: Path) -> None:
    """The whole shard is lost, and the reason says why."""
    path = tmp_path / "a.jsonl"
    path.write_bytes('{"text": "a"}\n'.encode("utf-16"))

    assert "UTF-16" in str(read_all(path).error)


def test_what_python_writes_beside_json_is_read(tmp_path: Path) -> None:
    """NaN and Infinity, which Python's own writer makes, and integers of any length do not cost a record."""
    path = _lines(
        tmp_path / "a.jsonl", b'{"text": "a", "score": NaN}', b'{"text": "b", "id": 123456789012345678901234567890}'
    )

    assert texts_only(["a", "b"]) == read_all(path).documents


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("zst", zstandard.ZstdCompressor().compress)])
def test_cut_stream_gives_its_whole_lines(tmp_path: Path, suffix: str, pack: Any) -> None:
    """Rows before the cut are read; then the error says from which byte of the unpacked text on nothing is known."""
    lines = [json.dumps({"text": f"{number * 7919 % 100003:05} " * 20}) for number in range(30_000)]
    data = "\n".join(lines).encode()
    packed = pack(data)
    path = tmp_path / f"a.jsonl.{suffix}"
    path.write_bytes(packed[: len(packed) * 2 // 3])
    reading = read_all(path)

    assert len(reading.documents) > 5_000
    assert [json.loads(line)["text"] for line in lines[: reading.read]] == reading.texts
    assert reading.error is not None
    assert len("\n".join(lines[: reading.read])) + 1 == reading.error.byte_offset
    assert reading.error.documents is None


def test_batches_hold_at_most_what_was_asked(tmp_path: Path) -> None:
    """Batches are cut by bytes of text, not by rows; a longer text makes a batch of its own."""
    texts = ["文" * 100, "a" * 5_000, *["b" * 90] * 40]
    path = _lines(tmp_path / "a.jsonl", *(json.dumps({"text": text}).encode() for text in texts))
    reading = read_all(path, batch_bytes=1_000)

    assert texts_only(texts) == reading.documents
    assert 5_000 in reading.sizes
    assert all(size <= 1_000 for size in reading.sizes if size != 5_000)


def test_very_long_document_is_read(tmp_path: Path) -> None:
    """A document of 200 MB is one text in one batch."""
    path = _lines(tmp_path / "a.jsonl", b'{"text": "before"}', b'{"text": "' + b"x" * 200_000_000 + b'"}')
    reading = read_all(path)

    assert ["before", 200_000_000] == [reading.texts[0], len(reading.texts[1])]
    assert [6, 200_000_000] == reading.sizes


@pytest.mark.parametrize("indent", [None, 1])
def test_an_array_by_the_wrong_name_is_told_so(tmp_path: Path, indent: int | None) -> None:
    """The first fault says what the file is, and what it has to be called to be read."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps([{"text": "a"}, {"text": "b"}], indent=indent), encoding="utf-8")
    reading = read_all(path)

    assert (0, 0, ARRAY) == reading.faults[0]
    assert [] == reading.documents


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_huge_line_is_let_go(tmp_path: Path, end: str) -> None:
    """While a document is worked on, the line it stood in takes no memory."""
    size = 4 * 2**20
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "字" * size}, ensure_ascii=False) + end, encoding="utf-8")
    shard = shard_of(path)
    [part] = splits_of(shard, 2 * path.stat().st_size)
    tracemalloc.start()
    try:
        held = [tracemalloc.get_traced_memory()[0] for _ in read(Split(0, shard, 0, *part), WANTED)]
    finally:
        tracemalloc.stop()

    assert [True] == [one < size for one in held]


def test_a_text_that_speaks_of_its_key_is_no_key(tmp_path: Path) -> None:
    """What only looks like a repeated key is read: in the text itself, or in another object of the record."""
    rows = [{"text": 'say "text": "text"'}, {"text": "a", "more": {"text": "b"}}]
    path = _lines(tmp_path / "a.jsonl", *(json.dumps(row).encode() for row in rows))

    assert texts_only(['say "text": "text"', "a"]) == read_all(path).documents


@pytest.mark.parametrize(("suffix", "said"), [("gz", "gzip"), ("zst", "Zstandard"), ("bz2", "bzip2"), ("xz", "xz")])
def test_plain_text_that_is_called_compressed_is_said_to_be_none(tmp_path: Path, suffix: str, said: str) -> None:
    """What is JSON Lines is read as such; of what is not, each line is named with the likelier fault, and none lost."""
    path = _lines(tmp_path / f"a.jsonl.{suffix}", b'{"text": "read"}', b"version 1", b"size 20", b'{"text": "too"}')
    reading = read_all(path)
    reason = f"malformed JSON: the line is no JSON value; its suffix says {said}, but the file is not compressed"

    assert [(0, [("text", "read")]), (3, [("text", "too")])] == reading.documents
    assert [(1, 17, reason), (2, 27, reason)] == reading.faults
    assert 4 == reading.read


def test_a_compressed_file_has_the_faults_of_its_lines_alone(tmp_path: Path) -> None:
    """The suffix is told of where it is wrong only."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"no json\n", mtime=0))

    assert [(0, 0, "malformed JSON: the line is no JSON value")] == read_all(path).faults

"""What can be said of a shard without reading its text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.shard import Shard, Split
from corpus_guard.readers import columns_of, records_in, splits_of
from tests.readers.reading import shard_of


@given(size=st.integers(0, 10**12), target=st.integers(10**9, 10**12))
def test_byte_ranges_cover_a_file_without_gaps(size: int, target: int) -> None:
    """Parts of plain JSON Lines follow each other from the first byte to the end."""
    parts = splits_of(Shard("a.jsonl", "a.jsonl", "jsonl", size, 0, "a"), target)

    assert 0 == parts[0][0]
    assert -1 == parts[-1][1]
    assert [stop for _, stop in parts[:-1]] == [start for start, _ in parts[1:]]
    assert max(1, -(-size // target)) == len(parts)


@pytest.mark.parametrize("form", ["jsonl.gz", "text.zst", "json", "csv", "tsv", "csv.gz", "parquet", "arrow"])
def test_what_cannot_be_cut_is_one_part(form: str) -> None:
    """Compressed text, arrays and CSV are read from their beginning; so is a file that is not there."""
    assert [(0, -1)] == splits_of(Shard("a", "no such file", form, 10**12, 0, "a"))


@pytest.mark.parametrize("form", ["jsonl", "text", "json", "csv", "parquet", "arrow"])
def test_file_that_cannot_be_read_has_no_columns_and_no_count(form: str) -> None:
    """What cannot be known is None or nothing, never an error: reading will say why."""
    shard = Shard("a", "no such file", form, 10, 0, "a")

    assert None is records_in(Split(0, shard))
    assert columns_of(shard) == (["text"] if form == "text" else [])


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b'\xef\xbb\xbfid,"the, text"\n1,2\n', ["id", "the, text"]),
        ("a.tsv", b"id\ttext\n", ["id", "text"]),
        ("a.csv.gz", gzip.compress(b"id,text\n", mtime=0), ["id", "text"]),
        ("a.jsonl", b'\n{"id": 1, "text": "a"}\n{"other": 1}\n', ["id", "text", "other"]),
        ("a.json", b'[{"id": 1, "text": "a"}, {"other": 1}]', ["id", "text", "other"]),
        ("a.jsonl", b'{"id": 1}\n' * 100 + b'{"other": 1}\n', ["id"]),
        ("a.jsonl", b'{"id": 1}\nbroken\n', ["id"]),
        ("a.json", b'{\n"id": 1, "text": "a"}', ["id", "text"]),
        ("a.jsonl", b"broken", []),
        ("a.jsonl", b"[1]", []),
        ("a.json", b"", []),
        ("a.csv", b"", []),
        ("a.txt", b"a\n", ["text"]),
    ],
)
def test_columns_are_those_of_the_header_or_of_the_first_records(
    tmp_path: Path, name: str, content: bytes, expected: list[str]
) -> None:
    """A plan shows the columns after reading no more than the beginning of a file."""
    path = tmp_path / name
    path.write_bytes(content)

    assert expected == columns_of(shard_of(path))


def test_columns_of_parquet_and_arrow_are_those_of_the_schema(tmp_path: Path) -> None:
    """Nested columns count as one."""
    table = pa.table({"id": [1], "messages": [[{"role": "user", "content": "q"}]]})
    pq.write_table(table, tmp_path / "a.parquet")
    with pa.ipc.new_stream(tmp_path / "a.arrow", table.schema) as file:
        file.write_table(table)

    assert ["id", "messages"] == columns_of(shard_of(tmp_path / "a.parquet"))
    assert ["id", "messages"] == columns_of(shard_of(tmp_path / "a.arrow"))


def test_records_of_packed_lines_are_counted(tmp_path: Path) -> None:
    """Lines are counted through the compression; of a cut file the number is not known."""
    path = tmp_path / "a.jsonl.gz"
    packed = gzip.compress(b"\n".join(json.dumps({"text": "a"}).encode() for _ in range(1000)), mtime=0)
    path.write_bytes(packed)

    assert 1000 == records_in(Split(0, shard_of(path)))

    path.write_bytes(packed[:-9])

    assert None is records_in(Split(0, shard_of(path)))

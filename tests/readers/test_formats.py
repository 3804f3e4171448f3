"""What a file is."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from corpus_guard.readers import identify
from tests.readers.reading import not_as_root

_ZSTD = zstandard.ZstdCompressor().compress(b"{}\n")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b'{"text": "a"}\n', "jsonl"),
        ("a.NDJSON", b"{}\n", "jsonl"),
        ("a.json", b"[]", "json"),
        ("a.csv", b"text\n", "csv"),
        ("a.tsv", b"text\n", "tsv"),
        ("a.txt", b"a\n", "text"),
        ("notes.md", b"# a\n", "text"),
        ("a.text", b"a\n", "text"),
        ("web/a.v1.2.jsonl", b"{}\n", "jsonl"),
        ("a.jsonl.gz", gzip.compress(b"{}\n", mtime=0), "jsonl.gz"),
        ("a.csv.gzip", gzip.compress(b"text\n", mtime=0), "csv.gz"),
        ("a.txt.zst", _ZSTD, "text.zst"),
        ("a.json.zstd", _ZSTD, "json.zst"),
        ("a.jsonl.zst", b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + _ZSTD, "jsonl.zst"),
        ("a.jsonl", gzip.compress(b"{}\n", mtime=0), "jsonl.gz"),
        ("a.jsonl.gz", _ZSTD, "jsonl.zst"),
        ("a.jsonl.gz", b'{"text": "not packed"}\n', "jsonl"),
        ("a.txt", b"ORCHESTRA and BZhang\n", "text"),
        ("a.txt", b"ORC", "text"),
        ("a.txt", b"PAR1 is the mark of Parquet\n", "text"),
        ("a.txt", b"ARROW1 is that of Arrow\n", "text"),
        ("a.jsonl", b"", "jsonl"),
        ("a.csv", b"", "csv"),
        ("a.txt", b"", "text"),
        ("a.json", b"", "json"),
    ],
)
def test_format_comes_from_content_first_then_from_the_suffix(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    """The first bytes say what a file is where they can; its suffix says the rest."""
    path = tmp_path / "file"
    path.write_bytes(content)

    assert (expected, "") == identify(path, name)


@pytest.mark.parametrize("name", ["a.parquet", "a.pq", "a.jsonl", "a.bin", "a"])
def test_parquet_is_known_by_its_mark_under_any_name(tmp_path: Path, name: str) -> None:
    """A file that is Parquet is read as Parquet, whatever its suffix says."""
    path = tmp_path / name
    pq.write_table(pa.table({"text": ["a"]}), path)

    assert ("parquet", "") == identify(path, name)


@pytest.mark.parametrize("name", ["a.arrow", "a.feather", "a.ipc", "a.csv"])
@pytest.mark.parametrize("writer", [pa.ipc.new_file, pa.ipc.new_stream])
def test_arrow_is_known_by_its_mark_under_any_name(tmp_path: Path, name: str, writer: object) -> None:
    """Both Arrow formats, file and stream, are known by their first bytes."""
    path = tmp_path / name
    table = pa.table({"text": ["a"]})
    with writer(path, table.schema) as file:  # type: ignore[operator]
        file.write_table(table)

    assert ("arrow", "") == identify(path, name)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.parquet", b'{"text": "a"}\n', "the suffix says Parquet, the content does not begin with PAR1"),
        ("a.parquet", b"", "the suffix says Parquet, the file is empty"),
        ("a.parquet", b"PARE\x15\x00", "this is an encrypted Parquet file"),
        ("a.arrow", b"", "the suffix says Arrow, the file is empty"),
        ("a.feather", b"FEA1\x00\x00", "this is a Feather file of version 1"),
        ("a.jsonl.gz", b"", "the suffix says gzip, the file is empty"),
        ("a.jsonl.gz", b"\x00\x01\x02\x03", "the suffix says gzip, the content does not begin with the bytes 1f 8b"),
        ("a.jsonl.zst", b"\x00\x01\x02\x03", "the suffix says Zstandard, the content does not begin with"),
        ("a.txt", b"PK\x03\x04\x14\x00", "this is a zip archive"),
        ("a.txt", b"%PDF-1.7\n", "this is a PDF document"),
        ("a.jsonl.xz", b"\x00\x01\x02\x03", "the suffix says xz, the content does not begin with the bytes fd 37"),
        ("a.jsonl.bz2", b"\x00\x01\x02\x03", "the suffix says bzip2, the content does not begin with BZh"),
        ("a.pdf", b"%PDF-1.7\n", "the suffix is no known format"),
        ("a.gz", gzip.compress(b"a", mtime=0), "the suffix is no known format"),
        ("Makefile", b"all:\n", "the suffix is no known format"),
    ],
)
def test_what_is_no_known_format_is_said_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    """A file that cannot be read as what it says it is has a problem and no format; the sentence says the next step."""
    path = tmp_path / "file"
    path.write_bytes(content)
    form, problem = identify(path, name)

    assert "" == form
    assert problem.startswith(expected)
    assert "--exclude" in problem


@not_as_root
def test_file_without_the_right_to_read_is_a_problem(tmp_path: Path) -> None:
    """Permission denied is a problem of the file, not a fault of the program."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    path.chmod(0)

    assert "permission denied" in identify(path, path.name)[1]


def test_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    """A file that vanished since it was listed is a problem of the file."""
    assert "the file cannot be read" in identify(tmp_path / "a.jsonl", "a.jsonl")[1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_not_opened(tmp_path: Path) -> None:
    """Opening a named pipe would wait for ever; it is refused by its kind."""
    path = tmp_path / "a.jsonl"
    os.mkfifo(path)

    assert ("", "this is no regular file; name it with --exclude") == identify(path, path.name)

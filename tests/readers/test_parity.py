"""The same samples in every format give the same documents."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_guard.readers import read_memory
from tests.readers.reading import WANTED, Reading, gathered, read_all, table_of

Records = Sequence[Mapping[str, Any]]


def _jsonl(records: Records) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


def _write_parquet(records: Records, path: Path) -> None:
    pq.write_table(table_of(records), path, row_group_size=2)


def _write_arrow(records: Records, path: Path) -> None:
    with pa.ipc.new_file(path, table_of(records).schema) as file:
        file.write_table(table_of(records), max_chunksize=2)


def _write_stream(records: Records, path: Path) -> None:
    with pa.ipc.new_stream(path, table_of(records).schema) as file:
        file.write_table(table_of(records), max_chunksize=2)


def _write_csv(records: Records, path: Path, delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(records[0])
        writer.writerows([_cell(record[name]) for name in records[0]] for record in records)


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


_WRITERS: dict[str, Callable[[Records, Path], Any]] = {
    "a.parquet": _write_parquet,
    "a.arrow": _write_arrow,
    "b.arrow": _write_stream,
    "a.jsonl": lambda records, path: path.write_bytes(_jsonl(records)),
    "a.jsonl.gz": lambda records, path: path.write_bytes(gzip.compress(_jsonl(records), mtime=0)),
    "a.jsonl.bz2": lambda records, path: path.write_bytes(bz2.compress(_jsonl(records))),
    "a.jsonl.xz": lambda records, path: path.write_bytes(lzma.compress(_jsonl(records))),
    "a.jsonl.zst": lambda records, path: path.write_bytes(zstandard.compress(_jsonl(records))),
    "a.json": lambda records, path: path.write_text(json.dumps(records), encoding="utf-8"),
    "b.json": lambda records, path: path.write_text(json.dumps(records, indent=1), encoding="utf-8"),
    "a.csv": _write_csv,
    "a.tsv": lambda records, path: _write_csv(records, path, "\t"),
}

_PLAIN: Records = [
    {"id": "1", "text": "first", "url": "https://a.example/1", "source": "web"},
    {"id": "2", "text": '第二\n行, "quoted"', "url": "https://a.example/2", "source": "web"},
    {"id": "3", "text": "", "url": "https://a.example/3", "source": "书"},
    {"id": "4", "text": "😀 emoji", "url": "https://a.example/4", "source": "书"},
    {"id": "5", "text": "last", "url": "https://a.example/5", "source": "web"},
]
_SAMPLES: Records = [{"instruction": f"问题{n}", "input": "", "output": f"answer {n}", "id": str(n)} for n in range(5)]
_PREFERENCES: Records = [
    {"prompt": f"问题{n}", "chosen": f"good {n}", "rejected": f"坏 {n}", "id": str(n)} for n in range(5)
]
_QUESTIONS: Records = [{"id": str(n), "question": f"问题{n}", "answer": f"答 {n}"} for n in range(5)]
_CHATS: Records = [
    {
        "id": str(n),
        "messages": [{"role": "user", "content": f"问题{n}"}, {"role": "assistant", "content": "answer"}][: n % 3],
    }
    for n in range(5)
]
_SHARED: Records = [
    {"id": str(n), "conversations": [{"from": "human", "value": f"q{n}"}, {"from": "gpt", "value": "答"}]}
    for n in range(5)
]


def _read(records: Records, name: str, tmp_path: Path) -> Reading:
    path = tmp_path / name
    _WRITERS[name](records, path)
    reading = read_all(path, target_bytes=50, batch_bytes=30)
    assert reading.error is None
    return reading


@pytest.mark.parametrize("name", _WRITERS)
@pytest.mark.parametrize("records", [_PLAIN, _SAMPLES, _PREFERENCES, _QUESTIONS, _CHATS, _SHARED])
def test_every_format_gives_the_same_documents(records: Records, name: str, tmp_path: Path) -> None:
    """Texts, fields, rows and columns are those of the records in memory, whatever they were written as."""
    expected = gathered(read_memory(records, WANTED))
    reading = _read(records, name, tmp_path)

    assert 5 == len(expected.documents)
    assert expected.documents == reading.documents
    assert expected.columns == reading.columns
    assert expected.read == reading.read


_RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=8),
            "instruction": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=8),
        }
    ),
    min_size=1,
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(records=_RECORDS)
def test_formats_agree_on_any_text(tmp_path: Path, records: Records) -> None:
    """Whatever a text holds, all formats give it back the same."""
    expected = gathered(read_memory(records, WANTED)).documents
    for name in _WRITERS:
        assert expected == _read(records, name, tmp_path).documents, name

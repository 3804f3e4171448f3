"""Lines and the borders of splits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_guard.core.shard import Split
from corpus_guard.readers import records_in, splits_of, streams
from tests.readers.reading import read_all, shard_of

_ANY_FILE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
_LINES = st.lists(
    st.one_of(
        st.text(max_size=12).map(lambda text: json.dumps({"text": text}, ensure_ascii=False).encode()),
        st.sampled_from([b"", b"  ", b"broken", b"\xc4\xe3\xba\xc3", b'{"text": 1}']),
    ),
    max_size=12,
)


def _write(path: Path, lines: list[bytes], ending: bytes, *, ended: bool) -> None:
    path.write_bytes(ending.join(lines) + (ending if ended and lines else b""))


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt"])
@_ANY_FILE
@given(
    lines=_LINES,
    ending=st.sampled_from([b"\n", b"\r\n"]),
    ended=st.booleans(),
    target=st.integers(1, 40),
    block=st.integers(1, 30),
    batch=st.integers(1, 60),
)
def test_splits_give_what_the_whole_gives(
    tmp_path: Path, name: str, lines: list[bytes], ending: bytes, *, ended: bool, target: int, block: int, batch: int
) -> None:
    """Wherever a file is cut, however it is read and batched: the same documents, rows, faults and offsets."""
    path = tmp_path / name
    _write(path, lines, ending, ended=ended)
    whole = read_all(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "BLOCK", block)
        parts = read_all(path, target_bytes=target, batch_bytes=batch)

    assert whole.documents == parts.documents
    assert whole.faults == parts.faults
    assert whole.read == parts.read


@pytest.mark.parametrize("name", ["a.jsonl", "a.txt"])
@_ANY_FILE
@given(lines=_LINES, ended=st.booleans(), target=st.integers(1, 40))
def test_records_are_counted_without_reading_them(
    tmp_path: Path, name: str, lines: list[bytes], *, ended: bool, target: int
) -> None:
    """The count of a split is the number of records that reading it consumes, so that later splits keep their rows."""
    path = tmp_path / name
    _write(path, lines, b"\n", ended=ended)
    shard = shard_of(path)
    counts = [records_in(Split(0, shard, 0, *part)) for part in splits_of(shard, target)]

    assert read_all(path).read == sum(count or 0 for count in counts)


def test_every_split_of_a_utf_16_file_is_refused(tmp_path: Path) -> None:
    """ASCII as UTF-16 is valid UTF-8 with zeros in between: no part of it may pass as text."""
    path = tmp_path / "a.txt"
    path.write_bytes("some lines\nof text\n".encode("utf-16"))
    reading = read_all(path, target_bytes=10)

    assert [] == reading.documents
    assert reading.error is not None
    assert "UTF-16" in reading.error.reason

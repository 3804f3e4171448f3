"""What a run folder takes up again, and what it refuses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from corpus_guard.errors import UsageError
from corpus_guard.jobs import prepare
from corpus_guard.runs import RunFolder


def _identity(folder: Path, **options: Any) -> dict[str, Any]:
    return prepare(paths=[folder], detectors=["keywords"], **options).identity


def _begun(tmp_path: Path) -> tuple[RunFolder, Path]:
    """A run that was begun over one shard and then stopped."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text('{"text": "a"}\n')
    folder = RunFolder(tmp_path / "run")
    folder.begin(_identity(tmp_path / "in"), resume=False, overwrite=False)
    return folder, tmp_path / "in"


def test_a_run_goes_on_with_what_it_was_begun_with(tmp_path: Path) -> None:
    """The number of workers and the date of judging may change: no text is read otherwise."""
    folder, data = _begun(tmp_path)
    folder.work.mark(0, {"rows": 1})
    folder.begin(_identity(data, workers=2, as_of="2026-01-31"), resume=True, overwrite=False)

    assert {"rows": 1} == folder.work.result(0)


def test_a_run_that_was_begun_is_not_begun_anew_in_silence(tmp_path: Path) -> None:
    """What was scanned already is kept until somebody says what should become of it."""
    folder, data = _begun(tmp_path)
    with pytest.raises(UsageError, match="holds a run that was begun; use --resume, --overwrite, or another --out"):
        folder.begin(_identity(data), resume=False, overwrite=False)


@pytest.mark.parametrize(
    ("options", "differing"),
    [
        ({"text_column": "body"}, "reading"),
        ({"sample": 0.5}, "reading"),
        ({"source_by": "domain"}, "sources"),
        ({"split_bytes": 1000}, "split_bytes"),
        ({"detectors": ["keywords", "licensing"]}, "rules"),
    ],
)
def test_a_run_that_would_read_otherwise_is_not_taken_up(
    tmp_path: Path, options: dict[str, Any], differing: str
) -> None:
    """Half of its findings would be those of another question."""
    folder, data = _begun(tmp_path)
    other = prepare(**{"paths": [data], "detectors": ["keywords"]} | options).identity
    with pytest.raises(UsageError, match=f"was begun with other {differing}; give the same, or use --overwrite"):
        folder.begin(other, resume=True, overwrite=False)


def test_a_shard_of_the_same_name_and_size_but_another_content_is_noticed(tmp_path: Path) -> None:
    """Names alone would take over what was found in bytes that are gone."""
    folder, data = _begun(tmp_path)
    (data / "a.jsonl").write_text('{"text": "b"}\n')
    os.utime(data / "a.jsonl", ns=(1, 1))
    with pytest.raises(UsageError, match="was begun with other inputs"):
        folder.begin(_identity(data), resume=True, overwrite=False)


def test_overwrite_clears_a_run_and_nothing_else(tmp_path: Path) -> None:
    """A file that no run wrote stays where it is, and so does everything beside it."""
    folder, data = _begun(tmp_path)
    (folder.path / "notes.txt").write_text("precious")
    with pytest.raises(UsageError, match=r"holds notes\.txt, which no run wrote"):
        folder.begin(_identity(data), resume=False, overwrite=True)

    assert folder.work.folder.is_dir()

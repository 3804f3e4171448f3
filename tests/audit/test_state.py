"""The state folder: whose it is, who may write it, and what becomes of one that is damaged."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus_guard.audit.state import NAME, VERSION, Night, opened
from corpus_guard.errors import UsageError
from tests.conftest import Done


def test_a_state_is_begun_and_known_again(tmp_path: Path) -> None:
    """With its last night, its shards and its secret, which nobody else may read."""
    with opened(tmp_path / "state") as state:
        secret = state.secret()
        state.write_shards({"a": {"digest": "x"}})
        state.close_night(Night(3, "identity", "2026-01-31", "2026-01-31"))
    with opened(tmp_path / "state") as state:
        assert (Night(3, "identity", "2026-01-31", "2026-01-31"), {"a": {"digest": "x"}}) == (
            state.last,
            state.shards(),
        )
        assert (secret, []) == (state.secret(), state.notes)
    assert 0o600 == (tmp_path / "state" / "secret").stat().st_mode & 0o777


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    """And nothing of it is touched."""
    with opened(tmp_path / "state"):
        pass
    header = tmp_path / "state" / "state.json"
    header.write_text(json.dumps({"format": NAME, "version": VERSION + 1, "last": {}}))
    before = header.read_bytes()
    with pytest.raises(UsageError, match="newer corpus-guard"), opened(tmp_path / "state"):
        pass
    assert before == header.read_bytes()


@pytest.mark.parametrize(
    "header", ["{", "[]", '{"format": "another program", "version": 7}', json.dumps({"format": NAME, "version": 0})]
)
def test_a_damaged_foreign_or_old_state_is_begun_anew(tmp_path: Path, header: str) -> None:
    """A note says so; the secret stays, and so does whatever is not ours."""
    folder = tmp_path / "state"
    with opened(folder) as state:
        secret = state.secret()
        (state.units / "00").mkdir()
    (folder / "state.json").write_text(header)
    (folder / "thesis.docx").write_text("years of work")
    with opened(folder) as state:
        assert (Night(), secret) == (state.last, state.secret())
        assert [] == list(state.units.iterdir())
        assert "begun anew" in state.notes[0]
    assert "years of work" == (folder / "thesis.docx").read_text()


@pytest.mark.parametrize("last", ["{}", "[]", '{"number": 1, "colour": "red"}'])
def test_a_header_without_a_last_night_is_noted(tmp_path: Path, last: str) -> None:
    """An empty one is a state before its first night."""
    with opened(tmp_path):
        pass
    (tmp_path / "state.json").write_text(f'{{"format": "{NAME}", "version": {VERSION}, "last": {last}}}')
    with opened(tmp_path) as state:
        assert (Night(), last != "{}") == (state.last, bool(state.notes))


def test_damaged_shards_are_looked_at_anew(tmp_path: Path) -> None:
    """What is known of them is a saving of time and nothing else."""
    with opened(tmp_path) as state:
        (tmp_path / "shards.json").write_text("{")
        assert ({}, 1) == (state.shards(), len(state.notes))


def test_two_audits_do_not_overlap(tmp_path: Path) -> None:
    """The second says that another is at work; when that has ended, it may."""
    with opened(tmp_path), pytest.raises(UsageError, match="another audit is at work"), opened(tmp_path):
        pass
    with opened(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, command_line: Callable[..., Done]) -> None:
    """On a file system that is read-only for everyone, or where the name is a file's."""
    (tmp_path / "data.jsonl").write_text('{"text": "fine"}\n')
    (tmp_path / "file").write_text("")
    for state in ("/proc/corpus-guard", tmp_path / "file"):
        path = tmp_path / "pipeline.toml"
        path.write_text(f"[input]\npaths = ['data.jsonl']\n[audit]\nout = 'nights'\nstate = '{state}'\n")
        done = command_line("audit", path)
        assert 2 == done.code
        assert "cannot be written" in done.err
        assert not (tmp_path / "nights").exists()


def test_a_state_that_became_read_only_is_one_sentence(tmp_path: Path, command_line: Callable[..., Done]) -> None:
    """Also for root, whom only the file system stops; no run is begun, and the next night goes on as if nothing was."""
    (tmp_path / "data.jsonl").write_text('{"text": "fine"}\n')
    path, state = tmp_path / "pipeline.toml", tmp_path / "state"
    path.write_text(
        "[input]\npaths = ['data.jsonl']\n[scan]\ndetectors = ['exact_duplicates']\n"
        "[audit]\nout = 'nights'\nstate = 'state'\n"
    )
    command_line("audit", path)
    before = sorted(entry.name for entry in (tmp_path / "nights").iterdir())
    with read_only(state):
        done = command_line("audit", path)
    assert (2, before) == (done.code, sorted(entry.name for entry in (tmp_path / "nights").iterdir()))
    assert f"the state folder {state} cannot be written (read-only file system)" in " ".join(done.err.split())
    assert 2 != command_line("audit", path).code


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Mount *folder* over itself, read-only, while the block lasts; skip where that is not allowed."""
    try:
        subprocess.run(["mount", "--bind", folder, folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount anything")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True, capture_output=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)

"""The state folder of an audit: a header that says whose it is, a lock, what is known of every shard, a secret.

state.json      form and version; number, identity and folder of the last complete night
shards.json     what every shard was on the last complete night;  seen.json  on one that was not completed
secret          makes fingerprints of findings that nobody else can make; it outlives everything else here
audit-units/    kept results (`units`);  audit-work/  what is being written;  audit-pairs/  similarities of pairs
audit-keys/     search keys that several texts shared
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus_guard.errors import UsageError
from corpus_guard.runs import atomic, write_text

NAME = "corpus-guard audit state"
VERSION = 2
SHARDS, SEEN = "shards.json", "seen.json"
_OWN = ("state.json", SHARDS, SEEN, "audit-units", "audit-work", "audit-pairs", "audit-keys")


@dataclass(frozen=True)
class Night:
    """The last complete night: its number, what it was made of, and the name of its folder under `out`."""

    number: int = 0
    identity: str = ""
    run: str = ""
    as_of: str = ""


@dataclass
class State:
    """The folder, held by this process alone. `notes` are sentences for whoever runs the audit."""

    folder: Path
    last: Night = field(default_factory=Night)
    notes: list[str] = field(default_factory=list)

    @property
    def units(self) -> Path:
        """Where results are kept."""
        return self.folder / "audit-units"

    @property
    def pairs(self) -> Path:
        """Where similarities of pairs are kept."""
        return self.folder / "audit-pairs"

    @property
    def keys(self) -> Path:
        """Where search keys that several texts share are kept."""
        return self.folder / "audit-keys"

    @property
    def work(self) -> Path:
        """Where results are written before they are kept."""
        return self.folder / "audit-work"

    def secret(self) -> bytes:
        """Return what fingerprints are made with; made once."""
        path = self.folder / "secret"
        if not path.is_file() or len(path.read_bytes()) < 32:
            with atomic(path) as draft:
                draft.touch(mode=0o600)
                draft.write_text(secrets.token_hex(32), encoding="ascii")
        return path.read_bytes()

    def shards(self, name: str = SHARDS) -> dict[str, Any]:
        """Return what is known of every shard by its name; nothing where that cannot be read."""
        path = self.folder / name
        if not path.is_file():
            return {}
        try:
            known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["shards"]
        except (ValueError, KeyError, TypeError):
            self.notes.append(f"{path} is damaged; every shard is looked at anew")
            return {}
        return known

    def write_shards(self, known: dict[str, Any], name: str = SHARDS) -> None:
        """Keep what is known of every shard."""
        write_text(self.folder / name, json.dumps({"shards": known}, ensure_ascii=False))

    def close_night(self, night: Night) -> None:
        """Write that a night is complete: the last thing a night does here."""
        self.last = night
        (self.folder / SEEN).unlink(missing_ok=True)
        _write_header(self.folder, night)


@contextmanager
def opened(folder: Path) -> Iterator[State]:
    """Give the state in *folder*, kept from all others while the block lasts.

    Raises `UsageError` when it cannot be written, another audit holds it, or a newer version wrote it. One that is
    damaged, of an older version or of something else is begun anew, and a note says so.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UsageError(
            f'the state folder {folder} cannot be written ({reason}); name another as "state" in [audit]'
        ) from None
    try:
        _hold(lock, folder)
        state = State(folder)
        _read_header(state)
        shutil.rmtree(state.work, ignore_errors=True)
        state.work.mkdir()
        state.units.mkdir(exist_ok=True)
        yield state
    finally:
        os.close(lock)


def _hold(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"another audit is at work in {folder}; wait for it, or give this one a state of its own"
        ) from None
    except OSError:
        """A file system without locks: nothing keeps others out."""


def _read_header(state: State) -> None:
    path = state.folder / "state.json"
    if not path.is_file():
        if state.units.exists():
            _begin_anew(state, "it has no header")
        _write_header(state.folder, Night())
        return
    header = _parsed(path)
    if header.get("format") != NAME:
        _begin_anew(state, "its header is damaged or of something else")
    elif not isinstance(header.get("version"), int) or header["version"] < VERSION:
        _begin_anew(state, "an older version wrote it")
    elif header["version"] > VERSION:
        raise UsageError(
            f"the state in {state.folder} is of form {header['version']}, this version knows form {VERSION}; "
            'use the newer corpus-guard that wrote it, or name another "state" in [audit]'
        )
    else:
        state.last = _night(state, header.get("last"))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        header = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return {}
    return header if isinstance(header, dict) else {}


def _night(state: State, known: Any) -> Night:
    try:
        return Night(**known)
    except TypeError:
        state.notes.append(
            f"{state.folder / 'state.json'} does not say what the last night was; all is put together anew"
        )
        return Night()


def _begin_anew(state: State, why: str) -> None:
    """Remove what is ours; the secret stays, for accepted findings are known by it."""
    state.notes.append(f"the state in {state.folder} was begun anew, for {why}; every shard is scanned again")
    for name in _OWN:
        path = state.folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    _write_header(state.folder, Night())


def _write_header(folder: Path, night: Night) -> None:
    header = {"format": NAME, "version": VERSION, "last": asdict(night)}
    write_text(folder / "state.json", json.dumps(header, ensure_ascii=False, indent=2) + "\n")

"""An index of fingerprints: those of earlier scans, kept so that later ones compare with them.

It is a folder: a file `index.json` that says what made it and lists what is in it, and the fingerprint files of every
shard. A shard is known by the digest of its bytes: scanned again, it is not compared with itself. What `index.json`
does not list is not there, so a scan that is interrupted adds nothing.

Every entry is held by those who added it: by scans, for good; by an audit, for as long as the shard is in its corpus.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus_guard.duplicates.earlier import KINDS, Part
from corpus_guard.errors import UsageError
from corpus_guard.runs import Work, write_text

FORMAT = 2
SCANS = "scans"
"""Who holds what any scan has added."""
_LIST = "index.json"


@dataclass(frozen=True)
class Entry:
    """The fingerprints of one shard.

    key     its files are called so;  digest  SHA-256 of the shard;  added  the day of the scan
    parts   for each split: rows of the shard before it, partitions of its keys, bytes of each of its files by kind
    holders who wants it to stay
    """

    key: str
    digest: str
    shard: str
    added: str
    parts: Sequence[tuple[int, int, Mapping[str, int]]]
    holders: Sequence[str] = ()


@dataclass
class Index:
    """An index that this process alone has open, for `SCANS` or for an audit as *holder*."""

    folder: Path
    parameters: Mapping[str, Any]
    entries: dict[str, Entry] = field(default_factory=dict)
    holder: str = SCANS

    @property
    def state(self) -> list[Any]:
        """What is in it and who holds it: an audit's own fingerprints are in it or have to be added again."""
        return [[key, sorted(entry.holders)] for key, entry in sorted(self.entries.items())]

    def snapshot(self, note: Path) -> list[str]:
        """Return the keys of all entries, as they were when *note* was first written: what a resumed scan goes by."""
        if not note.is_file():
            write_text(note, json.dumps(sorted(self.entries)))
        keys: list[str] = json.loads(note.read_text(encoding="utf-8"))
        if any(key not in self.entries for key in keys):
            raise UsageError(
                f"the index {self.folder} has lost what this run was begun with; scan again with --overwrite"
            )
        return keys

    def parts(self, keys: Iterable[str], digests: Iterable[str]) -> dict[int, Part]:
        """Return the parts of the entries *keys* by numbers below 0, without shards of these *digests*.

        What an audit alone holds it is not compared with: that is its own corpus, as it was last night.
        """
        own = set(digests)
        others = [self.entries[key] for key in keys if self.holder == SCANS or self._holders(key) - {self.holder}]
        kept = [entry for entry in others if entry.digest not in own]
        found = [
            Part(str(self._file(entry.key, number)), entry.shard, before, partitions, entry.added)
            for entry in kept
            for number, (before, partitions, _) in enumerate(entry.parts)
        ]
        return {number - len(found): part for number, part in enumerate(found)}

    def add(self, entries: Sequence[tuple[Entry, Sequence[int]]], work: Work) -> int:
        """Add entries, each with the numbers of its splits in *work*; return how many were new.

        An audit thereby lets go of all others that it held, and what nobody holds is removed.
        """
        fresh = [(entry, splits) for entry, splits in entries if entry.key not in self.entries]
        for entry, splits in fresh:
            for number, split in enumerate(splits):
                for kind, path in _files(work, split).items():
                    _link(path, Path(f"{self._file(entry.key, number)}.{kind}.arrow"))
        self.entries |= {entry.key: entry for entry, _ in fresh}
        self._hold({entry.key for entry, _ in entries}, {entry.digest for entry, _ in fresh})
        self._write()
        self.tidy()
        return len(fresh)

    def _hold(self, keys: set[str], again: set[str]) -> None:
        """Hold *keys*, and no longer what was read in another way of the same bytes, which have the digests *again*."""
        held: dict[str, Entry] = {}
        for key, entry in self.entries.items():
            holders = self._holders(key)
            if key in keys:
                holders.add(self.holder)
            elif self.holder != SCANS or entry.digest in again:
                holders.discard(self.holder)
            if holders:
                held[key] = replace(entry, holders=sorted(holders))
        self.entries = held

    def _holders(self, key: str) -> set[str]:
        return set(self.entries[key].holders)

    def tidy(self) -> None:
        """Remove files that no entry lists: those of a scan that was killed, and of entries that were replaced."""
        for path in self.folder.glob("??/*"):
            if path.name.lstrip(".").partition(".")[0] not in self.entries:
                path.unlink()

    def check_files(self) -> None:
        """Raise `UsageError` when a file is missing or shorter than it was."""
        for entry in self.entries.values():
            for number, (_, _, sizes) in enumerate(entry.parts):
                for kind, size in sizes.items():
                    path = Path(f"{self._file(entry.key, number)}.{kind}.arrow")
                    if not path.is_file() or path.stat().st_size != size:
                        raise UsageError(f"the index {self.folder} is damaged: {path} is not as it was; {_again()}")

    def _file(self, key: str, part: int) -> Path:
        return self.folder / key[:2] / f"{key}.{part}"

    def _write(self) -> None:
        head = {"format": FORMAT, "tool_version": version("corpus-guard"), "parameters": self.parameters}
        listed = [asdict(self.entries[key]) for key in sorted(self.entries)]
        write_text(self.folder / _LIST, json.dumps(head | {"entries": listed}, ensure_ascii=False))


@contextmanager
def opened(folder: Path, parameters: Mapping[str, Any], holder: str = SCANS) -> Iterator[Index]:
    """Open the index in *folder* for *holder*, or begin one, and keep others out for as long as the block lasts.

    Raises `UsageError` when it was made with other *parameters* or by another version, or is none, or is in use.
    """
    _check_folder(folder)
    parameters = json.loads(json.dumps(parameters))
    index = Index(folder, parameters, _entries(folder, parameters), holder)
    index.check_files()
    handle = _made(folder)
    try:
        _lock(handle, folder)
        index.entries = _entries(folder, parameters)
        index.tidy()
        yield index
    finally:
        os.close(handle)


def _made(folder: Path) -> int:
    """Make the folder if need be; return a handle to it. Raises `UsageError` when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
        os.utime(folder)  # refused where nothing can be written
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UsageError(f"the index {folder} cannot be written ({reason}); name a folder that can") from None
    return handle


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(f"another scan is at work with the index {folder}; wait for it") from None
    except OSError:
        """A file system without locks: nothing keeps others out."""


def entry_of(
    digest: str, reading: Any, shard: str, added: str, splits: Sequence[tuple[int, int]], work: Work, partitions: int
) -> Entry:
    """Return the entry of a shard, read as *reading* says; *splits* are pairs of a number and the rows before it."""
    key = sha256(json.dumps([digest, reading]).encode()).hexdigest()[:40]
    parts = [
        (before, partitions, {kind: path.stat().st_size for kind, path in _files(work, split).items()})
        for split, before in splits
    ]
    return Entry(key, digest, shard, added, parts)


def _files(work: Work, split: int) -> dict[str, Path]:
    paths = dict(zip(KINDS, (work.fingerprints(split), work.sketches(split), work.bands(split)), strict=True))
    return {kind: path for kind, path in paths.items() if path.is_file()}


def _link(origin: Path, to: Path) -> None:
    """Files of fingerprints are never written in place, so two folders may share one."""
    to.parent.mkdir(exist_ok=True)
    to.unlink(missing_ok=True)
    try:
        os.link(origin, to)
    except OSError:
        shutil.copyfile(origin, to)


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; --index names the folder of an index")
    if folder.is_dir() and not (folder / _LIST).is_file():
        strangers = [entry.name for entry in folder.iterdir() if not (entry.is_dir() and len(entry.name) == 2)]
        if strangers:
            raise UsageError(f"{folder} is no index: it holds {strangers[0]}; name a new or an empty folder")


def _entries(folder: Path, parameters: Mapping[str, Any]) -> dict[str, Entry]:
    path = folder / _LIST
    if not path.is_file():
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        made_by = [known["format"], known["tool_version"]]
        _check_same(folder, made_by, known["parameters"], parameters)
        return {entry["key"]: Entry(**entry) for entry in known["entries"]}
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"the index {folder} is damaged: {path} does not read as it was written; {_again()}") from None


def _check_same(folder: Path, made_by: list[Any], known: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    if made_by != [FORMAT, version("corpus-guard")]:
        raise UsageError(
            f"the index {folder} was written by version {made_by[1]} (format {made_by[0]}), and this is version "
            f"{version('corpus-guard')} (format {FORMAT}); {_again()}"
        )
    for name in sorted({*known, *own}):
        if known.get(name) != own.get(name):
            shown = "" if name == "rules" else f" {known.get(name)} instead of {own.get(name)}"
            raise UsageError(f"the index {folder} was made with other {name}{shown}; give the same, or {_again()}")


def _again() -> str:
    return "scan again what it holds, with --index and a new folder"

"""Which shards are new, changed, moved or gone: by the digest of their content.

Size, times and inode of a file are the fast path: where all are as they were, so is the digest, but for the share of
shards whose turn it is tonight to be read again. A file written in the second it was read in may change once more
without a trace, so such a one is always read again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from corpus_guard.core.shard import Shard

Signature = list[int]
"""Size, time of change of content and of the file, inode and device."""

_UNSETTLED = 2_000_000_000
"""Nanoseconds in which two writes may bear the same time."""


@dataclass
class Watched:
    """What became of the shards since last night.

    known    shard name -> what is kept of it: signature, digest, whether it may have changed unseen, its parts
    verified shards read again though nothing showed a change;  surprised  those of them that had changed all the same
    """

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    verified: int = 0
    surprised: list[str] = field(default_factory=list)
    digested: int = 0

    def digest(self, shard: Shard) -> str:
        """Return the digest of a shard's content, empty when it cannot be read."""
        return str(self.known[shard.name]["digest"])


def watch(
    shards: Sequence[Shard], before: Mapping[str, Any], seen: Mapping[str, Any], *, night: int, verify_nights: int
) -> Watched:
    """Compare *shards* with what was known of them *before*, on the last complete night; read what may have changed.

    *seen* is what a night that was not completed has found out since.
    """
    watched = Watched()
    names = {shard.name for shard in shards}
    watched.gone = sorted(before.keys() - names)
    by_digest = {before[name]["digest"]: name for name in watched.gone}
    for shard in shards:
        old = before.get(shard.name)
        entry = _entry(
            shard, seen.get(shard.name, old), watched, is_turn=_turn(shard.name, verify_nights) == night % verify_nights
        )
        watched.known[shard.name] = entry
        if old is None and entry["digest"] and entry["digest"] in by_digest:
            watched.moved.append((by_digest[entry["digest"]], shard.name))
        elif old is None:
            watched.new.append(shard.name)
        elif old["digest"] != entry["digest"]:
            watched.changed.append(shard.name)
    came_from = {origin for origin, _ in watched.moved}
    watched.gone = [name for name in watched.gone if name not in came_from]
    return watched


def _turn(name: str, nights: int) -> int:
    return int.from_bytes(sha256(os.fsencode(name)).digest()[:8], "big") % nights


def _entry(shard: Shard, old: Mapping[str, Any] | None, watched: Watched, *, is_turn: bool) -> dict[str, Any]:
    signature = signature_of(shard.path)
    is_same = old is not None and signature is not None and old["signature"] == signature and not old["unsettled"]
    if old is not None and is_same and not is_turn:
        return dict(old)
    entry = read_entry(shard)
    watched.digested += 1
    if old is not None and is_same:
        watched.verified += 1
        if entry["digest"] != old["digest"]:
            watched.surprised.append(shard.name)
    if old is not None and entry["digest"] == old["digest"]:
        entry["parts"] = old["parts"]
    return entry


def read_entry(shard: Shard) -> dict[str, Any]:
    """Return what is kept of a shard, read anew."""
    signature = signature_of(shard.path)
    digest = digest_of_file(shard.path)
    unsettled = signature is None or time.time_ns() - max(signature[1:3]) < _UNSETTLED
    return {"signature": signature, "digest": digest, "unsettled": unsettled, "parts": None}


def signature_of(path: str) -> Signature | None:
    """Return what shows that a file is the one it was, None when it cannot be looked at."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev]


def digest_of_file(path: str) -> str:
    """Return the SHA-256 of a file as run folders give it, empty when it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def restless(shards: Iterable[Shard], known: Mapping[str, Mapping[str, Any]]) -> list[Shard]:
    """Return the shards that are no longer what they were when they were read."""
    return [shard for shard in shards if signature_of(shard.path) != known[shard.name]["signature"]]

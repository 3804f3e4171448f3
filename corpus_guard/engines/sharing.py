"""What machines that work on one run must have in common: the files, and the program."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from secrets import token_hex

NAME, MISSING = "corpus_guard", "missing"
_PATIENCE = 5.0
"""Seconds until a file that one machine has written is seen by others: network file systems remember what was not."""

_PAUSE = 0.25


@dataclass(frozen=True, slots=True)
class Shared:
    """A mark that the caller has left where tasks write, and some of the files that they read.

    marker  the file;  token  what stands in it
    needed  path -> bytes, None for a folder
    """

    marker: Path
    token: str
    needed: Mapping[Path, int | None]

    def unseen(self, patience: float = _PATIENCE) -> str:
        """Return the path that looks different from here, an empty string when all is well."""
        end = time.monotonic() + patience
        while self._content() != self.token:
            if time.monotonic() > end:
                return str(self.marker.parent)
            time.sleep(_PAUSE)
        return next((str(path) for path, size in self.needed.items() if size_of(path) != size), "")

    def _content(self) -> str | None:
        try:
            return self.marker.read_text(encoding="utf-8")
        except OSError:
            return None


@contextmanager
def marked(folder: Path, needed: Sequence[Path]) -> Iterator[Shared]:
    """Leave a mark in *folder* for as long as the block lasts."""
    token = token_hex(16)
    sizes = {path: size_of(path) for path in needed}
    shared = Shared(folder / f".shared.{token}", token, {path: size for path, size in sizes.items() if size != -1})
    shared.marker.write_text(token, encoding="utf-8")
    try:
        yield shared
    finally:
        shared.marker.unlink(missing_ok=True)


def size_of(path: Path) -> int | None:
    """Return the bytes of a file, None for a folder, -1 for what is not there or closed to us."""
    try:
        return None if path.is_dir() else path.stat().st_size
    except OSError:
        return -1


@cache
def program() -> Mapping[str, str]:
    """Return what the bytes of a result depend on besides the input: versions of packages, a digest of this one."""
    needed = [one for one in requires(NAME) or () if "extra ==" not in one]
    names = sorted(found[0] for one in needed if (found := re.match(r"[\w.-]+", one)))
    return {NAME: f"{version(NAME)} ({_digest()})"} | {name: _version(name) for name in names}


def differing(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Say in what *there* differs, each with both versions; an empty string when it does not."""
    names = [name for name in here if here[name] != there.get(name)]
    return ", ".join(f"{name} {there.get(name, MISSING)} for {here[name]}" for name in names)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return MISSING


def _digest() -> str:
    package = Path(__file__).parent.parent
    digest = sha256()
    roots = [package, package.parent / "rules"]  # rules stand beside the package in a checkout, in it when installed
    for root in [root for root in roots if root.is_dir()]:
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".so", ".pyc"):
                digest.update(f"{path.relative_to(root).as_posix()}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

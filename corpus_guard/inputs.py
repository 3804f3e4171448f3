"""Finds the shards under the given paths: what is read, what is passed over, what cannot be read."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cache
from pathlib import Path

from corpus_guard.core.plan import Plan
from corpus_guard.core.reading import Conventions
from corpus_guard.core.shard import Shard
from corpus_guard.core.source import glob_expression, source_of_path
from corpus_guard.errors import CatalogError, UsageError
from corpus_guard.readers import identify

_SHOWN = 20
"""Shards that are named one by one in a complaint."""
_NEXT_STEP = "change its rights, or name it with --exclude"
_LINK_LEADS_NOWHERE = "the link leads nowhere or into itself; remove it or name it with --exclude"
_HUB_CACHE = frozenset({"blobs", "refs", "snapshots"})
"""What a data set in the cache of the Hugging Face hub holds: contents under their hashes, and links that name them."""


@dataclass
class Inputs:
    """Shards in the order of their names, and how many files and folders were passed over."""

    shards: list[Shard] = field(default_factory=list)
    passed_over: int = 0


@dataclass(frozen=True)
class _File:
    name: str
    inner: str  # below its own root, whatever the other roots are
    path: Path
    root: str
    problem: str = ""  # of a folder that cannot be listed
    target: str = ""  # the file itself, where `path` leads; empty where nobody has looked


def find_inputs(
    paths: Sequence[Path], plan: Plan, *, include: Sequence[str], exclude: Sequence[str], own: Sequence[Path] = ()
) -> Inputs:
    """Return every shard under *paths* but not under *own*: the folder the run itself writes, the manifest it reads.

    Raises `UsageError` when a path does not exist, two shards have one name, or nothing is there.
    """
    inputs = Inputs()
    files: dict[str, _File] = {}
    written = {os.path.realpath(path) for path in own}
    for file in _files(paths, plan.conventions, inputs, own):
        target = file.target or os.path.realpath(file.path)
        if target in written or not _is_asked_for(file, include, exclude):
            inputs.passed_over += 1
        elif target in files:
            inputs.passed_over += 1
            files[target] = min(files[target], file, key=_rank)
        else:
            files[target] = file
    inputs.shards = sorted((_shard(file, plan) for file in files.values()), key=lambda shard: shard.name)
    _check(inputs, paths)
    _check_manifest(inputs, plan)
    return inputs


def _check_manifest(inputs: Inputs, plan: Plan) -> None:
    """Raise `CatalogError` when the globs of two sources match one shard: its documents would count for either."""
    found = {shard.name: plan.manifest.all_of_shard(shard.name) for shard in inputs.shards if shard.pinned}
    twice = [(name, ids) for name, ids in found.items() if len(ids) > 1]
    shown = [
        f'the shard "{name}" is matched by the sources {" and ".join(f"{one!r}" for one in ids)} of the manifest; '
        "change their globs so that data has one source"
        for name, ids in twice[:_SHOWN]
    ]
    more = [f"{len(twice) - _SHOWN:,} more shards are matched by two sources"] if len(twice) > _SHOWN else []
    if shown:
        raise CatalogError(shown + more)


def _is_asked_for(file: _File, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """A folder that cannot be listed may hold what is included, so only an exclusion passes over it."""
    names = (file.name, f"{file.name}/") if file.problem else (file.name,)
    if any(re.match(glob_expression(glob), name) for glob in exclude for name in names):
        return False
    return bool(file.problem) or not include or any(re.match(glob_expression(glob), file.name) for glob in include)


def _rank(file: _File) -> tuple[bool, bool, str]:
    """Of several ways to a file: a name with a suffix first, as stores name files by hash; then its own, not a link."""
    is_link = os.path.realpath(file.path) != os.path.abspath(file.path)  # noqa: PTH100 - links into themselves raise
    return "." not in file.path.name, is_link, file.name


def _check(inputs: Inputs, paths: Sequence[Path]) -> None:
    for shard, following in zip(inputs.shards, inputs.shards[1:], strict=False):
        if shard.name == following.name:
            raise UsageError(
                f'two shards are called "{shard.name}": {shard.path} and {following.path}; scan them in two runs, '
                "or scan a folder that holds both"
            )
    if not inputs.shards:
        shown = ", ".join(map(str, paths))
        raise UsageError(
            f"no file to scan under {shown}; {inputs.passed_over} files were passed over as metadata or excluded"
        )


def _files(paths: Sequence[Path], conventions: Conventions, inputs: Inputs, own: Sequence[Path]) -> Iterator[_File]:
    for root in paths:
        if not os.path.lexists(root):
            raise UsageError(f"the path {root} does not exist; give files or folders to scan")
        place = Path(os.path.abspath(root))  # noqa: PTH100 - a link keeps its name, the one that the user knows
        name = _shown(place.name)
        if not os.path.isdir(root):  # noqa: PTH112 - Path.is_dir raises where we may not look
            yield _File(name, name, root, _shown(place.parent.name))
            continue
        prefix = f"{name}/" if len(paths) > 1 else ""
        visited = {os.path.realpath(path) for path in own} - {os.path.realpath(root)}
        for inner, path, problem, target in _walk(root, visited, conventions, inputs):
            yield _File(prefix + _shown(inner), _shown(inner), path, name, problem, target)


def _shown(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 are written as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _walk(
    root: Path, visited: set[str], conventions: Conventions, inputs: Inputs
) -> Iterator[tuple[str, Path, str, str]]:
    """Yield (name below the root, path, problem, target) of every file; real folders come before links to them."""
    folders, links = deque([("", root)]), deque[tuple[str, Path]]()
    while folders or links:
        prefix, folder = folders.popleft() if folders else links.popleft()
        target = os.path.realpath(folder)
        if target in visited:
            inputs.passed_over += 1
            continue
        visited.add(target)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield prefix.rstrip("/") or ".", folder, f"the folder cannot be listed: {_said(error)}; {_NEXT_STEP}", ""
            continue
        data = _data(entries, conventions)
        inputs.passed_over += len(entries) - len(data)
        for entry in data:
            if _is_folder(entry):
                (links if entry.is_symlink() else folders).append((f"{prefix}{entry.name}/", Path(entry.path)))
            else:
                own = "" if entry.is_symlink() else os.path.join(target, entry.name)  # noqa: PTH118 - for speed
                yield prefix + entry.name, Path(entry.path), "", own


def _data(entries: Sequence[os.DirEntry[str]], conventions: Conventions) -> list[os.DirEntry[str]]:
    """The entries of a folder that are not passed over."""
    shown = [entry for entry in entries if not entry.name.startswith(("_", "."))]
    if _HUB_CACHE >= {entry.name for entry in shown} >= {"blobs", "snapshots"}:
        return [entry for entry in shown if entry.name == "snapshots"]
    return [entry for entry in shown if _is_folder(entry) or not _is_metadata(entry.name, conventions)]


def _is_metadata(name: str, conventions: Conventions) -> bool:
    return _any_of(tuple(conventions.metadata_files)).match(name.lower()) is not None


@cache
def _any_of(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, globs)) if globs else "(?!)")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link into itself, or to where we may not look
        return False


def _shard(file: _File, plan: Plan) -> Shard:
    declared = plan.manifest.of_shard(file.name)
    source = declared or source_of_path(file.inner, file.root, plan.conventions.numbering)
    form, size, modified, problem = "", 0, 0, file.problem
    if not problem:
        try:
            status = file.path.stat()
            size, modified = status.st_size, status.st_mtime_ns
            form, problem = identify(file.path, file.name)
        except PermissionError:
            problem = f"the file cannot be read: permission denied; {_NEXT_STEP}"
        except OSError as error:
            problem = _LINK_LEADS_NOWHERE if file.path.is_symlink() else f"the file cannot be read: {_said(error)}"
    return Shard(file.name, str(file.path), form, size, modified, source, declared is not None, problem)


def _said(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()

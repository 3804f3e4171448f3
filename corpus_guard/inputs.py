"""Finds the shards under the given paths: what is read, what is passed over, what cannot be read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from corpus_guard.core.plan import Plan
from corpus_guard.core.reading import Conventions
from corpus_guard.core.shard import Shard
from corpus_guard.core.source import glob_expression, source_of_path
from corpus_guard.errors import UsageError
from corpus_guard.readers import identify

_LINK_LEADS_NOWHERE = "the link leads nowhere or into itself; remove it or name it with --exclude"


@dataclass
class Inputs:
    """Shards in the order of their names, and how many files were passed over."""

    shards: list[Shard] = field(default_factory=list)
    passed_over: int = 0


@dataclass(frozen=True)
class _File:
    name: str
    inner: str  # below its own root, whatever the other roots are
    path: Path
    root: str


def find_inputs(
    paths: Sequence[Path], plan: Plan, *, include: Sequence[str], exclude: Sequence[str], own: Sequence[Path] = ()
) -> Inputs:
    """Return every shard under *paths* but not under *own*, the folders the run itself writes.

    Raises `UsageError` when a path does not exist, two shards have one name, or nothing is there.
    """
    inputs = Inputs()
    targets: dict[str, _File] = {}
    for file in _files(paths, plan.conventions, inputs, own):
        if any(re.match(glob_expression(glob), file.name) for glob in exclude) or (
            include and not any(re.match(glob_expression(glob), file.name) for glob in include)
        ):
            inputs.passed_over += 1
            continue
        target = os.path.realpath(file.path)
        known = targets.get(target)
        if known is not None:
            inputs.passed_over += 1
        if known is None or (known.path.name == Path(target).name and file.path.is_symlink()):
            targets[target] = file
    inputs.shards = sorted((_shard(file, plan) for file in targets.values()), key=lambda shard: shard.name)
    _check(inputs, paths)
    return inputs


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
        prefix = f"{root.resolve().name}/" if len(paths) > 1 and root.is_dir() else ""
        if not root.is_dir():
            yield _File(_shown(root.name), _shown(root.name), root, root.resolve().parent.name)
            continue
        visited = {os.path.realpath(root), *(os.path.realpath(path) for path in own)}
        for name, path in _walk(root, "", visited, conventions, inputs):
            yield _File(_shown(prefix + name), _shown(name), path, root.resolve().name)


def _shown(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 are written as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _walk(
    folder: Path, prefix: str, visited: set[str], conventions: Conventions, inputs: Inputs
) -> Iterator[tuple[str, Path]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield prefix.rstrip("/") or ".", folder
        return
    for entry in entries:
        if entry.name.startswith(("_", ".")):
            inputs.passed_over += 1
        elif _is_folder(entry):
            target = os.path.realpath(entry.path)
            if target in visited:
                inputs.passed_over += 1
            else:
                visited.add(target)
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", visited, conventions, inputs)
        elif any(fnmatch(entry.name.lower(), known) for known in conventions.metadata_files):
            inputs.passed_over += 1
        else:
            yield prefix + entry.name, Path(entry.path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link into itself
        return False


def _shard(file: _File, plan: Plan) -> Shard:
    source = plan.manifest.of_shard(file.name)
    inferred = source_of_path(file.inner, file.root, plan.conventions.numbering)
    try:
        status = file.path.stat()
    except PermissionError:
        return Shard(
            file.name,
            str(file.path),
            "",
            0,
            0,
            source or inferred,
            problem="the file cannot be read: permission denied",
        )
    except OSError:
        return Shard(file.name, str(file.path), "", 0, 0, source or inferred, problem=_LINK_LEADS_NOWHERE)
    if file.path.is_dir():
        problem = "the folder cannot be listed: permission denied"
        return Shard(file.name, str(file.path), "", 0, 0, source or inferred, problem=problem)
    form, problem = identify(file.path, file.name)
    return Shard(
        file.name, str(file.path), form, status.st_size, status.st_mtime_ns, source or inferred,
        pinned=source is not None, problem=problem,
    )  # fmt: skip

"""Sources: where documents come from, the unit a standard judges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

DATA_SUFFIXES = frozenset("parquet pq arrow feather ipc csv tsv jsonl ndjson json txt text md gz gzip zst zstd".split())
KINDS = ("open_source", "self_collected", "commercial", "user_input")
ORIGINS = ("domestic", "foreign")
STAGES = ("raw", "filtered", "training")
INFERRED = "inferred"
"""The kind of a source that no manifest names; it never satisfies the diversity clause."""

LIMIT = 100_000
"""More sources than this stop a run."""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One `[[source]]` of a manifest.

    match    globs over shard names (`web/**`);  columns  (column, value) pairs that a document must show
    """

    id: str
    kind: str = ""
    origin: str = ""
    stage: str = ""
    match: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()

    def matches_shard(self, shard: str) -> bool:
        """Say whether one of the globs matches the shard's name."""
        return any(re.match(glob_expression(pattern), shard) for pattern in self.match)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The sources a user has declared; `digest` is the SHA-256 of the file."""

    entries: tuple[SourceEntry, ...] = ()
    digest: str = ""
    given: bool = False

    def of_shard(self, shard: str) -> str | None:
        """Return the id of the first source whose globs match, or None."""
        return next((entry.id for entry in self.entries if entry.matches_shard(shard)), None)

    def entry(self, source: str) -> SourceEntry | None:
        """Return the entry called *source*, or None."""
        return next((entry for entry in self.entries if entry.id == source), None)


def source_of_path(name: str, root: str, numbering: Sequence[str]) -> str:
    r"""Return the source a shard's path says: its first folder, else its stem without shard numbering, else the root.

    >>> source_of_path("web/a.parquet", "corpus", ())
    'web'
    >>> source_of_path("wiki-00000-of-00100.parquet", "corpus", [r"-\d+-of-\d+$"])
    'wiki'
    """
    folder, slash, _ = name.partition("/")
    if slash:
        return folder
    stem = name
    while "." in stem and stem.rpartition(".")[2].lower() in DATA_SUFFIXES:
        stem = stem.rpartition(".")[0]
    longer = ""
    while stem and stem != longer:
        longer, stem = stem, _without_number(stem, numbering)
    return stem or root


def _without_number(stem: str, numbering: Sequence[str]) -> str:
    for expression in numbering:
        shorter = re.sub(expression, "", stem)
        if shorter != stem:
            return shorter
    return stem


def glob_expression(pattern: str) -> str:
    """Return the regular expression of a glob: `**` crosses folders, `*` and `?` do not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(part, re.escape(part)) for part in parts) + r"\Z"

"""Sources: where documents come from, the unit a standard judges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from corpus_guard.core.evidence_file import EvidenceFile

DATA_SUFFIXES = frozenset(
    "parquet pq arrow feather ipc csv tsv jsonl ndjson json txt text md gz gzip zst zstd bz2 xz warc wet".split()
)
KINDS = ("open_source", "self_collected", "commercial", "user_input")
ORIGINS = ("domestic", "foreign")
STAGES = ("raw", "filtered", "training")
MODALITIES = ("text", "image", "audio", "video")
METHODS = ("crawl", "api", "download", "recorded", "produced", "other")
"""How a source was collected; `produced` and `recorded` are one's own work, which no robots.txt is about."""
ROBOTS = ("allowed", "barred", "not_checked", "not_applicable")
LEGAL_BASES = ("consent", "contract", "legal_duty", "emergency", "news", "public", "other_law", "none")
"""Bases of PIPL art. 13 (1) to (7), and that there is none."""
INFERRED = "inferred"
"""The kind of a source that no manifest names; it never satisfies the diversity clause."""

LIMIT = 100_000
"""More sources than this stop a run."""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One `[[source]]` of a manifest. Dates are written as `2026-01-31`; an empty string or None: it does not say.

    match     globs over shard names (`web/**`);  columns  (column, value) pairs that a document must show
    links     the source is a list of addresses whose targets were fetched, which counts as self-collected
    spdx      SPDX ids of what `licence` names
    evidence  every file it names, whichever key names it

    What each key means stands in `manifests/keys.py`.
    """

    id: str
    kind: str = ""
    origin: str = ""
    stage: str = ""
    match: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    name: str = ""
    url: str = ""
    modality: str = "text"
    languages: tuple[str, ...] = ()
    tokens: int | None = None
    synthetic: bool = False
    links: bool = False
    licence: str = ""
    licence_url: str = ""
    spdx: tuple[str, ...] = ()
    method: str = ""
    collected_from: str = ""
    collected_to: str = ""
    robots: str = ""
    refusals: str = ""
    supplier_proof: str = ""
    legal_basis: str = ""
    ip_risk: str = ""
    blocked_information: str = ""
    pre_collection_date: str = ""
    pre_collection_sample: int | None = None
    pre_collection_rate: float | None = None
    safety_annotation: bool = False
    annotator_column: str = ""
    reviewer_column: str = ""
    review_status_column: str = ""
    task_column: str = ""
    risk_column: str = ""
    started_column: str = ""
    finished_column: str = ""
    evidence: tuple[EvidenceFile, ...] = ()

    @property
    def judged_kind(self) -> str:
        """The kind whose clause it is judged by: a list of links is self-collected (note to 5.1-c-1)."""
        return "self_collected" if self.links and self.kind == "open_source" else self.kind

    @property
    def own_work(self) -> bool:
        """Whether it was produced, not taken from anyone: synthetic data is treated so too (note to 5.1-c-2)."""
        return self.synthetic or self.method in ("produced", "recorded")

    @property
    def annotation_columns(self) -> tuple[str, ...]:
        """Names of the columns that say who annotated and reviewed what, and when."""
        named = (
            self.annotator_column, self.reviewer_column, self.review_status_column, self.task_column, self.risk_column,
            self.started_column, self.finished_column,
        )  # fmt: skip
        return tuple(name for name in named if name)

    def evidence_for(self, about: str) -> tuple[EvidenceFile, ...]:
        """Return the files that the key *about* names."""
        return tuple(one for one in self.evidence if one.about == about)


@dataclass(frozen=True)
class Manifest:
    """The sources a user has declared; `digest` is the SHA-256 of the file."""

    entries: tuple[SourceEntry, ...] = ()
    digest: str = ""
    given: bool = False

    def of_shard(self, shard: str) -> str | None:
        """Return the id of the first source whose globs match, or None."""
        return next(iter(self.all_of_shard(shard)), None)

    def all_of_shard(self, shard: str) -> list[str]:
        """Return the ids of every source whose globs match; more than one means that the manifest is ambiguous."""
        folder = shard.partition("/")[0] if "/" in shard else ""
        likely = sorted({*self._globs.get(folder, ()), *self._globs.get("", ())})
        return list(dict.fromkeys(self.entries[place].id for place, glob in likely if _matches(glob, shard)))

    def entry(self, source: str) -> SourceEntry | None:
        """Return the entry called *source*, or None."""
        return self._by_id.get(source)

    @cached_property
    def _by_id(self) -> dict[str, SourceEntry]:
        return {entry.id: entry for entry in reversed(self.entries)}

    @cached_property
    def _globs(self) -> dict[str, list[tuple[int, str]]]:
        """Globs with the place of their entry, by the folder they begin with; under "" those that may match in any."""
        found: dict[str, list[tuple[int, str]]] = {}
        for place, entry in enumerate(self.entries):
            for glob in entry.match:
                folder, slash, _ = glob.partition("/")
                found.setdefault(folder if slash and not {*folder} & {*"*?"} else "", []).append((place, glob))
        return found


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


def _matches(glob: str, shard: str) -> bool:
    return re.match(glob_expression(glob), shard) is not None


@lru_cache(maxsize=65_536)
def glob_expression(pattern: str) -> str:
    """Return the regular expression of a glob: `**` crosses folders, `*` and `?` do not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(part, re.escape(part)) for part in parts) + r"\Z"

"""Checks a manifest without a scan: what its evidence is worth, and which data it names or leaves without a source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus_guard.catalog.standards import DEFAULT_STANDARD, read_standard
from corpus_guard.core.assessment import Judgement
from corpus_guard.core.library import Library
from corpus_guard.core.plan import JudgeSettings, Plan
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.shard import Shard
from corpus_guard.core.source import Manifest
from corpus_guard.core.tally import Tally
from corpus_guard.errors import CatalogError
from corpus_guard.inputs import find_inputs
from corpus_guard.judging import judge
from corpus_guard.manifests import read_manifest
from corpus_guard.options import Options, as_of_date
from corpus_guard.planning import make_plan
from corpus_guard.source_draft import shown_cards

_CLAUSES = ("5.1-a-1", "5.1-c", "5.1-d", "5.2-b-2")
"""Clauses that a manifest answers whatever is in the data."""
_SHOWN = 20


@dataclass(frozen=True)
class Gap:
    """Something that a manifest lacks: of a source or of the data (empty), by a clause where one asks for it."""

    source: str
    clause: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.source, self.clause, self.reason)))


def check_sources(file: Path, data: Sequence[Path] = (), *, as_of: str = "") -> tuple[Manifest, list[Gap]]:
    """Return the manifest in *file* and its gaps; with *data*, also which of its files have no source or two.

    Raises `CatalogError` when it is broken.
    """
    day = as_of_date(as_of)
    manifest = read_manifest(file, as_of=day)
    gaps = list(_evidence(manifest, day))
    if data:
        gaps += _of_data(manifest, data, file)
    return manifest, gaps


def _evidence(manifest: Manifest, as_of: str) -> Iterator[Gap]:
    standard = read_standard(DEFAULT_STANDARD)
    asked = tuple(one for one in standard.requirements if one.method == "manifest" and one.clause.startswith(_CLAUSES))
    detectors = ("keywords", "personal_info", "licensing")
    record = Record(
        {entry.id: SourceRecord() for entry in manifest.entries}, Tally(), detectors, frozenset({"keywords"}), manifest,
        "", 1.0, as_of, Library(),
    )  # fmt: skip
    rows: dict[str, list[Judgement]] = {}
    for row in judge(record, [replace(standard, requirements=asked)], JudgeSettings()):
        rows.setdefault(row.source, []).append(row)
    for entry in manifest.entries:
        own = rows.get(entry.id, [])
        for row in own:
            if row.verdict in ("INCONCLUSIVE", "FAIL"):
                reason = row.reason.partition(" — ")[2].partition("; evidence wanted")[0].partition("; shown: ")[0]
                yield Gap(entry.id, row.clause, reason.rstrip("."))
        for one in entry.evidence:
            fault = one.fault(as_of)
            if fault and not any(fault in row.reason for row in own):
                yield Gap(entry.id, "", fault)


def _of_data(manifest: Manifest, data: Sequence[Path], file: Path) -> Iterator[Gap]:
    plan = replace(_plan(), manifest=manifest)
    try:
        shards = find_inputs(data, plan, include=(), exclude=(), own=[file]).shards
    except CatalogError as error:
        yield from (Gap("", "", complaint) for complaint in error.complaints)
        return
    named = {entry.id for entry in manifest.entries}
    by_column = any(entry.columns for entry in manifest.entries)
    stray = [shard.name for shard in shards if shard.source not in named]
    yield from (
        Gap("", "5.1-c", f'the shard "{name}" has no source in the manifest{_by_column(by_column)}')
        for name in stray[:_SHOWN]
    )
    if len(stray) > _SHOWN:
        yield Gap("", "5.1-c", f"{len(stray) - _SHOWN:,} more shards have no source in the manifest")
    held = {shard.source for shard in shards}
    for entry in manifest.entries:
        if entry.id not in held and not entry.columns:
            yield Gap(entry.id, "", "no data is matched by it; change its globs, or leave it out")
    yield from _cards(manifest, shards, data)


def _by_column(by_column: bool) -> str:  # noqa: FBT001
    return ", unless its columns name one" if by_column else ""


def _cards(manifest: Manifest, shards: Sequence[Shard], data: Sequence[Path]) -> Iterator[Gap]:
    """Say where cards and licence files disagree, with each other or with the manifest."""
    cards = shown_cards(shards, data)
    said: set[Any] = set()
    for shard in shards:
        card, entry = cards.get(shard.name), manifest.entry(shard.source)
        if card is None or entry is None or (entry.id, card.ids) in said:
            continue
        said.add((entry.id, card.ids))
        if card.disagreement:
            yield Gap(entry.id, "5.1-c-1", f"the files beside the data disagree on the licence: {card.disagreement}")
        elif card.ids and entry.spdx and not set(card.ids) & set(entry.spdx):
            found = f"the manifest says {', '.join(entry.spdx)}, {card.licences[0][0]} says {', '.join(card.ids)}"
            yield Gap(entry.id, "5.1-c-1", found)


def _plan() -> Plan:
    return make_plan(Options(detectors=("exact_duplicates",)))

"""Drafts a manifest from a folder: its sources, and what cards and licence files say of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from corpus_guard.core.shard import Shard
from corpus_guard.inputs import find_inputs
from corpus_guard.manifests.cards import Card, read_card
from corpus_guard.manifests.keys import KEYS
from corpus_guard.options import Options
from corpus_guard.planning import make_plan

_MOST_NAMES = 50
_COMMON = ("kind", "origin", "stage")
_HINTS = ("url", "method", "collected_from", "robots", "log", "pre_collection_date", "ip_review")
"""Keys that most sources need and that no file of the folder says."""


@dataclass(frozen=True, slots=True)
class Found:
    """A source as its files show it: the globs of its shards, and the card of the folder nearest to them."""

    name: str
    match: tuple[str, ...]
    card: Card


def draft_manifest(folder: Path, manifest: Path) -> str:
    """Return the text of a manifest of the sources in *folder*, to be written to *manifest* and completed by hand.

    Raises `UsageError` when there is nothing to scan.
    """
    lines = ["# A draft: complete every key that begins with #, then corpus-guard sources check this file.", ""]
    for source in found_sources(folder):
        lines += [*_lines(source, manifest.parent), ""]
    return "\n".join(lines)


def found_sources(folder: Path) -> list[Found]:
    """Return the sources of the data in *folder*, by name."""
    plan = make_plan(Options(detectors=("exact_duplicates",)))
    shards: dict[str, list[Shard]] = {}
    for shard in find_inputs([folder], plan, include=(), exclude=()).shards:
        shards.setdefault(shard.source, []).append(shard)
    cards = Cards(folder)
    return [Found(name, _globs(own), cards.of(own[0])) for name, own in sorted(shards.items())]


class Cards:
    """The cards of the folders below *root*, each read once; the one nearest to a shard speaks of it."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.abspath(root if root.is_dir() else root.parent))  # noqa: PTH100 - links keep their names
        self._known: dict[Path, Card] = {}
        self._of_folder: dict[str, Card] = {}

    def of(self, shard: Shard) -> Card:
        """Return the card of the folder of *shard*, or of the nearest above it up to the root."""
        named = os.path.dirname(shard.path)  # noqa: PTH120 - for speed, where shards are many
        if named not in self._of_folder:
            self._of_folder[named] = self._nearest(Path(os.path.abspath(named)))  # noqa: PTH100
        return self._of_folder[named]

    def _nearest(self, folder: Path) -> Card:
        while True:
            if folder not in self._known:
                self._known[folder] = read_card(folder)
            if self._known[folder] or folder == self._root or self._root not in folder.parents:
                return self._known[folder]
            folder = folder.parent


def _globs(shards: Sequence[Shard]) -> tuple[str, ...]:
    folders = {shard.name.partition("/")[0] for shard in shards if "/" in shard.name}
    if len(folders) == 1 and all("/" in shard.name for shard in shards):
        return (f"{folders.pop()}/**",)
    return tuple(shard.name for shard in shards) if len(shards) <= _MOST_NAMES else ()


def _lines(source: Found, folder: Path) -> Iterator[str]:
    card = source.card
    yield "[[source]]"
    known = {
        "id": source.name, "name": card.name, "kind": "open_source" if card else "", "languages": card.languages,
        "url": card.url, "match": source.match, "licence": " AND ".join(card.ids) or card.licence_text,
        "licence_url": card.licence_url,
    }  # fmt: skip
    if card.disagreement:
        known["licence"] = ""
    for key in KEYS:
        value = known.get(key.name)
        if value:
            yield f"{key.name} = {_toml(value)}"
        elif key.name in (*_COMMON, *_HINTS):
            choices = f"  # one of {', '.join(key.choices)}" if key.choices else f"  # {key.says}"
            yield f"# {key.name} = {_blank(key.name, key.holds)}{choices}"
    yield from _licence_file(card, folder)
    if card.source_datasets:
        yield f"# The card names these data sets as its sources: {_comment(', '.join(card.source_datasets))}"
    if card.disagreement:
        yield f"# The files disagree on the licence: {_comment(card.disagreement)}"


def _licence_file(card: Card, folder: Path) -> Iterator[str]:
    """The kept copy of the licence, where the manifest may name it: below its own folder."""
    if card.licence_file is None:
        return
    path, root = card.licence_file.resolve(), folder.resolve()
    if not path.is_relative_to(root):
        yield f"# licence_file: {_comment(str(card.licence_file))} lies outside the folder of this manifest"
        return
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    yield f"licence_file = {{ file = {_toml(path.relative_to(root).as_posix())}, sha256 = {_toml(digest)} }}"


def _blank(name: str, holds: str) -> str:
    return "2026-01-31" if holds == "date" else f'{{ file = "evidence/{name}.pdf" }}' if holds == "file" else '""'


def _toml(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def shown_cards(shards: Sequence[Shard], roots: Sequence[Path]) -> Mapping[str, Card]:
    """Return the card that speaks of each shard, by the shard's name; shards of which none does are left out."""
    found: dict[str, Card] = {}
    for root in roots:
        cards = Cards(root)
        for shard in shards:
            if shard.path and shard.name not in found:
                card = cards.of(shard)
                if card:
                    found[shard.name] = card
    return found

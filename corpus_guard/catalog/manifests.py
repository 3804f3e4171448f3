"""Reads `sources.toml`, the manifest of the sources a corpus is made of."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked
from corpus_guard.core.source import KINDS, ORIGINS, STAGES, Manifest, SourceEntry

_HEAD = {"source": Field(list, dict, required=True)}
_ENTRY = {
    "id": Field(str, required=True),
    "kind": Field(str, choices=KINDS),
    "origin": Field(str, choices=ORIGINS),
    "stage": Field(str, choices=STAGES),
    "match": Field(list),
    "columns": Field(dict),
}


def read_manifest(path: Path) -> Manifest:
    """Return the manifest in *path*; raise `CatalogError` with all its complaints."""
    complaints = Complaints()
    head = read_checked(path, _HEAD, str(path), complaints)
    entries = [
        _entry(table, f"{path}: $.source[{number}]", complaints) for number, table in enumerate(head.get("source", []))
    ]
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.id and entry.id in seen:
            complaints.add(f"{path}: $.source[{number}]", f'the id "{entry.id}" is used twice')
        seen.add(entry.id)
    complaints.raise_if_any()
    return Manifest(tuple(entries), sha256(path.read_bytes()).hexdigest(), given=True)


def _entry(table: dict[str, Any], where: str, complaints: Complaints) -> SourceEntry:
    good = check_table(table, _ENTRY, where, complaints)
    if not str(good.get("id", "?")).strip():
        complaints.add(where, '"id" is empty; name the source')
    columns = good.pop("columns", {})
    for name, value in columns.items():
        if not isinstance(value, str):
            complaints.add(where, f'"columns.{name}" holds no string; give the value a document must show')
    match = tuple(good.pop("match", ()))
    return SourceEntry(
        **{"id": ""} | good, match=match, columns=tuple((name, str(value)) for name, value in columns.items())
    )

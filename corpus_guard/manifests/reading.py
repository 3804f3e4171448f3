"""Reads a manifest: everything that is wrong with it is said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus_guard.catalog.toml_tables import Complaints, Field, check_table
from corpus_guard.core.evidence_file import EvidenceFile
from corpus_guard.core.source import Manifest, SourceEntry
from corpus_guard.manifests.evidence import found_evidence
from corpus_guard.manifests.formats import read_tables
from corpus_guard.manifests.keys import FILE_PARTS, FILES, KEYS
from corpus_guard.manifests.licence_ids import spdx_ids

_HEAD = {"source": Field(list, dict, required=True)}
_KINDS: dict[str, type] = {
    "text": str, "texts": list, "pairs": dict, "date": str, "count": int, "rate": float, "flag": bool,
}  # fmt: skip
_ENTRY = {
    key.name: Field(_KINDS[key.holds], required=key.required, choices=key.choices)
    for key in KEYS
    if key.holds != "file"
}
_DATES = tuple(key.name for key in KEYS if key.holds == "date")
_FILE = {"file": Field(str, required=True), **{part: Field(str) for part in FILE_PARTS}}
_FILES = dict.fromkeys([*FILES, *(f"{name}_{part}" for name in FILES for part in FILE_PARTS)], Field(str))


def read_manifest(path: Path, *, as_of: str = "") -> Manifest:
    """Return the manifest in *path*, its evidence looked at; days after today and after *as_of* have not come yet.

    Raises `CatalogError` with all its complaints.
    """
    complaints = Complaints()
    tables = read_tables(path, complaints)
    head = {} if tables is None else check_table(tables, _HEAD, str(path), complaints)
    if head.get("source") == []:
        complaints.add(str(path), "the manifest names no source; write a [[source]] for each, or leave --sources out")
    today = max(as_of, date.today().isoformat())  # noqa: DTZ011 - the day where users are
    entries = [
        _entry(table, path.parent, f"{path}: $.source[{number}]", today, complaints)
        for number, table in enumerate(head.get("source", []))
    ]
    _check_together(entries, str(path), complaints)
    complaints.raise_if_any()
    return Manifest(tuple(entries), sha256(path.read_bytes()).hexdigest(), given=True)


def _entry(table: Mapping[str, Any], folder: Path, where: str, today: str, complaints: Complaints) -> SourceEntry:
    said = {name: "" if name in _FILES else value for name, value in table.items()}
    good = check_table(said, _ENTRY | _FILES, where, complaints)
    good = {name: value for name, value in good.items() if name not in _FILES}
    if not str(good.get("id", "?")).strip():
        complaints.add(where, '"id" is empty; name the source')
    _check_values(good, where, today, complaints)
    columns = good.pop("columns", {})
    for name, value in columns.items():
        if not isinstance(value, str):
            complaints.add(where, f'"columns.{name}" holds no string; give the value a document must show')
    lists = {name: tuple(value) for name, value in good.items() if isinstance(value, list)}
    pairs = tuple((name, str(value)) for name, value in columns.items())
    evidence = _evidence(table, folder, where, complaints)
    return SourceEntry(
        **{"id": ""} | good | lists, columns=pairs, spdx=spdx_ids(good.get("licence", "")), evidence=evidence
    )


def _check_values(good: Mapping[str, Any], where: str, today: str, complaints: Complaints) -> None:
    days = {name: good[name] for name in _DATES if good.get(name) and _is_day(name, good[name], where, complaints)}
    for name, day in days.items():
        if day > today:
            complaints.add(
                where, f'"{name}" is {day}, a day that has not come yet on {today}; give the day it happened'
            )
    if days.get("collected_from", "") > days.get("collected_to", "9999"):
        complaints.add(where, '"collected_from" is after "collected_to"; change the two')
    rate, sample = good.get("pre_collection_rate", 0), good.get("pre_collection_sample", 1)
    if not 0 <= rate <= 1:
        complaints.add(where, f'"pre_collection_rate" is {rate}, a share from 0 to 1 was expected; write 5 % as 0.05')
    if sample < 1:
        complaints.add(where, f'"pre_collection_sample" is {sample}, a number of items from 1 on was expected')
    if good.get("tokens", 0) < 0:
        complaints.add(where, f'"tokens" is {good["tokens"]}, a number from 0 on was expected')


def _is_day(name: str, day: str, where: str, complaints: Complaints) -> bool:
    try:
        known = date.fromisoformat(day).isoformat() == day
    except ValueError:
        known = False
    if not known:
        complaints.add(where, f'"{name}" is no day; write it as 2026-01-31')
    return known


def _evidence(table: Mapping[str, Any], folder: Path, where: str, complaints: Complaints) -> tuple[EvidenceFile, ...]:
    found = []
    for about in FILES:
        value = table.get(about)
        flat = {part: table[f"{about}_{part}"] for part in FILE_PARTS if f"{about}_{part}" in table}
        if value is None and flat:
            complaints.add(where, f'"{about}_{next(iter(flat))}" is given without "{about}"; name the file')
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            named = {"file": one} | flat if isinstance(one, str) else one
            if not isinstance(named, dict):
                complaints.add(where, f'"{about}" names no file; write its path, or a table with "file" and "sha256"')
                continue
            known = check_table(named, _FILE, f"{where}.{about}", complaints)
            if known.get("expires"):
                _is_day(f"{about}.expires", known["expires"], where, complaints)
            if known.get("file"):
                found.append(found_evidence(folder, about, known, where, complaints))
            elif known.get("file") == "":
                complaints.add(where, f'"{about}" names no file; write its path, or leave the key out')
    return tuple(found)


def _check_together(entries: Sequence[SourceEntry], where: str, complaints: Complaints) -> None:
    """Complain of names used twice, and of data that is another source's too; partial overlaps show in the data."""
    ids: set[str] = set()
    globs: dict[str, str] = {}
    columns: dict[frozenset[tuple[str, str]], str] = {}
    for number, entry in enumerate(entries):
        place = f"{where}: $.source[{number}]"
        if entry.id and entry.id in ids:
            complaints.add(place, f'the id "{entry.id}" is used twice')
        ids.add(entry.id)
        for glob in dict.fromkeys(entry.match):
            if glob in globs:
                complaints.add(place, f'the glob "{glob}" is also one of source "{globs[glob]}"; data has one source')
            globs.setdefault(glob, entry.id)
        shown = frozenset(entry.columns)
        if shown and shown in columns:
            complaints.add(place, f'its "columns" are also those of source "{columns[shown]}"; data has one source')
        columns.setdefault(shown, entry.id)

"""Reads `rules/licensing/names.toml`: how licences are called in the wild, and their SPDX ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked
from corpus_guard.core.licence import licence_key

_LICENCE = {"spdx": Field(str, required=True), "names": Field(list)}


def licence_names(path: Path) -> dict[str, str]:
    """Return the SPDX id by `licence_key` of each name in the file *path*; an SPDX id is a name of itself.

    Raises `CatalogError` with every complaint: unknown fields, ids given twice, a name under two licences.
    """
    complaints = Complaints()
    shown = path.name
    table = read_checked(path, {"licence": Field(list, dict, required=True)}, shown, complaints)
    names: dict[str, str] = {}
    seen: set[str] = set()
    for number, entry in enumerate(table.get("licence", [])):
        where = f"{shown}: $.licence[{number}]"
        good = check_table(entry, _LICENCE, where, complaints)
        if "spdx" in good:
            if good["spdx"] in seen:
                complaints.add(where, f'the licence "{good["spdx"]}" has two tables; put all its names into one')
            seen.add(good["spdx"])
            _add_names(good, names, where, complaints)
    complaints.raise_if_any()
    return names


def _add_names(entry: dict[str, Any], names: dict[str, str], where: str, complaints: Complaints) -> None:
    spdx = entry["spdx"]
    for name in (spdx, *entry.get("names", [])):
        key = licence_key(name)
        if not key:
            complaints.add(where, f'the name "{name}" holds no letter or digit')
        elif names.setdefault(key, spdx) != spdx:
            complaints.add(where, f'the name "{name}" also stands for "{names[key]}"; a name means one licence')

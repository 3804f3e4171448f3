"""Reads `rules/licensing/`: how licences are called in the wild, what they permit, and what purposes ask of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked
from corpus_guard.core.licence import Traits, licence_key

_LICENCE = {"spdx": Field(str, required=True), "names": Field(list)}
_CLASS = {
    "licences": Field(list, required=True),
    "commercial": Field(str, required=True, choices=("yes", "no", "unspecified")),
    **dict.fromkeys(("attribution", "share_alike", "research_only", "no_derivatives"), Field(bool)),
}
_LISTS: tuple[str, ...] = ("allow", "deny", "review")
_PURPOSE = {"id": Field(str, required=True), **dict.fromkeys(("title", "note"), Field(str))} | dict.fromkeys(
    _LISTS, Field(list)
)


def licence_names(path: Path) -> dict[str, str]:
    """Return the SPDX id by `licence_key` of each name in the file *path*; an SPDX id is a name of itself.

    Raises `CatalogError` with every complaint: unknown fields, ids given twice, a name under two licences.
    """
    complaints = Complaints()
    names: dict[str, str] = {}
    seen: set[str] = set()
    for where, good in _tables(path, "licence", _LICENCE, complaints):
        if "spdx" in good:
            if good["spdx"] in seen:
                complaints.add(where, f'the licence "{good["spdx"]}" has two tables; put all its names into one')
            seen.add(good["spdx"])
            _add_names(good, names, where, complaints)
    complaints.raise_if_any()
    return names


def licence_classes(path: Path) -> tuple[tuple[str, Traits], ...]:
    """Return (glob over SPDX ids, what such licences permit) in the order of the file; raise `CatalogError`."""
    complaints = Complaints()
    classes: list[tuple[str, Traits]] = []
    seen: set[str] = set()
    for where, good in _tables(path, "class", _CLASS, complaints):
        for glob in good.pop("licences", []):
            if glob.lower() in seen:
                complaints.add(where, f'"{glob}" stands twice; the second would never be looked at')
            seen.add(glob.lower())
            classes.append((glob, Traits(**good)))
    complaints.raise_if_any()
    return tuple(classes)


def licence_purposes(path: Path) -> dict[str, dict[str, list[str]]]:
    """Return what each purpose allows, denies and wants reviewed, by its id; raise `CatalogError`."""
    complaints = Complaints()
    purposes: dict[str, dict[str, list[str]]] = {
        good["id"]: {name: good[name] for name in _LISTS if name in good}
        for _, good in _tables(path, "purpose", _PURPOSE, complaints)
        if "id" in good
    }
    complaints.raise_if_any()
    return purposes


def licence_options(folder: Path) -> dict[str, Any]:
    """Return what the `licensing` detector is told of licences: `names`, `classes`, `purposes` of *folder*."""
    return {
        "names": licence_names(folder / "names.toml"),
        "classes": licence_classes(folder / "classes.toml"),
        "purposes": licence_purposes(folder / "purposes.toml"),
    }


def _tables(
    path: Path, name: str, fields: dict[str, Field], complaints: Complaints
) -> Sequence[tuple[str, dict[str, Any]]]:
    shown = path.name
    whole = read_checked(path, {name: Field(list, dict, required=True)}, shown, complaints)
    places = [(f"{shown}: $.{name}[{number}]", entry) for number, entry in enumerate(whole.get(name, []))]
    return [(where, check_table(entry, fields, where, complaints)) for where, entry in places]


def _add_names(entry: dict[str, Any], names: dict[str, str], where: str, complaints: Complaints) -> None:
    spdx = entry["spdx"]
    for name in (spdx, *entry.get("names", [])):
        key = licence_key(name)
        if not key:
            complaints.add(where, f'the name "{name}" holds no letter or digit')
        elif names.setdefault(key, spdx) != spdx:
            complaints.add(where, f'the name "{name}" also stands for "{names[key]}"; a name means one licence')

"""Reads standards. A new standard is one file under `rules/standards/`."""

from __future__ import annotations

from dataclasses import fields as fields_of
from pathlib import Path
from typing import Any

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_toml
from corpus_guard.core.standard import METHODS, Requirement, Risk, Standard
from corpus_guard.errors import UsageError, did_you_mean

DEFAULT_STANDARD = "tc260-003-2024"
WORDINGS = ("verified", "secondary", "unverified")

_TEXT = Field(str)
_NEEDED = Field(str, required=True)
_HEAD = {
    "id": _NEEDED, "title_zh": _NEEDED, "title_en": _NEEDED, "issued": _TEXT, "in_force": _TEXT, "superseded_by": _TEXT,
    "superseded_on": _TEXT, "note": _TEXT, "risk": Field(list, dict, required=True),
    "requirement": Field(list, dict, required=True),
}  # fmt: skip
_RISK = {"id": _NEEDED, "group": _NEEDED, "zh": _NEEDED, "en": _NEEDED}
_LISTS = ("risks", "detectors", "kinds", "manifest_keys", "evidence", "sources")
_NUMBERS = {"fail_above": Field(float), "fail_below": Field(float), "share_min": Field(float), "items_min": Field(int)}
_REQUIREMENT = {
    "clause": _NEEDED, "title_zh": _NEEDED, "title_en": _NEEDED, "method": Field(str, required=True, choices=METHODS),
    "scope": Field(str, required=True, choices=("source", "corpus")),
    "wording": Field(str, required=True, choices=WORDINGS), "obligation": Field(str, choices=("shall", "should", "")),
    "measure": _TEXT, "group": _TEXT, "stage": _TEXT, "note": _TEXT,
} | _NUMBERS | {name: Field(list) for name in _LISTS}  # fmt: skip


def known_standards() -> list[str]:
    """Return the ids of the shipped standards, in alphabetical order."""
    return sorted(path.stem for path in (shipped_rules() / "standards").glob("*.toml"))


def read_standard(name: str) -> Standard:
    """Return the shipped standard called *name*; raise `UsageError` when there is none, `CatalogError` when broken."""
    path = shipped_rules() / "standards" / f"{name}.toml"
    if name not in known_standards():
        known = known_standards()
        raise UsageError(f'no standard is called "{name}"{did_you_mean(name, known)} Known: {", ".join(known)}.')
    return read_standard_file(path)


def read_standard_file(path: Path) -> Standard:
    """Return the standard in one file; raise `CatalogError` with all its complaints."""
    complaints = Complaints()
    shown = f"rules/standards/{path.name}"
    head = check_table(read_toml(path, complaints), _HEAD, shown, complaints)
    risks = [_risk(table, f"{shown}: $.risk[{n}]", complaints) for n, table in enumerate(head.get("risk", []))]
    requirements = [
        _requirement(table, f"{shown}: $.requirement[{n}]", complaints)
        for n, table in enumerate(head.get("requirement", []))
    ]
    complaints.raise_if_any()
    known = {name: value for name, value in head.items() if name not in ("risk", "requirement")}
    return Standard(risks=tuple(filter(None, risks)), requirements=tuple(filter(None, requirements)), **known)


def _risk(table: dict[str, Any], where: str, complaints: Complaints) -> Risk | None:
    good = check_table(table, _RISK, where, complaints)
    return Risk(**good) if len(good) == len(_RISK) else None


def _requirement(table: dict[str, Any], where: str, complaints: Complaints) -> Requirement | None:
    good = check_table(table, _REQUIREMENT, where, complaints)
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in good.items()}
    needed = {known.name for known in fields_of(Requirement) if known.name in _REQUIREMENT and _REQUIREMENT[known.name].required}
    return Requirement(**values) if needed <= values.keys() else None

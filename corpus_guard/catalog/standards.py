"""Reads standards. A new standard is one file under `rules/standards/`."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked
from corpus_guard.core.source import STAGES
from corpus_guard.core.standard import DATA_LIMITS, DATA_MEASURES, METHODS, Group, Requirement, Risk, Standard
from corpus_guard.errors import UsageError, did_you_mean

DEFAULT_STANDARD = "tc260-003-2024"
WORDINGS = ("verified", "secondary", "unverified")

_Named = TypeVar("_Named", Risk, Group)

_TEXT = Field(str)
_NEEDED = Field(str, required=True)
_HEAD = {
    "id": _NEEDED, "title_zh": _NEEDED, "title_en": _NEEDED, "issued": _TEXT, "in_force": _TEXT, "superseded_by": _TEXT,
    "superseded_on": _TEXT, "note": _TEXT, "group": Field(list, dict),
    "risk": Field(list, dict, required=True), "requirement": Field(list, dict, required=True),
}  # fmt: skip
_GROUP = {"id": _NEEDED, "zh": _NEEDED, "en": _NEEDED}
_RISK = {"id": _NEEDED, "group": _NEEDED, "zh": _NEEDED, "en": _NEEDED}
_LISTS = ("risks", "detectors", "kinds", "manifest_keys", "evidence", "sources")
_NUMBERS = {
    **dict.fromkeys(("fail_above", "fail_below", "share_min", "warn_above"), Field(float)), "items_min": Field(int),
}  # fmt: skip
_REQUIREMENT = {
    "clause": _NEEDED, "title_zh": _NEEDED, "title_en": _NEEDED, "method": Field(str, required=True, choices=METHODS),
    "scope": Field(str, required=True, choices=("source", "corpus")),
    "wording": Field(str, required=True, choices=WORDINGS), "obligation": Field(str, choices=("shall", "should", "")),
    "measure": _TEXT, "group": _TEXT, "stage": Field(str, choices=(*STAGES, "")), "note": _TEXT,
} | _NUMBERS | {name: Field(list) for name in _LISTS}  # fmt: skip


def known_standards() -> list[str]:
    """Return the ids of the shipped standards, in alphabetical order."""
    return sorted(path.stem for path in (shipped_rules() / "standards").glob("*.toml"))


def read_standard(name: str) -> Standard:
    """Return the shipped standard called *name*; raise `UsageError` when there is none, `CatalogError` when broken."""
    path = shipped_rules() / "standards" / f"{name}.toml"
    if name not in known_standards():
        known = known_standards()
        raise UsageError(f'no standard is called "{name}"{did_you_mean(name, known) or "."} Known: {", ".join(known)}.')
    return read_standard_file(path)


def risks_called(name: str, standard: Standard) -> frozenset[str]:
    """Return the ids of the risks that *name* covers: one risk, or a group such as `A.1`; raise `UsageError`."""
    found = standard.risks_under((name,))
    if not found:
        ids = [risk.id for risk in standard.risks]
        known = [*dict.fromkeys(risk.group for risk in standard.risks), *ids]
        raise UsageError(
            f'no risk is called "{name}"{did_you_mean(name, known) or "."} Risks run from {ids[0]} to {ids[-1]}.'
        )
    return found


def read_standard_file(path: Path) -> Standard:
    """Return the standard in one file; raise `CatalogError` with all its complaints."""
    complaints = Complaints()
    shown = f"rules/standards/{path.name}"
    head = read_checked(path, _HEAD, shown, complaints)
    risks = [
        _named(Risk, _RISK, table, f"{shown}: $.risk[{n}]", complaints) for n, table in enumerate(head.get("risk", []))
    ]
    groups = [
        _named(Group, _GROUP, table, f"{shown}: $.group[{n}]", complaints)
        for n, table in enumerate(head.get("group", []))
    ]
    requirements = [
        _requirement(table, f"{shown}: $.requirement[{n}]", complaints)
        for n, table in enumerate(head.get("requirement", []))
    ]
    known = {name: value for name, value in head.items() if name not in ("group", "risk", "requirement")}
    standard = Standard(
        **{"id": path.stem, "title_zh": "", "title_en": ""} | known,
        risks=tuple(filter(None, risks)),
        requirements=tuple(filter(None, requirements)),
        groups=tuple(filter(None, groups)),
    )
    if not complaints.found:
        _check_together(standard, path, shown, complaints)
    complaints.raise_if_any()
    return standard


def _named(
    kind: type[_Named], fields: Mapping[str, Field], table: dict[str, Any], where: str, complaints: Complaints
) -> _Named | None:
    good = check_table(table, fields, where, complaints)
    return kind(**good) if len(good) == len(fields) else None


def _requirement(table: dict[str, Any], where: str, complaints: Complaints) -> Requirement | None:
    good = check_table(table, _REQUIREMENT, where, complaints)
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in good.items()}
    needed = {name for name, expected in _REQUIREMENT.items() if expected.required}
    return Requirement(**values) if needed <= values.keys() else None


def _check_together(standard: Standard, path: Path, shown: str, complaints: Complaints) -> None:
    if standard.id != path.stem:
        complaints.add(shown, f'the id is "{standard.id}", expected "{path.stem}": a standard is called like its file')
    seen: set[str] = set()
    for number, risk in enumerate(standard.risks):
        if risk.id in seen:
            complaints.add(f"{shown}: $.risk[{number}]", f'the id "{risk.id}" is used twice')
        seen.add(risk.id)
    groups = {risk.group for risk in standard.risks}
    for number, requirement in enumerate(standard.requirements):
        where = f'{shown}: $.requirement[{number}] ("{requirement.clause}")'
        _check_limits(requirement, where, complaints)
        for name in filter(None, (*requirement.risks, requirement.group)):
            if name not in seen | groups:
                complaints.add(where, f'no risk or group is called "{name}"{did_you_mean(name, sorted(seen | groups))}')


def _check_limits(requirement: Requirement, where: str, complaints: Complaints) -> None:
    if requirement.fail_above is not None and requirement.fail_below is not None:
        complaints.add(where, 'both "fail_above" and "fail_below" are given; a requirement has one limit')
    for name in _NUMBERS:
        value = getattr(requirement, name)
        if value is not None and not 0 <= value < inf:
            complaints.add(where, f'"{name}" is {value}, expected a number from 0 on')
    if requirement.method == "data":
        _check_measure(requirement, where, complaints)


def _check_measure(requirement: Requirement, where: str, complaints: Complaints) -> None:
    measure = requirement.measure
    if measure not in DATA_MEASURES:
        hint = did_you_mean(measure, DATA_MEASURES) or f"; known: {', '.join(DATA_MEASURES)}"
        complaints.add(where, f'no measure of data is called "{measure}"{hint}')
    wanted = DATA_LIMITS.get(measure)
    if wanted and getattr(requirement, wanted) is None:
        complaints.add(where, f'the measure "{measure}" needs the limit "{wanted}"')

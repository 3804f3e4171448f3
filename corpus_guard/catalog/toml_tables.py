"""Reads TOML and checks tables against the fields they may have; complaints are collected, not raised.

`tomli` is what the standard library has as `tomllib`, compiled: a megabyte of rules takes a third of the time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from corpus_guard.errors import CatalogError, did_you_mean

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NAMES = {
    str: "a string", int: "a whole number", float: "a number", bool: "true or false", dict: "a table", list: "a list",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """What a key of a table may hold: `kind` is str, int, float, bool, dict or list; lists hold `item`."""

    kind: type
    item: type = str
    required: bool = False
    choices: Sequence[str] = ()


@dataclass
class Complaints:
    """Collects what is wrong in any number of files."""

    found: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Note that *where* (a file, a key path) has the fault *what*."""
        self.found.append(f"{where}: {what}")

    def raise_if_any(self) -> None:
        """Raise `CatalogError` with all complaints, if there are any."""
        if self.found:
            raise CatalogError(self.found)


def read_toml(path: Path, complaints: Complaints, shown: str = "") -> dict[str, Any] | None:
    """Return the tables of a TOML file, or None after a complaint, which calls the file *shown*."""
    where = shown or str(path)
    try:
        return tomli.loads(path.read_text(encoding="utf-8-sig"))
    except tomli.TOMLDecodeError as error:
        complaints.add(where, f"this is no valid TOML ({error}); see https://toml.io for the syntax")
    except UnicodeDecodeError:
        complaints.add(where, "this is no UTF-8; save the file as UTF-8")
    except OSError as error:
        complaints.add(where, f"the file cannot be read ({error.strerror}); check the path and its permissions")
    return None


def read_checked(path: Path, fields: Mapping[str, Field], shown: str, complaints: Complaints) -> dict[str, Any]:
    """Return the well-formed keys of a TOML file; one complaint, and nothing, when it cannot be read at all."""
    table = read_toml(path, complaints, shown)
    return {} if table is None else check_table(table, fields, shown, complaints)


def check_table(
    table: Mapping[str, Any], fields: Mapping[str, Field], where: str, complaints: Complaints
) -> dict[str, Any]:
    """Return the known, well-formed keys of *table*; complain of unknown, missing and misshapen ones."""
    for key in table:
        if key not in fields:
            complaints.add(where, f'unknown field "{key}"{did_you_mean(key, fields)}')
    good = {}
    for key, expected in fields.items():
        if key not in table:
            if expected.required:
                complaints.add(where, f'the field "{key}" is missing')
            continue
        fault = _fault(table[key], expected)
        if fault:
            complaints.add(where, f'"{key}" {fault}')
        else:
            good[key] = table[key]
    return good


def _fault(value: Any, expected: Field) -> str:
    if not _is(value, expected.kind):
        return f"holds {_shown(value)}, {_NAMES[expected.kind]} was expected"
    items = value if expected.kind is list else []
    if items and expected.item is str and set(map(type, items)) == {str} and not _CONTROL.search("".join(items)):
        return ""  # asked of all of them at once, which is quicker
    for item in items:
        if not _is(item, expected.item):
            return f"holds {_shown(item)} in its list, {_NAMES[expected.item]} was expected"
    for text in (value, *items):
        control = _CONTROL.search(text) if isinstance(text, str) else None
        if control:
            return f"contains a control character ({ord(control[0]):#04x}); remove it, or write '\\b' in single quotes"
    if expected.choices and value not in expected.choices:
        known = [choice for choice in expected.choices if choice]
        return f'is "{value}", expected one of {", ".join(known)}{did_you_mean(value, known)}'
    return ""


def _is(value: Any, kind: type) -> bool:
    """Say whether *value* is of *kind*; true and false are no numbers, whole numbers are numbers."""
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def _shown(value: Any) -> str:
    return _NAMES.get(type(value), f"a {type(value).__name__}")

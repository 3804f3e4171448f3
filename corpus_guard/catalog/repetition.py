"""Reads `rules/repetition.toml`: which lines count as repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, read_checked
from corpus_guard.errors import UsageError

SETTINGS = ("shortest", "documents")
"""What a pipeline may change in its table `[repetition]`."""

_FILE = "repetition.toml"


def read_repetition(given: Mapping[str, Any]) -> dict[str, int]:
    """Return the settings of the file, those of a pipeline in their place; raise `CatalogError` or `UsageError`."""
    complaints = Complaints()
    fields = dict.fromkeys(SETTINGS, Field(int, required=True))
    known = read_checked(shipped_rules() / _FILE, fields, f"rules/{_FILE}", complaints)
    complaints.raise_if_any()
    for name, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise UsageError(f"[repetition] {name} is {value!r}; give a whole number of at least 1")
    return known | dict(given)

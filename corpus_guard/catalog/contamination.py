"""Reads `rules/contamination.toml`: what counts as a work inside a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, read_checked
from corpus_guard.errors import UsageError

LEAST = ("least_share", "least_ideographs", "least_letters")
"""What a pipeline may change in its table `[contamination]`."""

_FILE = "contamination.toml"
_COUNT = Field(int, required=True)
_FIELDS = {
    "ideographs": _COUNT, "letters": _COUNT, "common": _COUNT, "fewest": _COUNT,
    "least_share": Field(float, required=True), "least_ideographs": _COUNT, "least_letters": _COUNT,
}  # fmt: skip


def read_contamination(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the file, those of a pipeline in their place; raise `CatalogError` or `UsageError`."""
    complaints = Complaints()
    known = read_checked(shipped_rules() / _FILE, _FIELDS, f"rules/{_FILE}", complaints)
    for name in ("ideographs", "letters"):
        if known.get(name, 8) < 8 or known.get(name, 8) % 8:
            complaints.add(f"rules/{_FILE}", f'"{name}" is {known[name]}, expected a multiple of eight')
    complaints.raise_if_any()
    for name, value in given.items():
        whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
        share = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1
        if not (share if name == "least_share" else whole):
            wanted = "a share above 0 and at most 1" if name == "least_share" else "a number of characters"
            raise UsageError(f"[contamination] {name} is {value!r}; give {wanted}")
    return known | dict(given)

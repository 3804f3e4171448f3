"""CSV that is safe to open in a spreadsheet: UTF-8 with BOM, and no cell can start a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus_guard.runs import atomic

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write *rows* under *columns*, atomically; None becomes an empty cell."""
    with atomic(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([cell(row.get(column)) for column in columns])


def cell(value: Any) -> str:
    """Return a value as the text of a cell.

    >>> cell("=SUM(A1)"), cell(0.05), cell(None), cell(True)
    ("'=SUM(A1)", '0.05', '', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text

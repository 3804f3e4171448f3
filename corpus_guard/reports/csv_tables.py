"""CSV that is safe to open in a spreadsheet: UTF-8 with BOM, and no cell can start a formula."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus_guard.runs import atomic

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTED = frozenset('",\r\n')


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write *rows* under *columns*, atomically; None becomes an empty cell."""
    with atomic(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(_line(columns))
        file.writelines(_line([cell(row.get(column)) for column in columns]) for row in rows)


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file that `write_csv` wrote, as the texts they were before they were made safe."""
    csv.field_size_limit(sys.maxsize)  # a column of the corpus may name the source, and nothing bounds what it holds
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            yield {column: unguarded(text) for column, text in row.items()}


def cell(value: Any) -> str:
    """Return a value as the text of a cell.

    >>> cell("=SUM(A1)"), cell(0.05), cell(-3), cell(None), cell(True)
    ("'=SUM(A1)", '0.05', '-3', '', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    text = str(value)
    return f"'{text}" if _needs_guard(text) else text


def unguarded(text: str) -> str:
    """Return the text that `cell` made *text* from.

    >>> unguarded(cell("@home")), unguarded(cell("'=x")), unguarded("home")
    ('@home', "'=x", 'home')
    """
    return text[1:] if text.startswith("'") and _needs_guard(text[1:]) else text


def _needs_guard(text: str) -> bool:
    """Say whether a cell could start a formula, or looks as if guarded, so that the guard can be taken off again."""
    return text.lstrip("'").startswith(_FORMULA_STARTS)


def _line(cells: Sequence[str]) -> str:
    """Not csv.writer: before Python 3.13 it leaves a carriage return unquoted, which begins a row and so a formula."""
    return ",".join(f'"{text.replace(chr(34), chr(34) * 2)}"' if _QUOTED & set(text) else text for text in cells) + "\n"

"""Lists of terms as people exchange them: text files, and a filing's keyword annex as CSV or workbook."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from corpus_guard.errors import UsageError
from corpus_guard.reports.csv_tables import cell, unguarded, write_csv
from corpus_guard.runs import atomic

ANNEX = ("关键词", "一级分类", "二级分类")
"""Columns of the keyword annex of a filing: the term, the group of its risk, its risk."""
TERM_COLUMNS = ("关键词", "keyword", "term")
RISK_COLUMNS = ("二级分类", "risk")
SUFFIXES = (".txt", ".csv", ".xlsx")

_HEADER_WITHIN = 10
"""Rows in which the names of the columns are looked for: annexes have titles above them."""
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_INSTALL = "needs python-calamine and XlsxWriter; use .csv, or install them: pip install 'corpus-guard[xlsx]'"


@dataclass(frozen=True, slots=True)
class Listed:
    """A term and the risk that the list gives it, by name or id; empty where it gives none."""

    term: str
    risk: str = ""


def read_terms(file: Path) -> Iterator[Listed]:
    """Yield the terms of a list: .txt (a term a line), .csv or .xlsx (a column 关键词). Raises `UsageError`.

    Text is UTF-8, UTF-16 with its mark, or GB 18030, which GBK is a part of. Empty lines and cells are no terms.
    """
    suffix = file.suffix.lower()
    if suffix == ".txt":
        yield from (Listed(line) for line in _text(file).splitlines() if line.strip())
    elif suffix == ".csv":
        yield from _of_table(_csv_rows(file), file)
    elif suffix == ".xlsx":
        yield from _of_table(_workbook_rows(file), file)
    else:
        raise UsageError(
            f'{file} ends in "{file.suffix}"; give a .txt file with a term a line, '
            "or a .csv or .xlsx file with the column 关键词"
        )


def write_terms(file: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write *rows* under `ANNEX` to a .csv or .xlsx file, atomically; no cell can start a formula."""
    suffix = file.suffix.lower()
    if suffix == ".csv":
        write_csv(file, ANNEX, (dict(zip(ANNEX, row, strict=True)) for row in rows))
    elif suffix == ".xlsx":
        _write_workbook(file, rows)
    else:
        raise UsageError(f'{file} ends in "{file.suffix}"; rules export writes .xlsx and .csv')


def _of_table(rows: Iterator[Sequence[str]], file: Path) -> Iterator[Listed]:
    first = list(islice(rows, _HEADER_WITHIN))
    place, header = next(((n, row) for n, row in enumerate(first) if _column(row, TERM_COLUMNS) is not None), (0, None))
    if header is None:
        held = ", ".join(filter(None, first[0])) if first else "nothing"
        raise UsageError(f"{file} has no column 关键词; it has: {held[:200]}")
    term, risk = _column(header, TERM_COLUMNS), _column(header, RISK_COLUMNS)
    for row in (*first[place + 1 :], *rows):
        text = _at(row, term)
        if text.strip():
            yield Listed(unguarded(text), unguarded(_at(row, risk)).strip())


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    known = [name.strip() for name in header]
    return next((known.index(name) for name in names if name in known), None)


def _at(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _csv_rows(file: Path) -> Iterator[Sequence[str]]:
    csv.field_size_limit(sys.maxsize)
    try:
        yield from csv.reader(io.StringIO(_text(file), newline=""))
    except csv.Error as error:
        raise UsageError(f"{file} is no CSV file ({error}); save it as CSV again") from None


def _workbook_rows(file: Path) -> Iterator[Sequence[str]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise UsageError(f"{file}: a workbook {_INSTALL}") from None
    try:
        with file.open("rb") as data:
            sheet = CalamineWorkbook.from_filelike(data).get_sheet_by_index(0)
            for row in sheet.iter_rows():
                yield [_shown(value) for value in row]
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or 'it is no workbook'}") from None
    except CalamineError:
        raise UsageError(
            f"{file} is no workbook that can be read; save it as .xlsx again, without a password"
        ) from None


def _shown(value: Any) -> str:
    """A cell as it is seen: whole numbers come as fractions."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _write_workbook(file: Path, rows: Iterable[Sequence[str]]) -> None:
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise UsageError(f"{file}: a workbook {_INSTALL}") from None
    with atomic(file) as draft, Workbook(str(draft), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet(ANNEX[0])
        for number, row in enumerate(chain([ANNEX], rows)):
            for place, value in enumerate(row):
                sheet.write_string(number, place, cell(value))


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    for encoding in ("utf-16",) if data.startswith(_WIDE_MARKS) else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{file} is neither UTF-8 nor GB 18030; save it as UTF-8")

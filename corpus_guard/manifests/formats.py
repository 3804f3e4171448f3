"""A manifest's file to tables of plain values: TOML, YAML, JSON, or a row a source in CSV or a workbook."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from corpus_guard.catalog.toml_tables import Complaints, read_toml
from corpus_guard.manifests.keys import KEYS

SUFFIXES = (".toml", ".yaml", ".yml", ".json", ".csv", ".xlsx")

_TRUE, _FALSE = ("true", "yes", "1", "是"), ("false", "no", "0", "否")
_INSTALL = "a workbook needs python-calamine; use another format, or install it: pip install 'corpus-guard[xlsx]'"
_KINDS = {key.name: key.holds for key in KEYS}


def read_tables(path: Path, complaints: Complaints) -> dict[str, Any] | None:
    """Return `{"source": [...]}` as the file has it, dates as text; None after a complaint."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        complaints.add(str(path), f'it ends in "{path.suffix}"; a manifest is one of {", ".join(SUFFIXES)}')
        return None
    if suffix == ".toml":
        tables: dict[str, Any] | None = _plain(read_toml(path, complaints))
        return tables
    if suffix == ".xlsx":
        return _rows_of_workbook(path, complaints)
    text = _text(path, complaints)
    found: dict[str, Any] | None = None if text is None else _plain(_PARSERS[suffix](text, str(path), complaints))
    return found


def _text(path: Path, complaints: Complaints) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        complaints.add(str(path), "this is no UTF-8; save the file as UTF-8")
    except OSError as error:
        complaints.add(str(path), f"the file cannot be read ({error.strerror}); check the path and its permissions")
    return None


def _yaml(text: str, where: str, complaints: Complaints) -> Any:
    import yaml

    try:
        return _listed(yaml.safe_load(text), where, complaints)
    except yaml.constructor.ConstructorError as error:
        complaints.add(where, f"this YAML asks for objects{_line(error)}; a manifest holds plain values only")
    except (yaml.YAMLError, RecursionError) as error:
        complaints.add(where, f"this is no valid YAML{_line(error)}; see https://yaml.org for the syntax")
    except ValueError:  # 2026-02-31
        complaints.add(where, "this YAML holds a day that is none; write dates as 2026-01-31")
    return None


def _line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" in line {mark.line + 1}" if mark else ""


def _json(text: str, where: str, complaints: Complaints) -> Any:
    try:
        return _listed(json.loads(text), where, complaints)
    except (ValueError, RecursionError) as error:
        line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        complaints.add(where, f"this is no valid JSON{line}; check it with an editor")
    return None


def _listed(value: Any, where: str, complaints: Complaints) -> Any:
    if isinstance(value, list):
        return {"source": value}
    if value is None:
        return {}
    if not isinstance(value, dict):
        complaints.add(where, 'the file holds no table; write a list of sources under "source"')
        return None
    return value


def _csv(text: str, where: str, complaints: Complaints) -> Any:
    try:
        return _of_rows(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        complaints.add(where, f"this is no valid CSV ({error}); save it as CSV again")
    return None


_PARSERS: Mapping[str, Callable[[str, str, Complaints], Any]] = {
    ".yaml": _yaml, ".yml": _yaml, ".json": _json, ".csv": _csv,
}  # fmt: skip


def _rows_of_workbook(path: Path, complaints: Complaints) -> dict[str, Any] | None:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        complaints.add(str(path), _INSTALL)
        return None
    try:
        with path.open("rb") as data:
            sheet = CalamineWorkbook.from_filelike(data).get_sheet_by_index(0)
            return _of_rows([_cell(value) for value in row] for row in sheet.iter_rows())
    except OSError as error:
        complaints.add(str(path), f"the file cannot be read ({error.strerror or 'it is no workbook'})")
    except CalamineError:
        complaints.add(str(path), "this is no workbook that can be read; save it as .xlsx again, without a password")
    return None


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _of_rows(rows: Iterable[Sequence[str]]) -> dict[str, Any]:
    """A row a source under a row of keys; empty cells say nothing, empty rows are none."""
    filled = (row for row in rows if any(cell.strip() for cell in row))
    header = [name.strip() for name in next(iter(filled), [])]
    return {"source": [dict(_typed(header, row)) for row in filled]}


def _typed(header: Sequence[str], row: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for place, cell in enumerate(row):
        name = header[place] if place < len(header) else f"column {place + 1}"
        if cell.strip():
            yield name, _value(_KINDS.get(name, ""), cell.strip())


def _value(holds: str, cell: str) -> Any:
    """The value of a cell; one that cannot be had stays text, and the reader complains of it."""
    if holds == "texts":
        return [part.strip() for part in cell.split(";") if part.strip()]
    if holds == "pairs":
        pairs = [part.partition("=") for part in cell.split(";") if part.strip()]
        return {name.strip(): value.strip() for name, _, value in pairs}
    if holds == "flag":
        return True if cell.lower() in _TRUE else False if cell.lower() in _FALSE else cell
    if holds in ("count", "rate"):
        return _number(cell)
    return cell


def _number(cell: str) -> Any:
    try:
        return float(cell[:-1]) / 100 if cell.endswith("%") else int(cell) if cell.isdecimal() else float(cell)
    except ValueError:
        return cell


def _plain(value: Any) -> Any:
    """Days as text, as every other format has them."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else value

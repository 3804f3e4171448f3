"""Turns an outside list of terms into a rules folder that `--rules` takes; says what was dropped and why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.catalog.rules import GRADES
from corpus_guard.catalog.standards import DEFAULT_STANDARD, read_standard
from corpus_guard.errors import UsageError, did_you_mean
from corpus_guard.matching.tables import tables
from corpus_guard.runs import write_text

TERM_COLUMNS = ("关键词", "keyword", "term")
_RULE = """detector = "keywords"

[[rule]]
id = "imported-{slug}"
title = "Terms imported from {file}"
risk = "{risk}"
grade = "{grade}"
status = "experimental"
since = "{today}"
updated = "{today}"
terms = [
{terms}]
must_match = [{first}, {last}]
must_not_match = ["今天天气很好。", "a plain sentence"]
"""


def import_terms(file: Path, *, risk: str, out: Path, grade: str = "suspect") -> tuple[int, Counter[str]]:
    """Write a rule of the terms in *file*; return how many were taken, and how many were dropped by reason.

    Reads `.txt` (a term a line) and `.csv` (the column 关键词), UTF-8 or GB 18030. Raises `UsageError`.
    """
    risks = [known.id for known in read_standard(DEFAULT_STANDARD).risks]
    if risk not in risks:
        raise UsageError(
            f'no risk is called "{risk}"{did_you_mean(risk, risks)} Risks run from {risks[0]} to {risks[-1]}.'
        )
    if grade not in GRADES:
        raise UsageError(f'no grade is called "{grade}"{did_you_mean(grade, GRADES)} Grades: {", ".join(GRADES)}.')
    fold = tables(read_folding(frozenset({"zh", "en"})), 2).fold_text
    dropped: Counter[str] = Counter()
    terms: dict[str, None] = {}
    for raw in _terms(file):
        folded = fold(raw.strip())
        if len(folded) < 2:
            dropped["a term of fewer than two characters"] += 1
        elif not folded.isprintable():
            dropped["a term with control characters"] += 1
        elif folded in terms:
            dropped["a term that folds to an earlier one"] += 1
        else:
            terms[folded] = None
    if not terms:
        raise UsageError(f"{file} holds no term that can be used; give a term of two or more characters a line")
    _write(list(terms), file, risk, out, grade)
    return len(terms), dropped


def _write(terms: list[str], file: Path, risk: str, out: Path, grade: str) -> None:
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in file.stem.lower()).strip("-") or "list"
    out.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"  {_quoted(term)},\n" for term in terms)
    text = _RULE.format(
        slug=f"{slug}-{risk.lower()}", file=file.name.replace('"', "'").replace("\\", "/"), risk=risk, grade=grade,
        today=datetime.now(UTC).date().isoformat(), terms=lines, first=_quoted(terms[0]), last=_quoted(terms[-1]),
    )  # fmt: skip
    write_text(out / f"{slug}.toml", text)


def _quoted(term: str) -> str:
    escaped = term.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _terms(file: Path) -> Iterator[str]:
    text = _text(file)
    if file.suffix.lower() == ".txt":
        yield from (line for line in text.splitlines() if line.strip())
        return
    if file.suffix.lower() != ".csv":
        raise UsageError(
            f'{file} ends in "{file.suffix}"; give a .txt file with a term a line or a .csv with the column 关键词'
        )
    rows = csv.DictReader(io.StringIO(text))
    column = next((name for name in TERM_COLUMNS if name in (rows.fieldnames or ())), None)
    if column is None:
        raise UsageError(f"{file} has no column 关键词; it has: {', '.join(rows.fieldnames or ())}")
    yield from (row[column] for row in rows if row[column])


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise UsageError(msg) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            msg = f"{file} is neither UTF-8 nor GB 18030; save it as UTF-8"
            raise UsageError(msg) from None

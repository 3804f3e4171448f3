"""Turns an outside list of terms into a rules folder that `--rules` takes; says what was dropped and why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.catalog.rules import EXAMPLES, GRADES, SHORTEST, read_rule_file, read_rules
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
must_not_match = [{innocent}]
"""

_INNOCENT = (
    "今天天气很好。",
    "a plain sentence",
    "他在图书馆看书。",
    "three new bridges",
    "春天来了，花开了。",
    "0 1 2 3 4",
)
"""What no term may stand in; the first of these that hold none become the rule's own counter-examples."""


def import_terms(file: Path, *, risk: str, out: Path, grade: str = "suspect") -> tuple[int, Counter[str]]:
    """Write a rule of the terms in *file*; return how many were taken, and how many were dropped by reason.

    Reads `.txt` (a term a line) and `.csv` (the column 关键词), UTF-8 or GB 18030. A term that a shipped rule or
    another rule in *out* has already is dropped: no term may stand twice. Raises `UsageError` and `CatalogError`.
    """
    risks = [known.id for known in read_standard(DEFAULT_STANDARD).risks]
    if risk not in risks:
        raise UsageError(
            f'no risk is called "{risk}"{did_you_mean(risk, risks) or "."} Risks run from {risks[0]} to {risks[-1]}.'
        )
    if grade not in GRADES:
        hint = did_you_mean(grade, GRADES) or "."
        raise UsageError(f'no grade is called "{grade}"{hint} Grades: {", ".join(GRADES)}.')
    fold = tables(read_folding(frozenset({"zh", "en"})), 2).fold_text
    slug = _slug(file, risk)
    path = out / f"{slug}.toml"
    terms, dropped = _usable(_terms(file), fold, _known(out, path, fold))
    if not terms:
        raise UsageError(f"{file} holds no term that can be used; give a term of two or more characters a line")
    innocent = [text for text in _INNOCENT if not any(term in fold(text) for term in terms)]
    if len(innocent) < EXAMPLES:
        raise UsageError(f"the terms of {file} stand in plain sentences ({_INNOCENT[0]}); leave the commonest out")
    _write(list(terms), innocent[:EXAMPLES], slug, file, risk, path, grade)
    return len(terms), dropped


def _usable(
    raw: Iterable[str], fold: Callable[[str], str], known: Collection[str]
) -> tuple[dict[str, None], Counter[str]]:
    """The terms that a rule can hold, folded, and how many of the others there are by reason."""
    terms: dict[str, None] = {}
    dropped: Counter[str] = Counter()
    for text in raw:
        folded = fold(text.strip())
        fault = _fault(text, folded)
        if fault:
            dropped[fault] += 1
        elif folded in known:
            dropped["a term that another rule has already"] += 1
        elif folded in terms:
            dropped["a term that folds to an earlier one"] += 1
        else:
            terms[folded] = None
    return terms, dropped


def _fault(text: str, folded: str) -> str:
    if len(folded.strip()) < SHORTEST:
        return "a term of fewer than two characters"
    if not folded.isprintable():
        return "a term with control characters"
    if any(ord(character) > 0xFFFF for character in text):
        return "a term with an emoji or rare character, which folding does not tell apart"
    return ""


def _known(out: Path, path: Path, fold: Callable[[str], str]) -> frozenset[str]:
    """The folded terms of the shipped rules and of those in *out*, but not of the file that is to be replaced."""
    rules = [*read_rules()]
    for file in sorted(out.rglob("*.toml")) if out.is_dir() else []:
        rules += read_rule_file(file) if file != path else ()
    return frozenset(fold(term) for rule in rules if rule.detector == "keywords" for term in rule.phrases)


def _slug(file: Path, risk: str) -> str:
    stem = "".join(c if c.isascii() and c.isalnum() else "-" for c in file.stem.lower()).strip("-") or "list"
    return f"{stem}-{risk.lower()}"


def _write(terms: list[str], innocent: Sequence[str], slug: str, file: Path, risk: str, path: Path, grade: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"  {_quoted(term)},\n" for term in terms)
    text = _RULE.format(
        slug=slug, file=file.name.replace('"', "'").replace("\\", "/"), risk=risk, grade=grade,
        innocent=", ".join(map(_quoted, innocent)),
        today=datetime.now(UTC).date().isoformat(), terms=lines, first=_quoted(terms[0]), last=_quoted(terms[-1]),
    )  # fmt: skip
    write_text(path, text)


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

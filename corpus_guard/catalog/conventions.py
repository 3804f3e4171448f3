"""Reads `rules/input.toml` and `rules/folding/`: how data sets name things, and how characters fold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus_guard.catalog.misspellings import misspellings
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked, read_toml
from corpus_guard.core.folding import Folding
from corpus_guard.core.reading import Conventions

_INPUT = {
    "text_columns": Field(list, required=True),
    "sample_columns": Field(list, list, required=True),
    "sample_turn_keys": Field(list, required=True),
    "metadata_files": Field(list, required=True),
    "numbering": Field(list, required=True),
    "turn_columns": Field(dict, required=True),
    "call_keys": Field(list, required=True),
    "roles": Field(dict, required=True),
    "annotation": Field(dict, required=True),
    "bytes_per_token": Field(dict, required=True),
}
_ANNOTATION = {
    "passed_reviews": Field(list, required=True),
    "least_seconds": Field(float, required=True),
    "characters_per_second": Field(float, required=True),
}
_SPELLING = {"of": Field(str, required=True), "written": Field(list, required=True)}
_SPELLINGS = {"spelling": Field(list, dict, required=True), "misspelt": Field(dict)}
_MISSPELT = {
    "words": Field(list, required=True),
    "look_alikes": Field(dict, required=True),
    "innocent": Field(list, required=True),
}
_CLASSES = {
    "invisible": Field(list, required=True),
    "separators": Field(str, required=True),
    "spelling": Field(str, required=True),
    "run": Field(int, required=True),
    "uncovered_share": Field(float, required=True),
    "scripts": Field(dict, required=True),
}


def read_conventions() -> Conventions:
    """Return the conventions of `rules/input.toml`; raise `CatalogError`."""
    complaints = Complaints()
    path = shipped_rules() / "input.toml"
    table = read_checked(path, _INPUT, "rules/input.toml", complaints)
    annotation = check_table(table.get("annotation", {}), _ANNOTATION, "rules/input.toml: $.annotation", complaints)
    for expression in table.get("numbering", []):
        try:
            re.compile(expression)
        except re.error as error:
            complaints.add("rules/input.toml", f'"numbering" holds no regular expression: {error}')
    complaints.raise_if_any()
    return Conventions(
        text_columns=tuple(table["text_columns"]),
        turn_columns={key: tuple(value) for key, value in table["turn_columns"].items()},
        call_keys=tuple(table["call_keys"]),
        sample_columns=tuple(tuple(group) for group in table["sample_columns"]),
        sample_turn_keys=tuple(table["sample_turn_keys"]),
        roles={key: tuple(value) for key, value in table["roles"].items()},
        metadata_files=tuple(table["metadata_files"]),
        numbering=tuple(table["numbering"]),
        bytes_per_token=table["bytes_per_token"],
        passed_reviews=tuple(annotation["passed_reviews"]),
        least_seconds=annotation["least_seconds"],
        characters_per_second=annotation["characters_per_second"],
    )


def read_folding(languages: frozenset[str]) -> Folding:
    """Return how text folds when the content rules are written in *languages*; raise `CatalogError`."""
    complaints = Complaints()
    folder = shipped_rules() / "folding"
    raw: dict[str, Any] = read_toml(folder / "classes.toml", complaints, "rules/folding/classes.toml") or {}
    separators = str(raw.get("separators", ""))
    table = check_table(raw | {"separators": separators.strip()}, _CLASSES, "rules/folding/classes.toml", complaints)
    complaints.raise_if_any()
    traditional, simplified = _pairs(folder / "traditional.txt")
    pictures, pictured = _pairs(folder / "pictures.txt")
    covered = {word for language in languages for word in table["scripts"].get(language, [])}
    return Folding(
        traditional=traditional,
        simplified=simplified,
        pictures=pictures,
        pictured=pictured,
        invisible=tuple(sorted({code for spec in table["invisible"] for code in _codes(spec)})),
        separators=separators,
        spelling=table["spelling"],
        run=table["run"],
        uncovered_share=table["uncovered_share"],
        covered=tuple(sorted(covered)),
        spellings=read_spellings(folder / "spellings.toml"),
    )


def _pairs(path: Path) -> tuple[str, str]:
    """Return the first and the second characters of a file that holds a pair a line."""
    pairs = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return "".join(pair[0] for pair in pairs), "".join(pair[1] for pair in pairs)


def read_spellings(path: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return words, each with other ways to write it; raise `CatalogError`."""
    complaints = Complaints()
    shown = "rules/folding/spellings.toml"
    table = read_checked(path, _SPELLINGS, shown, complaints)
    found = table.get("spelling", [])
    misspelt = (
        check_table(table["misspelt"], _MISSPELT, f"{shown}: $.misspelt", complaints) if "misspelt" in table else {}
    )
    good = [check_table(one, _SPELLING, f"{shown}: $.spelling[{n}]", complaints) for n, one in enumerate(found)]
    words = [*(one.get("of", "") for one in good), *misspelt.get("words", [])]
    for word in sorted({word for word in words if words.count(word) > 1}):
        complaints.add(shown, f'"{word}" stands twice; write all its spellings in one table')
    complaints.raise_if_any()
    listed = ((one["of"], tuple(one["written"])) for one in good)
    return (*listed, *_misspelt(misspelt))


def _misspelt(table: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Words with their misspellings, without those that are words themselves or could be of two."""
    words = table.get("words", [])
    innocent = {*table.get("innocent", []), *words}
    made = {word: [one for one in misspellings(word, table["look_alikes"]) if one not in innocent] for word in words}
    often = Counter(one for some in made.values() for one in some)
    yield from ((word, tuple(one for one in some if often[one] == 1)) for word, some in made.items())


def _codes(spec: str) -> range:
    first, _, last = spec.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)

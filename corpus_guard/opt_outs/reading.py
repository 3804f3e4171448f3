"""Reads what a pipeline names of refusals: lists of blocked domains, and robots.txt files that were recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, read_checked
from corpus_guard.errors import CatalogError
from corpus_guard.opt_outs.blocked import hashes_of

_CRAWLERS = "crawlers.toml"
_BLOCK = 16 * 2**20


def refusal_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options `blocked`, `robots`, `crawlers` and `directives` of the licensing detector, files read.

    `blocked` becomes sorted hashes as bytes, `robots` (host, text) pairs. Raises `CatalogError`.
    """
    shipped = _shipped()
    found: dict[str, Any] = {"directives": tuple(shipped["directives"])}
    if given.get("blocked"):
        paths = [given["blocked"]] if isinstance(given["blocked"], (str, Path)) else given["blocked"]
        found["blocked"] = _blocked([Path(path) for path in paths])
    if given.get("robots"):
        found["robots"] = _robots(Path(given["robots"]))
        found["crawlers"] = tuple(given.get("crawlers") or shipped["crawlers"])
    return found


def _blocked(paths: Sequence[Path]) -> bytes:
    parts = [np.zeros(0, np.uint64)]
    for path in paths:
        try:
            parts += [hashes_of(lines.filter(~lines.str.starts_with("#"))) for lines in _blocks(path)]
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogError([f"{path}: the list of blocked domains cannot be read ({_why(error)})"]) from None
    keys = np.concatenate(parts)
    keys.sort()  # np.unique goes by a hash table, four times as slow and three times as large
    once: bytes = keys[np.diff(keys, prepend=~keys[:1]) != 0].tobytes()
    return once


def _blocks(path: Path) -> Iterator[pl.Series]:
    """The lines of a file, a block of them at a time: as one list, ten million would take a gigabyte."""
    with path.open(encoding="utf-8-sig") as file:
        while block := file.read(_BLOCK):
            yield pl.Series([block + file.readline()]).str.split("\n").explode()


def _robots(path: Path) -> tuple[tuple[str, str], ...]:
    """Robots files of a folder (`<host>.txt`) or of a JSON Lines file with `host` and `text`."""
    try:
        if path.is_dir():
            files = sorted(one for one in path.iterdir() if one.suffix == ".txt" and one.name[0] not in "._")
            return tuple((one.stem.lower(), one.read_text(encoding="utf-8", errors="replace")) for one in files)
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return tuple((str(record["host"]).lower(), str(record["text"])) for record in records)
    except (OSError, ValueError, KeyError, TypeError) as error:
        wanted = 'a folder of <host>.txt files, or JSON Lines with "host" and "text"'
        raise CatalogError([f"{path}: robots files cannot be read ({_why(error)}); expected {wanted}"]) from None


def _shipped() -> Mapping[str, Sequence[str]]:
    complaints = Complaints()
    path = shipped_rules() / "licensing" / _CRAWLERS
    fields = dict.fromkeys(("crawlers", "directives"), Field(list, required=True))
    table = read_checked(path, fields, f"rules/licensing/{_CRAWLERS}", complaints)
    complaints.raise_if_any()
    return table


def _why(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__

"""What `make accuracy` measured of the keyword rules: `rules/measured.toml`, which is no rule file and in no digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean
from typing import Any

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked

FILE = "measured.toml"
STATUTES = "statutes"
"""Domains of clean text whose name is this, or begins with it, name every crime there is."""

_TEXT, _COUNT = Field(str, required=True), Field(int, required=True)
_KINDS = {"str": _TEXT, "int": _COUNT, "bool": Field(bool, required=True)}
_TABLES = Field(list, dict, required=True)
_HEAD = {
    "measured": _TEXT,
    "tool_version": _TEXT,
    "rules": _TEXT,
    "texts": _TABLES,
    "clean": _TABLES,
    "alarms": _TABLES,
}


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of one category of an outside set: how many there are, have a violation, have any finding."""

    set: str
    language: str
    category: str
    harmful: bool
    documents: int
    violation: int
    found: int

    @property
    def passed(self) -> float:
        """The share of texts that the rules take for what they are: found where harmful, not found where harmless."""
        return self.found / self.documents if self.harmful else 1 - self.found / self.documents


@dataclass(frozen=True, slots=True)
class Clean:
    """Clean documents of one domain and language: how many there are, have a violation, have any finding."""

    domain: str
    language: str
    documents: int
    violation: int
    found: int


@dataclass(frozen=True, slots=True)
class Alarms:
    """Clean documents outside statutes that one rule finds something in."""

    rule: str
    grade: str
    documents: int
    violation: int


@dataclass(frozen=True)
class Measured:
    """The figures of one day; `rules` is the digest of the keyword rules they are of (`keywords_digest`)."""

    measured: str
    tool_version: str
    rules: str
    texts: tuple[Texts, ...] = ()
    clean: tuple[Clean, ...] = ()
    alarms: tuple[Alarms, ...] = ()

    def sets(self) -> list[str]:
        """Return the names of the outside sets, in order."""
        return list(dict.fromkeys(known.set for known in self.texts))

    def recall(self, name: str) -> tuple[float, float] | None:
        """Return the mean recall of the categories of a set: by violations, and with suspects; None without any."""
        return _mean(_shares(known) for known in self.texts if known.set == name and known.harmful)

    def false_positives(self, name: str) -> tuple[float, float] | None:
        """Return the share of the harmless texts of a set with a violation, and with any finding; None without any."""
        return _pooled([known for known in self.texts if known.set == name and not known.harmful])

    def language_recall(self, language: str) -> tuple[float, float] | None:
        """Return the mean of `recall` over the sets in *language*."""
        of_language = {known.set for known in self.texts if known.language == language}
        return _mean(found for name in sorted(of_language) if (found := self.recall(name)))

    def facts(self, rules: str) -> dict[str, Any]:
        """Return what run.json and reports say of a run whose keyword rules have the digest *rules*."""
        languages = {
            language: self.language_recall(language) for language in sorted({one.language for one in self.texts})
        }
        alarms = _pooled([one for one in self.clean if not one.domain.startswith(STATUTES)])
        return {
            "measured": self.measured, "rules": self.rules, "same_rules": self.rules == rules,
            "recall": {name: _rounded(found) for name, found in languages.items() if found},
            "false_alarms": _rounded(alarms) if alarms else None,
        }  # fmt: skip


def read_measured(path: Path | None = None) -> Measured | None:
    """Return the shipped figures, or those in the file *path*; None when there are none. Raises `CatalogError`."""
    path = path or shipped_rules() / FILE
    if not path.is_file():
        return None
    complaints, shown = Complaints(), f"rules/{path.name}"
    head = read_checked(path, _HEAD, shown, complaints)
    tables: dict[str, Any] = {
        name: tuple(_rows(kind, head.get(name, []), f"{shown}: {name}", complaints))
        for name, kind in (("texts", Texts), ("clean", Clean), ("alarms", Alarms))
    }
    complaints.raise_if_any()
    return Measured(**head | tables)


def _rows(kind: type[Any], rows: Iterable[dict[str, Any]], where: str, complaints: Complaints) -> Iterable[Any]:
    expected = {known.name: _KINDS[str(known.type)] for known in fields(kind)}
    for number, row in enumerate(rows):
        good = check_table(row, expected, f"{where}[{number}]", complaints)
        if len(good) == len(expected):
            yield kind(**good)


def _shares(known: Texts | Clean) -> tuple[float, float]:
    return known.violation / known.documents, known.found / known.documents


def _mean(shares: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    pairs = list(shares)
    return (fmean(pair[0] for pair in pairs), fmean(pair[1] for pair in pairs)) if pairs else None


def _pooled(rows: Sequence[Texts | Clean]) -> tuple[float, float] | None:
    total = sum(known.documents for known in rows)
    return (sum(one.violation for one in rows) / total, sum(one.found for one in rows) / total) if total else None


def _rounded(pair: tuple[float, float]) -> dict[str, float]:
    return {"violation": round(pair[0], 4), "found": round(pair[1], 4)}

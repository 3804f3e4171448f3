"""The dated runs of an audit: their names, which was the last, the history of all of them, which may go."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from corpus_guard.errors import UsageError
from corpus_guard.reports.csv_tables import read_rows, write_csv
from corpus_guard.reports.tables import SUMMARY
from corpus_guard.runs import atomic

HISTORY = ("night", *SUMMARY)
DRAFT = "_draft"
_TEXT = frozenset({"night", "source", "kind", "origin", "licences", "languages", "verdict"})


@dataclass(frozen=True)
class Nights:
    """The folder of the dated runs."""

    out: Path

    @property
    def draft(self) -> Path:
        """Where a run is put together before it gets its name."""
        return self.out / DRAFT

    def begin(self) -> Path:
        """Return an empty draft; raise `UsageError` when no run can be written here."""
        shutil.rmtree(self.draft, ignore_errors=True)
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            os.utime(self.out)  # refused where nothing can be written
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise UsageError(f'no run can be written to {self.out} ({reason}); name another "out" in [audit]') from None
        return self.draft

    def free_name(self, day: str) -> str:
        """Return the name of the next run of a day: the day, then `-2`, `-3` and so on."""
        name, number = day, 1
        while (self.out / name).exists():
            number += 1
            name = f"{day}-{number}"
        return name

    def complete(self) -> list[tuple[int, Path, dict[str, Any]]]:
        """Return (number, folder, audit.json) of every complete run of an audit here, in their order."""
        found = []
        for path in self.out.glob("*/audit.json") if self.out.is_dir() else ():
            facts = read_facts(path.parent)
            if facts is not None and not path.parent.name.startswith("_"):
                found.append((int(facts["number"]), path.parent, facts))
        return sorted(found, key=lambda one: (one[0], one[1].name))

    def last(self, name: str) -> Path | None:
        """Return the run called *name*, or else the last complete one; None when there is none."""
        if name and read_facts(self.out / name) is not None:
            return self.out / name
        known = self.complete()
        return known[-1][1] if known else None

    def write_history(self, notes: list[str]) -> None:
        """Bring history.csv and history.parquet up to date: a row a night a source."""
        rows = self._known(notes)
        nights = {row["night"] for row in rows}
        for _, folder, _ in self.complete():
            if folder.name not in nights:
                rows += [{"night": folder.name} | row for row in read_rows(folder / "summary.csv")]
        write_csv(self.out / "history.csv", HISTORY, [_typed(row) for row in rows])
        kinds = {name: pl.String if name in _TEXT else pl.Float64 if name == "illegal_rate" else pl.Int64
                 for name in HISTORY}  # fmt: skip
        with atomic(self.out / "history.parquet") as draft:
            pl.DataFrame([_typed(row) for row in rows], schema=kinds).write_parquet(draft)

    def _known(self, notes: list[str]) -> list[dict[str, str]]:
        path = self.out / "history.csv"
        if not path.is_file():
            return []
        try:
            rows = list(read_rows(path))
            for row in rows:
                _typed(row)
        except (ValueError, KeyError, TypeError, AttributeError, OSError, csv.Error):
            path.replace(path.with_name("history.damaged.csv"))
            notes.append(
                f"{path} was damaged; it is kept as history.damaged.csv and written anew from the runs there are"
            )
            return []
        return rows

    def remove_old(self, keep: int) -> list[str]:
        """Remove all runs but the last *keep*, and never the last that passed; return their names. 0 keeps all."""
        known = self.complete()
        if not keep or len(known) <= keep:
            return []
        good = [folder for _, folder, facts in known if facts.get("verdict") == "PASS"]
        stays = {folder for _, folder, _ in known[-keep:]} | set(good[-1:])
        gone = [folder for _, folder, _ in known if folder not in stays]
        for folder in gone:
            (folder / "run.json").unlink(missing_ok=True)  # first: what is left must not look complete
            shutil.rmtree(folder)
        return [folder.name for folder in gone]


def read_facts(folder: Path) -> dict[str, Any] | None:
    """Return audit.json of a complete run, None when there is none."""
    try:
        facts = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_whole = isinstance(facts, dict) and isinstance(facts.get("number"), int) and (folder / "run.json").is_file()
    return facts if is_whole else None


def _typed(row: dict[str, str]) -> dict[str, Any]:
    """The cells of a row as what they are; an empty one is None, unless it is text."""
    typed: dict[str, Any] = {}
    for name in HISTORY:
        text = row[name]
        if name in _TEXT:
            typed[name] = text
        else:
            typed[name] = None if text == "" else float(text) if name == "illegal_rate" else int(text)
    return typed

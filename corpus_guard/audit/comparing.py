"""Two runs side by side: per source what got better or worse, appeared or vanished, and what did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from corpus_guard.core.statistics import rise
from corpus_guard.reports.csv_tables import read_rows, write_csv
from corpus_guard.results import Run

COMPARED = (
    "documents", "unscanned_documents", "uncovered_documents", "illegal_documents", "illegal_rate",
    "suspect_documents", "personal_info_documents", "sensitive_personal_info_documents", "ip_documents",
    "exact_duplicate_documents", "near_duplicate_documents",
)  # fmt: skip
SOURCES = (
    "source", "change", "verdict_before", "verdict_after",
    *(f"{name}_{when}" for name in COMPARED for when in ("before", "after")), "rise_by_chance",
)  # fmt: skip
CAUSES = ("source", "cause", "name", "grade", "before", "after", "difference", "note")
"""A cause is a rule, a shard (by its documents with such a finding), or a shard of which documents were not read."""

_WEIGHT = {"PASS": 0, "INCONCLUSIVE": 1, "FAIL": 2}
_DECIDING = ("illegal_rate", "unscanned_documents", "suspect_documents", "personal_info_documents", "ip_documents")


@dataclass(frozen=True)
class Comparison:
    """What became of the sources between two runs.

    sources  under `SOURCES`: `change` is appeared, vanished, worse, better or same: the first that differs of verdict,
             illegal rate, unscanned, suspect, personal-information and licensing documents decides
    causes   under `CAUSES`: what of it rules and shards account for, the largest first
    """

    before: Path
    after: Path
    sources: pl.DataFrame
    causes: pl.DataFrame

    def of(self, change: str) -> list[str]:
        """Return the names of the sources that have changed so."""
        return self.sources.filter(pl.col("change") == change)["source"].to_list()

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Return all of it as tables and lists."""
        return {
            "before": str(self.before), "after": str(self.after),
            "verdict_before": Run(self.before).verdict, "verdict_after": Run(self.after).verdict,
            "sources": self.sources.to_dicts(), "causes": self.causes.to_dicts(),
        }  # fmt: skip

    def write(self, sources: Path, causes: Path) -> None:
        """Write both tables as CSV."""
        write_csv(sources, SOURCES, self.sources.iter_rows(named=True))
        write_csv(causes, CAUSES, self.causes.iter_rows(named=True))


def compare(run_a: str | Path, run_b: str | Path) -> Comparison:
    """Return what changed from run folder *run_a* to *run_b*; raise `UsageError` when one holds no complete run."""
    before, after = Run(Path(run_a)), Run(Path(run_b))
    before.facts, after.facts  # noqa: B018 - says so when there is no run
    old = {row["source"]: row for row in before.summary.iter_rows(named=True)}
    new = {row["source"]: row for row in after.summary.iter_rows(named=True)}
    rows = [_source(name, old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys())]
    kinds = {
        name: pl.Float64 if "rate" in name or name == "rise_by_chance"
        else pl.String if name in SOURCES[:4] else pl.Int64
        for name in SOURCES
    }  # fmt: skip
    return Comparison(before.path, after.path, pl.DataFrame(rows, schema=kinds), _causes(before.path, after.path))


def _source(name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any]:
    row: dict[str, Any] = {"source": name, "change": _change(old, new)}
    for when, one in (("before", old), ("after", new)):
        row[f"verdict_{when}"] = one["verdict"] if one else ""
        row |= {f"{column}_{when}": one[column] if one else None for column in COMPARED}
    row["rise_by_chance"] = None
    if old and new and old["illegal_documents"] is not None and new["illegal_documents"] is not None:
        row["rise_by_chance"] = rise(
            old["illegal_documents"], old["documents"], new["illegal_documents"], new["documents"]
        )
    return row


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    if old is None or new is None:
        return "appeared" if old is None else "vanished"
    pairs = [(_WEIGHT.get(old["verdict"], 1), _WEIGHT.get(new["verdict"], 1))]
    pairs += [(old[name], new[name]) for name in _DECIDING if old[name] is not None and new[name] is not None]
    for was, is_now in pairs:
        if was != is_now:
            return "worse" if is_now > was else "better"
    return "same"


def _causes(before: Path, after: Path) -> pl.DataFrame:
    old, new = _shards(before), _shards(after)
    names = _new_names(old, new)
    found = [_documents(before, names), _documents(after, {})]
    rows = [
        *_counted("rule", found, ["rule"], {}, {}),
        *_counted("shard", found, ["shard"], {names.get(name, name): row for name, row in old.items()}, new),
        *_unscanned(old, new, names),
    ]
    kinds = {name: pl.Int64 if name in ("before", "after", "difference") else pl.String for name in CAUSES}
    frame = pl.DataFrame(rows, schema=kinds)
    return frame.sort("source", "cause", -pl.col("difference").abs(), "name", "grade")


def _shards(run: Path) -> dict[str, dict[str, str]]:
    return {row["shard"]: row for row in read_rows(run / "shards.csv")}


def _new_names(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Names of shards that have moved: a gone name and a new one of the same content."""
    appeared = {row["digest"]: name for name, row in sorted(new.items(), reverse=True) if name not in old}
    moved: dict[str, str] = {}
    for name, row in old.items():
        if name not in new and row["digest"] and row["digest"] in appeared:
            moved[name] = appeared.pop(row["digest"])
    return moved


def _documents(run: Path, names: Mapping[str, str]) -> pl.LazyFrame:
    """(source, shard, row, rule, grade) of every finding of weight, shards under their new names."""
    findings = pl.scan_parquet(run / "findings.parquet").filter(pl.col("grade") != "info")
    named = pl.col("shard").replace(dict(names)) if names else pl.col("shard")
    return findings.select("source", named, "row", "rule", "grade")


def _counted(
    cause: str, found: Sequence[pl.LazyFrame], by: list[str], old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[dict[str, Any]]:
    keys = ["source", *by, "grade"]
    counts = [one.group_by(keys).agg(count=pl.struct("shard", "row").n_unique()) for one in found]
    both = counts[0].join(counts[1], on=keys, how="full", coalesce=True, suffix="_after").collect()
    rows = []
    for row in both.iter_rows(named=True):
        was, is_now, name = row["count"] or 0, row["count_after"] or 0, row[by[0]]
        if was != is_now:
            note = _note(old.get(name), new.get(name)) if cause == "shard" else ""
            rows.append(_cause(row["source"], cause, name, row["grade"], was, is_now, note))
    return rows


def _note(old: Mapping[str, str] | None, new: Mapping[str, str] | None) -> str:
    if old is None or new is None:
        return "new" if old is None else "gone"
    return "changed" if old["digest"] != new["digest"] else "same content"


def _unscanned(
    old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    earlier = {names.get(name, name): row for name, row in old.items()}
    rows = []
    for name in sorted(earlier.keys() | new.keys()):
        was, is_now = (int((one.get(name) or {}).get("unscanned_documents") or 0) for one in (earlier, new))
        states = [(one.get(name) or {}).get("state", "scanned") for one in (earlier, new)]
        if was != is_now or states[0] != states[1]:
            rows.append(_cause("", "unscanned", name, "", was, is_now, f"{states[0]} to {states[1]}"))
    return rows


def _cause(source: str, cause: str, name: str, grade: str, before: int, after: int, note: str) -> dict[str, Any]:
    return {
        "source": source, "cause": cause, "name": name, "grade": grade, "before": before, "after": after,
        "difference": after - before, "note": note,
    }  # fmt: skip

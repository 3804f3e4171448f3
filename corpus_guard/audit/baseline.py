"""Accepted findings: reviewed false alarms, each with a reason, an author and the day on which it comes back.

They change no count and no verdict: summary.csv is that of the scan. They are reported apart, with the rates that
would be without them, and alerts do not speak of what is theirs alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from corpus_guard.catalog.rules import is_date
from corpus_guard.catalog.toml_tables import Complaints, check_table, read_toml
from corpus_guard.catalog.toml_tables import Field as Known
from corpus_guard.reports.csv_tables import write_csv
from corpus_guard.reports.tables import ILLEGAL
from corpus_guard.results import Run

COLUMNS = ("fingerprint", "state", "expires", "author", "reason", "rule", "source", "findings", "documents")
_ENTRY = {name: Known(str, required=True) for name in ("fingerprint", "reason", "author", "expires")}
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted finding; it is quiet up to and on the day `expires`."""

    fingerprint: str
    reason: str
    author: str
    expires: str


@dataclass(frozen=True)
class Applied:
    """What accepted findings account for in a run.

    rows      of accepted.csv: a row a fingerprint, a rule and a source
    findings  accepted ones; documents  with one;  expired, unused  entries that no longer hold, or that match nothing
    illegal   source -> illegal documents that would be left without what is accepted
    soon      entries that expire within the days asked for
    """

    rows: Sequence[Mapping[str, Any]] = ()
    findings: int = 0
    documents: int = 0
    expired: int = 0
    unused: int = 0
    illegal: Mapping[str, int] = field(default_factory=dict)
    soon: Sequence[Accepted] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What run.json and the report say of them."""
        return {
            "findings": self.findings, "documents": self.documents, "expired": self.expired, "unused": self.unused,
            "illegal_documents_without": dict(self.illegal),
        }  # fmt: skip


def read_baseline(path: Path | None) -> list[Accepted]:
    """Return the accepted findings of a TOML file of `[[accepted]]` tables; raise `CatalogError`."""
    if path is None:
        return []
    complaints = Complaints()
    tables = (read_toml(path, complaints) or {}).get("accepted", [])
    if not isinstance(tables, list):
        complaints.add(str(path), "accepted findings are [[accepted]] tables")
        tables = []
    found = []
    for number, table in enumerate(tables):
        where = f"{path}: $.accepted[{number}]"
        plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in table.items()}
        good = check_table(plain, _ENTRY, where, complaints)
        _check(good, where, complaints)
        if len(good) == len(_ENTRY):
            found.append(Accepted(**good))
    complaints.raise_if_any()
    return found


def _check(good: Mapping[str, str], where: str, complaints: Complaints) -> None:
    if "fingerprint" in good and not _FINGERPRINT.fullmatch(good["fingerprint"]):
        complaints.add(where, '"fingerprint" is none; copy it from fingerprints.parquet of a run')
    if "expires" in good and not is_date(good["expires"]):
        complaints.add(where, f'"expires" is "{good["expires"]}", expected a date such as 2026-01-31')
    for name in ("reason", "author"):
        if name in good and not good[name].strip():
            complaints.add(where, f'"{name}" is empty; whoever reads the report wants to know')


def apply(accepted: Sequence[Accepted], run: Run, as_of: str, *, warn_days: int) -> Applied:
    """Return what *accepted* accounts for in *run*, and write accepted.csv there."""
    if not accepted:
        return Applied()
    findings = _findings(run.path)
    entries = {one.fingerprint: one for one in accepted}
    holds = [name for name, one in entries.items() if one.expires >= as_of]
    known = findings.filter(pl.col("fingerprint").is_in(list(entries)))
    document = pl.struct("shard", "row").n_unique()
    counts = known.group_by("fingerprint", "rule", "source").agg(findings=pl.len(), documents=document)
    rows = _rows(entries, counts, set(holds))
    write_csv(run.path / "accepted.csv", COLUMNS, rows)
    quiet = known.filter(pl.col("fingerprint").is_in(holds))
    limit = (date.fromisoformat(as_of) + timedelta(days=warn_days)).isoformat()
    return Applied(
        rows=rows, findings=len(quiet), documents=quiet.select("shard", "row").n_unique() if len(quiet) else 0,
        expired=len(entries) - len(holds), unused=len(entries.keys() - set(known["fingerprint"])),
        illegal=_illegal_without(findings, holds, run),
        soon=[one for one in entries.values() if as_of <= one.expires <= limit],
    )  # fmt: skip


def _findings(run: Path) -> pl.DataFrame:
    """The findings of weight with their fingerprints: two files in one order."""
    findings = pl.read_parquet(run / "findings.parquet").filter(pl.col("grade") != "info")
    prints = pl.read_parquet(run / "fingerprints.parquet", columns=["fingerprint"])
    return findings.with_columns(prints["fingerprint"])


def _rows(entries: Mapping[str, Accepted], counts: pl.DataFrame, holds: set[str]) -> list[dict[str, Any]]:
    found = {row["fingerprint"]: row for row in counts.sort("fingerprint").iter_rows(named=True)}
    rows = []
    for name, one in sorted(entries.items()):
        seen = found.get(name, {"rule": "", "source": "", "findings": 0, "documents": 0})
        state = "expired" if name not in holds else "accepted" if seen["findings"] else "unused"
        rows.append(seen | {"fingerprint": name, "state": state, "expires": one.expires, "author": one.author,
                            "reason": one.reason})  # fmt: skip
    return rows


def _illegal_without(findings: pl.DataFrame, holds: Sequence[str], run: Run) -> dict[str, int]:
    content = run.facts["judging"]["content_detectors"]
    counted = findings.filter(
        (pl.col("grade") == "violation")
        & pl.col("detector").is_in(content)
        & pl.any_horizontal(pl.col("risk").str.starts_with(f"{group}.") for group in ILLEGAL)
    )
    left = counted.filter(~pl.col("fingerprint").is_in(list(holds)))
    documents = left.group_by("source").agg(documents=pl.struct("shard", "row").n_unique())
    sources = counted.filter(pl.col("fingerprint").is_in(list(holds)))["source"].unique().sort()
    known = dict(documents.iter_rows())
    return {source: int(known.get(source, 0)) for source in sources}

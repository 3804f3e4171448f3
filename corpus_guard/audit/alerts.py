"""What of a night people must hear of: changes that matter, and dates that come near. Not the state of things.

A source that has failed for weeks is in the report; that it begins to fail is an alert.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from corpus_guard.audit.baseline import Applied
from corpus_guard.audit.comparing import Comparison
from corpus_guard.audit.settings import AuditSettings
from corpus_guard.core.library import Library
from corpus_guard.core.statistics import rise
from corpus_guard.core.verdict import percent
from corpus_guard.reports.csv_tables import read_rows
from corpus_guard.results import Run

KINDS = ("fails", "rate", "unscanned", "library", "evidence", "accepted")
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Alert:
    """One sentence for people. `kind` is one of `KINDS`; `source` is empty where it is about all of them."""

    kind: str
    source: str
    text: str


@dataclass(frozen=True)
class Tidings:
    """Two nights, from which alerts follow; *comparison* is None on the first night."""

    run: Run
    settings: AuditSettings
    comparison: Comparison | None
    applied: Applied
    applied_before: Mapping[str, int]

    def alerts(self) -> list[Alert]:
        """Return the alerts of the night, those of sources first."""
        return [*self._fails(), *self._rates(), *self._unscanned(), *self._library(), *self._dates()]

    def _fails(self) -> Iterator[Alert]:
        before = {} if self.comparison is None else dict(
            zip(self.comparison.sources["source"], self.comparison.sources["verdict_before"], strict=True)
        )  # fmt: skip
        for row in self.run.summary.iter_rows(named=True):
            name = row["source"]
            if row["verdict"] == "FAIL" and before.get(name) != "FAIL" and not self._by_accepted_alone(name):
                yield Alert(
                    "fails", name, f'source "{name}" fails{self._since(before.get(name))}: {self._reason(name)}'
                )
        corpus = self.run.assessment.filter((pl.col("source") == "") & (pl.col("verdict") == "FAIL"))
        known = self._failing_before()
        for row in corpus.iter_rows(named=True):
            if (row["standard"], row["clause"], row["measure"]) not in known:
                yield Alert("fails", "", f"the corpus fails {row['clause']} of {row['standard']}: {row['reason']}")

    def _failing_before(self) -> set[tuple[str, str, str]]:
        if self.comparison is None:
            return set()
        rows = Run(self.comparison.before).assessment.filter((pl.col("source") == "") & (pl.col("verdict") == "FAIL"))
        return set(rows.select("standard", "clause", "measure").iter_rows())

    def _since(self, verdict: str | None) -> str:
        return f" and was {verdict} last time" if verdict else " and is new"

    def _reason(self, source: str) -> str:
        rows = self.run.assessment.filter((pl.col("source") == source) & (pl.col("verdict") == "FAIL"))
        return str(rows["reason"][0]) if len(rows) else "see assessment.csv"

    def _by_accepted_alone(self, source: str) -> bool:
        """Whether the source would not fail without findings that have been accepted."""
        if source not in self.applied.illegal:
            return False
        rows = self.run.assessment.filter((pl.col("source") == source) & (pl.col("verdict") == "FAIL"))
        return len(rows) > 0 and all(
            row["measure"] == "illegal_rate" and row["denominator"] and row["limit"] is not None
            and self.applied.illegal[source] / row["denominator"] <= row["limit"]
            for row in rows.iter_rows(named=True)
        )  # fmt: skip

    def _rates(self) -> Iterator[Alert]:
        if self.comparison is None:
            return
        both = self.comparison.sources.filter(pl.col("rise_by_chance").is_not_null())
        for row in both.iter_rows(named=True):
            name = row["source"]
            was = self.applied_before.get(name, row["illegal_documents_before"])
            hits = self.applied.illegal.get(name, row["illegal_documents_after"])
            chance = rise(was, row["documents_before"], hits, row["documents_after"])
            if chance < self.settings.alpha / len(both):  # as many tests as sources: Bonferroni
                old, new = was / row["documents_before"], hits / row["documents_after"]
                rates = f'the illegal rate of source "{name}" rose from {percent(old)} to {percent(new)}'
                doubt = f"chance alone would do so in {chance:.2g} of nights"
                yield Alert("rate", name, f"{rates}; {doubt}{self._why(name)}")

    def _why(self, source: str) -> str:
        assert self.comparison is not None
        causes = self.comparison.causes.filter((pl.col("source") == source) & (pl.col("difference") > 0))
        for cause in ("shard", "rule"):
            found = causes.filter((pl.col("cause") == cause) & (pl.col("grade") == "violation"))
            if len(found):
                return f"; most of it in {cause} {found['name'][0]} (+{found['difference'][0]:,})"
        return ""

    def _unscanned(self) -> Iterator[Alert]:
        before = set() if self.comparison is None else set(_unread(self.comparison.before))
        new = [name for name in _unread(self.run.path) if name not in before]
        if new:
            more = f" and {len(new) - _NAMED:,} more" if len(new) > _NAMED else ""
            names = ", ".join(new[:_NAMED])
            yield Alert("unscanned", "", f"not read whole, and not so last time: {len(new):,} shards, {names}{more}")

    def _library(self) -> Iterator[Alert]:
        limit, age = self.settings.library_days, _age(self.run)
        if age is None or age <= limit:
            return
        before = None if self.comparison is None else _age(Run(self.comparison.before))
        if before is None or before <= limit or age // max(1, limit) > before // max(1, limit):
            yield Alert(
                "library", "", f"the keyword library is {age} days old; more than {limit} days without an update"
            )

    def _dates(self) -> Iterator[Alert]:
        day, days = str(self.run.facts["as_of"]), self.settings.warn_days
        for source, what, expires in expiring(self.run.facts["judging"]["manifest"], day, days):
            if self._first_warning(expires):
                end = "expires" if expires >= day else "expired"
                yield Alert("evidence", source, f'evidence of source "{source}" {end} on {expires}: {what}')
        for one in self.applied.soon:
            if self._first_warning(one.expires):
                yield Alert(
                    "accepted", "", f"accepted finding {one.fingerprint} ({one.reason}) comes back after {one.expires}"
                )

    def _first_warning(self, expires: str) -> bool:
        """Whether the last night was too early to warn of this date, or it is tomorrow at the latest or just past."""
        if self.comparison is None:
            return True
        before = str(Run(self.comparison.before).facts["as_of"])
        day = str(self.run.facts["as_of"])
        comes_near = _later(before, self.settings.warn_days) < expires or expires <= _later(day, 1)
        return comes_near and before <= expires


def expiring(manifest: Mapping[str, Any], day: str, days: int) -> list[tuple[str, str, str]]:
    """Return (source, key, date) of all evidence of a manifest that expires within *days* of *day*, or has.

    >>> evidence = [{"about": "contract", "file": "contract.pdf", "expires": "2026-02-03"}]
    >>> expiring({"entries": [{"id": "web", "evidence": evidence}]}, "2026-01-31", 14)
    [('web', 'contract', '2026-02-03')]
    """
    limit = _later(day, days)
    return [
        (entry["id"], one["about"], one["expires"])
        for entry in manifest["entries"]
        for one in entry["evidence"]
        if one["expires"] and one["expires"] <= limit
    ]


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _unread(run: Path) -> list[str]:
    return [row["shard"] for row in read_rows(run / "shards.csv") if row["state"] != "scanned"]


def _age(run: Run) -> int | None:
    if "keywords" not in run.facts["judging"]["detectors"]:
        return None
    return Library(**run.facts["judging"]["library"]).age_days(str(run.facts["as_of"]))

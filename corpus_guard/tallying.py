"""From findings.parquet to a tally: the findings of each document become its profile, equal profiles are counted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from corpus_guard.core.rule import Grade
from corpus_guard.core.tally import Mark, Profile, Tally

Copies = Mapping[str, Mapping[str, int]]
"""Copies of each source by kind of duplicate; a kind whose detector did not run is not there."""


def tally_of(findings: Path) -> Tally:
    """Return the tally of a findings.parquet; grades are combined by whoever judges it, never here."""
    document = ["source", "shard", "row"]
    known = pl.scan_parquet(findings).select(
        *document, "detector", "grade", "risk", sensitive=pl.col("sensitive_by") != ""
    )
    risks = known.group_by(*document, "detector", "grade", "risk").agg(pl.col("sensitive").any())
    marks = risks.group_by(*document, "detector", "grade").agg("risk", pl.col("sensitive").any())
    written = ("detector", "grade", _joined("risk", " "), pl.col("sensitive").cast(pl.String))
    marked = marks.select(*document, mark=pl.concat_str(*written, separator="|"))
    profiles = marked.group_by(document).agg("mark").select("source", profile=_joined("mark", "\n"))
    counted = profiles.group_by("source", "profile").len().sort("source", "profile").collect(engine="streaming")
    counts: dict[tuple[str, Profile], int] = {}
    for source, profile, count in counted.iter_rows():
        key = (source, frozenset(_mark(line) for line in profile.split("\n")))
        counts[key] = counts.get(key, 0) + count
    return Tally(counts)


def _joined(lists: str, between: str) -> pl.Expr:
    """The lists of a column as text, sorted: lists of all rows at once take a fraction of what groups take."""
    return pl.col(lists).list.sort().list.join(between)


def _mark(line: str) -> Mark:
    detector, grade, risks, sensitive = line.split("|")
    return Mark(detector, Grade.parse(grade), frozenset(risks.split()), sensitive == "true")


def duplicate_copies(duplicates: Path) -> dict[str, dict[str, int]]:
    """Return, by kind and source, how many documents are copies of another (representatives do not count)."""
    copies = pl.scan_parquet(duplicates).filter(~pl.col("representative")).group_by("kind", "source").len().collect()
    found: dict[str, dict[str, int]] = {}
    for kind, source, count in copies.iter_rows():
        found.setdefault(kind, {})[source] = count
    return found

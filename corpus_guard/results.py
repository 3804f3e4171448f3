"""A run as users hold it, and the part of its folder that judging writes: summary, risks, assessment, page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from corpus_guard.catalog.standards import read_standard
from corpus_guard.core.assessment import EXIT_CODES, Judgement, Verdict
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record
from corpus_guard.core.standard import Standard
from corpus_guard.judging import CORPUS, judge, verdicts
from corpus_guard.manifests import read_manifest
from corpus_guard.options import as_of_date
from corpus_guard.recording import judging_facts, read_record, read_run
from corpus_guard.reports.csv_tables import unguarded, write_csv
from corpus_guard.reports.html import write_html
from corpus_guard.reports.tables import (
    ASSESSMENT,
    RISKS,
    SUMMARY,
    assessment_rows,
    risk_rows,
    summary_rows,
)
from corpus_guard.runs import RunFolder, write_json

_FRACTIONS = ("illegal_rate", "value", "limit", "interval_low", "interval_high")


@dataclass(frozen=True)
class Run:
    """A complete run folder.

    `summary` and `assessment` are its CSV files as polars frames; `verdict` is PASS, FAIL or INCONCLUSIVE.
    """

    path: Path

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What run.json says."""
        return read_run(self.path)

    @cached_property
    def summary(self) -> pl.DataFrame:
        """A row per source."""
        text = ("source", "kind", "origin", "licences", "languages", "verdict")
        return _read(self.path / "summary.csv", SUMMARY, text=text)

    @cached_property
    def assessment(self) -> pl.DataFrame:
        """A row per clause, source and measure."""
        text = ("standard", "clause", "source", "verdict", "measure", "reason", "evidence", "wording")
        return _read(self.path / "assessment.csv", ASSESSMENT, text=text)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all sources and the corpus."""
        known: Verdict = self.facts["verdict"]
        return known

    @property
    def exit_code(self) -> int:
        """The exit code of the command line for this verdict."""
        return EXIT_CODES[self.verdict]


def _read(path: Path, columns: Sequence[str], text: Sequence[str]) -> pl.DataFrame:
    kinds = {name: pl.String if name in text else pl.Float64 if name in _FRACTIONS else pl.Int64 for name in columns}
    frame = pl.read_csv(path, schema_overrides=kinds, encoding="utf8").with_columns(pl.col(text).fill_null(""))
    return frame.with_columns(pl.Series("source", [unguarded(name) for name in frame["source"]], pl.String))


def write_judgement(
    folder: RunFolder,
    record: Record,
    standards: Sequence[Standard],
    settings: JudgeSettings,
    facts: dict[str, Any],
    *,
    page: bool = True,
) -> Run:
    """Judge *record*, write what follows from it, and add the verdict to *facts*; without *page* no report.html."""
    record = record.with_declared_sources()
    rows = judge(record, standards, settings)
    each = verdicts(rows, record.sources)
    write_csv(folder.file("summary.csv"), SUMMARY, summary_rows(record, standards[0], each))
    write_csv(folder.file("risks.csv"), RISKS, risk_rows(record, standards[0]))
    write_csv(folder.file("assessment.csv"), ASSESSMENT, assessment_rows(rows))
    facts["verdict"] = each[CORPUS]
    if page:
        write_html(folder, facts, standards)
    return Run(folder.path)


def assess(
    run: str | Path,
    *,
    standards: Sequence[str] = (),
    sources: str | Path | None = None,
    raw_run: str | Path | None = None,
    as_of: str | None = None,
    judge_settings: JudgeSettings | None = None,
) -> Run:
    """Judge a run again, by other standards or with a manifest, without reading any text.

    Without *sources* the manifest of the scan holds. Rewrites assessment.csv, the verdicts of summary.csv, and
    report.html, each atomically. Raises `UsageError` and `CatalogError`.
    """
    path = Path(run)
    as_of = as_of_date(as_of or str(read_run(path)["as_of"]))
    manifest = read_manifest(Path(sources), as_of=as_of) if sources else None
    record, known = read_record(path, manifest)
    settings = judge_settings or known
    record = replace(record, raw_rows=raw_rows(Path(raw_run) if raw_run else None), as_of=as_of)
    facts = read_run(path)
    chosen = [read_standard(name) for name in dict.fromkeys(standards or facts["standards"])]
    facts |= {"standards": [standard.id for standard in chosen], "as_of": as_of}
    facts["judging"] = judging_facts(record, settings)
    facts["digests"] |= {"manifest": record.manifest.digest}
    folder = RunFolder(path)
    result = write_judgement(folder, record, chosen, settings, facts)
    write_json(folder.file("run.json"), facts)
    return result


def raw_rows(path: Path | None) -> Mapping[tuple[str, str, str, str], Judgement]:
    """Return the measured rows of the run over the raw data by (standard, clause, source, measure)."""
    if path is None:
        return {}
    read_run(path)
    frame = Run(path).assessment.filter(pl.col("measure") != "")
    rows = [Judgement(**row) for row in frame.iter_rows(named=True)]
    return {(row.standard, row.clause, row.source, row.measure): row for row in rows}

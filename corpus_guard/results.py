"""A run as users hold it, and the part of its folder that judging writes: summary, risks, assessment, page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from corpus_guard.catalog.manifests import read_manifest
from corpus_guard.catalog.standards import read_standard
from corpus_guard.core.assessment import EXIT_CODES, Verdict
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record
from corpus_guard.core.source import Manifest
from corpus_guard.core.standard import Standard
from corpus_guard.judge import CORPUS, judge, verdicts
from corpus_guard.recording import read_record, read_run
from corpus_guard.reports.csv_tables import write_csv
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
        return _read(self.path / "summary.csv", text=("source", "kind", "origin", "licences", "languages", "verdict"))

    @cached_property
    def assessment(self) -> pl.DataFrame:
        """A row per clause, source and measure."""
        text = ("standard", "clause", "source", "verdict", "measure", "reason", "evidence", "wording")
        return _read(self.path / "assessment.csv", text=text)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all sources and the corpus."""
        known: Verdict = self.facts["verdict"]
        return known

    @property
    def exit_code(self) -> int:
        """The exit code of the command line for this verdict."""
        return EXIT_CODES[self.verdict]


def _read(path: Path, text: Sequence[str]) -> pl.DataFrame:
    strings = dict.fromkeys(text, pl.String)
    frame = pl.read_csv(path, schema_overrides=strings, infer_schema_length=None, encoding="utf8")
    return frame.with_columns(pl.col(text).fill_null(""))


def write_judgement(
    folder: RunFolder,
    record: Record,
    standards: Sequence[Standard],
    settings: JudgeSettings,
    facts: dict[str, Any],
) -> Run:
    """Judge *record*, write what follows from it, and add the verdict to *facts*."""
    rows = judge(record, standards, settings)
    each = verdicts(rows)
    write_csv(folder.file("summary.csv"), SUMMARY, summary_rows(record, standards[0], each))
    write_csv(folder.file("risks.csv"), RISKS, risk_rows(record, standards[0]))
    write_csv(folder.file("assessment.csv"), ASSESSMENT, assessment_rows(rows))
    facts["verdict"] = each[CORPUS]
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

    Rewrites assessment.csv, the verdicts of summary.csv, and report.html, each atomically.
    """
    from dataclasses import replace

    path = Path(run)
    manifest = read_manifest(Path(sources)) if sources else Manifest()
    record, settings = read_record(path, manifest)
    facts = read_run(path)
    record = replace(record, raw_verdicts=raw_verdicts(Path(raw_run) if raw_run else None), as_of=as_of or record.as_of)
    chosen = [read_standard(name) for name in standards or facts["standards"]]
    facts |= {"standards": [standard.id for standard in chosen], "as_of": record.as_of}
    facts["digests"] = facts["digests"] | {"manifest": manifest.digest}
    folder = RunFolder(path)
    result = write_judgement(folder, record, chosen, judge_settings or settings, facts)
    write_json(folder.file("run.json"), facts)
    return result


def raw_verdicts(path: Path | None) -> Mapping[tuple[str, str, str], tuple[str, str]]:
    """Return (standard, clause, source) -> (verdict, reason) of the run over the raw data."""
    if path is None:
        return {}
    read_run(path)
    rows = Run(path).assessment.select("standard", "clause", "source", "verdict", "reason").iter_rows()
    return {(standard, clause, source): (verdict, reason.rstrip(".")) for standard, clause, source, verdict, reason in rows}

"""Small run folders, written as a scan would write them, and what a browser would make of their page."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.standard import Requirement, Risk, Standard
from corpus_guard.duplicates.overlap import OVERLAP
from corpus_guard.evidence import FINDINGS_SCHEMA
from corpus_guard.group_examples import GROUPS
from corpus_guard.reports.csv_tables import write_csv
from corpus_guard.reports.html import write_html
from corpus_guard.reports.tables import ASSESSMENT, ERRORS, RISKS, SHARDS, SUMMARY
from corpus_guard.runs import RunFolder

Rows = Sequence[dict[str, Any]]

STANDARD = Standard(
    id="example-1",
    title_zh="示例标准",
    title_en="Example standard",
    risks=(
        Risk("A.1.f", "A.1", "宣扬暴力、淫秽色情", "promoting violence, obscenity, pornography"),
        Risk("A.4.e", "A.4", "侵害他人隐私权", "privacy right"),
    ),
    requirements=(
        Requirement(
            "5.1", "来源核验", "Verify a source", "data", "source", "secondary", "shall", "illegal_rate", fail_above=0.05,
            evidence=("rate per source", "date of the scan"), note="The unit is not stated; documents are counted.",
        ),
        Requirement("5.1", "来源记录", "Records of a source", "attestation", "corpus", "unverified", evidence=("the log",)),
        Requirement("8.1", "词库总量", "Size of the library", "library", "corpus", "verified", "should", "keywords_total", fail_below=10000),
    ),
    superseded_by="example-2",
    superseded_on="2025-11-01",
    note="Known from secondary copies.",
)  # fmt: skip


def source(name: str, verdict: str = "PASS", **more: Any) -> dict[str, Any]:
    """A row of summary.csv."""
    row = dict.fromkeys(SUMMARY) | {
        "source": name,
        "kind": "inferred",
        "documents": 400,
        "bytes": 140_000,
        "unscanned_documents": 0,
    }
    return (
        row
        | {
            "illegal_documents": 0,
            "illegal_rate": 0.0,
            "suspect_documents": 0,
            "uncovered_documents": 0,
            "verdict": verdict,
        }
        | more
    )


def judged(
    name: str, verdict: str = "PASS", requirement: int = 0, standard: Standard = STANDARD, **more: Any
) -> dict[str, Any]:
    """A row of assessment.csv."""
    known = standard.requirements[requirement]
    opening = f'Source "{name}"' if name else "The corpus"
    return {
        "standard": standard.id, "clause": known.clause, "source": name, "verdict": verdict, "measure": known.measure,
        "reason": f"{opening}: {verdict} for {known.clause} — {more.get('because', 'within the limit')}.",
        "evidence": "; ".join(known.evidence), "wording": known.wording,
    }  # fmt: skip


def finding(name: str, rule: str = "gore-zh", **more: Any) -> dict[str, Any]:
    """A row of findings.parquet."""
    row = {field.name: "" for field in FINDINGS_SCHEMA} | {
        "row": 0,
        "start": 12,
        "end": 18,
        "score": 1.0,
        "field": "text",
    }
    row |= {"source": name, "shard": f"{name}/part-0.jsonl", "rule": rule, "detector": "keywords", "risk": "A.1.f"}
    return row | {"grade": "violation", "excerpt": "一段示例摘录"} | more


def facts(verdict: str = "PASS", **more: Any) -> dict[str, Any]:
    """What run.json holds."""
    judging = {
        "detectors": ["keywords", "exact_duplicates"], "doubts": more.pop("doubts", {}),
        "judge": {"suspects": "report", "unscanned_max": 0.0, "uncovered_max": 0.05},
    }  # fmt: skip
    known = {
        "tool_version": "0.1.0", "started": "2026-01-02T03:04:05+00:00", "finished": "2026-01-02T03:04:07+00:00", "as_of": "2026-01-02",
        "inputs": ["data"], "stage": "raw", "seed": 7, "sample": 1.0, "shards": 4, "documents": 1_600, "bytes": 2_560_000,
        "unscanned_documents": 12, "seconds": 2.0, "rule_changes": [], "unmasked": False, "languages": ["en", "zh"],
        "digests": {"input": "0123456789abcdef" * 4, "rules": "fedcba9876543210" * 4, "manifest": ""},
    }  # fmt: skip
    return known | {"judging": judging, "verdict": verdict} | more


def run_folder(
    path: Path,
    *,
    summary: Rows = (),
    risks: Rows = (),
    assessment: Rows = (),
    shards: Rows = (),
    errors: Rows = (),
    findings: Rows = (),
    overlap: Rows = (),
    groups: Rows = (),
) -> RunFolder:
    """Write the tables of a run folder."""
    path.mkdir(exist_ok=True)
    folder = RunFolder(path)
    tables = {
        "summary.csv": (SUMMARY, summary),
        "risks.csv": (RISKS, risks),
        "assessment.csv": (ASSESSMENT, assessment),
    }
    tables |= {"shards.csv": (SHARDS, shards), "errors.csv": (ERRORS, errors)}
    tables |= {"overlap.csv": (OVERLAP, overlap), "groups.csv": (GROUPS, groups)}
    for name, (columns, rows) in tables.items():
        write_csv(folder.file(name), columns, rows)
    pq.write_table(pa.Table.from_pylist(list(findings), FINDINGS_SCHEMA), folder.file("findings.parquet"))
    return folder


class Page(HTMLParser):
    """A page as a browser reads it: `tags` with their attributes, and `text` without style sheets.

    `rows` holds the texts of the cells of every row of every table under the id of its section.
    """

    def __init__(
        self, folder: RunFolder, known: dict[str, Any], standards: Sequence[Standard] = (STANDARD,), **given: Any
    ) -> None:
        super().__init__(convert_charrefs=True)
        write_html(folder, known, standards, **given)
        self.source = folder.file("report.html").read_text(encoding="utf-8")
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: dict[str, list[list[str]]] = {}
        self._texts: list[str] = []
        self._section, self._in_cell, self._silent = "", False, False
        self.feed(self.source)

    @property
    def text(self) -> str:
        """What a reader sees, with single spaces."""
        return " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; begin a section, a row or a cell."""
        self.tags.append((tag, dict(attrs)))
        self._silent = tag in ("style", "script", "title") or (self._silent and tag not in ("body", "header"))
        if tag == "section":
            self._section = dict(attrs).get("id") or ""
        elif tag == "tr":
            self.rows.setdefault(self._section, []).append([])
        elif tag in ("td", "th"):
            self.rows[self._section][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        """End a cell, or what is not seen."""
        self._in_cell = self._in_cell and tag not in ("td", "th")
        self._silent = self._silent and tag not in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        """Keep what is seen."""
        if self._silent:
            return
        self._texts.append(data)
        if self._in_cell:
            row = self.rows[self._section][-1]
            row[-1] = " ".join(f"{row[-1]} {data}".split())

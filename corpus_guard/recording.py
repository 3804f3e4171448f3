"""From an assembly and the files of a run folder to a record, and back from the folder: so `assess` needs no scan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from corpus_guard.assembling import Assembly
from corpus_guard.core.annotation import AnnotationRecord
from corpus_guard.core.evidence_file import EvidenceFile
from corpus_guard.core.language import LanguageCount
from corpus_guard.core.library import Library
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.source import Manifest, SourceEntry
from corpus_guard.errors import UsageError
from corpus_guard.reports.csv_tables import unguarded
from corpus_guard.runs import RunFolder
from corpus_guard.tallying import Copies, duplicate_copies, tally_of

NO_SHARD = "0"
"""Shards of a source that stands in summary.csv only because a manifest names it."""


def source_records(assembly: Assembly, copies: Copies) -> dict[str, SourceRecord]:
    """Return the record of each source."""
    records = {}
    for name, counted in assembly.sources.items():
        records[name] = SourceRecord(
            shards=len(counted.shards),
            documents=counted.documents,
            empty_documents=counted.empty_documents,
            bytes=counted.bytes,
            unscanned_documents=counted.unscanned_documents,
            uncovered_documents=counted.uncovered_documents,
            unknown=counted.unknown,
            unattributed=counted.unattributed,
            **{f"{kind}_duplicates": copies[kind].get(name, 0) for kind in copies},
            licences=tuple(sorted(counted.observed)),
            disagreement="",  # known once the cards beside the data have been read
            languages=counted.languages,
            annotation=counted.annotation.record() if counted.annotation else None,
        )
    return records


def judging_facts(record: Record, settings: JudgeSettings) -> dict[str, Any]:
    """Return what run.json keeps so that the run can be judged again: see `read_record`."""
    doubts = {
        name: {"unknown": counted.unknown, "unattributed": counted.unattributed}
        for name, counted in sorted(record.sources.items())
        if counted.unknown or counted.unattributed
    }
    return {
        "detectors": list(record.detectors), "content_detectors": sorted(record.content_detectors),
        "share": record.share, "library": asdict(record.library), "judge": asdict(settings), "doubts": doubts,
        "manifest": asdict(record.manifest), "languages": _languages(record),
        "disagreements": {
            name: counted.disagreement for name, counted in sorted(record.sources.items()) if counted.disagreement
        },
        "annotations": {
            name: asdict(counted.annotation) for name, counted in sorted(record.sources.items()) if counted.annotation
        },
    }  # fmt: skip


def _languages(record: Record) -> dict[str, Any]:
    return {
        name: asdict(counted.languages) for name, counted in sorted(record.sources.items()) if counted.languages.parts
    }


def read_run(path: Path) -> dict[str, Any]:
    """Return run.json of a complete run; raise `UsageError` when there is none."""
    file = path / "run.json"
    if not file.is_file():
        raise UsageError(f"{path} holds no complete run (no run.json); give what scan wrote, or scan --resume it")
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return known


def read_record(path: Path, manifest: Manifest | None = None) -> tuple[Record, JudgeSettings]:
    """Return the record of a complete run as the scan left it; *manifest* takes the place of its own."""
    run = read_run(path)
    folder = RunFolder(path)
    summary = pl.read_csv(folder.file("summary.csv"), infer_schema_length=0)
    facts = run["judging"]
    rows = [row for row in summary.iter_rows(named=True) if row["shards"] != NO_SHARD]
    record = Record(
        sources={unguarded(row["source"]): _source_record(row, facts["doubts"], facts) for row in rows},
        tally=tally_of(folder.file("findings.parquet")),
        detectors=tuple(facts["detectors"]),
        content_detectors=frozenset(facts["content_detectors"]),
        manifest=manifest or _manifest(facts["manifest"]),
        stage=run["stage"],
        share=facts["share"],
        as_of=run["as_of"],
        library=Library(**facts["library"]),
    )
    return record, JudgeSettings(**_frozen_values(facts["judge"]))


def _manifest(known: Mapping[str, Any]) -> Manifest:
    entries = [_entry(entry) for entry in known["entries"]]
    return Manifest(**{**known, "entries": tuple(entries)})


def _frozen_values(known: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _frozen(value) for key, value in known.items()}


def _entry(known: Mapping[str, Any]) -> SourceEntry:
    evidence = tuple(EvidenceFile(**one) for one in known.get("evidence", ()))
    return SourceEntry(**{key: _frozen(value) for key, value in known.items()} | {"evidence": evidence})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _source_record(
    row: Mapping[str, str | None], doubts: Mapping[str, Mapping[str, int]], facts: Mapping[str, Any]
) -> SourceRecord:
    name = unguarded(str(row["source"]))
    doubt = doubts.get(name, {})
    annotation = facts.get("annotations", {}).get(name)
    names = ("shards", "documents", "empty_documents", "bytes", "unscanned_documents", "uncovered_documents")
    return SourceRecord(
        **{column: int(row[column] or 0) for column in names},
        unknown=doubt.get("unknown", 0),
        unattributed=doubt.get("unattributed", 0),
        exact_duplicates=_number(row["exact_duplicate_documents"]),
        near_duplicates=_number(row["near_duplicate_documents"]),
        licences=tuple(filter(None, (row["licences"] or "").split(";"))),
        disagreement=facts.get("disagreements", {}).get(name, ""),
        languages=LanguageCount(**facts.get("languages", {}).get(name, {})),
        annotation=AnnotationRecord(**{key: _frozen(value) for key, value in annotation.items()})
        if annotation
        else None,
    )


def _number(cell: str | None) -> int | None:
    return int(cell) if cell else None


__all__ = ["duplicate_copies", "judging_facts", "read_record", "read_run", "source_records", "tally_of"]

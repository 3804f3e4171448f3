"""The CSV tables of a run folder, in fixed columns that others rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from corpus_guard.core.assessment import Judgement
from corpus_guard.core.language import LanguageCount
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.rule import Grade
from corpus_guard.core.source import INFERRED
from corpus_guard.core.standard import Standard
from corpus_guard.core.tally import Claim, Profile, found_by, graded, violates

SHARDS = ("shard", "format", "bytes", "digest", "rows", "documents", "empty_documents", "unscanned_documents", "state")
ERRORS = ("shard", "row", "byte_offset", "documents", "reason")
SUMMARY = (
    "source", "kind", "origin", "licences", "shards", "documents", "empty_documents", "bytes", "unscanned_documents",
    "uncovered_documents", "illegal_documents", "illegal_rate", "suspect_documents", "personal_info_documents",
    "sensitive_personal_info_documents", "ip_documents", "exact_duplicate_documents", "near_duplicate_documents",
    "languages", "verdict",
)  # fmt: skip
RISKS = ("source", "risk", "documents", "rate")
ASSESSMENT = (
    "standard", "clause", "source", "verdict", "measure", "value", "limit", "numerator", "denominator", "interval_low",
    "interval_high", "reason", "evidence", "wording",
)  # fmt: skip

ILLEGAL = ("A.1", "A.2", "A.3", "A.4")
LEAST_SHARE = 0.0001
"""Smaller shares of a language are only in run.json."""
_COUNTED = ("shards", "documents", "empty_documents", "bytes", "unscanned_documents")
Profiles = Sequence[tuple[Profile, int]]


def summary_rows(record: Record, standard: Standard, verdicts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rows of summary.csv; a column whose detector did not run is None, never 0."""
    profiles = record.tally.by_source()
    return [
        _summary_row(record, standard, source, counted, profiles.get(source, []), verdicts.get(source, "INCONCLUSIVE"))
        for source, counted in sorted(record.sources.items())
    ]


def _summary_row(
    record: Record, standard: Standard, source: str, counted: SourceRecord, profiles: Profiles, verdict: str
) -> dict[str, Any]:
    entry = record.manifest.entry(source)
    row: dict[str, Any] = {name: getattr(counted, name) for name in _COUNTED}
    row |= {"source": source, "kind": entry.kind if entry else INFERRED, "origin": entry.origin if entry else ""}
    licences = dict.fromkeys((*(entry.spdx if entry else ()), *counted.licences))
    row |= {"licences": ";".join(sorted(licences)), "exact_duplicate_documents": counted.exact_duplicates}
    row |= {"near_duplicate_documents": counted.near_duplicates}
    row |= {"languages": languages_cell(counted.languages) or None}
    if record.content_detectors:
        row |= _content(record, standard, counted, profiles)
    if "personal_info" in record.detectors:
        row["personal_info_documents"] = _count(profiles, found_by("personal_info"))
        row["sensitive_personal_info_documents"] = _count(profiles, found_by("personal_info", sensitive=True))
    if "licensing" in record.detectors:
        row["ip_documents"] = _count(profiles, found_by("licensing"))
    return row | {"verdict": verdict}


def languages_cell(counted: LanguageCount) -> str:
    """Return the languages of a source with their shares, the largest first; empty when they were not told.

    >>> languages_cell(LanguageCount({"zh-Hans": 1500, "en": 500}))
    'zh-Hans 0.75;en 0.25'
    """
    return ";".join(
        f"{label} {share:.4f}".rstrip("0").rstrip(".") for label, share in counted.shares() if share >= LEAST_SHARE
    )


def _content(record: Record, standard: Standard, counted: SourceRecord, profiles: Profiles) -> dict[str, Any]:
    """Return the columns of content rules; where none ran, nothing is known to be uncovered either."""
    suspect, violating = (graded(record.content_detectors, grade) for grade in (Grade.SUSPECT, Grade.VIOLATION))
    illegal = _count(profiles, violates(record.content_detectors, standard.risks_under(ILLEGAL)))
    return {
        "uncovered_documents": counted.uncovered_documents,
        "illegal_documents": illegal,
        "illegal_rate": illegal / counted.documents if counted.documents else None,
        "suspect_documents": _count(profiles, suspect) - _count(profiles, violating),
    }


def _count(profiles: Profiles, claim: Claim) -> int:
    return sum(documents for profile, documents in profiles if claim(profile))


def risk_rows(record: Record, standard: Standard) -> list[dict[str, Any]]:
    """Return the rows of risks.csv: every source × risk with a violation."""
    rows = []
    for source, profiles in sorted(record.tally.by_source().items()):
        documents = record.sources[source].documents
        for risk in standard.risks:
            claim = violates(None, frozenset({risk.id}))
            found = _count(profiles, claim)
            if found:
                rows.append({"source": source, "risk": risk.id, "documents": found, "rate": found / documents})
    return rows


def assessment_rows(judgements: Sequence[Judgement]) -> list[dict[str, Any]]:
    """Return the rows of assessment.csv."""
    return [asdict(row) for row in judgements]

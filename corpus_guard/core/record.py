"""The record of a run: every count and fact that judging needs, whether the scan has just ended or ended last year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from corpus_guard.core.annotation import AnnotationRecord
from corpus_guard.core.assessment import Judgement
from corpus_guard.core.language import LanguageCount
from corpus_guard.core.library import Library
from corpus_guard.core.source import Manifest
from corpus_guard.core.tally import Tally


@dataclass(frozen=True)
class SourceRecord:
    """What was counted in one source. A duplicate count of None means that its detector did not run.

    disagreement  what cards, licence files and columns say of the licence where they do not say the same
    """

    shards: int = 0
    documents: int = 0
    empty_documents: int = 0
    bytes: int = 0
    unscanned_documents: int = 0
    uncovered_documents: int = 0
    unknown: int = 0
    unattributed: int = 0
    exact_duplicates: int | None = None
    near_duplicates: int | None = None
    licences: tuple[str, ...] = ()
    disagreement: str = ""
    languages: LanguageCount = field(default_factory=LanguageCount)
    annotation: AnnotationRecord | None = None


@dataclass(frozen=True)
class Record:
    """All that is known of a run.

    raw_rows  of `--raw-run`: the rows of its assessment by (standard, clause, source, measure)
    """

    sources: Mapping[str, SourceRecord]
    tally: Tally
    detectors: tuple[str, ...]
    content_detectors: frozenset[str]
    manifest: Manifest
    stage: str
    share: float
    as_of: str
    library: Library
    raw_rows: Mapping[tuple[str, str, str, str], Judgement] = field(default_factory=dict)

    def stage_of(self, source: str) -> str:
        """Return the stage a source is in: what the manifest says, else the option, else raw."""
        entry = self.manifest.entry(source)
        return (entry.stage if entry else "") or self.stage or "raw"

    def with_declared_sources(self) -> Record:
        """Return the record with every source its manifest names, also those that matched nothing: 0 documents."""
        nothing = SourceRecord(
            exact_duplicates=0 if "exact_duplicates" in self.detectors else None,
            near_duplicates=0 if "near_duplicates" in self.detectors else None,
        )
        declared = {entry.id: nothing for entry in self.manifest.entries}
        return replace(self, sources=declared | dict(self.sources))

"""The unit of work: one split in; findings, fingerprints and counts out, as files with a mark that says it is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import file_digest
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from corpus_guard.annotating import annotation_counts
from corpus_guard.core.annotation import AnnotationCount
from corpus_guard.core.arrays import arrow_scalar, empty_texts, numbers_of
from corpus_guard.core.batch import Batch
from corpus_guard.core.detector import Detector
from corpus_guard.core.labels import Labels
from corpus_guard.core.language import LanguageCount, Told
from corpus_guard.core.plan import Plan
from corpus_guard.core.shard import Split, Unscanned
from corpus_guard.core.source import LIMIT
from corpus_guard.core.unscanned import LISTED, gathered
from corpus_guard.domains import by_domain
from corpus_guard.duplicates.fingerprints import FingerprintWriter
from corpus_guard.errors import ShardError, UsageError
from corpus_guard.evidence import FINDINGS_SCHEMA, findings_table
from corpus_guard.languages.counting import count_languages
from corpus_guard.readers import read
from corpus_guard.runs import Work, atomic
from corpus_guard.scanner import Scanned, Scanner

COUNTS = ("documents", "empty_documents", "uncovered_documents", "bytes")


@dataclass
class SplitResult:
    """What a split leaves behind besides its findings and fingerprints; a plain sum over batches.

    rows      records read, malformed ones included
    sources   source -> `COUNTS`
    observed  source -> value -> documents
    languages source -> `LanguageCount` as a table
    annotations  source -> `AnnotationCount` as plain values
    errors    what could not be read; rows local to the split
    repeated_ids  documents whose id an earlier document of the split has
    digest   SHA-256 of the whole shard; only the first split of a shard works it out
    """

    number: int
    rows: int = 0
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    observed: dict[str, dict[str, int]] = field(default_factory=dict)
    languages: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    annotations: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeated_ids: int = 0
    digest: str = ""


@dataclass
class ScanSplit:
    """The task that an engine maps over splits. Picklable; compiles its plan at first use in each process."""

    plan: Plan
    work: Work
    partitions: int
    detectors: Sequence[Detector] | None = None
    schema: ClassVar[pa.Schema] = FINDINGS_SCHEMA

    @cached_property
    def scanner(self) -> Scanner:
        """The plan, compiled."""
        return Scanner(self.plan, self.detectors)

    def prepare(self) -> None:
        """Compile the plan now; raise `UsageError` for what a detector has against its options."""
        self.scanner  # noqa: B018 - a property that is worked out once

    def __getstate__(self) -> dict[str, Any]:
        return {"plan": self.plan, "work": self.work, "partitions": self.partitions}

    def __call__(self, split: Split) -> dict[str, Any]:
        """Scan one split and return its `SplitResult` as a table, which also is its mark on disk."""
        return self.scan(split, self._batches(split))

    def scan(self, split: Split, batches: Iterator[Batch]) -> dict[str, Any]:
        """Scan *batches* as those of *split*."""
        result = SplitResult(split.number)
        ids: list[npt.NDArray[np.uint64]] = []
        with (
            atomic(self.work.findings(split.number)) as findings_path,
            written_findings(findings_path, self.schema) as findings,
            FingerprintWriter(self.work, split.number, self.partitions) as fingerprints,
        ):
            try:
                for batch in batches:
                    result.rows += batch.read
                    self._batch(split, _sampled(batch, split, self.plan), result, findings, fingerprints, ids)
            except ShardError as error:
                lost = Unscanned(error.reason, byte_offset=error.byte_offset, documents=error.documents)
                result.errors.append(asdict(lost))
                result.rows += error.documents or 0
        result.errors = gathered(result.errors)
        result.repeated_ids = _repeated(ids)
        result.digest = _digest(split)
        if self.plan.on_error == "fail" and result.errors:
            raise UsageError(
                f"shard {split.shard.name}: {result.errors[0]['reason']} (--on-error fail stops the run here)"
            )
        self.work.mark(split.number, asdict(result))
        return asdict(result)

    def table(self, scanned: Scanned, split: Split, sources: Labels, document_ids: pa.Array) -> pa.Table:
        """Return the findings of a batch as rows under `schema`."""
        return findings_table(scanned, split.shard.name, sources, document_ids, self.plan)

    def _batches(self, split: Split) -> Iterator[Batch]:
        if split.shard.problem:
            raise ShardError(split.shard.problem)
        yield from read(split, self.plan.wanted)

    def _batch(
        self,
        split: Split,
        batch: Batch,
        result: SplitResult,
        findings: pa.RecordBatchFileWriter,
        fingerprints: FingerprintWriter,
        ids: list[npt.NDArray[np.uint64]],
    ) -> None:
        scanned = self.scanner.scan(batch)
        sources = sources_of(scanned.batch, split, self.plan)
        document_ids = _document_ids(scanned.batch)
        _count(scanned, sources, result)
        for name, counted in annotation_counts(scanned.batch, sources, self.plan).items():
            known = result.annotations.get(name)
            whole = counted + AnnotationCount.from_json(known) if known else counted
            result.annotations[name] = whole.as_json()
        result.errors += [asdict(lost) for lost in scanned.batch.unscanned]
        if len(result.errors) > 2 * LISTED:
            result.errors = gathered(result.errors)
        if len(scanned.findings):
            findings.write_table(self.table(scanned, split, sources, document_ids))
        if scanned.fingerprints:
            fingerprints.write(scanned.fingerprints, scanned.batch.rows, ~scanned.empty, sources, document_ids)
        if "document_id" in scanned.batch.columns:
            ids.append(_hashes(document_ids))


@contextmanager
def written_findings(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatchFileWriter]:
    """Open *path* for the findings of a split: an Arrow file, since hundreds of small ones are read at the end."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema, options=options) as writer:
        yield writer


def sources_of(batch: Batch, split: Split, plan: Plan) -> Labels:
    """Return the source of each document."""
    labels = Labels.same(split.shard.source, len(batch.rows))
    if split.shard.pinned:
        return labels
    for column in ("source", plan.source_column):
        if column and column in batch.columns:
            labels = labels.replaced(batch.columns[column])
    if plan.source_by == "domain" and "url" in batch.columns:
        labels = by_domain(labels, batch.columns["url"])
    return _declared(labels, batch, split, plan)


def _declared(labels: Labels, batch: Batch, split: Split, plan: Plan) -> Labels:
    """The labels, with the sources whose columns documents show; raise `UsageError` when two sources claim one."""
    owner = np.full(len(batch.rows), -1)
    for number, entry in enumerate(plan.manifest.entries):
        if not entry.columns or not all(column in batch.columns for column, _ in entry.columns):
            continue
        text = pa.large_string()
        shown = [
            pc.equal(batch.columns[column].cast(text), arrow_scalar(value, text)) for column, value in entry.columns
        ]
        no = arrow_scalar(0, pa.bool_())
        matches = np.all([numbers_of(one.fill_null(no)) for one in shown], axis=0)
        claimed = owner[matches & (owner >= 0)]
        if len(claimed):
            other = plan.manifest.entries[int(claimed[0])].id
            raise UsageError(
                f'documents of shard {split.shard.name} show the "columns" of the sources "{other}" and "{entry.id}"; '
                "change the manifest so that a document has one source"
            )
        owner[matches] = number
        labels = labels.set(np.flatnonzero(matches), entry.id)
    return labels


def _count(scanned: Scanned, sources: Labels, result: SplitResult) -> None:
    batch = scanned.batch
    lengths = np.diff(batch.text_offsets)[: len(batch.texts)]
    sizes = np.bincount(batch.documents, lengths, minlength=len(batch.rows)).astype(np.int64)
    full = ~scanned.empty
    for name, sums in sources.sums([full, scanned.empty, scanned.uncovered, np.where(full, sizes, 0)]).items():
        counts = result.sources.setdefault(name, dict.fromkeys(COUNTS, 0))
        for key, value in zip(COUNTS, sums, strict=True):
            counts[key] += value
    if len(result.sources) > LIMIT:
        raise UsageError(
            f"more than {LIMIT} sources; name the column that holds them with --source-column or use a manifest"
        )
    if scanned.told is not None:
        _count_languages(scanned.told, sources, full, result)
    for document, seen in scanned.observed:
        known = result.observed.setdefault(sources.names[sources.codes[document]], {})
        known[seen] = known.get(seen, 0) + 1


def _count_languages(told: Told, sources: Labels, full: npt.NDArray[np.bool_], result: SplitResult) -> None:
    for name, counted in count_languages(told, sources, full).items():
        known = LanguageCount(**result.languages.get(name, {}))
        result.languages[name] = asdict(known + counted)


def _sampled(batch: Batch, split: Split, plan: Plan) -> Batch:
    """The documents of *batch* that the sample draws: by a hash of seed, shard and row, so any order draws the same."""
    if plan.share >= 1:
        return batch
    seed = xxhash.xxh3_64_intdigest(f"{plan.seed}\0{split.shard.name}\0{split.part}".encode())
    with np.errstate(over="ignore"):
        mixed = (batch.rows.astype(np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    drawn = (mixed ^ (mixed >> np.uint64(31))) < np.uint64(int(plan.share * 2**64))
    return batch.keep(drawn)


def _document_ids(batch: Batch) -> pa.Array:
    values = batch.columns.get("document_id")
    if values is None:
        return empty_texts(len(batch.rows))
    ids = values.cast(pa.string())
    return ids.fill_null(arrow_scalar("", pa.string())) if ids.null_count else ids


def _hashes(ids: pa.Array) -> npt.NDArray[np.uint64]:
    known = pl.Series(ids)
    return known.filter(known != "").hash().to_numpy()


def _repeated(ids: list[npt.NDArray[np.uint64]]) -> int:
    together = np.concatenate(ids) if ids else np.zeros(0, np.uint64)
    return len(together) - len(np.unique(together))


def numbered_splits(shards: Any, parts: Any) -> Iterator[Split]:
    """Yield the splits of *shards* in plan order; *parts* gives the (start, stop) pairs of a shard."""
    number = 0
    for shard in shards:
        for part, (start, stop) in enumerate(parts(shard)):
            yield Split(number, shard, part, start, stop)
            number += 1


def _digest(split: Split) -> str:
    if split.part or not split.shard.path:
        return ""
    try:
        with Path(split.shard.path).open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""

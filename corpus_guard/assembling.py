"""From the files that splits left behind to the tables of the run folder, in plan order whatever order they came in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.annotation import AnnotationCount
from corpus_guard.core.arrays import arrow_array, no_rows, numbers_of
from corpus_guard.core.language import LanguageCount
from corpus_guard.core.shard import Shard, Split
from corpus_guard.duplicates.exact_groups import row_offsets
from corpus_guard.evidence import FINDINGS_SCHEMA
from corpus_guard.readers import records_in
from corpus_guard.runs import RunFolder, Work, atomic
from corpus_guard.split_scan import COUNTS

ROW_GROUP = 65_536
Seen = Callable[[pa.Table], None]
"""Called with a table of findings."""

WORKER_DIED = "the worker that read it died twice; scan this shard alone to find out why"


@dataclass
class SourceCount:
    """What was counted in one source; a plain sum.

    unknown       shards of which an unknown number of documents was not read
    unattributed  documents of its shards that were not read and whose source is not known
    """

    documents: int = 0
    empty_documents: int = 0
    uncovered_documents: int = 0
    bytes: int = 0
    unscanned_documents: int = 0
    unknown: int = 0
    unattributed: int = 0
    shards: set[str] = field(default_factory=set)
    observed: dict[str, int] = field(default_factory=dict)
    languages: LanguageCount = field(default_factory=LanguageCount)
    annotation: AnnotationCount | None = None


@dataclass
class Assembly:
    """Everything counted in a run, before it is judged."""

    sources: dict[str, SourceCount]
    shards: list[dict[str, Any]]
    errors: list[dict[str, Any]]
    offsets: dict[int, tuple[str, int]]
    repeated_ids: int


def assemble(
    shards: Sequence[Shard],
    splits: Sequence[Split],
    results: Mapping[int, dict[str, Any] | None],
    digests: Mapping[str, str],
) -> Assembly:
    """Return the counts of all splits; a split without a result is one whose worker died."""
    filled = {split.number: results.get(split.number) or _lost(split) for split in splits}
    offsets = row_offsets([(split.number, split.shard.name, filled[split.number]["rows"]) for split in splits])
    by_shard: dict[str, list[Split]] = {shard.name: [] for shard in shards}
    for split in splits:
        by_shard[split.shard.name].append(split)
    sources: dict[str, SourceCount] = {}
    rows, errors = [], []
    for shard in shards:
        own = [(split, filled[split.number]) for split in by_shard[shard.name]]
        faults = [
            error | {"shard": shard.name, "row": _shifted(error["row"], offsets[split.number][1])}
            for split, result in own
            for error in result["errors"]
        ]
        errors += faults
        rows.append(_shard_row(shard, own, faults, digests.get(shard.name, "")))
        _add(sources, shard, [result for _, result in own], faults)
    return Assembly(sources, rows, errors, offsets, sum(result["repeated_ids"] for result in filled.values()))


def _lost(split: Split) -> dict[str, Any]:
    known = records_in(split)
    error = {"reason": WORKER_DIED, "row": None, "byte_offset": None, "documents": known}
    return {
        "rows": known or 0,
        "sources": {},
        "observed": {},
        "languages": {},
        "annotations": {},
        "errors": [error],
        "repeated_ids": 0,
        "lost": True,
    }


def _shifted(row: int | None, offset: int) -> int | None:
    return None if row is None else row + offset


def _shard_row(
    shard: Shard, own: Sequence[tuple[Split, dict[str, Any]]], faults: Sequence[dict[str, Any]], digest: str
) -> dict[str, Any]:
    total = {key: sum(counts[key] for _, result in own for counts in result["sources"].values()) for key in COUNTS}
    read = sum(result["rows"] for _, result in own)
    some = total["documents"] + total["empty_documents"]
    state = ("partly" if some else "unscanned") if faults else "scanned"
    return {
        "shard": shard.name, "format": shard.format, "bytes": shard.size, "digest": digest, "rows": read,
        "documents": total["documents"], "empty_documents": total["empty_documents"],
        "unscanned_documents": sum(fault["documents"] or 0 for fault in faults), "state": state,
    }  # fmt: skip


def _add(
    sources: dict[str, SourceCount], shard: Shard, results: Sequence[dict[str, Any]], faults: Sequence[dict[str, Any]]
) -> None:
    seen = {name for result in results for name in result["sources"]}
    for name in seen or {shard.source}:
        sources.setdefault(name, SourceCount()).shards.add(shard.name)
    for result in results:
        _add_counts(sources, result)
    if not faults:
        return
    blamed = sources.setdefault(shard.source, SourceCount())
    blamed.shards.add(shard.name)
    lost = sum(fault["documents"] or 0 for fault in faults)
    unknown = int(any(fault["documents"] is None for fault in faults))
    blamed.unscanned_documents += lost
    blamed.unknown += unknown
    for name in seen - {shard.source}:
        sources[name].unattributed += lost
        sources[name].unknown += unknown


def _add_counts(sources: dict[str, SourceCount], result: Mapping[str, Any]) -> None:
    for name, counts in result["sources"].items():
        for key in COUNTS:
            setattr(sources[name], key, getattr(sources[name], key) + counts[key])
    for name, told in result["languages"].items():
        sources[name].languages += LanguageCount(**told)
    for name, counted in result["annotations"].items():
        known = sources[name].annotation or AnnotationCount()
        sources[name].annotation = known + AnnotationCount.from_json(counted)
    for name, values in result["observed"].items():
        for value, count in values.items():
            sources[name].observed[value] = sources[name].observed.get(value, 0) + count


def write_findings(folder: RunFolder, work: Work, offsets: Mapping[int, tuple[str, int]], seen: Seen | None) -> None:
    """Write findings.parquet: all findings in plan order, in row groups of a fixed size.

    *seen* is told of every table on the way, with all columns that its split left.
    """
    paths = [(work.findings(number), shard, offset) for number, (shard, offset) in offsets.items()]
    tables = (table for path, shard, offset in paths for table in _tables(path, offset, shard))
    with atomic(folder.file("findings.parquet")) as draft:
        write_parquet(draft, FINDINGS_SCHEMA, map(_passed_on(seen), tables) if seen else tables)


def _passed_on(seen: Seen) -> Callable[[pa.Table], pa.Table]:
    def tell(table: pa.Table) -> pa.Table:
        seen(table)
        return table

    return tell


def write_duplicates(folder: RunFolder, name: str, schema: pa.Schema, paths: Sequence[Path]) -> None:
    """Write a table of duplicates: the groups of all *paths*, in their order."""
    with atomic(folder.file(name)) as draft:
        write_parquet(draft, schema, (table for path in paths for table in _tables(path, 0)))


def _tables(path: Path, offset: int, shard: str = "") -> Iterator[pa.Table]:
    """The rows of a split's file; those that an audit kept may have been read under another name of the shard."""
    if not path.is_file():
        return
    for batch in _batches(path):
        table = pa.Table.from_batches([batch])
        if offset:
            place = table.schema.get_field_index("row")
            rows = arrow_array(numbers_of(table["row"]) + offset)
            table = table.set_column(place, "row", rows)
        if shard and len(table) and table["shard"][0].as_py() != shard:
            names = arrow_array([shard] * len(table))
            table = table.set_column(table.schema.get_field_index("shard"), "shard", names)
        yield table


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a file as they were written, some at a time."""
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(ROW_GROUP, use_threads=False)
        return
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(use_threads=False))
        yield from map(reader.get_batch, range(reader.num_record_batches))


def write_parquet(path: Path, schema: pa.Schema, tables: Iterator[pa.Table]) -> None:
    """Write *tables* so that the bytes depend on their rows alone, not on how these were cut into tables."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        waiting = no_rows(schema)
        for table in tables:
            waiting = pa.concat_tables([waiting, table.select(schema.names).cast(schema)])
            while waiting.num_rows >= ROW_GROUP:
                writer.write_table(waiting.slice(0, ROW_GROUP).combine_chunks(), row_group_size=ROW_GROUP)
                waiting = waiting.slice(ROW_GROUP)
        writer.write_table(waiting.combine_chunks(), row_group_size=ROW_GROUP)

"""Where a shard can be cut so that several workers read it: a property of the file alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.shard import Shard, Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.columnar import rows_of_parquet
from corpus_guard.readers.jsonl import whole_lines
from corpus_guard.readers.streams import decompressed

SPLIT_BYTES = 128 * 2**20
"""About this much of a shard is one split."""

_WHOLE = [(0, -1)]
_FAULTS = (pa.ArrowException, OSError, ValueError)


def splits_of(shard: Shard, target_bytes: int = SPLIT_BYTES) -> list[tuple[int, int]]:
    """Return (start, stop) of the parts of a shard; a shard whose layout cannot be read is one part."""
    if shard.format == "parquet":
        try:
            return _grouped([size for _, size in rows_of_parquet(Path(shard.path))], target_bytes)
        except _FAULTS:
            return _WHOLE
    if shard.format == "arrow":
        return _arrow(shard, target_bytes)
    if shard.format in ("jsonl", "text") and shard.size > target_bytes:
        starts = list(range(0, shard.size, target_bytes))
        return list(zip(starts, [*starts[1:], -1], strict=True))
    return _WHOLE


def _grouped(sizes: Sequence[int], target: int) -> list[tuple[int, int]]:
    parts, start, held = [], 0, 0
    for number, size in enumerate(sizes):
        if held and held + size > target:
            parts.append((start, number))
            start, held = number, 0
        held += size
    return [*parts, (start, -1)]


def _arrow(shard: Shard, target: int) -> list[tuple[int, int]]:
    if shard.size <= target:
        return _WHOLE
    try:
        with pa.memory_map(shard.path) as source:
            if source.read(6) != b"ARROW1":
                return _WHOLE
            source.seek(0)
            count = pa.ipc.open_file(source).num_record_batches
    except _FAULTS:
        return _WHOLE
    return _grouped([shard.size // max(1, count)] * count, target)


def records_in(split: Split) -> int | None:
    """Return the number of records of a split without parsing them, None when it cannot be known."""
    path, form = Path(split.shard.path), split.shard.format
    try:
        if form == "parquet":
            rows = [count for count, _ in rows_of_parquet(path)]
            return sum(rows[split.start : len(rows) if split.stop < 0 else split.stop])
        if form in ("jsonl", "text"):
            return sum(1 for _, lines in whole_lines(split) for line in lines if form == "text" or line.strip())
    except (*_FAULTS, ShardError):
        return None
    return None


def columns_of(shard: Shard) -> list[str]:
    """Return the names of a shard's columns, reading no more than its footer or first record; empty when unknown."""
    try:
        if shard.format == "parquet":
            return list(pq.read_schema(shard.path).names)
        if shard.format == "arrow":
            return _arrow_columns(shard)
        form, _, compression = shard.format.partition(".")
        line = _first_line(Path(shard.path), compression)
        if form in ("csv", "tsv"):
            return [name.strip('"') for name in line.split("\t" if form == "tsv" else ",")]
        if form == "jsonl":
            record = json.loads(line)
            return list(record) if isinstance(record, dict) else []
    except (*_FAULTS, ShardError):
        return []
    return ["text"] if form == "text" else []


def _arrow_columns(shard: Shard) -> list[str]:
    with pa.memory_map(shard.path) as source:
        stream = source.read(6) != b"ARROW1"
        source.seek(0)
        return list((pa.ipc.open_stream(source) if stream else pa.ipc.open_file(source)).schema.names)


def _first_line(path: Path, compression: str) -> str:
    head = b""
    for block in decompressed(path, compression):
        head += block
        if b"\n" in head:
            break
    return head.partition(b"\n")[0].decode("utf-8-sig").strip()

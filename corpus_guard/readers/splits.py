"""What can be said of a shard without reading its text: where to cut it, how many records, which columns."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from itertools import islice, pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.shard import Shard, Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.columnar import FAULTS, arrow_schema, is_file, records_of_arrow, rows_of_parquet
from corpus_guard.readers.delimited import Rows
from corpus_guard.readers.json_array import records
from corpus_guard.readers.lines import stretches
from corpus_guard.readers.warc import COLUMNS

SPLIT_BYTES = 64 * 2**20
"""About this much of a shard is one split."""

_WHOLE = (0, -1)
_FIRST_RECORDS = 100
"""Records of JSON whose keys are looked at: writers leave out what is null."""


def splits_of(shard: Shard, target_bytes: int = SPLIT_BYTES) -> list[tuple[int, int]]:
    """Return (start, stop) of the parts of a shard: row groups, record batches or bytes, as its format has it.

    They depend on the file alone, so that an interrupted scan finds the same ones again. A shard whose layout cannot be
    read is one part, and reading it says why.
    """
    try:
        if shard.format == "parquet":
            return _grouped([size for _, size in rows_of_parquet(Path(shard.path))], target_bytes)
        if shard.format == "arrow" and shard.size > target_bytes:
            count = _record_batches(shard)
            return _grouped([shard.size // max(1, count)] * count, target_bytes)
    except FAULTS:
        return [_WHOLE]
    if shard.format in ("jsonl", "text"):
        return list(pairwise([*range(0, max(1, shard.size), target_bytes), -1]))
    return [_WHOLE]


def _grouped(sizes: Sequence[int], target: int) -> list[tuple[int, int]]:
    parts, start, held = [], 0, 0
    for number, size in enumerate(sizes):
        if held and held + size > target:
            parts.append((start, number))
            start, held = number, 0
        held += size
    return [*parts, (start, -1)]


def _record_batches(shard: Shard) -> int:
    with closing(pa.memory_map(shard.path)) as source:
        return int(pa.ipc.open_file(source).num_record_batches) if is_file(source) else 0


def records_in(split: Split) -> int | None:
    """Return the number of records of a split without parsing them, None when it cannot be known.

    >>> from corpus_guard.core.shard import Shard
    >>> records_in(Split(0, Shard("a.csv", "a.csv", "csv", 10, 0, "a"))) is None
    True
    """
    form = split.shard.format.partition(".")[0]
    try:
        if form == "parquet":
            return sum(rows for rows, _ in rows_of_parquet(Path(split.shard.path))[_slice(split)])
        if form == "arrow":
            return records_of_arrow(split)
        if form == "text":
            return sum(stretch.count(b"\n") + 1 for _, stretch in stretches(split))
        if form == "jsonl":
            return sum(bool(line.strip()) for _, stretch in stretches(split) for line in stretch.split(b"\n"))
    except (*FAULTS, ShardError):
        return None
    return None


def _slice(split: Split) -> slice:
    return slice(split.start, None if split.stop < 0 else split.stop)


def columns_of(shard: Shard) -> list[str]:
    """Return the names of a shard's columns, reading no more than its footer or first records; none when unknown."""
    form = shard.format.partition(".")[0]
    try:
        if form == "parquet":
            return list(pq.read_schema(shard.path).names)
        if form == "arrow":
            with closing(pa.memory_map(shard.path)) as source:
                return list(arrow_schema(source).names)
        if form in ("csv", "tsv"):
            return Rows(Split(0, shard)).header()
        if form in ("json", "jsonl"):
            return _keys(shard)
    except (*FAULTS, ShardError):
        return []
    return ["text"] if form == "text" else list(COLUMNS) if form == "warc" else []


def _keys(shard: Shard) -> list[str]:
    found: dict[str, None] = {}
    with suppress(ShardError):
        for record, *_ in islice(records(Split(0, shard)), _FIRST_RECORDS):
            found |= dict.fromkeys(record if isinstance(record, dict) else ())
    return list(found)

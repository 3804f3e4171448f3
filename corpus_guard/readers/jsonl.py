"""JSON Lines: one record a line; a line that is no record is counted, named by its row and offset, and passed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import orjson

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.collector import Collector
from corpus_guard.readers.fields import RecordError
from corpus_guard.readers.formats import not_compressed
from corpus_guard.readers.lines import stretches

_ARRAY = "an array begins here, one object a line was expected; a file that is one JSON array has to be called .json"


def read_jsonl(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the records of a split; raise `ShardError` where the stream ends before its time."""
    collector = Collector(wanted)
    fault: ShardError | None = None
    try:
        doubt = not_compressed(split.shard)
        collected = (_collected(collector, stretch, offset, doubt) for offset, stretch in stretches(split))
        yield from chain.from_iterable(collected)  # keeps no stretch: the last line may be huge
    except ShardError as error:
        fault = error
    yield from collector.rest()
    if fault is not None:
        raise fault


def _collected(collector: Collector, stretch: bytes, offset: int, doubt: str) -> Iterator[Batch]:
    if collector.passes_all_by(stretch):
        return
    loads, add, chooses = orjson.loads, collector.add, collector.chooses
    for line in stretch.split(b"\n"):
        length = len(line)
        if chooses and collector.passes_by(line):
            offset += length + 1
            continue
        try:
            record = loads(line)
            # a text is never longer than the line that holds it
            full = add(record, offset, length, line) if type(record) is not list else collector.lose(_ARRAY, offset)
        except orjson.JSONDecodeError:
            full = _add_doubtful(collector, line, offset, doubt)
        if full is not None:
            yield full
        offset += length + 1


def _add_doubtful(collector: Collector, line: bytes, offset: int, doubt: str) -> Batch | None:
    if not line.strip():
        return None
    try:
        return collector.add(_parsed(line), offset, written=line)
    except RecordError as error:
        return collector.lose(f"{error}{doubt}", offset)


def _parsed(line: bytes) -> Any:
    """What Python's own parser makes of a line: it knows NaN, which its writer writes."""
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError:
        raise RecordError("invalid UTF-8 in this line") from None
    except (ValueError, RecursionError):
        begins = line.lstrip().startswith(b"[")
        raise RecordError(_ARRAY if begins else "malformed JSON: the line is no JSON value") from None

"""Plain text: a line is a document, or the whole file is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.fields import Collector
from corpus_guard.readers.jsonl import whole_lines
from corpus_guard.readers.streams import decompressed


def read_text(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of a split, their field called `text`; an empty line is an empty document."""
    collector = Collector(wanted.for_text())
    fault: ShardError | None = None
    try:
        for offset, lines in _records(split, wanted):
            position = offset
            for line in lines:
                _add(collector, line, position)
                position += len(line) + 1
                yield from collector.batches()
    except ShardError as error:
        fault = error
    yield from collector.batches(last=True)
    if fault is not None:
        raise fault


def _records(split: Split, wanted: Wanted) -> Iterator[tuple[int, list[bytes]]]:
    if wanted.text_records == "line":
        yield from whole_lines(split)
        return
    compression = split.shard.format.partition(".")[2]
    data = b"".join(decompressed(Path(split.shard.path), compression))
    yield 0, [data.removeprefix(b"\xef\xbb\xbf")]


def _add(collector: Collector, line: bytes, offset: int) -> None:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        collector.lose("invalid UTF-8 in this line", offset)
        return
    collector.add({"text": text.removesuffix("\r")}, offset)

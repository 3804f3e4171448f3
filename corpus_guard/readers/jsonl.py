"""JSON Lines: one record a line; a line that is no record is counted, named by its row and offset, and passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.fields import Collector
from corpus_guard.readers.streams import BLOCK, decompressed

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_jsonl(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the records of a split; raise `ShardError` where the stream ends before its time."""
    collector = Collector(wanted)
    fault: ShardError | None = None
    try:
        for offset, lines in whole_lines(split):
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


def _add(collector: Collector, line: bytes, offset: int) -> None:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        if not line.strip():
            return
        collector.lose(_why(line), offset)
        return
    collector.add(record, offset)


def _why(line: bytes) -> str:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return "invalid UTF-8 in this line"
    if b"\\ud" in line.lower():
        return "malformed JSON in this line, or a lone surrogate in an escape"
    return "malformed JSON in this line"


def whole_lines(split: Split) -> Iterator[tuple[int, list[bytes]]]:
    """Yield (byte offset, lines) of a split; a line belongs to the split in which it starts.

    A stream that is cut gives its last whole line, then raises; of the line that was cut nothing is known.
    """
    rest: list[bytes] = []
    offset = start_of(split)
    first = True
    try:
        for block in _blocks(split):
            data = block
            if first:
                first = False
                if split.start == 0:
                    data, offset = _without_mark(data)
            cut = data.rfind(b"\n")
            if cut < 0:
                rest.append(data)
                continue
            rest.append(data[:cut])
            whole = b"".join(rest)
            yield offset, whole.split(b"\n")
            offset += len(whole) + 1
            rest = [data[cut + 1 :]]
    except ShardError as error:
        raise ShardError(error.reason, byte_offset=offset, documents=None) from None
    left = b"".join(rest)
    if left:
        yield offset, [left]


def _without_mark(data: bytes) -> tuple[bytes, int]:
    if data.startswith(_UTF16):
        raise ShardError("the file is UTF-16; write it again as UTF-8", byte_offset=0)
    return (data[len(_BOM) :], len(_BOM)) if data.startswith(_BOM) else (data, 0)


def _blocks(split: Split) -> Iterable[bytes]:
    path = Path(split.shard.path)
    form, _, compression = split.shard.format.partition(".")
    if compression or (split.start == 0 and split.stop < 0):
        return decompressed(path, compression)
    return _range(path, split.start, split.stop)


def _range(path: Path, start: int, stop: int) -> Iterator[bytes]:
    """The lines that start in [start, stop): from after the first line feed at or after start - 1, to the end of the last."""
    try:
        with path.open("rb") as file:
            position = start
            if start:
                file.seek(start - 1)
                skipped = file.readline()
                position = start - 1 + len(skipped)
            while stop < 0 or position < stop:
                block = file.read(BLOCK if stop < 0 else min(BLOCK, stop - position))
                if not block:
                    return
                position += len(block)
                if position == stop and not block.endswith(b"\n"):
                    block += file.readline()
                yield block
    except OSError as error:
        raise ShardError(f"the file cannot be read: {error.strerror or type(error).__name__}") from None


def start_of(split: Split) -> int:
    """Return the byte at which the first line of a split starts."""
    if not split.start:
        return 0
    with Path(split.shard.path).open("rb") as file:
        file.seek(split.start - 1)
        return split.start - 1 + len(file.readline())

"""Plain text: a line is a document, or the whole file is. Lines stay bytes: only their borders are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split, Unscanned
from corpus_guard.errors import ShardError
from corpus_guard.readers.arrow_texts import cuts
from corpus_guard.readers.collector import MOST_ROWS, Collector
from corpus_guard.readers.lines import stretches
from corpus_guard.readers.streams import text_blocks

_FIELD = "text"
_LINE_FEED = 10
_INVALID = "invalid UTF-8"


def read_text(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the documents of a split, their field called `text`; an empty line is an empty document."""
    if wanted.text_records == "file":
        yield from _whole_file(split)
        return
    row = 0
    for offset, stretch in stretches(split):
        for batch in _lines(stretch, offset, row, wanted):
            yield batch
            row += batch.read


def _whole_file(split: Split) -> Iterator[Batch]:
    """The file as one document, which belongs to its first split."""
    if split.start:
        return
    try:
        mark, blocks = text_blocks(Path(split.shard.path), split.shard.format.partition(".")[2])
        data = b"".join(blocks)
    except ShardError as error:
        raise ShardError(error.reason, byte_offset=error.byte_offset, documents=1) from None
    if not data:
        return
    try:
        yield Batch.of_texts([data.decode()], _FIELD)
    except UnicodeDecodeError as error:
        yield Batch.nothing(1, [Unscanned(f"{_INVALID} in this file", row=0, byte_offset=mark + error.start)])


def _lines(stretch: bytes, offset: int, row: int, wanted: Wanted) -> Iterator[Batch]:
    texts = _split(stretch)
    try:
        texts.validate(full=True)  # a line feed is part of no other character, so lines are sound where the whole is
    except pa.ArrowInvalid:
        yield from _doubtful_lines(stretch, offset, row, wanted)
        return
    for start, stop in cuts(np.diff(_offsets(texts)), wanted.batch_bytes, MOST_ROWS):
        count = stop - start
        yield Batch(
            rows=np.arange(row + start, row + stop),
            texts=texts.slice(start, count),
            documents=np.arange(count),
            fields=np.zeros(count, np.int64),
            field_names=(_FIELD,),
            read=count,
        )


def _split(stretch: bytes) -> pa.LargeStringArray:
    r"""The lines of a stretch, each without its `\n` or `\r\n`."""
    lines = stretch.removesuffix(b"\r")
    lines = lines.replace(b"\r\n", b"\n") if b"\r" in lines else lines  # a search costs far less than a copy
    ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == _LINE_FEED)
    ends = np.append(ends, len(lines)) - np.arange(len(ends) + 1)  # where they lie once the line feeds are gone
    offsets = np.append(np.zeros(1, np.int64), ends)
    return pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(lines.replace(b"\n", b"")))


def _offsets(texts: pa.LargeStringArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1)


def _doubtful_lines(stretch: bytes, offset: int, row: int, wanted: Wanted) -> Iterator[Batch]:
    collector = Collector(wanted.for_text(), first=row)
    for line in stretch.split(b"\n"):
        try:
            full = collector.add({_FIELD: line.removesuffix(b"\r").decode()}, offset)
        except UnicodeDecodeError:
            full = collector.lose(f"{_INVALID} in this line", offset)
        if full is not None:
            yield full
        offset += len(line) + 1
    yield from collector.rest()

"""JSON files: an array of records, read one by one in bounded memory; or a single record; or JSON Lines by another name."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.fields import Collector
from corpus_guard.readers.jsonl import read_jsonl
from corpus_guard.readers.streams import decompressed

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def read_json(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the records of a JSON file; raise `ShardError` at the first thing that is no JSON."""
    path, compression = Path(split.shard.path), split.shard.format.partition(".")[2]
    head = _head(decompressed(path, compression))
    if head.startswith(b"{") and _is_json(head.partition(b"\n")[0]):
        return read_jsonl(split, wanted)
    return _array(path, compression, wanted) if head else iter(())


def _head(blocks: Iterator[bytes]) -> bytes:
    """The first line that is not blank, and perhaps more."""
    head = b""
    try:
        for block in blocks:
            head = (head + block).removeprefix(b"\xef\xbb\xbf").lstrip()
            if b"\n" in head:
                break
    except ShardError:
        """Reading the records meets the same fault, and says so."""
    return head


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


class _Text:
    """A growing stretch of decoded text and a place in it."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.text = ""
        self.place = 0
        self.before = 0
        self.ended = False

    def grow(self) -> bool:
        """Add a block, as large as what is there already; return whether there was one."""
        self.before += len(self.text[: self.place].encode("utf-8", "surrogatepass"))
        parts, size = [self.text[self.place :]], 0
        self.place = 0
        for block in self._blocks:
            try:
                parts.append(self._decoder.decode(block))
            except UnicodeDecodeError:
                self.text = "".join(parts)
                raise ShardError("invalid UTF-8 in the JSON text", byte_offset=self.before + len(self.text.encode())) from None
            size += len(parts[-1])
            if size >= len(parts[0]):
                break
        self.text = "".join(parts).removeprefix("\ufeff")
        return size > 0

    def skip_space(self) -> str:
        """Move past white space; return the next character, or an empty string at the end."""
        while True:
            self.place = _SPACE.match(self.text, self.place).end()  # type: ignore[union-attr]
            if self.place < len(self.text):
                return self.text[self.place]
            if not self.grow():
                return ""

    def value(self) -> Any:
        """Read the JSON value at the place; raise `ShardError` when it is none."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.place)
            except (ValueError, RecursionError):
                if not self.grow():
                    raise ShardError("malformed JSON from here on", byte_offset=self.offset) from None
                continue
            if end == len(self.text) and not isinstance(value, (dict, list, str)) and self.grow():
                continue
            self.place = end
            return value

    @property
    def offset(self) -> int:
        """Bytes before the place."""
        return self.before + len(self.text[: self.place].encode("utf-8", "surrogatepass"))


def _array(path: Path, compression: str, wanted: Wanted) -> Iterator[Batch]:
    collector, fault = Collector(wanted), None
    try:
        for record, offset in _records(_Text(decompressed(path, compression))):
            collector.add(record, offset)
            yield from collector.batches()
    except ShardError as error:
        fault = error
    yield from collector.batches(last=True)
    if fault is not None:
        raise fault


def _records(text: _Text) -> Iterator[tuple[Any, int]]:
    if text.skip_space() != "[":
        yield text.value(), 0
        _end(text)
        return
    text.place += 1
    if text.skip_space() == "]":
        text.place += 1
        _end(text)
        return
    while True:
        text.skip_space()
        offset = text.before  # counting the exact byte of every record would cost more than reading it
        yield text.value(), offset
        mark = text.skip_space()
        if mark not in (",", "]"):
            reason = "the JSON array is cut off" if not mark else "malformed JSON from here on"
            raise ShardError(reason, byte_offset=text.offset)
        text.place += 1
        if mark == "]":
            _end(text)
            return


def _end(text: _Text) -> None:
    if text.skip_space():
        raise ShardError("something follows the end of the JSON value", byte_offset=text.offset)

"""JSON files: an array of records, read one by one in bounded memory; single records; or JSON Lines by another name."""

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
from corpus_guard.readers.collector import Collector
from corpus_guard.readers.formats import not_compressed
from corpus_guard.readers.jsonl import read_jsonl
from corpus_guard.readers.streams import text_blocks

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_MALFORMED = "malformed JSON from here on; the rest of the file was not read"
_CUT = "the JSON text is cut off, or malformed at its end"
_LONGEST_VALUE = 2**30
"""Characters in one record; a quote that never closes must not fill memory with the rest of the file."""

_BLOCKS_OF_A_LINE = 128
_CUT_MARGIN = 16
"""A fault this near to the end of what was read may be a value that goes on; no token but a string is longer."""


def read_json(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the records of a JSON file; raise `ShardError` at the first thing that is no JSON."""
    return read_jsonl(split, wanted) if _is_json_lines(split) else _read_values(split, wanted)


def _is_json_lines(split: Split) -> bool:
    """Whether the first line that is not blank is an object by itself."""
    try:
        line = _first_line(split)
        return line.startswith(b"{") and isinstance(json.loads(line.decode(errors="replace")), dict)
    except (ShardError, ValueError, RecursionError):  # reading the records meets the same fault, and says so
        return False


def _first_line(split: Split) -> bytes:
    """The first line that is not blank, as far as it matters: an array may be one line of many gigabytes."""
    parts: list[bytes] = []
    for block in _text_of(split)[1]:
        parts.append(block if parts else block.lstrip())
        if b"\n" in parts[-1] or not parts[0].startswith(b"{") or len(parts) > _BLOCKS_OF_A_LINE:
            break
    return b"".join(parts).partition(b"\n")[0]


def _text_of(split: Split) -> tuple[int, Iterator[bytes]]:
    return text_blocks(Path(split.shard.path), split.shard.format.partition(".")[2])


def _read_values(split: Split, wanted: Wanted) -> Iterator[Batch]:
    collector = Collector(wanted)
    fault: ShardError | None = None
    try:
        for record, offset, written in records(split):
            full = collector.add(record, offset, written=written)
            if full is not None:
                yield full
    except ShardError as error:
        fault = error
    yield from collector.rest()
    if fault is not None:
        fault.reason += not_compressed(split.shard)
        raise fault


def records(split: Split) -> Iterator[tuple[Any, int, str]]:
    """Yield the elements of the array, or the values one after another, the byte at which each begins, and its text."""
    text = _Text(*_text_of(split))
    if text.next_letter() == "[":
        yield from _elements(text)
        if text.next_letter():
            raise text.broken("something follows the end of the JSON array")
        return
    while text.next_letter():
        offset = text.offset
        value, written = text.value()
        yield value, offset, written


def _elements(text: _Text) -> Iterator[tuple[Any, int, str]]:
    text.place += 1
    if text.next_letter() == "]":
        text.place += 1
        return
    while True:
        text.next_letter()
        offset = text.offset
        value, written = text.value()
        yield value, offset, written
        mark = text.next_letter()
        if mark not in (",", "]"):
            raise text.broken(_MALFORMED if mark else _CUT)
        text.place += 1
        if mark == "]":
            return


class _Text:
    """A stretch of decoded text that grows at its end and is let go at its start, and a place in it."""

    def __init__(self, offset: int, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._fault: ShardError | None = None
        self._known_place, self._known_offset = 0, offset
        self.place = 0

    @property
    def offset(self) -> int:
        """The byte of the place in the file."""
        passed = self._text[self._known_place : self.place]
        self._known_offset += len(passed) if passed.isascii() else len(passed.encode("utf-8", "surrogateescape"))
        self._known_place = self.place
        return self._known_offset

    def broken(self, reason: str) -> ShardError:
        """Return the error for this place; when the stream broke off, that is the reason."""
        return ShardError(self._fault.reason if self._fault else reason, byte_offset=self.offset)

    def next_letter(self) -> str:
        """Move past white space; return the next character, or an empty string at the end of a whole file."""
        while True:
            found = _SPACE.match(self._text, self.place)
            self.place = found.end() if found else self.place
            if self.place < len(self._text):
                return self._text[self.place]
            if not self._grow():
                if self._fault is not None:
                    raise self.broken("")
                return ""

    def value(self) -> tuple[Any, str]:
        """Read the JSON value at the place, and what it is written as; raise `ShardError` when it is none."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self.place)
            except (ValueError, RecursionError) as error:
                may_go_on = self._may_go_on(error)
                if may_go_on and self._grow():
                    continue
                raise self.broken(_CUT if may_go_on else _MALFORMED) from None
            if end == len(self._text) and not isinstance(value, (dict, list, str)) and self._grow():
                continue  # a number may go on
            written, self.place = self._text[self.place : end], end
            return value, written

    def _may_go_on(self, error: Exception) -> bool:
        if not isinstance(error, json.JSONDecodeError) or len(self._text) - self.place > _LONGEST_VALUE:
            return False
        return error.msg.startswith("Unterminated string") or len(self._text) - error.pos <= _CUT_MARGIN

    def _grow(self) -> bool:
        """Add as much text as is there already, so that a long value is not parsed again too often."""
        _ = self.offset
        parts = [self._text[self.place :]]
        grown, enough = 0, max(1, len(parts[0]))
        try:
            while grown < enough and (block := next(self._blocks, None)) is not None:
                parts.append(self._decoder.decode(block))
                grown += len(parts[-1])
            if grown < enough:
                parts.append(self._decoder.decode(b"", final=True))
                grown += len(parts[-1])
        except ShardError as error:
            self._fault = error
        self._text, self.place, self._known_place = "".join(parts), 0, 0
        return grown > 0

"""CSV and TSV: a header, then a record a row; a row with another number of columns is counted, named and passed."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.fields import Collector, column_names, no_text_column, shape_of
from corpus_guard.readers.streams import decompressed

_FIELD_LIMIT = 2**31 - 1


class _Lines:
    """Decoded lines of a stream, keeping count of the bytes before the line being read and of any cut."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = blocks
        self.offset = 0
        self.fault: ShardError | None = None

    def __iter__(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        rest, first = "", True
        try:
            for block in self._blocks:
                if first and block.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise ShardError("the file is UTF-16; write it again as UTF-8", byte_offset=0)
                text = rest + decoder.decode(block)
                if first and text:
                    text, first = text.removeprefix("\ufeff"), False
                *lines, rest = text.split("\n")
                for line in lines:
                    yield line + "\n"
                    self.offset += len(line.encode("utf-8", "surrogateescape")) + 1
        except ShardError as error:
            self.fault = error
            return
        rest += decoder.decode(b"", final=True)
        if rest:
            yield rest
            self.offset += len(rest.encode("utf-8", "surrogateescape"))


def read_delimited(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the records of a shard; raise `ShardError` at a cut or at a quote that never closes."""
    form, _, compression = split.shard.format.partition(".")
    lines = _Lines(decompressed(Path(split.shard.path), compression))
    previous = csv.field_size_limit(_FIELD_LIMIT)
    try:
        yield from _rows(csv.reader(lines, delimiter="\t" if form == "tsv" else ",", strict=True), lines, wanted)
    finally:
        csv.field_size_limit(previous)


def _rows(reader: Iterator[list[str]], lines: _Lines, wanted: Wanted) -> Iterator[Batch]:
    header = _next(reader)
    if isinstance(header, str):
        raise lines.fault or ShardError(f"the header {header}", byte_offset=0)
    if header is None:
        if lines.fault is not None:
            raise lines.fault
        return
    if not shape_of(header, wanted).columns:
        raise ShardError(no_text_column(header, wanted))
    needed = {*shape_of(header, wanted).columns, *column_names(header, wanted).values()}
    places = [(place, name) for place, name in enumerate(header) if name in needed]
    collector, fault = Collector(wanted), None
    while True:
        offset = lines.offset
        row = _next(reader)
        if row is None:
            fault = lines.fault
            break
        if isinstance(row, str):
            fault = lines.fault or ShardError(f"from here on a row {row}", byte_offset=offset)
            break
        _add(collector, row, header, places, offset)
        yield from collector.batches()
    yield from collector.batches(last=True)
    if fault is not None:
        raise fault


def _next(reader: Iterator[list[str]]) -> list[str] | str | None:
    """The next row, None at the end, or what is wrong with it."""
    try:
        return next(reader)
    except StopIteration:
        return None
    except csv.Error as error:
        return f"is malformed ({error})" if "data" in str(error) or "delimiter" in str(error) else "is malformed"


def _add(
    collector: Collector, row: list[str], header: list[str], places: list[tuple[int, str]], offset: int
) -> None:
    if not row:
        return
    if len(row) != len(header):
        collector.lose(f"this row has {len(row)} columns, the header has {len(header)}", offset)
        return
    record = {name: row[place] for place, name in places}
    if any(not value.isascii() and _is_invalid(value) for value in record.values()):
        collector.lose("invalid UTF-8 in this row", offset)
        return
    collector.add(record, offset)


def _is_invalid(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False

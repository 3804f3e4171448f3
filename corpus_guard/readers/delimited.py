"""CSV and TSV: a header, then a record a row; a row with another number of columns is counted, named and passed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.collector import Collector
from corpus_guard.readers.fields import check_unique, column_names, no_text_column, shape_of
from corpus_guard.readers.lines import stretches

_BARE_RETURN = "malformed CSV: a carriage return without a line feed stands outside quotes"
_LONGEST_CELL = 2**29
"""Characters in one cell; a quote that never closes must not fill memory with the rest of the file."""


def read_delimited(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the records of a shard; raise `ShardError` at a cut, or at a quote that takes in more than its own line."""
    with _LONG_CELLS:
        rows = Rows(split)
        header = rows.header()
        table = _Table(header, wanted) if header else None
        if table is None:
            return
        collector, fault = Collector(wanted), None
        try:
            for row, offset in rows:
                full = table.add(collector, row, offset)
                if full is not None:
                    yield full
        except ShardError as error:
            fault = error
        yield from collector.rest()
        if fault is not None:
            raise fault


class Rows:
    """Rows of a file, with the byte at which each begins; a string in place of a row says what is wrong with it."""

    def __init__(self, split: Split) -> None:
        self._split = split
        self._offset = self._lines_read = 0
        self._fault: ShardError | None = None
        delimiter = "\t" if split.shard.format.startswith("tsv") else ","
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        try:
            for offset, stretch in stretches(self._split):
                self._offset = offset
                for line in stretch.split(b"\n"):
                    self._offset += len(line) + 1
                    self._lines_read += 1
                    yield line.decode("utf-8", "surrogateescape") + "\n"
        except ShardError as error:
            self._fault = error

    def header(self) -> list[str]:
        """Return the names of the columns, none for an empty file; raise `ShardError` when they cannot be read."""
        for row, _ in self:
            if isinstance(row, str):
                raise ShardError(f"the header cannot be read: {row}", byte_offset=0)
            return row
        return []

    def __iter__(self) -> Iterator[tuple[list[str] | str, int]]:
        while True:
            offset, before = self._offset, self._lines_read
            try:
                row: list[str] | str = next(self._reader)
            except StopIteration:
                break
            except csv.Error as error:
                if self._fault is not None:
                    break
                if self._lines_read - before > 1:
                    raise ShardError("a quote does not close in its row; the rest of the file was not read",
                                     byte_offset=offset) from None  # fmt: skip
                row = _BARE_RETURN if "new-line" in str(error) else "malformed CSV: its quotes do not pair"
            if row:
                yield row, offset
        if self._fault is not None:
            raise self._fault


@dataclass(frozen=True)
class _Place:
    number: int
    name: str
    is_text: bool


class _Table:
    """The columns of a file that are wanted."""

    def __init__(self, header: Sequence[str], wanted: Wanted) -> None:
        texts = {column.name for column in shape_of(header, wanted)}
        if not texts:
            raise ShardError(no_text_column(header, wanted))
        needed = texts | set(column_names(header, wanted).values())
        check_unique(header, needed)
        self._width = len(header)
        self._places = [_Place(number, name, name in texts) for number, name in enumerate(header) if name in needed]

    def add(self, collector: Collector, row: list[str] | str, offset: int) -> Batch | None:
        """Add a row; an empty cell is an empty text, but no value of another column."""
        if isinstance(row, str):
            return collector.lose(row, offset)
        if len(row) != self._width:
            return collector.lose(f"this row has {len(row)} columns, the header has {self._width}", offset)
        record = {
            place.name: row[place.number] if place.is_text else row[place.number] or None for place in self._places
        }
        return collector.add(record, offset)


class _LongCells:
    """Lets the csv module take long cells while any reader is at work: its limit is one for the whole process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._readers = self._usual = 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._readers:
                self._usual = csv.field_size_limit(_LONGEST_CELL)
            self._readers += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._readers -= 1
            if not self._readers:
                csv.field_size_limit(self._usual)


_LONG_CELLS = _LongCells()

"""The characters of a view as numbers, and what of its texts counts for duplicates."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from corpus_guard.core.arrays import arrow_array, numbers_of
from corpus_guard.core.batch import Integers
from corpus_guard.core.folding import Folding
from corpus_guard.matching.tables import tables

T = TypeVar("T")


@dataclass(frozen=True)
class Codes:
    """Code points, 16 bits each; `beyond` are those that do not fit, `places` where they stand."""

    units: npt.NDArray[np.uint16]
    places: Integers
    beyond: Integers

    def text(self, start: int, end: int) -> str:
        """Return the characters from *start* to *end*."""
        first, last = np.searchsorted(self.places, [start, end]).tolist() if len(self.places) else (0, 0)
        if first == last:
            return text_of(self.units[start:end].data)
        codes = self.units[start:end].astype("<u4")
        codes[self.places[first:last] - start] = self.beyond[first:last]
        return codes.tobytes().decode("utf-32-le")

    def texts(self, starts: Integers, ends: Integers) -> Iterator[str]:
        """Yield the characters from each of *starts* to its end: as many calls of `text`, but faster."""
        units = self.units.data
        beyond = np.searchsorted(self.places, starts) != np.searchsorted(self.places, ends)
        for start, end, some in zip(starts.tolist(), ends.tolist(), beyond.tolist(), strict=True):
            yield self.text(start, end) if some else text_of(units[start:end])

    def kinds(self, start: int, end: int, folding: Folding) -> npt.NDArray[np.uint16]:
        """Return what the table of normal forms has for the characters from *start* to *end*."""
        found: npt.NDArray[np.uint16] = numbers_of(tables(folding, 2).normal)[self.units[start:end]]
        first, last = np.searchsorted(self.places, [start, end]).tolist() if len(self.places) else (0, 0)
        if first < last:
            found[self.places[first:last] - start] = numbers_of(tables(folding, 4).normal)[self.beyond[first:last]]
        return found

    def looked_up(self, table: pa.Array) -> npt.NDArray[Any]:
        """Return the entry of *table* for each; what is beyond its end still has to be put in its place."""
        data = pc.take(table, arrow_array(self.units), boundscheck=False).buffers()[1]
        return np.frombuffer(bytearray(data) if len(self.places) else data, table.type.to_pandas_dtype())


@dataclass(frozen=True)
class Normal:
    """Normalised texts as UTF-16 (little endian): bytes `starts[i]` to `ends[i]` of `data`, or `irregular[i]`."""

    data: memoryview
    starts: Integers
    ends: Integers
    irregular: dict[int, bytes]

    @cached_property
    def digests(self) -> list[bytes]:
        """The xxHash3 of each text, 128 bits: equal for equal texts."""
        return self.each(xxhash.xxh3_128_digest)

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Normal:
        """Return texts normalised one by one."""
        nothing = np.zeros(len(texts), np.int64)
        return cls(memoryview(b""), nothing, nothing, dict(enumerate(texts)))

    def each(self, function: Callable[[memoryview | bytes], T]) -> list[T]:
        """Return *function* of the bytes of each text; no slice is kept, which would call the garbage collector."""
        data, spans = self.data, (self.starts.tolist(), self.ends.tolist())
        results = [function(data[start:end]) for start, end in zip(*spans, strict=True)]
        for local, text in self.irregular.items():
            results[local] = function(text)
        return results


def text_of(units: memoryview) -> str:
    """Return 16-bit units as a string; halves of pairs may stand alone."""
    return codecs.utf_16_le_decode(units, "surrogatepass", True)[0]  # `decode` looks for the codec: as long again

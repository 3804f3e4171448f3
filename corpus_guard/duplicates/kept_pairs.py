"""Similarities of pairs that earlier nights have worked out: only pairs with a document that is new are compared.

A pair is known by 128 bits made of what its two documents are called, which no numbering of splits changes. Pairs
that no longer come together are left out when the file is written anew, which is how documents are taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.arrays import arrow_array, numbers_of
from corpus_guard.core.batch import Integers
from corpus_guard.duplicates.earlier import Part
from corpus_guard.runs import atomic

Hashes = npt.NDArray[np.uint64]
Similarities = npt.NDArray[np.float64]

PLACE_BITS = 40
_KEPT = pa.schema([("high", pa.uint64()), ("low", pa.uint64()), ("similarity", pa.float64())])
_GOLDEN, _FIRST, _SECOND = (np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


@dataclass(frozen=True)
class KeptPairs:
    """The folder of kept similarities.

    names  split number -> 32 hexadecimal digits that stand for all that its documents depend on
    way    what stands for how sketches are made, where their names do not say so
    """

    folder: Path
    names: Mapping[int, str]
    way: str = ""

    def beside(self, parts: Mapping[int, Part]) -> KeptPairs:
        """Return the same with the parts of an index, which have numbers below 0."""
        known = {number: sha256(f"{Path(part.files).name} {self.way}".encode()) for number, part in parts.items()}
        return replace(self, names={**self.names, **{number: one.hexdigest()[:32] for number, one in known.items()}})

    def keys(self, first: Integers, second: Integers) -> tuple[Hashes, Hashes]:
        """Return what each pair is known by, whichever document comes first."""
        with np.errstate(over="ignore"):
            high, low = (self._mixed(first, half) + self._mixed(second, half) for half in (0, 1))
        return high, low

    def known(self, partition: int, partitions: int, high: Hashes, low: Hashes) -> Similarities:
        """Return the similarity of each pair, NaN where no earlier night has worked it out."""
        found = np.full(len(high), np.nan)
        try:
            with pq.ParquetFile(self._path(partition, partitions), page_checksum_verification=True) as file:
                table = file.read(use_threads=False)
        except (OSError, pa.ArrowException):
            return found  # there is none, or it is damaged
        if table.schema.equals(_KEPT) and len(table):
            kept = [numbers_of(table[name]) for name in _KEPT.names]
            place = np.minimum(np.searchsorted(kept[0], high), len(table) - 1)
            same = (kept[0][place] == high) & (kept[1][place] == low)
            found[same] = kept[2][place[same]]
        return found

    def keep(self, partition: int, partitions: int, high: Hashes, low: Hashes, similar: Similarities) -> None:
        """Keep what is known of the pairs of a partition, and nothing else."""
        order = np.lexsort((low, high))
        table = pa.table([arrow_array(column[order]) for column in (high, low, similar)], schema=_KEPT)
        self.folder.mkdir(exist_ok=True)
        with atomic(self._path(partition, partitions)) as draft:
            pq.write_table(table, draft, compression="none", write_page_checksum=True)

    def tidy(self, partitions: int) -> None:
        """Remove what was kept in another number of partitions."""
        own = {self._path(number, partitions) for number in range(partitions)}
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            if path not in own:
                path.unlink()

    def _path(self, partition: int, partitions: int) -> Path:
        return self.folder / f"{partition:05d}-of-{partitions:05d}.parquet"

    def _mixed(self, documents: Integers, half: int) -> Hashes:
        places = (documents & ((1 << PLACE_BITS) - 1)).astype(np.uint64)
        value = self._halves[half][documents >> PLACE_BITS] + places * _GOLDEN
        value = (value ^ (value >> np.uint64(30))) * _FIRST
        value = (value ^ (value >> np.uint64(27))) * _SECOND
        mixed: Hashes = value ^ (value >> np.uint64(31))
        return mixed

    @cached_property
    def _halves(self) -> tuple[Hashes, Hashes]:
        size = max(self.names, default=-1) + 1 - min(0, *self.names, 0)  # those below 0 stand at the end
        high, low = (np.zeros(size, np.uint64) for _ in range(2))
        for number, name in self.names.items():
            high[number], low[number] = int(name[:16], 16), int(name[16:32], 16)
        return high, low

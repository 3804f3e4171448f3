"""Search keys that several texts shared last night: tonight only those of new splits are looked for among all others.

What is kept is kept for one set of splits, in a folder that is called like it. A key that two texts share tonight was
shared last night too, unless one of the two is of a split that is new; so old keys and all keys of new splits are
enough, and what is too much is left out where texts are brought together.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.arrays import arrow_array, numbers_of
from corpus_guard.duplicates.shared_keys import Keys, twice
from corpus_guard.runs import atomic, write_text

MANY = 4
"""When a new split comes on fewer than so many old ones, keeping keys saves nothing."""

_KEPT = pa.schema([("key", pa.uint64())])
_NAMES = "splits.txt"


@dataclass(frozen=True)
class KeptKeys:
    """The folder of kept keys.

    names  split number -> what stands for all that its keys depend on;  before  the folder of last night's keys
    """

    folder: Path
    names: Mapping[int, str]
    before: Path | None = None

    @classmethod
    def of(cls, folder: Path, names: Mapping[int, str], partitions: int) -> KeptKeys:
        """Return the keys of these splits beside those of that earlier set of which most partitions are kept."""
        paths = [path for path in folder.glob("*") if (path / _NAMES).is_file()] if folder.is_dir() else []
        kept = {path: len(list(path.glob(f"*-of-{partitions:05d}.parquet"))) for path in sorted(paths)}
        return cls(folder, names, max(kept, key=lambda path: kept[path]) if kept else None)

    def begin(self) -> None:
        """Make the folder of tonight's keys, and remove all but those and last night's."""
        self._now.mkdir(parents=True, exist_ok=True)
        write_text(self._now / _NAMES, self._own)
        for path in self.folder.iterdir():
            if path not in (self._now, self.before):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def shared(self, partition: int, partitions: int, keys: Mapping[int, Keys]) -> Keys:
        """Return keys, in no order, among which are all that stand twice in *keys*, by split."""
        new = [own for split, own in keys.items() if self.names[split] not in self._known]
        if self.before is None or MANY * sum(map(len, new)) > sum(map(len, keys.values())):
            return twice(list(keys.values()))
        try:
            with pq.ParquetFile(_path(self.before, partition, partitions), page_checksum_verification=True) as file:
                table = file.read(use_threads=False)
        except (OSError, pa.ArrowException):
            return twice(list(keys.values()))
        if not table.schema.equals(_KEPT):
            return twice(list(keys.values()))
        return np.concatenate([numbers_of(table["key"]), *new])

    def keep(self, partition: int, partitions: int, keys: Keys) -> None:
        """Keep the keys of a partition that several texts share."""
        with atomic(_path(self._now, partition, partitions)) as draft:
            table = pa.table([arrow_array(keys)], schema=_KEPT)
            pq.write_table(table, draft, compression="none", write_page_checksum=True)

    @cached_property
    def _known(self) -> frozenset[str]:
        """The names of last night's splits."""
        try:
            names = (self.before / _NAMES).read_text(encoding="ascii") if self.before else ""
        except (OSError, ValueError):
            return frozenset()
        return frozenset(names.split("\n") if self.before and _called(names) == self.before.name else ())

    @property
    def _now(self) -> Path:
        return self.folder / _called(self._own)

    @property
    def _own(self) -> str:
        return "\n".join(sorted(set(self.names.values())))


def _called(names: str) -> str:
    return sha256(names.encode()).hexdigest()[:32]


def _path(folder: Path, partition: int, partitions: int) -> Path:
    return folder / f"{partition:05d}-of-{partitions:05d}.parquet"

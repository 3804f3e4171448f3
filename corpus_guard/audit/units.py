"""Kept results: one unit a split, with the files a scan leaves of it and a mark that says what they depend on.

The mark is written last. It holds sizes and digests of the files, so that a damaged unit is noticed and scanned again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from corpus_guard.audit.unit_scan import KEPT_SCHEMA, ORDER
from corpus_guard.duplicates.fingerprints import partition_of, write_partitioned
from corpus_guard.runs import Work, atomic, write_text

FILES = ("findings", "fingerprints", "sketches", "bands")
_OWNERS = {"fingerprints": "exact_duplicates", "sketches": "near_duplicates", "bands": "near_duplicates"}
_PARTITIONED = {"fingerprints": "high", "bands": "key"}
_FAULT_OF_DETECTOR = "the detector "


@dataclass
class Unit:
    """One kept split.

    detectors   name -> key of what it depended on when it was asked
    result      what `split_scan` counted;  partitions  of its fingerprints
    observing   detectors whose observations are in `result`;  files  name -> [size, xxh3] of every file there is
    """

    key: str
    detectors: dict[str, str]
    result: dict[str, Any]
    partitions: int = 1
    observing: list[str] = field(default_factory=list)
    files: dict[str, list[int]] = field(default_factory=dict)

    @property
    def observers(self) -> set[str]:
        """Detectors whose counts of what is no finding are in `result`."""
        return set(self.observing)

    @property
    def is_coupled(self) -> bool:
        """Whether a detector failed on a document, which no other detector was then asked about."""
        return any(error["reason"].startswith(_FAULT_OF_DETECTOR) for error in self.result["errors"])

    @property
    def is_broken(self) -> bool:
        """Whether the split could not be read to its end: next night that may go better."""
        return any(error["row"] is None for error in self.result["errors"])


@dataclass(frozen=True)
class Units:
    """The folder of kept results."""

    folder: Path

    def path(self, key: str, name: str) -> Path:
        """Return where a file of a unit lies."""
        suffix = {"mark": "json", "findings": "parquet"}.get(name, "arrow")
        return self.folder / key[:2] / f"{key}.{name}.{suffix}"

    def read(self, key: str, *, thoroughly: bool = False) -> Unit | None:
        """Return a unit that is whole, or None; *thoroughly* reads its files too."""
        try:
            unit = Unit(**json.loads(self.path(key, "mark").read_bytes()))
            is_whole = all(
                self._is_whole(key, name, known, thoroughly=thoroughly) for name, known in unit.files.items()
            )
        except (OSError, ValueError, TypeError):
            return None
        return unit if is_whole and unit.key == key else None

    def has(self, key: str) -> bool:
        """Say whether there is a unit called *key*, whole or not."""
        return self.path(key, "mark").is_file()

    def _is_whole(self, key: str, name: str, known: list[int], *, thoroughly: bool) -> bool:
        path = self.path(key, name)
        return path.stat().st_size == known[0] and (not thoroughly or _digest(path) == known[1])

    def keep(self, unit: Unit, work: Work, number: int) -> Unit:
        """Take the files that a scan left under *number* over as those of *unit*; return it with what they are."""
        self.path(unit.key, "mark").parent.mkdir(exist_ok=True)
        self.path(unit.key, "mark").unlink(missing_ok=True)
        for name in FILES:
            origin = getattr(work, name)(number)
            if origin.is_file():
                origin.replace(self.path(unit.key, name))
            else:
                self.path(unit.key, name).unlink(missing_ok=True)
        return self._mark(unit)

    def merge(self, old: Unit, new: Unit, work: Work, number: int, detectors: Iterable[str]) -> Unit:
        """Put what some detectors said tonight to what the others of *detectors* said earlier; return the unit."""
        kept = {name: key for name, key in old.detectors.items() if name in set(detectors) - new.detectors.keys()}
        self._merge_findings(old.key, work, number, list(kept))
        unit = Unit(old.key, kept | new.detectors, old.result | new.result, new.partitions, new.observing)
        self.path(unit.key, "mark").unlink(missing_ok=True)
        work.findings(number).replace(self.path(unit.key, "findings"))
        for name, owner in _OWNERS.items():
            fresh, stays = getattr(work, name)(number), self.path(unit.key, name)
            if owner in new.detectors and fresh.is_file():
                fresh.replace(stays)
            elif owner not in kept:
                stays.unlink(missing_ok=True)
            elif name in _PARTITIONED and stays.is_file() and old.partitions != new.partitions:
                _partition_again(stays, _PARTITIONED[name], new.partitions)
        return self._mark(unit)

    def _merge_findings(self, key: str, work: Work, number: int, kept: list[str]) -> None:
        earlier = pl.read_parquet(self.path(key, "findings")).filter(pl.col("detector").is_in(kept))
        fresh = work.findings(number)
        tonight = [pl.read_parquet(fresh)] if fresh.is_file() else []
        together = pl.concat([earlier, *tonight]).sort(*ORDER, maintain_order=True)
        together = together.with_columns(shard=pl.lit(""))  # both may have been found under names of their own
        with atomic(fresh) as draft:
            pq.write_table(together.to_arrow().cast(KEPT_SCHEMA), draft, compression="zstd")

    def partitioned(self, unit: Unit, partitions: int) -> Unit:
        """Return *unit* with its fingerprints in so many partitions."""
        if unit.partitions == partitions:
            return unit
        self.path(unit.key, "mark").unlink()
        for name, column in _PARTITIONED.items():
            if name in unit.files:
                _partition_again(self.path(unit.key, name), column, partitions)
        return self._mark(Unit(unit.key, unit.detectors, unit.result, partitions, unit.observing))

    def only(self, unit: Unit, detectors: Iterable[str]) -> Unit:
        """Return *unit* without what other detectors than *detectors* have said."""
        kept = {name: key for name, key in unit.detectors.items() if name in set(detectors)}
        if kept == unit.detectors:
            return unit
        path = self.path(unit.key, "findings")
        findings = pl.read_parquet(path).filter(pl.col("detector").is_in(list(kept)))
        self.path(unit.key, "mark").unlink()
        with atomic(path) as draft:
            pq.write_table(findings.to_arrow().cast(KEPT_SCHEMA), draft, compression="zstd")
        for name, owner in _OWNERS.items():
            if owner not in kept:
                self.path(unit.key, name).unlink(missing_ok=True)
        return self._mark(Unit(unit.key, kept, unit.result, unit.partitions, unit.observing))

    def _mark(self, unit: Unit) -> Unit:
        paths = {name: self.path(unit.key, name) for name in FILES}
        unit.files = {name: [path.stat().st_size, _digest(path)] for name, path in paths.items() if path.is_file()}
        write_text(self.path(unit.key, "mark"), json.dumps(asdict(unit), ensure_ascii=False))
        return unit

    def lend(self, unit: Unit, work: Work, number: int) -> None:
        """Show the files of *unit* as those of split *number*."""
        for name in unit.files:
            getattr(work, name)(number).symlink_to(self.path(unit.key, name).resolve())

    def discard(self, key: str) -> None:
        """Remove a unit."""
        for name in ("mark", *FILES):
            self.path(key, name).unlink(missing_ok=True)

    def keep_only(self, keys: Mapping[str, Any] | set[str]) -> int:
        """Remove all units but those called *keys*; return how many."""
        removed = set()
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            for entry in list(os.scandir(folder)):
                key = entry.name.lstrip(".").partition(".")[0]
                if key not in keys and len(key) == 40:
                    Path(entry.path).unlink(missing_ok=True)
                    removed.add(key)
        return len(removed)


def _digest(path: Path) -> int:
    digest = xxhash.xxh3_64()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.intdigest() >> 1  # JSON numbers are signed where others read them


def _partition_again(path: Path, column: str, partitions: int) -> None:
    with pa.OSFile(str(path)) as source:
        table = pa.ipc.open_file(source).read_all().combine_chunks()
    with atomic(path) as draft:
        write_partitioned(draft, table, partition_of(table[column].to_numpy(), partitions))

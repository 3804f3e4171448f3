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
import xxhash

from corpus_guard.audit.unit_scan import KEPT_SCHEMA, ORDER
from corpus_guard.core.arrays import numbers_of
from corpus_guard.duplicates.fingerprints import partition_of, write_partitioned
from corpus_guard.runs import Work, atomic, write_text
from corpus_guard.split_scan import written_findings

_OWNERS = {
    "fingerprints": "exact_duplicates", "sketches": "near_duplicates", "bands": "near_duplicates",
    "overlaps": "contamination", "lines": "repetition",
}  # fmt: skip
FILES = ("findings", *_OWNERS)
_PARTITIONED = {"fingerprints": "high", "bands": "key", "lines": "key"}
_FAULT_OF_DETECTOR = "the detector "


@dataclass(frozen=True, slots=True)
class Staged(Work):
    """Files of splits on their way to a unit; what marks a split as whole is the mark of its unit."""

    def mark(self, split: int, result: dict[str, Any]) -> None:
        """Write nothing."""


@dataclass(frozen=True, slots=True)
class Lent(Staged):
    """The work of a run whose splits are units: their files where these lie, all others in `folder`.

    keys  of the units by the numbers of splits;  silent  numbers of splits without a finding
    """

    units: Path
    keys: Mapping[int, str]
    silent: frozenset[int] = frozenset()

    def findings(self, split: int) -> Path:
        """Where the findings of a split are; nowhere when there are none."""
        return self.folder / "none" if split in self.silent else self._path(split, "findings")

    def fingerprints(self, split: int) -> Path:
        """Where the fingerprints of a split are."""
        return self._path(split, "fingerprints")

    def sketches(self, split: int) -> Path:
        """Where the sketches of a split are."""
        return self._path(split, "sketches")

    def bands(self, split: int) -> Path:
        """Where the search keys of a split are."""
        return self._path(split, "bands")

    def overlaps(self, split: int) -> Path:
        """Where the works that stand in a split's documents are."""
        return self._path(split, "overlaps")

    def lines(self, split: int) -> Path:
        """Where keys of a split's lines are."""
        return self._path(split, "lines")

    def _path(self, split: int, name: str) -> Path:
        return Units(self.units).path(self.keys[split], name)


@dataclass
class Unit:
    """One kept split.

    detectors   name -> key of what it depended on when it was asked
    result      what `split_scan` counted;  partitions  of its fingerprints
    observing   detectors whose observations are in `result`
    findings    how many there are;  files  name -> [size, xxh3] of every file there is
    """

    key: str
    detectors: dict[str, str]
    result: dict[str, Any]
    partitions: int = 1
    observing: list[str] = field(default_factory=list)
    findings: int = 0
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
        suffix = "json" if name == "mark" else "arrow"
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

    def make_way(self, key: str) -> None:
        """Make ready for a scan that writes a unit anew: nothing of an earlier one is left, least of all its mark."""
        self.path(key, "mark").parent.mkdir(exist_ok=True)
        for name in ("mark", *FILES):
            path = self.path(key, name)
            if path.exists():
                path.unlink()

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
        return self.mark(unit)

    def _merge_findings(self, key: str, work: Work, number: int, kept: list[str]) -> None:
        earlier = pl.read_ipc(self.path(key, "findings")).filter(pl.col("detector").is_in(kept))
        fresh = work.findings(number)
        tonight = [pl.read_ipc(fresh)] if fresh.is_file() else []
        together = pl.concat([earlier, *tonight]).sort(*ORDER, maintain_order=True)
        together = together.with_columns(shard=pl.lit(""))  # both may have been found under names of their own
        with atomic(fresh) as draft, written_findings(draft, KEPT_SCHEMA) as writer:
            writer.write_table(together.to_arrow().cast(KEPT_SCHEMA))

    def partitioned(self, unit: Unit, partitions: int) -> Unit:
        """Return *unit* with its fingerprints in so many partitions."""
        if unit.partitions == partitions:
            return unit
        self.path(unit.key, "mark").unlink()
        for name, column in _PARTITIONED.items():
            if name in unit.files:
                _partition_again(self.path(unit.key, name), column, partitions)
        return self.mark(Unit(unit.key, unit.detectors, unit.result, partitions, unit.observing))

    def only(self, unit: Unit, detectors: Iterable[str]) -> Unit:
        """Return *unit* without what other detectors than *detectors* have said."""
        kept = {name: key for name, key in unit.detectors.items() if name in set(detectors)}
        if kept == unit.detectors:
            return unit
        path = self.path(unit.key, "findings")
        findings = pl.read_ipc(path).filter(pl.col("detector").is_in(list(kept)))
        self.path(unit.key, "mark").unlink()
        with atomic(path) as draft, written_findings(draft, KEPT_SCHEMA) as writer:
            writer.write_table(findings.to_arrow().cast(KEPT_SCHEMA))
        for name, owner in _OWNERS.items():
            if owner not in kept:
                self.path(unit.key, name).unlink(missing_ok=True)
        return self.mark(Unit(unit.key, kept, unit.result, unit.partitions, unit.observing))

    def mark(self, unit: Unit) -> Unit:
        """Say that all files of a unit have been written; return it with what they are."""
        paths = {name: self.path(unit.key, name) for name in FILES}
        unit.files = {name: [path.stat().st_size, _digest(path)] for name, path in paths.items() if path.is_file()}
        unit.findings = pl.read_ipc(paths["findings"], columns=["row"]).height
        write_text(self.path(unit.key, "mark"), json.dumps(asdict(unit), ensure_ascii=False))
        return unit

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
        write_partitioned(draft, table, partition_of(numbers_of(table[column]), partitions))

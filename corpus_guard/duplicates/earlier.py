"""Fingerprints of earlier scans beside those of this one: what an index gives to the grouping of duplicates.

Their files count as splits with numbers below 0, so that earlier documents come before those of this scan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from corpus_guard.core.arrays import arrow_array, numbers_of
from corpus_guard.duplicates.fingerprints import partition_of, read_partition
from corpus_guard.runs import Work

KINDS = ("exact", "sketches", "bands")
"""Kinds of files; the names of their files end in `.<kind>.arrow`."""


@dataclass(frozen=True)
class Part:
    """Files of fingerprints: the start of their names, the shard they are of, how many of its rows come before them.

    partitions  into how many their keys are parted;  added  the day of the scan that made them
    """

    files: str
    shard: str
    rows_before: int
    partitions: int
    added: str


@dataclass(frozen=True, slots=True)
class Joined(Work):
    """The work of a run, and the parts of earlier scans by numbers below 0."""

    own: Work
    parts: Mapping[int, Part] = field(default_factory=dict)

    def fingerprints(self, split: int) -> Path:
        """Where keys are."""
        return self.own.fingerprints(split) if split >= 0 else self._file(split, "exact")

    def sketches(self, split: int) -> Path:
        """Where sketches are."""
        return self.own.sketches(split) if split >= 0 else self._file(split, "sketches")

    def bands(self, split: int) -> Path:
        """Where search keys are."""
        return self.own.bands(split) if split >= 0 else self._file(split, "bands")

    def _file(self, part: int, kind: str) -> Path:
        return Path(f"{self.parts[part].files}.{kind}.arrow")

    def keys(self, part: int, kind: str, column: str, partition: int, partitions: int) -> Iterator[pa.Table]:
        """Yield the rows of an earlier part whose keys fall into *partition* of *partitions*."""
        parted = self.parts[part].partitions
        first, last = partition * parted // partitions, ((partition + 1) * parted - 1) // partitions
        for number in range(first, last + 1):
            found = read_partition(self._file(part, kind), number)
            if found is not None:
                inside = partition_of(numbers_of(found[column]), partitions) == partition
                yield found if inside.all() else found.filter(arrow_array(inside))


def joined(work: Work, parts: Mapping[int, Part]) -> Joined:
    """Return *work* with the parts of earlier scans."""
    return Joined(work.folder, work, parts)

"""What is linked, however remotely, comes into one partition: connected components of verified pairs, in shuffles.

No stage holds more than the pairs of one partition. Large star and small star in turns (Kiveris et al. 2014, "Connected
components in MapReduce and beyond"): every node is linked to the least it knows of, until each hangs on the least of
its component. Nodes are texts, by the first half of their key, so that no numbering of splits plays a part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from corpus_guard.core.arrays import no_rows, numbers_of
from corpus_guard.duplicates.fingerprints import partition_of, read_partition, write_partitioned
from corpus_guard.duplicates.near_pairs import EDGES, documents_of
from corpus_guard.duplicates.shared_keys import Keys
from corpus_guard.runs import Work, atomic

PAIRS_AT_ONCE = 1_000_000
"""Verified pairs that are looked at together."""

Shuffle = Callable[[int, Callable[[int], Any]], list[Any]]
"""Does a task for so many partitions and returns what it gave, in no order."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
_NODES = pa.schema([("node", pa.uint64()), ("other", pa.uint64())])
_ENDS = pa.schema([*EDGES, ("node", pa.uint64()), ("other", pa.uint64())])


def partitions_of_pairs(pairs: int) -> int:
    """Return how many partitions so many verified pairs get: like all else a property of the input alone."""
    return 1 + pairs // PAIRS_AT_ONCE


def part_by_component(work: Work, partitions: int, parts: int, shuffle: Shuffle) -> list[Path]:
    """Part the edges of *partitions* files into *parts* of whole components; return the files that hold them."""
    shuffle(partitions, _Ends(work, parts))
    shuffle(parts, _Begin(work, partitions, parts))
    changed = True
    while changed:  # every turn brings nodes nearer to the least of their component
        changed = any(shuffle(parts, _LargeStar(work, parts)))
        changed |= any(shuffle(parts, _SmallStar(work, parts)))
    shuffle(parts, _Part(work, partitions, parts))
    return [work.parted(number) for number in range(parts)]


@dataclass(frozen=True)
class _Ends:
    """Task: the edges of one partition with the texts at both ends, by partition of the first."""

    work: Work
    parts: int

    def __call__(self, partition: int) -> None:
        edges = _read([self.work.edges(partition)], 0, EDGES)
        documents = np.unique(np.concatenate([edges["first"].to_numpy(), edges["second"].to_numpy()]))
        high = numbers_of(documents_of(self.work, documents, ["high"])["high"])
        ends = [high[np.searchsorted(documents, edges[name].to_numpy())] for name in ("first", "second")]
        _write(self.work.ends(partition), edges.with_columns(node=ends[0], other=ends[1]), _ENDS, "node", self.parts)


@dataclass(frozen=True)
class _Begin:
    """Task: the links of one partition of nodes, both ways."""

    work: Work
    partitions: int
    parts: int

    def __call__(self, partition: int) -> None:
        paths = [self.work.ends(number) for number in range(self.partitions)]
        links = _read(paths, partition, _ENDS).select("node", "other").unique()
        _write(self.work.links(partition), _both_ways(links), _NODES, "node", self.parts)


@dataclass(frozen=True)
class _LargeStar:
    """Task: every larger neighbour of a node is linked to the least of its neighbours and itself."""

    work: Work
    parts: int

    def __call__(self, partition: int) -> bool:
        """Say whether anything changed."""
        links = _read([self.work.links(number) for number in range(self.parts)], partition, _NODES).unique()
        least = pl.min_horizontal(pl.col("other").min().over("node"), "node")
        larger = links.with_columns(least=least).filter(pl.col("other") > pl.col("node"))
        stars = larger.select(node="other", other="least").unique()
        _write(self.work.stars(partition), stars, _NODES, "node", self.parts)
        return bool((larger["least"] != larger["node"]).any())


@dataclass(frozen=True)
class _SmallStar:
    """Task: every node and its smaller neighbours are linked to the least of these."""

    work: Work
    parts: int

    def __call__(self, partition: int) -> bool:
        """Say whether anything changed."""
        links = _read([self.work.stars(number) for number in range(self.parts)], partition, _NODES).unique()
        links = links.with_columns(least=pl.col("other").min().over("node"))
        own = links.select("node", other="least")
        others = links.filter(pl.col("other") != pl.col("least")).select(node="other", other="least")
        _write(self.work.links(partition), _both_ways(pl.concat([own, others]).unique()), _NODES, "node", self.parts)
        return len(others) > 0


@dataclass(frozen=True)
class _Part:
    """Task: the edges that begin in one partition of nodes, by partition of their component."""

    work: Work
    partitions: int
    parts: int

    def __call__(self, partition: int) -> None:
        edges = _read([self.work.ends(number) for number in range(self.partitions)], partition, _ENDS)
        stars = _read([self.work.stars(number) for number in range(self.parts)], partition, _NODES).unique()
        rows = edges.select(*EDGES.names, "node").join(stars, on="node", how="left")
        rows = rows.with_columns(component=pl.coalesce("other", "node"))
        schema = pa.schema([*EDGES, ("component", pa.uint64())])
        _write(self.work.parted(partition), rows, schema, "component", self.parts)


def _both_ways(links: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([links, links.select(node="other", other="node")])


def _read(paths: Sequence[Path], partition: int, schema: pa.Schema) -> pl.DataFrame:
    found = [read_partition(path, partition) for path in paths]
    return pl.DataFrame(pl.from_arrow(pa.concat_tables([no_rows(schema), *filter(None, found)])))


def _write(path: Path, rows: pl.DataFrame, schema: pa.Schema, column: str, parts: int) -> None:
    with np.errstate(over="ignore"):
        key: Keys = rows[column].to_numpy() * _MIX
    with atomic(path) as draft:
        write_partitioned(draft, rows.select(schema.names).to_arrow().cast(schema), partition_of(key, parts))

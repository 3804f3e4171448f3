"""From verified pairs to groups of near duplicates, one representative a group.

Groups are stars, not chains: every member is similar to the centre of its group. Linking all that is linked would
put texts that share nothing into one group wherever many are filled in from one template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.core.arrays import arrow_scalar, arrow_table, no_rows, numbers_of
from corpus_guard.core.batch import Integers
from corpus_guard.duplicates.earlier import Joined
from corpus_guard.duplicates.exact_groups import DUPLICATES_SCHEMA, KNOWN_SCHEMA
from corpus_guard.duplicates.fingerprints import read_partition
from corpus_guard.duplicates.kept_pairs import PLACE_BITS
from corpus_guard.duplicates.near_pairs import EDGES, documents_of, similarity_of
from corpus_guard.runs import atomic

_DOCUMENTS_AT_ONCE = 200_000


@dataclass(frozen=True)
class _Links:
    """Verified pairs: documents in ascending order, the two of each pair as places among them, how similar they are."""

    documents: Integers
    first: Integers
    second: Integers
    similarity: npt.NDArray[np.float64]

    @classmethod
    def read(cls, paths: Sequence[Path], partition: int) -> _Links:
        """Return the pairs of a partition of all *paths*."""
        found = [read_partition(path, partition) for path in paths]
        tables = [table.select(EDGES.names) for table in found if table is not None]
        edges = pa.concat_tables([no_rows(EDGES), *tables])
        first, second = numbers_of(edges["first"]), numbers_of(edges["second"])
        documents = np.unique(np.concatenate([first, second]))
        places = np.searchsorted(documents, first), np.searchsorted(documents, second)
        order = np.argsort(places[0] * len(documents) + places[1])
        return cls(documents, places[0][order], places[1][order], numbers_of(edges["similarity"])[order])

    def known(self, some: Integers, others: Integers) -> npt.NDArray[np.float64]:
        """Return how similar pairs of documents are; NaN for those that are none of these pairs."""
        places = np.searchsorted(self.documents, some), np.searchsorted(self.documents, others)
        wanted = np.minimum(*places) * len(self.documents) + np.maximum(*places)
        pairs = self.first * len(self.documents) + self.second
        near = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
        return np.where(pairs[near] == wanted, self.similarity[near], np.nan)


@dataclass(frozen=True)
class GroupNear:
    """Task: groups the similar documents of one partition; equal texts count as one document, the first.

    The representative is a document of an earlier scan, else of the first source in the order of the manifest, then the
    longest, then the one with the smallest hash: it does not depend on the order in which documents were read.

    splits  split number -> (shard name, rows of the shard before it)
    ranks   place of each source in the manifest; sources that it does not name come last
    pairs   files of verified pairs; what is linked is in one partition of them
    """

    work: Joined
    splits: Mapping[int, tuple[str, int]]
    ranks: Mapping[str, int]
    pairs: Sequence[Path]

    def __call__(self, partition: int) -> None:
        """Write the groups as rows of duplicates.parquet, those of a group side by side."""
        links = _Links.read(self.pairs, partition)
        documents, group = self._stars(links)
        with (
            atomic(self.work.near_duplicates(partition)) as draft,
            pq.ParquetWriter(draft, DUPLICATES_SCHEMA, compression="zstd") as writer,
            atomic(self.work.known_near(partition)) as known_draft,
            pq.ParquetWriter(known_draft, KNOWN_SCHEMA, compression="zstd") as known,
        ):
            for start, stop in _stretches(group):
                table = self._rows(documents[start:stop], group[start:stop], links)
                earlier = pa.compute.not_equal(table["added"], arrow_scalar("", pa.string()))
                known.write_table(table.filter(earlier))
                writer.write_table(table.filter(pa.compute.invert(earlier)).select(DUPLICATES_SCHEMA.names))

    def _stars(self, links: _Links) -> tuple[Integers, Integers]:
        """Documents in groups, sorted by group, and the number of the group of each.

        The document with most neighbours takes all of them, of the rest the next does, and so on.
        """
        documents, first, second = links.documents, links.first, links.second
        about = self._about(documents)
        degree = np.bincount(np.concatenate([first, second]), minlength=len(documents))
        order = np.lexsort((documents, about["high"], -about["length"].to_numpy(), about["rank"], -degree))
        starts, neighbours = _adjacent(first, second, len(documents))
        group = np.full(len(documents), -1, np.int64)
        for number, centre in enumerate(order.tolist()):
            if group[centre] < 0:
                around = neighbours[starts[centre] : starts[centre + 1]]
                group[around[group[around] < 0]] = number
                group[centre] = number
        by_group = np.argsort(group, kind="stable")
        sizes = np.bincount(group, minlength=1)
        by_group = by_group[sizes[group[by_group]] > 1]
        return documents[by_group], group[by_group]

    def _about(self, documents: Integers, columns: Sequence[str] = ()) -> pl.DataFrame:
        names = ["high", "length", "source", *columns]
        frame = pl.DataFrame(pl.from_arrow(documents_of(self.work, documents, names)))
        rank = frame["source"].replace_strict(dict(self.ranks), default=len(self.ranks), return_dtype=pl.Int64)
        rank = pl.Series(np.where(documents < 0, -1, rank.to_numpy()))
        return frame.with_columns(document=pl.Series(documents), rank=rank)

    def _rows(self, documents: Integers, group: Integers, links: _Links) -> pa.Table:
        order = np.argsort(documents)
        frame = self._about(documents[order], ["row", "document_id"]).with_columns(number=pl.Series(group[order]))
        frame = frame.sort("number", "rank", -pl.col("length"), "high", "document")
        leader = pl.col("document").first().over("number")
        frame = frame.with_columns(leader=leader, group=pl.col("high").first().over("number"))
        return self._table(frame, self._similarity(frame["document"].to_numpy(), frame["leader"].to_numpy(), links))

    def _similarity(self, document: Integers, leader: Integers, links: _Links) -> npt.NDArray[np.float64]:
        """How similar each document is to the one that leads its group; 1 for that one."""
        similarity = np.ones(len(document))
        copies = np.flatnonzero(document != leader)
        similarity[copies] = links.known(document[copies], leader[copies])
        copies = copies[np.isnan(similarity[copies])]
        copies = copies[np.argsort(leader[copies], kind="stable")]  # side by side as they lie in their files
        similarity[copies] = np.concatenate([np.zeros(0), *similarity_of(self.work, document[copies], leader[copies])])
        return similarity

    def _table(self, frame: pl.DataFrame, similarity: npt.NDArray[np.float64]) -> pa.Table:
        document, leader = frame["document"].to_numpy(), frame["leader"].to_numpy()
        splits = (document >> PLACE_BITS).tolist()
        parts = self.work.parts
        where = [self.splits[one] if one >= 0 else (parts[one].shard, parts[one].rows_before) for one in splits]
        rows = frame["row"].to_numpy() + np.array([offset for _, offset in where], np.int64)
        return arrow_table(
            {
                "kind": ["near"] * len(frame), "group": [f"{high:016x}" for high in frame["group"].to_list()],
                "source": frame["source"].to_arrow(), "shard": [shard for shard, _ in where], "row": rows,
                "document_id": frame["document_id"].to_arrow(), "representative": document == leader,
                "similarity": similarity, "added": [parts[one].added if one < 0 else "" for one in splits],
            }
        ).cast(KNOWN_SCHEMA)  # fmt: skip


def _adjacent(first: Integers, second: Integers, count: int) -> tuple[Integers, Integers]:
    """Where the neighbours of each document begin, and all neighbours one after another."""
    begin, end = np.concatenate([first, second]), np.concatenate([second, first])
    order = np.lexsort((end, begin))
    starts = np.concatenate([[0], np.cumsum(np.bincount(begin, minlength=count))])
    return starts, end[order]


def _stretches(group: Integers) -> Iterator[tuple[int, int]]:
    """Stretches of whole groups, as many as fit memory."""
    borders: Sequence[int] = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), len(group)]
    start = 0
    for border, following in zip(borders, [*borders[1:], len(group)], strict=True):
        if border > start and (following - start > _DOCUMENTS_AT_ONCE or border == len(group)):
            yield start, border
            start = border

"""The largest groups of duplicates, each with a masked example: what is repeated, but not whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_guard.core.batch import Batch
from corpus_guard.core.masking import mask, one_line
from corpus_guard.core.plan import Plan
from corpus_guard.core.shard import Split
from corpus_guard.duplicates.in_groups import GROUP, pieces, whole_groups
from corpus_guard.errors import ShardError
from corpus_guard.evidence import hidden
from corpus_guard.readers import read

GROUPS = ("kind", "group", "documents", "sources", "source", "shard", "row", "document_id", "excerpt")
LARGEST = 10
"""Groups of each kind that are shown."""

SHOWN = 64
"""Characters of an example."""

_LOOK = 48  # masked before it is cut, so that a number cut in half by the edge is masked as a whole
_BATCH_BYTES = 2**18  # most examples stand near the beginning of their shard
_Place = tuple[str, int]
"""A shard and a row."""

_Spans = Mapping[tuple[str, int, str], Sequence[tuple[int, int]]]


@dataclass(frozen=True)
class GroupExamples:
    """Rows of groups.csv: the groups with most documents, and the beginning of the member that is read soonest.

    splits   of the plan, in its order;  offsets  split number -> (shard name, rows of the shard before it)
    """

    plan: Plan
    splits: Sequence[Split]
    offsets: Mapping[int, tuple[str, int]]

    def rows(self, duplicates: Path, findings: Path) -> list[dict[str, Any]]:
        """Return a row for each of the largest groups of *duplicates*; *findings* says what is personal in them."""
        groups = largest_groups(duplicates)
        personal = _personal(findings, groups)
        rows = groups.to_dicts()
        texts = dict(self._texts((row["shard"], row["row"]) for row in rows))
        return [row | {"excerpt": self._excerpt((row["shard"], row["row"]), texts, personal)} for row in rows]

    def _excerpt(self, place: _Place, texts: Mapping[_Place, tuple[str, str]], personal: _Spans) -> str:
        """The masked beginning of a document; empty where it cannot be read again, as in a scan of memory."""
        field, text = texts.get(place, ("", ""))
        return _shown(text, personal.get((*place, field), ()), unmasked=self.plan.unmasked)

    def _texts(self, places: Iterable[_Place]) -> Iterator[tuple[_Place, tuple[str, str]]]:
        """The first field with text of each of these documents, its name and its text; each split is read once."""
        for split, rows in self._by_split(places).items():
            wanted = replace(self.plan.wanted, batch_bytes=_BATCH_BYTES, rows=frozenset(rows))
            with suppress(ShardError, OSError):
                for row, field, text in _first_texts(read(split, wanted), sorted(rows)):
                    yield (split.shard.name, self.offsets[split.number][1] + row), (field, text)

    def _by_split(self, places: Iterable[_Place]) -> Mapping[Split, set[int]]:
        """Which rows of which splits these documents are."""
        found: dict[Split, set[int]] = {}
        for shard, row in places:
            own = [one for one in self.splits if one.shard.name == shard and self.offsets[one.number][1] <= row]
            if own and own[-1].shard.path:
                found.setdefault(own[-1], set()).add(row - self.offsets[own[-1].number][1])
        return found


def largest_groups(duplicates: Path) -> pl.DataFrame:
    """Return the `LARGEST` groups of each kind, with the member that stands first in its shard."""
    sizes = pl.DataFrame(schema={"kind": pl.String, "group": pl.String, "documents": pl.Int64, "sources": pl.Int64})
    for members in whole_groups(duplicates):
        some = members.group_by(GROUP).agg(pl.col("documents").sum(), sources=pl.len().cast(pl.Int64))
        sizes = _largest(pl.concat([sizes, some]))
    return sizes.join(_soonest(duplicates, sizes), on=GROUP, maintain_order="left")


def _largest(sizes: pl.DataFrame) -> pl.DataFrame:
    """The groups of each kind with most documents; of equal ones the first by their keys."""
    sizes = sizes.sort("kind", -pl.col("documents"), "group")
    return sizes.filter(pl.int_range(pl.len()).over("kind") < LARGEST)


def _soonest(duplicates: Path, groups: pl.DataFrame) -> pl.DataFrame:
    """The member of each of *groups* that stands first in its shard; of several the one of the first shard."""
    columns = [*GROUP, "source", "shard", "row", "document_id"]
    found: list[pl.DataFrame] = []
    for piece in pieces(duplicates, columns):
        members = pl.concat([*found, piece.join(groups, on=GROUP, how="semi")]).sort("row", "shard")
        found = [members.unique(GROUP, keep="first", maintain_order=True)]
    return pl.concat([pl.DataFrame(schema=dict.fromkeys(columns, pl.String) | {"row": pl.Int64}), *found])


def _first_texts(batches: Iterator[Batch], rows: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """The first field of each of these records that is not blank, and its text; no more is read than they need."""
    left = set(rows)
    for batch in batches:
        for document in np.flatnonzero(np.isin(batch.rows, rows)).tolist():
            row = int(batch.rows[document])
            left.discard(row)
            for place in np.flatnonzero(batch.documents == document).tolist():
                text = batch.texts[place].as_py() or ""
                if text.strip():
                    yield row, batch.field_names[batch.fields[place]], text
                    break
        if not left:
            return


def _personal(findings: Path, groups: pl.DataFrame) -> _Spans:
    """Where personal information stands in the examples: names and addresses have no form that `mask` would know."""
    places = groups.select("shard", "row").unique().lazy()
    found = pl.scan_parquet(findings).filter(pl.col("detector") == "personal_info")
    rows = found.join(places, on=["shard", "row"], how="semi").select("shard", "row", "field", "start", "end").collect()
    spans: dict[tuple[str, int, str], list[tuple[int, int]]] = {}
    for shard, row, field, start, end in rows.sort(pl.all()).iter_rows():
        spans.setdefault((shard, row, field), []).append((start, end))
    return spans


def _shown(text: str, spans: Sequence[tuple[int, int]], *, unmasked: bool) -> str:
    if unmasked:
        short = " ".join(text[:SHOWN].split())
    else:
        masked = mask(hidden(text[: SHOWN + _LOOK], spans, 0))
        short = one_line(masked[:SHOWN])
    return f"{short}…" if len(text) > SHOWN else short

"""How much sources share: what an "independent" source has in common with the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from corpus_guard.duplicates.in_groups import GROUP, whole_groups

OVERLAP = ("kind", "source", "other", "documents", "share")


def overlap_rows(duplicates: Path, documents: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return a row for each pair of sources that share a group of duplicates, of each kind; a source with itself too.

    `documents` of the row are those of `source` in a group with a document of `other` (a second one, for itself);
    `share` is their part of all documents of the source.
    """
    none = pl.DataFrame(schema={"kind": pl.String, "source": pl.String, "other": pl.String, "documents": pl.Int64})
    counted = pl.concat([none, *map(_met, whole_groups(duplicates))])
    counted = counted.group_by("kind", "source", "other").sum().sort("kind", "source", "other")
    return [row | {"share": row["documents"] / documents[row["source"]]} for row in counted.iter_rows(named=True)]


def _met(members: pl.DataFrame) -> pl.DataFrame:
    """How many documents of each source are in groups with documents of each *other*, or with others of itself."""
    met = members.join(members, on=GROUP, suffix="_of_other")
    alone = (pl.col("source") == pl.col("source_of_other")) & (pl.col("documents") == 1)
    return (
        met.filter(~alone)
        .group_by("kind", "source", other=pl.col("source_of_other"))
        .agg(documents=pl.col("documents").sum())
    )

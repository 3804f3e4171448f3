"""How much sources share: what an "independent" source has in common with the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

OVERLAP = ("kind", "source", "other", "documents", "share")


def overlap_rows(duplicates: Path, documents: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return a row for each pair of sources that share a group of duplicates, of each kind; a source with itself too.

    `documents` of the row are those of `source` in a group with a document of `other` (a second one, for itself);
    `share` is their part of all documents of the source.
    """
    members = pl.scan_parquet(duplicates).group_by("kind", "group", "source").len()
    met = members.join(members, on=["kind", "group"], suffix="_of_other")
    alone = (pl.col("source") == pl.col("source_of_other")) & (pl.col("len") == 1)
    counted = (
        met.filter(~alone)
        .group_by("kind", "source", other=pl.col("source_of_other"))
        .agg(documents=pl.col("len").sum())
        .sort("kind", "source", "other")
        .collect()
    )
    return [row | {"share": row["documents"] / documents[row["source"]]} for row in counted.iter_rows(named=True)]

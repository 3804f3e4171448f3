"""Tables of duplicates are added up in pieces, and the borders of pieces change nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.duplicates import in_groups
from corpus_guard.duplicates.in_groups import GROUP, whole_groups
from corpus_guard.duplicates.overlap import overlap_rows
from corpus_guard.group_examples import LARGEST, largest_groups

GROUPS = st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=9), max_size=2 * LARGEST)


def _table(groups: list[list[str]]) -> pl.DataFrame:
    rows = [
        {
            "kind": "exact" if number % 3 else "near", "group": f"{number:02}", "source": source,
            "shard": f"{source}{(number * place) % 2}", "row": (7 * number + 5 * place) % 11 * 10 + place,
            "document_id": f"{number}-{place}",
        }
        for number, sources in enumerate(groups)
        for place, source in enumerate(sources)
    ]  # fmt: skip
    schema = dict.fromkeys([*GROUP, "source", "shard", "document_id"], pl.String) | {"row": pl.Int64}
    return pl.DataFrame(rows, schema=schema).sort("kind", maintain_order=True)


@pytest.mark.parametrize("rows", [1, 2, 5, 1000])
@given(groups=GROUPS)
def test_pieces_say_what_the_whole_says(rows: int, groups: list[list[str]]) -> None:
    """Counts of groups, what sources share, the largest groups and the members that are read soonest."""
    table = _table(groups)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "duplicates.parquet"
        table.write_parquet(path)
        patch.setattr(in_groups, "ROWS", rows)
        counted = pl.concat(
            [table.select(*GROUP, "source", documents=pl.lit(0, pl.Int64)).clear(), *whole_groups(path)]
        )
        shared, largest = overlap_rows(path, dict.fromkeys("abc", 100)), largest_groups(path)

    assert counted.rows() == table.group_by(*GROUP, "source", maintain_order=True).len().rows()
    assert [(row["kind"], row["source"], row["other"], row["documents"]) for row in shared] == _shared(table)
    sizes = table.group_by(GROUP).agg(documents=pl.len(), sources=pl.col("source").n_unique())
    sizes = sizes.sort("kind", -pl.col("documents").cast(pl.Int64), "group").group_by("kind", maintain_order=True)
    assert largest.select(*GROUP, "documents", "sources").rows() == sizes.head(LARGEST).rows()
    soonest = table.sort("row", "shard").unique(GROUP, keep="first")
    assert largest.drop("documents", "sources").join(soonest, on=soonest.columns, how="anti").is_empty()


def _shared(table: pl.DataFrame) -> list[tuple[str, str, str, int]]:
    """(kind, source, other, documents) by looking at each document of each group."""
    found: dict[tuple[str, str, str], int] = {}
    for (kind, _), members in table.group_by(GROUP):
        sources = members["source"].to_list()
        for place, source in enumerate(sources):
            for other in {*sources[:place], *sources[place + 1 :]}:
                found[str(kind), source, other] = found.get((str(kind), source, other), 0) + 1
    return sorted((*key, count) for key, count in found.items())

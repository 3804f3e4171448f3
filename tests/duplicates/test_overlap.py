"""What sources share."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from corpus_guard.duplicates.overlap import overlap_rows


def _overlap(tmp_path: Path, members: list[tuple[str, str, str]]) -> dict[tuple[str, str, str], tuple[int, float]]:
    """(kind, source, other) -> documents and share, of (kind, group, source) rows; every source has 4 documents."""
    columns = {name: [member[place] for member in members] for place, name in enumerate(("kind", "group", "source"))}
    path = tmp_path / "duplicates.parquet"
    pl.DataFrame(columns, schema={"kind": pl.String, "group": pl.String, "source": pl.String}).write_parquet(path)
    rows = overlap_rows(path, dict.fromkeys("abc", 4))
    return {(row["kind"], row["source"], row["other"]): (row["documents"], row["share"]) for row in rows}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([], {}),
        ([("exact", "1", "a"), ("exact", "1", "a")], {("exact", "a", "a"): (2, 0.5)}),
        (
            [("exact", "1", "a"), ("exact", "1", "b")],
            {("exact", "a", "b"): (1, 0.25), ("exact", "b", "a"): (1, 0.25)},
        ),
        (
            [("near", "1", "a"), ("near", "1", "a"), ("near", "1", "b"), ("near", "2", "a"), ("near", "2", "c")],
            {
                ("near", "a", "a"): (2, 0.5), ("near", "a", "b"): (2, 0.5), ("near", "b", "a"): (1, 0.25),
                ("near", "a", "c"): (1, 0.25), ("near", "c", "a"): (1, 0.25),
            },
        ),
        ([("near", "1", "a"), ("exact", "1", "a")], {}),
    ],
)  # fmt: skip
def test_documents_are_counted_for_each_pair_of_sources(
    tmp_path: Path, members: list[tuple[str, str, str]], expected: dict[tuple[str, str, str], tuple[int, float]]
) -> None:
    """A source shares with itself only where it has two documents of a group; kinds are kept apart."""
    assert expected == _overlap(tmp_path, members)

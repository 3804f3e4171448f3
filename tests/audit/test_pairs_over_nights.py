"""Pairs of near duplicates over nights: compared once, gone with their documents."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from tests.audit.small import differing, full_scan, night, place, shard

LONG = "the quick brown fox jumps over the lazy dog and runs away into the deep dark wood, where nobody finds it "


def similar(path: Path, number: int) -> None:
    """Write a shard of texts that are nearly those of the others."""
    lines = [f'{{"text": "{LONG * 2}{row}{number}"}}' for row in range(4)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def test_only_pairs_with_a_new_document_are_compared(tmp_path: Path) -> None:
    """What is kept of the others is believed: rewritten to nothing in common, they are no longer found."""
    pipeline = place(tmp_path)
    for number in (1, 2):
        similar(tmp_path / "data" / "web" / f"{number}.jsonl", number)
    night(pipeline)
    pairs = tmp_path / "nights" / "_state" / "audit-pairs"
    (kept,) = [path for path in pairs.iterdir() if pq.read_metadata(path).num_rows]
    table = pl.read_parquet(kept)
    assert (table["similarity"] > 0.8).all()
    pq.write_table(
        table.with_columns(similarity=pl.lit(0.0)).to_arrow().cast(pq.read_schema(kept)), kept, write_page_checksum=True
    )
    shard(tmp_path / "data" / "web" / "0.jsonl", 1)  # before the others, so that they get other numbers
    held = night(pipeline)
    assert held.run is not None
    near = pl.read_parquet(held.run.path / "duplicates.parquet").filter(kind="near")
    assert not {"web/1.jsonl", "web/2.jsonl"} & set(near["shard"])


def test_documents_come_and_go(tmp_path: Path) -> None:
    """Added before and after, taken away, and changed: each night is that of a fresh scan."""
    pipeline = place(tmp_path)
    data = tmp_path / "data" / "web"
    for added, gone in ((5, None), (3, None), (7, None), (1, 5), (6, 3), (7, 1)):
        similar(data / f"{added}.jsonl", added + (gone or 0))
        if gone is not None:
            (data / f"{gone}.jsonl").unlink()
        held = night(pipeline)
        assert held.run is not None
        assert [] == differing(held.run.path, full_scan(pipeline, tmp_path / "full")), added
        assert pl.read_parquet(held.run.path / "duplicates.parquet").filter(kind="near").height

"""Cards beside the data are no shards, and yet what they say of licences is in every night's summary."""

from __future__ import annotations

from pathlib import Path

from tests.audit.small import differing, full_scan, night, place, shard


def test_a_card_that_changed_is_seen_when_no_shard_has(tmp_path: Path) -> None:
    """Nothing is scanned again, and the tables are those of a fresh scan."""
    pipeline = place(tmp_path)
    shard(tmp_path / "data" / "web" / "a.jsonl", 1)
    card = tmp_path / "data" / "web" / "README.md"
    for tag in ("mit", "apache-2.0", ""):
        card.write_text(f"---\nlicense: {tag}\n---\n")
        held = night(pipeline)
        assert held.run is not None
        assert [] == differing(held.run.path, full_scan(pipeline, tmp_path / "full"))
    assert {} == held.facts["counters"]["scanned"]

"""What machines that work on one run have in common."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corpus_guard.engines.sharing import NAME, differing, marked, program


def test_a_mark_is_seen_where_the_files_are_the_same(tmp_path: Path) -> None:
    """Another folder under the same path, a file of another size and one that is missing are named."""
    data = tmp_path / "a.jsonl"
    data.write_text("1234")
    (tmp_path / "other").mkdir()
    with marked(tmp_path, [data, tmp_path / "not-there"]) as shared:
        marker = tmp_path / "other" / shared.marker.name
        marker.write_text("of another run")
        assert "" == shared.unseen()
        assert str(tmp_path / "other") == replace(shared, marker=marker).unseen(patience=0)
        assert {data: 4} == shared.needed
        data.write_text("12345")
        assert str(data) == shared.unseen()
        data.unlink()
        assert str(data) == shared.unseen()

    assert not shared.marker.exists()


def test_another_program_is_told_by_its_parts() -> None:
    """Versions of packages and a digest of this one are compared; what differs is named with both versions."""
    here = program()
    there = {**here, "polars": "0.1"}
    del there["numpy"]

    assert "" == differing(here, dict(here))
    assert f"numpy missing for {here['numpy']}, polars 0.1 for {here['polars']}" == differing(here, there)
    assert here[NAME].endswith(")")
    assert "missing" not in here.values()

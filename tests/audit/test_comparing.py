"""Two runs side by side."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import corpus_guard as cg
from corpus_guard.errors import UsageError
from tests.audit.small import place
from tests.conftest import Done
from tests.corpora import json_lines


def run(pipeline: Path, name: str, texts: dict[str, list[str]]) -> Path:
    """Return the run over these texts by shard."""
    data = pipeline.parent / "data"
    for path in data.rglob("*.jsonl"):
        path.unlink()
    for shard, own in texts.items():
        json_lines(data / shard, [{"text": text} for text in own])
    return cg.scan(pipeline=pipeline, out=pipeline.parent / name).path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two runs: one source gets worse, one better, one vanishes, one appears, one stays."""
    pipeline = place(tmp_path_factory.mktemp("runs"))
    bad, good = "forbidden", "all is well"
    before = {
        "up/a.jsonl": [good, bad], "up/b.jsonl": [good], "down/a.jsonl": [bad, "verboten"], "gone/a.jsonl": [good],
        "stays/a.jsonl": [bad, good], "moved/a.jsonl": [bad],
    }  # fmt: skip
    after = {
        "up/a.jsonl": [good, bad], "up/b.jsonl": [bad], "up/c.jsonl": [f"a mark and {bad}"], "down/a.jsonl": [good, good],
        "new/a.jsonl": [good], "stays/a.jsonl": [bad, good], "moved/z.jsonl": [bad],
    }  # fmt: skip
    return run(pipeline, "a", before), run(pipeline, "b", after)


def test_sources_are_told_apart_by_what_became_of_them(runs: tuple[Path, Path]) -> None:
    """And every source has a row."""
    found = cg.compare(*runs)
    expected = {
        "up": "worse",
        "down": "better",
        "gone": "vanished",
        "new": "appeared",
        "stays": "same",
        "moved": "same",
    }
    assert expected == dict(found.sources.select("source", "change").iter_rows())
    assert (["up"], ["new"]) == (found.of("worse"), found.of("appeared"))
    (up,) = found.sources.filter(pl.col("source") == "up").to_dicts()
    assert (1, 3, 3, 4) == tuple(
        up[name]
        for name in ("illegal_documents_before", "illegal_documents_after", "documents_before", "documents_after")
    )
    assert 0 < up["rise_by_chance"] < 1


def test_rules_and_shards_that_caused_it_are_named(runs: tuple[Path, Path]) -> None:
    """With how many documents each accounts for; a shard that only moved is no cause."""
    causes = cg.compare(*runs).causes
    named = {
        (row["source"], row["cause"], row["name"], row["grade"]): (row["difference"], row["note"])
        for row in causes.to_dicts()
    }
    assert {
        ("down", "rule", "words-1", "violation"): (-2, ""),
        ("down", "shard", "down/a.jsonl", "violation"): (-2, "changed"),
        ("up", "rule", "marks-1", "suspect"): (1, ""),
        ("up", "rule", "words-1", "violation"): (2, ""),
        ("up", "shard", "up/b.jsonl", "violation"): (1, "changed"),
        ("up", "shard", "up/c.jsonl", "suspect"): (1, "new"),
        ("up", "shard", "up/c.jsonl", "violation"): (1, "new"),
    } == named


def test_a_run_is_the_same_as_itself(runs: tuple[Path, Path]) -> None:
    """Nothing has changed and nothing caused it."""
    found = cg.compare(runs[0], runs[0])
    assert ({"same"}, 0) == (set(found.sources["change"]), len(found.causes))


def test_the_command_line_shows_and_writes_it(
    runs: tuple[Path, Path], tmp_path: Path, command_line: Callable[..., Done]
) -> None:
    """As lines, JSON and CSV; another suffix and a folder without a run are wrong usage."""
    shown = command_line("compare", *runs, "--to", tmp_path / "c.csv")
    assert 0 == shown.code
    assert "up: worse" in shown.out
    assert "rule words-1 (violation): +2 documents" in shown.out
    assert "stays" not in shown.out
    with (tmp_path / "c.causes.csv").open(encoding="utf-8-sig") as file:
        assert 7 == len(list(csv.DictReader(file)))
    facts = json.loads(command_line("compare", *runs, "--json", "--to", tmp_path / "c.json").out)
    assert facts == json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert 6 == len(facts["sources"])
    assert "no source has changed" in command_line("compare", runs[0], runs[0]).out
    assert (2, 2) == (
        command_line("compare", *runs, "--to", tmp_path / "c.doc").code, command_line("compare", runs[0], tmp_path).code,
    )  # fmt: skip
    with pytest.raises(UsageError, match="no complete run"):
        cg.compare(tmp_path, runs[0])

"""Nights that compare the corpus with works, with earlier scans, and line by line: each is that of a fresh scan."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_guard as cg
from corpus_guard.errors import UsageError
from tests.audit.small import differing, night, place, settle
from tests.corpora import json_lines

WORK = "the quick brown fox jumps over the lazy dog and runs away into the deep dark wood and is never seen again "
NOTICE = "all rights reserved by whoever wrote this line"
CASES = {
    "repetition = true": ("repetition.csv",),
    "against = ['works.jsonl']": ("contamination.csv", "contamination.parquet"),
    "index = 'index'": ("known_duplicates.parquet",),
}


def asking(folder: Path, more: str) -> Path:
    """Return a pipeline over three shards that asks for *more*, and write what that needs."""
    pipeline = place(folder)
    pipeline.write_text(pipeline.read_text("utf-8").replace("[scan]\n", f"[scan]\n{more}\n"), encoding="utf-8")
    json_lines(folder / "works.jsonl", [{"id": "w1", "text": WORK * 2}, {"id": "w2", "text": "nothing of it " * 30}])
    for number in range(3):
        lined(folder / "data" / "web" / f"{number}.jsonl", number)
    if "index" in more:
        lined(folder / "books" / "a.jsonl", 7)
        scan_books(folder)
    settle(folder / "data")
    return pipeline


def lined(path: Path, seed: int) -> Path:
    """Write a shard of which some texts hold a work, some a notice that others hold."""
    texts = [
        f"{WORK * 2}{seed % 3}",
        f"{NOTICE}\nonly here {seed} {seed * 7}",
        *[f"{NOTICE}\n{n} by {seed}" for n in range(5)],
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return json_lines(path, [{"id": f"{seed}-{n}", "text": text} for n, text in enumerate(texts)])


def scan_books(folder: Path) -> cg.Run:
    """Scan what is no part of the audit into the index, with the rules and ways of the audit."""
    return cg.scan(folder / "books", pipeline=folder / "pipeline.toml", out=folder / "books-run", index=folder / "index",
                   overwrite=True)  # fmt: skip


def full_scan(pipeline: Path, folder: Path) -> Path:
    """Return the run of a fresh scan; with an index, beside nothing but what scans have added to it."""
    given: dict[str, Any] = {}
    if "index =" in pipeline.read_text("utf-8"):
        copy = folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder / "index", copy)
        known = json.loads((copy / "index.json").read_text("utf-8"))
        known["entries"] = [entry for entry in known["entries"] if "scans" in entry["holders"]]
        (copy / "index.json").write_text(json.dumps(known), encoding="utf-8")
        given = {"index": copy}
    return cg.scan(pipeline=pipeline, out=folder / "full", overwrite=True, **given).path


def entries(folder: Path) -> dict[str, list[str]]:
    """The shards of an index and who holds each."""
    known = json.loads((folder / "index" / "index.json").read_text("utf-8"))["entries"]
    return {entry["shard"]: entry["holders"] for entry in known}


@pytest.mark.parametrize("asked", CASES)
def test_every_night_is_that_of_a_fresh_scan(tmp_path: Path, asked: str) -> None:
    """Shards are added, changed, renamed, taken away, and nothing happens: all tables are equal."""
    pipeline = asking(tmp_path, asked)
    data = tmp_path / "data"
    nights: list[list[Callable[[], object]]] = [
        [],
        [],
        [lambda: lined(data / "web" / "1.jsonl", 11), lambda: lined(data / "more" / "9.jsonl", 7)],
        [lambda: (data / "web" / "2.jsonl").rename(data / "web" / "5.jsonl"), (data / "web" / "0.jsonl").unlink],
    ]
    for number, changes in enumerate(nights):
        for change in changes:
            change()
        settle(data)
        held = night(pipeline)
        full = full_scan(pipeline, tmp_path)

        assert held.run is not None
        assert [] == differing(held.run.path, full), number
        for name in CASES[asked]:
            assert (held.run.path / name).read_bytes() == (full / name).read_bytes(), (number, name)
        told, fresh = held.run.facts, cg.Run(full).facts
        assert told.get("contamination") == fresh.get("contamination"), number
        assert told.get("index", {}).get("compared") == fresh.get("index", {}).get("compared"), number


@pytest.mark.parametrize(
    ("asked", "file", "text", "detector"),
    [
        ("against = ['works.jsonl']", "works.jsonl", json.dumps({"text": WORK * 3}), "contamination"),
        ("repetition = true", "pipeline.toml", "\n[repetition]\nshortest = 8\n", "repetition"),
    ],
)
def test_other_works_are_looked_for_by_their_detector_alone(
    tmp_path: Path, asked: str, file: str, text: str, detector: str
) -> None:
    """What is kept of all other detectors is taken over."""
    pipeline = asking(tmp_path, asked)
    night(pipeline)
    path = tmp_path / file
    path.write_text((path.read_text("utf-8") if file == "pipeline.toml" else "") + text, encoding="utf-8")
    held = night(pipeline)

    assert held.run is not None
    assert {detector} == set(held.facts["counters"]["scanned"])
    full = full_scan(pipeline, tmp_path)
    assert (held.run.path / CASES[asked][0]).read_bytes() == (full / CASES[asked][0]).read_bytes()


def test_the_index_holds_the_corpus_of_last_night(tmp_path: Path) -> None:
    """Shards come and go with the corpus; what scans have added stays, also when an audit held it as well."""
    pipeline = asking(tmp_path, "index = 'index'")
    own = tmp_path / "data" / "web"
    night(pipeline)
    assert {"a.jsonl", *(f"web/{number}.jsonl" for number in range(3))} == set(entries(tmp_path))

    (own / "0.jsonl").rename(tmp_path / "books" / "b.jsonl")
    scan_books(tmp_path)  # holds what the audit holds too
    (own / "1.jsonl").unlink()
    settle(tmp_path / "data")
    held = night(pipeline)

    assert held.run is not None
    assert {"a.jsonl", "web/0.jsonl", "web/2.jsonl"} == set(entries(tmp_path))
    assert ["scans"] == entries(tmp_path)["web/0.jsonl"]
    known = pl.read_parquet(held.run.path / "known_duplicates.parquet")
    assert {"a.jsonl", "web/0.jsonl"} == set(known["shard"])


def test_what_an_edited_shard_was_is_no_copy(tmp_path: Path) -> None:
    """An audit is not compared with its own corpus of the night before."""
    pipeline = asking(tmp_path, "index = 'index'")
    shutil.rmtree(tmp_path / "index")
    night(pipeline)
    path = tmp_path / "data" / "web" / "0.jsonl"
    path.write_text(path.read_text("utf-8") + json.dumps({"text": "one line more"}) + "\n", encoding="utf-8")
    held = night(pipeline)

    assert held.run is not None
    assert 0 == pl.read_parquet(held.run.path / "known_duplicates.parquet").height


def test_a_later_scan_is_compared_with_the_audited_corpus(tmp_path: Path) -> None:
    """The index of a nightly tells of new data what is already there."""
    pipeline = asking(tmp_path, "index = 'index'")
    night(pipeline)
    lined(tmp_path / "books" / "a.jsonl", 4)
    run = scan_books(tmp_path)

    assert "web/1.jsonl" in set(pl.read_parquet(run.path / "known_duplicates.parquet")["shard"])


def test_an_index_of_other_parameters_stops_the_audit(tmp_path: Path) -> None:
    """Nothing is scanned, and the way out is said."""
    pipeline = asking(tmp_path, "index = 'index'")
    pipeline.write_text(pipeline.read_text("utf-8") + "[near_duplicates]\nthreshold = 0.7\n", encoding="utf-8")

    with pytest.raises(
        UsageError, match=r"made with other threshold 0\.8 instead of 0\.7; .* scan again what it holds"
    ):
        night(pipeline)
    assert not list((tmp_path / "nights").glob("20*"))


def test_an_audit_that_stops_after_it_has_added_is_not_compared_with_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before its run had a name, it is held again, and equals a fresh scan."""
    pipeline = asking(tmp_path, "index = 'index'")

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("corpus_guard.audit.nightly._named", stopped)
        with pytest.raises(KeyboardInterrupt):
            night(pipeline)
    assert "web/0.jsonl" in entries(tmp_path)
    held = night(pipeline)

    assert held.run is not None
    assert [] == differing(held.run.path, full := full_scan(pipeline, tmp_path))
    name = "known_duplicates.parquet"
    assert (held.run.path / name).read_bytes() == (full / name).read_bytes()

"""Whichever engine carries a scan, and whichever goes on with it, its files are the same to the byte."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

import corpus_guard as cg
from corpus_guard.audit.auditing import audit
from tests.corpora import DAY, corpus, digests, json_lines, pipeline, program, started, trap

OTHERS = ("risks.csv", "groups.csv")
ENGINES = (("local", 1), ("local", 2), ("ray", 2))


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A corpus with copies, near copies and faults, cut into many splits."""
    folder = tmp_path_factory.mktemp("job")
    corpus(folder / "in", 150, 300)
    near = "".join(chr(0x4E00 + 7 * number) for number in range(300))
    json_lines(folder / "in" / "near" / "a.jsonl", [{"text": near.replace(near[one], "一")} for one in range(4)])
    written = pipeline(folder, f'[input]\npaths = ["in"]\n[scan]\nsplit_bytes = 40000\nas_of = "{DAY}"\n')
    return {"pipeline": written}


@pytest.fixture(scope="module")
def expected(job: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The digests of its files, of a scan in one process."""
    run = cg.scan(**job, out=tmp_path_factory.mktemp("expected") / "run", workers=1)
    assert {"exact", "near"} == set(cg_kinds(run))
    return digests(run.path)


def cg_kinds(run: cg.Run) -> list[str]:
    """The kinds of duplicates in a run."""
    import polars as pl

    return pl.read_parquet(run.path / "duplicates.parquet")["kind"].unique().to_list()


@pytest.mark.parametrize(("engine", "workers"), ENGINES[1:])
def test_every_engine_gives_the_same_bytes(
    engine: str, workers: int, job: dict[str, Any], expected: dict[str, str], tmp_path: Path, four_cores: None
) -> None:
    """Tables of local 2 and of ray 2 are those of local 1."""
    run = cg.scan(**job, out=tmp_path / "run", engine=engine, workers=workers)

    assert (engine, workers) == (run.facts["engine"], run.facts["workers"])
    assert expected == digests(run.path)


class _Stopped(Exception):  # noqa: N818 - it is no error
    pass


@pytest.mark.parametrize(("first", "second"), [("local", "ray"), ("ray", "local")])
def test_one_engine_goes_on_where_another_was_stopped(
    first: str, second: str, job: dict[str, Any], expected: dict[str, str], tmp_path: Path, four_cores: None
) -> None:
    """Splits that the first has completed stay; the second does the others."""

    def stop(splits: int, documents: int, size: int) -> None:
        if splits >= 4:
            raise _Stopped

    with pytest.raises(_Stopped):
        cg.scan(**job, out=tmp_path / "run", engine=first, workers=2, progress=stop)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "run" / "_work").glob("*[0-9].json")}
    told: list[int] = []
    run = cg.scan(
        **job, out=tmp_path / "run", engine=second, workers=2, resume=True, progress=lambda *at: told.append(at[0])
    )

    assert 4 <= len(kept) <= told[0]
    assert expected == digests(run.path)


def test_a_worker_killed_on_ray_costs_what_it_costs_locally(tmp_path: Path, four_cores: None) -> None:
    """A split that kills its worker twice is unscanned; standard output is the result alone, and nobody else talks."""
    for number, word in enumerate(("天气", "KILL", "晴朗")):
        json_lines(tmp_path / "in" / f"s{number}.jsonl", [{"text": f"{word}很好，第{one}篇"} for one in range(20)])
    words = ["scan", tmp_path / "in", "--detector", trap(tmp_path), "--detector", "near_duplicates", "--as-of", DAY]
    words += ["--workers", "2", "--json", "--quiet"]
    runs = {engine: program(*words, "--out", tmp_path / engine, "--engine", engine) for engine in ("local", "ray")}

    assert (3, "") == (runs["ray"].returncode, runs["ray"].stderr)
    assert "ray" == json.loads(runs["ray"].stdout)["engine"]
    assert "s1.jsonl" in (tmp_path / "ray" / "errors.csv").read_text(encoding="utf-8")
    assert digests(tmp_path / "local") == digests(tmp_path / "ray")


def test_control_c_leaves_a_run_to_go_on_with(
    job: dict[str, Any], expected: dict[str, str], tmp_path: Path, four_cores: None
) -> None:
    """An interrupt of the whole group ends with 130 and one sentence; nothing stays behind, and --resume completes it."""
    process = started(
        "scan", "--pipeline", job["pipeline"], "--out", tmp_path / "run", "--engine", "ray", "--workers", "2"
    )
    end = time.monotonic() + 60
    while not list((tmp_path / "run").glob("_work/*[0-9].json")) and time.monotonic() < end:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert (130, "") == (process.returncode, out)
    assert err.startswith("corpus-guard: interrupted; go on with the same command and --resume")
    assert 1 == err.count("\n")
    run = cg.scan(**job, out=tmp_path / "run", workers=1, resume=True)
    assert expected == digests(run.path)


def test_an_audit_on_ray_finds_what_a_scan_finds(
    job: dict[str, Any], expected: dict[str, str], tmp_path: Path, four_cores: None
) -> None:
    """One cluster carries the whole night."""
    words = job["pipeline"].read_text().replace('"in"', json.dumps(str(job["pipeline"].parent / "in")))
    nightly = pipeline(tmp_path, words + '[audit]\nstate = "state"\nout = "nights"\n')
    held = audit(nightly, engine="ray", workers=2)

    assert held.run is not None
    assert "ray" == held.run.facts["engine"]
    assert expected == digests(held.run.path)

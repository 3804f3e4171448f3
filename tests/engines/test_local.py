"""Processes of this machine: they make ready beside other work, and refuse before it begins."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from corpus_guard import UsageError, scan
from corpus_guard.engines.local import LOST, LocalEngine
from corpus_guard.scanning import begun_engine
from tests.corpora import json_lines

_POPEN = subprocess.Popen

REFUSING = """
class Refusing:
    name = "refusing"
    columns = ()
    content = True
    gates = ()

    def __init__(self, setting):
        raise ValueError("never")

    def detect(self, batch, candidates):
        return None
"""


@dataclass
class Doubling:
    """A task that makes ready: how often it did is known by the lines of a file."""

    notes: Path
    ready: list[int] = field(default_factory=list)

    def prepare(self) -> None:
        """Note it."""
        self.ready.append(os.getpid())
        with self.notes.open("a") as file:
            file.write(f"{os.getpid()}\n")

    def __call__(self, item: int) -> tuple[int, list[int]]:
        """Double *item*."""
        return 2 * item, self.ready


@dataclass
class Dying:
    """A task whose processes are killed while they make ready, as long as there is no file that says otherwise."""

    stop: Path
    always: bool = False

    def prepare(self) -> None:
        """Die, for the first time or each time."""
        if self.always or not self.stop.exists():
            self.stop.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, item: int) -> int:
        """Return *item*."""
        return item


def test_each_process_makes_ready_once(tmp_path: Path) -> None:
    """Before its first item, whether the task was handed over early or with the items."""
    for early in (True, False):
        notes = tmp_path / f"notes-{early}"
        task = Doubling(notes)
        with closing(LocalEngine(2)) as engine:
            engine.begin()
            if early:
                engine.prepare(task)
                engine.prepared()
                assert notes.read_text()
            found = dict(engine.map(task, range(20)))
        assert [2 * number for number in range(20)] == [found[number][0] for number in range(20)]
        assert all(len(ready) == 1 for _, ready in found.values())
        assert 2 == len(set(notes.read_text().split())) == len(notes.read_text().split())


def test_one_that_was_handed_over_is_not_needed(tmp_path: Path) -> None:
    """Another task takes its place."""
    with closing(LocalEngine(2)) as engine:
        engine.begin()
        engine.prepare(Doubling(tmp_path / "notes"))
        assert {0: 5, 1: 6} == dict(engine.map(Dying(tmp_path), [5, 6]))


def test_who_dies_while_it_makes_ready_is_tried_again(tmp_path: Path) -> None:
    """Once: then its items are lost, one after the other."""
    with closing(LocalEngine(1 + 1)) as engine:
        engine.begin()
        task = Dying(tmp_path / "stop")
        engine.prepare(task)
        engine.prepared()
        assert {0: 1, 1: 2, 2: 3} == dict(engine.map(task, [1, 2, 3]))
        lost = dict(engine.map(Dying(tmp_path / "stop", always=True), [1, 2]))
    assert [0, 1] == sorted(lost)
    assert all(result is LOST for result in lost.values())


def test_a_detector_refuses_before_anything_is_written(tmp_path: Path) -> None:
    """Also where other processes make it, and the sentence is the same."""
    (tmp_path / "refusing.py").write_text(REFUSING)
    json_lines(tmp_path / "in" / "a.jsonl", ["a text"])
    said = []
    for workers in (1, 2):
        with pytest.raises(UsageError) as refused:
            scan(tmp_path / "in", out=tmp_path / "run", workers=workers, detectors=[str(tmp_path / "refusing.py")])
        said.append(str(refused.value))
    assert not (tmp_path / "run").exists()
    assert said[0] == said[1]
    assert "cannot be set up: ValueError: never" in said[0]


def test_processes_begin_where_there_is_enough_to_do(tmp_path: Path) -> None:
    """A scan of little stays in this process, unless it is told otherwise."""
    json_lines(tmp_path / "in" / "a.jsonl", ["a text"])
    given = {"paths": [tmp_path / "in"], "out": tmp_path / "run"}
    with begun_engine(given) as engine, begun_engine(given | {"workers": 1}) as single:
        assert engine is None
        assert single is None
    (tmp_path / "in" / "b.bin").write_bytes(bytes(9 * 2**20))
    with begun_engine(given) as engine:
        assert (engine is not None) == ((os.cpu_count() or 1) > 1)
    with begun_engine({"paths": [tmp_path / "nothing"], "out": tmp_path / "run"}) as engine:
        assert engine is None


@pytest.mark.parametrize("out", [True, False])
@pytest.mark.parametrize(
    "wrong", [{"detectors": ("nobody",)}, {"standards": ("nobody",)}, {"against": (Path("gone"),)}]
)
def test_no_process_outlives_a_refused_scan(tmp_path: Path, wrong: dict[str, Any], out: bool) -> None:
    """Not even while the refusal is still looked at, as a notebook does."""
    json_lines(tmp_path / "in" / "a.jsonl", ["a text"])
    begun: list[subprocess.Popen[bytes]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", lambda *given, **named: begun.append(_POPEN(*given, **named)) or begun[-1])
        with pytest.raises(UsageError) as refusal:
            scan(tmp_path / "in", out=tmp_path / "run" if out else None, workers=2, **wrong)

    assert refusal.value.__traceback__ is not None
    assert [-signal.SIGKILL] * 2 == [process.poll() for process in begun]

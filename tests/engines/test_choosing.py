"""From the name of an engine to the engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus_guard.engines.choosing import engine_for
from corpus_guard.options import Options
from tests.corpora import json_lines, python


@pytest.mark.parametrize(("workers", "is_small", "expected"), [(0, True, 1), (3, True, 3), (3, False, 3)])
def test_small_inputs_stay_in_this_process(workers: int, is_small: bool, expected: int) -> None:
    """Unless workers are asked for."""
    engine = engine_for(Options(workers=workers), is_small=is_small)

    assert ("local", expected) == (engine.name, engine.workers)


@pytest.mark.parametrize("words", [["--engine", "ray"], ["--pipeline", "p.toml", "--workers", "2"]])
def test_ray_that_is_not_installed_is_one_sentence(tmp_path: Path, words: list[str]) -> None:
    """Wrong usage, before anything is written, also when a pipeline file asks for it."""
    json_lines(tmp_path / "in" / "a.jsonl", [{"text": "天气很好"}])
    (tmp_path / "p.toml").write_text('[scan]\nengine = "ray"\n')
    arguments = json.dumps(["corpus-guard", "scan", "in", "--out", "run", *words])
    code = f"import sys; sys.modules['ray'] = None; sys.argv = {arguments}; from corpus_guard.cli import main; main()"
    done = python(code, cwd=tmp_path)

    expected = 'corpus-guard: --engine ray needs Ray; install it with: pip install "corpus_guard[ray]"\n'
    assert (2, "", expected) == (done.returncode, done.stdout, done.stderr)
    assert not (tmp_path / "run").exists()

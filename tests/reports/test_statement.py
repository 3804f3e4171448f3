"""Every report begins with what a PASS says, whatever its format."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import corpus_guard as cg
from corpus_guard.cli.app import app
from corpus_guard.reports.statement import statement


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> cg.Run:
    """A run over one document."""
    return cg.scan([{"text": "今天天气很好"}], out=tmp_path_factory.mktemp("run") / "run", detectors=["licensing"])


def _report(run: cg.Run, to: Path) -> str:
    done = CliRunner().invoke(app, ["report", str(run.path), "--to", str(to)])
    assert 0 == done.exit_code, done.output
    return done.stderr


def test_json_begins_with_it(run: cg.Run, tmp_path: Path) -> None:
    """As its first key, in both languages, with the digests of the rules and the bytes."""
    _report(run, tmp_path / "a.json")
    facts = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))

    assert ("statement", statement(run.facts)) == next(iter(facts.items()))
    assert run.facts["digests"]["rules"][:12] in facts["statement"]["en"]
    assert run.facts["digests"]["input"][:12] in facts["statement"]["zh"]


def test_a_table_keeps_its_columns_and_the_terminal_says_it(run: cg.Run, tmp_path: Path) -> None:
    """summary.csv is what programs read: nothing stands before its header."""
    said = _report(run, tmp_path / "a.csv")

    assert (run.path / "summary.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()
    assert f"{statement(run.facts)['en']}\n" == said


def test_the_page_says_the_same(run: cg.Run) -> None:
    """Word for word, in both languages."""
    page = (run.path / "report.html").read_text(encoding="utf-8")
    said = [
        " ".join(html.unescape(re.sub("<[^>]*>", "", found)).split())
        for found in re.findall(r'<p class="sentence [^>]*>(.*?)</p>', page, re.DOTALL)
    ]

    assert [statement(run.facts)["en"], statement(run.facts)["zh"]] == said

"""The source table of a filing: everything in it adds up to what was scanned."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from corpus_guard import scan
from corpus_guard.cli.app import app
from corpus_guard.reports.source_table import NOT_STATED, SOURCES, TOTALS, _divided, totals
from corpus_guard.reports.statement import statement

RATES = {"zh": 5.0, "en": 4.0, "other": 2.0}


def row(source: str, **values: Any) -> dict[str, Any]:
    """Return a row of summary.csv."""
    return {"source": source, "kind": "open_source", "documents": 10, "bytes": 400, "languages": ""} | values


def test_languages_divide_a_source_by_their_shares() -> None:
    """Tokens that the manifest gives are taken, others estimated and marked so."""
    entries = {"a": {"languages": ["zh"], "tokens": 77}, "c": {"languages": ["zh", "en"]}}
    rows = [row("a"), row("b", languages="zh-Hans 0.75;en 0.25"), row("c"), row("d", kind="inferred")]
    found = [(line.kind[:2], line.language, line.sources, line.items, line.bytes, line.tokens, line.estimated)
             for line in totals(rows, entries, RATES)]  # fmt: skip
    expected = [
        ("开源", "en", 1, 2, 100, 25, 25),
        ("开源", "zh", 1, 10, 400, 77, 0),
        ("开源", "zh, en", 1, 10, 400, 200, 200),
        ("开源", "zh-Hans", 1, 8, 300, 60, 60),
        ("未申", NOT_STATED, 1, 10, 400, 200, 200),
    ]
    assert expected == found


@given(st.integers(0, 10**12), st.lists(st.floats(0.001, 1.0), min_size=1, max_size=9))
def test_parts_add_up(whole: int, weights: list[float]) -> None:
    """Whatever the shares are, nothing is lost or counted twice."""
    parts = _divided(whole, weights)
    assert whole == sum(parts)
    assert min(parts) >= 0


def test_the_workbook_of_a_run(tmp_path: Path) -> None:
    """Two tables, and a sheet that says what a PASS says; a name that would be a formula is text."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("web", "=1+1"):
        (data / f"{name}.jsonl").write_text('{"text": "今天天气很好"}\n')
    manifest = tmp_path / "sources.toml"
    manifest.write_text('[[source]]\nid = "web"\nkind = "self_collected"\nlanguages = ["zh"]\nmethod = "crawl"\n')
    run = scan(data, out=tmp_path / "run", sources=manifest, detectors=["exact_duplicates"])
    file = tmp_path / "sources.xlsx"
    assert 0 == CliRunner().invoke(app, ["report", str(run.path), "--to", str(file)]).exit_code
    book = CalamineWorkbook.from_path(str(file))
    summed, listed, said = (book.get_sheet_by_index(number).to_python() for number in range(3))
    assert (list(TOTALS), list(SOURCES)) == (summed[0], listed[0])
    assert 2 == sum(line[TOTALS.index("条数 items")] for line in summed[1:])
    assert {"web", "'=1+1"} == {line[0] for line in listed[1:]}
    assert json.loads((run.path / "run.json").read_text())["documents"] == 2
    assert [[sentence] for sentence in (statement(run.facts)["zh"], statement(run.facts)["en"])] == said
    with zipfile.ZipFile(file) as parts:
        notes = [parts.read(name).decode() for name in parts.namelist() if "comments" in name]
    assert [True, True] == ["it is not a statement of conformity" in note for note in notes]

"""Pipeline files: every complaint, paths relative to the file, and the options they become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus_guard.catalog.pipelines import read_pipeline
from corpus_guard.core.plan import JudgeSettings, RuleChange
from corpus_guard.core.rule import Grade
from corpus_guard.options import Options, RuleEdit, options_from
from tests.catalog.complaints import complaints

DETECTORS = ("keywords", "licensing")


def read(path: Path) -> dict[str, Any]:
    """Return the options of a pipeline file."""
    return read_pipeline(path, DETECTORS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[inptu]", ['unknown field "inptu"; did you mean "input"?']),
        ("[keyword]", ['unknown field "keyword"; did you mean "keywords"?']),
        ("input = 1", ['"input" holds a whole number, a table was expected']),
        ("[input]\npath = ['a']", ['[input]: unknown field "path"; did you mean "paths"?']),
        ("[input]\npaths = 'a'", ['[input]: "paths" holds a string, a list was expected']),
        ("[input]\nstage = 'row'", ['[input]: "stage" is "row", expected one of raw, filtered, training; did you mean "raw"?']),
        ("[scan]\nworkers = 'two'", ['[scan]: "workers" holds a string, a whole number was expected']),
        ("[scan]\non_error = 'stop'", ['[scan]: "on_error" is "stop", expected one of skip, fail']),
        ("[judge]\nsuspects = 'stop'",
         ['[judge]: "suspects" is "stop", expected one of report, stop_pass, count; did you mean "stop_pass"?']),
        ("[judge]\nunscanned_max = 5", ['[judge]: "unscanned_max" is 5, expected a share from 0 to 1']),
        ("[judge]\nuncovered_max = nan", ['[judge]: "uncovered_max" is nan, expected a share from 0 to 1']),
        ("[judge]\naccept_uncovered = ['zh-Hanz']",
         ['[judge]: "accept_uncovered" names "zh-Hanz", which no language is labelled; did you mean "zh-Hant"?']),
        ("[[rules.disable]]\nrule = 'a'", ['$.rules.disable[0]: the field "reason" is missing']),
        ("[[rules.disable]]\nrule = 'a'\nreason = ' '",
         ['$.rules.disable[0]: "reason" is empty; every report lists why a rule was changed']),
        ("[[rules.regrade]]\nrule = 'a'\nreason = 'b'\ngrade = 'inof'",
         ['$.rules.regrade[0]: "grade" is "inof", expected one of info, suspect, violation; did you mean "info"?']),
        ("[[rules.allow]]\nrule = 'a'\nreason = 'b'\nterms = ['']",
         ['$.rules.allow[0]: "terms" holds an empty phrase, which would stand everywhere']),
        ("[rules]\ndisabel = []", ['[rules]: unknown field "disabel"; did you mean "disable"?']),
        ("[audit]\nstat = 'x'", ['[audit]: unknown field "stat"; did you mean "state"?']),
        ("[scan]\nworkers = 1.5\n[judge]\nsuspect = 'count'",
         ['[scan]: "workers" holds a number, a whole number was expected',
          '[judge]: unknown field "suspect"; did you mean "suspects"?']),
    ],
)  # fmt: skip
def test_complaints_about_a_pipeline(tmp_path: Path, text: str, expected: list[str]) -> None:
    """All of them, by file and table."""
    assert [f"p.toml: {one}" for one in expected] == complaints(read, tmp_path / "p.toml", text)


def test_a_pipeline_that_does_not_exist_is_one_complaint(tmp_path: Path) -> None:
    """And nothing is scanned."""
    with pytest.raises(Exception, match=r"p\.toml: the file cannot be read \(No such file or directory\)"):
        read(tmp_path / "p.toml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """Wherever the command is started; absolute ones stay."""
    path = tmp_path / "pipelines" / "p.toml"
    path.parent.mkdir()
    path.write_text(
        "[input]\npaths = ['../data', '/corpus']\nsources = 'sources.toml'\nraw_run = '../raw'\n"
        "[scan]\nrules = ['rules']\nout = 'run'\ndetectors = ['keywords', 'mine.py']\n"
    )
    here = path.parent
    expected = {
        "paths": (here / "../data", Path("/corpus")), "sources": here / "sources.toml", "raw_run": here / "../raw",
        "rules": (here / "rules",), "out": here / "run", "detectors": ("keywords", str(here / "mine.py")),
    }  # fmt: skip
    options = options_from({}, read(path))
    assert expected == {name: getattr(options, name) for name in expected}


def test_every_key_becomes_its_option(tmp_path: Path) -> None:
    """`[input]`, `[scan]`, `[judge]`, `[rules]` and the tables of detectors."""
    path = tmp_path / "p.toml"
    path.write_text(
        "[input]\ninclude = ['*.jsonl']\nexclude = ['x*']\ntext_column = 'content'\nsource_column = 'site'\n"
        "stage = 'raw'\nsample = 0.1\nseed = 7\n"
        "[scan]\nstandards = ['gbt-45654-2025']\nengine = 'local'\nworkers = 2\non_error = 'fail'\nas_of = '2026-01-31'\n"
        "[judge]\nsuspects = 'count'\nunscanned_max = 0.01\nuncovered_max = 1\naccept_uncovered = ['de']\n"
        "[[rules.disable]]\nrule = 'a'\nreason = 'why'\n"
        "[[rules.regrade]]\nrule = 'b'\nreason = 'why'\ngrade = 'info'\n"
        "[[rules.allow]]\nrule = 'c'\nreason = 'why'\nterms = ['x y', 'z z']\n"
        "[licensing]\ndeny = ['CC-BY-NC-4.0']\n"
    )
    expected = Options(
        include=("*.jsonl",), exclude=("x*",), text_column="content", source_column="site", stage="raw", sample=0.1, seed=7,
        standards=("gbt-45654-2025",), engine="local", workers=2, on_error="fail", as_of="2026-01-31",
        judge=JudgeSettings("count", 0.01, 1, ("de",)),
        edits=(
            RuleEdit(RuleChange("a", "disabled", "why")),
            RuleEdit(RuleChange("b", "regraded to info", "why"), grade=Grade.INFO),
            RuleEdit(RuleChange("c", "2 phrases allowed", "why"), allow=("x y", "z z")),
        ),
        detector_options={"licensing": {"deny": ["CC-BY-NC-4.0"]}},
    )  # fmt: skip
    assert expected == options_from({}, read(path))


def test_an_empty_pipeline_changes_nothing(tmp_path: Path) -> None:
    """Every key has the default of the command line."""
    path = tmp_path / "p.toml"
    path.write_text("")
    assert Options() == options_from({}, read(path))

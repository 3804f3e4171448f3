"""Measuring of the keyword rules, on small sets of the same shape as the outside data."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from benchmarks.accuracy import HARM, Alarm, gate, main, measure, toml_of
from corpus_guard.catalog.measured import Clean, Measured, Texts, read_measured
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.rules import read_rules
from corpus_guard.core.rule import Grade
from corpus_guard.options import Options
from corpus_guard.planning import keywords_digest, make_plan

CLEAN = "今天天气很好，我们去图书馆读书。"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Every set with two harmful texts, one of which a rule is sure to find, and a clean set with one false alarm."""
    found = next(
        rule.must_match[0] for rule in read_rules() if rule.detector == "keywords" and rule.grade == Grade.VIOLATION
    )
    for name, column in HARM.items():
        frame = pl.DataFrame({"text": [found, CLEAN, CLEAN], "label": [1, 1, 0], column: ["bad", "bad", ""]})
        write(tmp_path / "harm" / f"{name}.parquet", frame.with_columns(lang=pl.lit(name[:2])))
    texts = [f"13800138000 {found} 13800138000", *[CLEAN] * 600]
    clean = pl.DataFrame({"text": texts, "lang": ["zh"] * 601, "domain": ["wiki"] * 601})
    write(tmp_path / "clean" / "zh_some.parquet", clean)
    write(tmp_path / "clean" / "zh_law.parquet", clean.with_columns(domain=pl.lit("law")))
    return tmp_path


def write(path: Path, frame: pl.DataFrame) -> None:
    """Write a set where it is looked for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path)


def test_recall_and_false_alarms_are_counted(data: Path) -> None:
    """Half of the harmful texts are found in each set, no harmless one; each clean document counts for its domain."""
    figures, alarms = measure(data, "2026-01-31")
    assert [(0.5, 0.5)] * len(HARM) == [figures.recall(name) for name in HARM]
    assert [(0.0, 0.0)] * len(HARM) == [figures.false_positives(name) for name in HARM]
    assert [Clean("statutes", "zh", 601, 1, 1), Clean("wiki", "zh", 601, 1, 1)] == list(figures.clean)
    assert {1} == {one.violation for one in figures.alarms if one.grade == "violation"}
    assert all("138" not in one.example for one in alarms)


def test_the_figures_come_back_as_they_were_written(data: Path) -> None:
    """rules/measured.toml holds all of them, with the digest of the keyword rules of any scan, and no text."""
    figures, _ = measure(data, "2026-01-31")
    (data / "measured.toml").write_text(toml_of(figures), encoding="utf-8")
    assert figures == read_measured(data / "measured.toml")
    assert keywords_digest(make_plan(Options())) == figures.rules
    assert CLEAN not in toml_of(figures)


def test_the_figures_are_no_part_of_the_rules_they_are_of() -> None:
    """No rule is read from the file, so that writing it changes no digest."""
    assert not any(rule.file.endswith("measured.toml") for rule in read_rules())
    shipped = shipped_rules() / "measured.toml"
    assert not shipped.is_file() or tomllib.loads(shipped.read_text(encoding="utf-8"))["rules"]


def test_one_command_measures_writes_and_judges(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One violation in 601 clean documents is more than 1 in 1,000; statutes are no ground for complaint."""
    out = data / "measured.toml"
    code = main(["--data", str(data), "--out", str(out), "--as-of", "2026-01-31"])
    said = capsys.readouterr()
    assert (1, "2026-01-31") == (code, tomllib.loads(out.read_text(encoding="utf-8"))["measured"])
    assert "violations in 1 of 601 clean documents of wiki, more than 1 in 1,000" in said.err
    assert "statutes" not in said.err
    assert "138" not in said.out


def test_missing_data_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, and no file of figures."""
    assert 2 == main(["--data", str(tmp_path), "--out", str(tmp_path / "measured.toml")])
    assert f"{tmp_path / 'harm' / next(iter(HARM))}.parquet is missing; give the folder" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("clean", "alarms", "expected"),
    [
        ([("wiki", 2000)], [("wiki", "r", True)] * 2, 0),
        ([("wiki", 2000)], [("wiki", "r", True)] * 3, 1),
        ([("wiki", 2000)], [("wiki", "r", False)] * 30, 0),
        ([("wiki", 2000)], [("wiki", "r", True)] * 2 + [("wiki", "s", True)] * 2, 0),
        ([("wiki", 1000), ("novel", 400), ("speech", 400)], [("novel", "r", True)], 1),
        ([("novel", 400), ("speech", 499), ("mail", 200)], [("novel", "r", True)], 0),
        ([("novel", 400), ("speech", 499), ("mail", 200)], [("novel", "r", True), ("mail", "r", True)], 1),
        ([("statutes", 520)], [("statutes", "r", True)] * 9, 0),
    ],
)
def test_a_rule_may_be_wrong_once_in_a_thousand(
    clean: list[tuple[str, int]], alarms: list[tuple[str, str, bool]], expected: int
) -> None:
    """In each domain by itself, small ones together; suspects and statutes never count."""
    known = Measured("", "", "", clean=tuple(Clean(domain, "zh", size, 0, 0) for domain, size in clean))
    assert expected == len(gate(known, [Alarm(*one, "") for one in alarms]))


def test_a_language_is_the_mean_of_its_sets() -> None:
    """However many categories a set has, it counts as much as another."""
    texts = [("a", "x", 10, 0), ("a", "y", 10, 10), ("b", "z", 10, 1)]
    known = Measured(
        "", "", "", texts=tuple(Texts(name, "zh", kind, True, size, 0, found) for name, kind, size, found in texts)
    )
    assert (0.0, 0.3) == known.language_recall("zh")
    assert None is known.language_recall("en")
    assert None is known.false_positives("a")


def test_one_set_is_measured_by_itself(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Figures of a part are printed and not written, since they would stand for the whole."""
    out = data / "measured.toml"
    assert 0 == main(["--data", str(data), "--out", str(out), "--set", "en_hatecheck"])
    said = capsys.readouterr().out
    assert "en_hatecheck" in said
    assert "en_davidson_half" not in said
    assert not out.exists()
    assert 2 == main(["--data", str(data), "--out", str(out), "--set", "en_hatechek"])
    assert "en_hatechek" in capsys.readouterr().err

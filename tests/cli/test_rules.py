"""`corpus-guard rules`: counts, lists that come in and go out."""

from __future__ import annotations

import csv
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from corpus_guard.catalog.standards import read_standard
from corpus_guard.cli.app import app
from corpus_guard.errors import UsageError

ANNEX = ["关键词", "一级分类", "二级分类"]


def run(*words: str | Path) -> Result:
    """Run `corpus-guard rules` with *words*."""
    return CliRunner().invoke(app, ["rules", *map(str, words)])


def checked(*words: str | Path) -> dict[str, Any]:
    """Return what `rules check --json` prints."""
    facts: dict[str, Any] = json.loads(run("check", "--json", *words).stdout)
    return facts


def rule_file(folder: Path, terms: Sequence[str], updated: str = "2026-01-01", risk: str = "A.1.a") -> Path:
    """Write a rule of *terms* and return its folder."""
    folder.mkdir()
    listed = ", ".join(f"'{term}'" for term in terms)
    (folder / "own.toml").write_text(
        f"detector = 'keywords'\n[[rule]]\nid = 'own'\ntitle = 't'\ngrade = 'suspect'\nrisk = '{risk}'\nupdated = '{updated}'\n"
        f"terms = [{listed}]\nmust_match = ['{terms[0]}', '{terms[0]}']\nmust_not_match = ['天气', '图书馆']\n",
        encoding="utf-8",
    )
    return folder


def workbook(path: Path, *rows: Sequence[Any]) -> Path:
    """Write *rows* to the first sheet of a workbook."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_counts_name_every_risk() -> None:
    """All 31 risks are there, also those without a keyword, and the sums agree."""
    facts = checked("--as-of", "2026-01-31")
    assert [risk.id for risk in read_standard("tc260-003-2024").risks] == list(facts["by_risk"])
    assert facts["total"] <= sum(facts["by_risk"].values()) == facts["total_by_risk"] <= facts["raw"]
    assert facts["total"] == facts["literals"] + facts["templates"]


def test_own_rules_are_counted_with_the_shipped_ones(tmp_path: Path) -> None:
    """Two terms more are two more in all and for their risk."""
    own = rule_file(tmp_path / "own", ["样例词语甲乙", "样例词语丙丁"])
    before, after = checked(), checked("--rules", own)
    assert (2, 2) == (after["total"] - before["total"], after["by_risk"]["A.1.a"] - before["by_risk"]["A.1.a"])


def test_a_count_that_falls_short_is_exit_1() -> None:
    """The exit code follows the shortfalls, and each is a sentence for people."""
    facts, done = checked("--as-of", "2026-01-31"), run("check", "--as-of", "2026-01-31")
    assert (1 if facts["shortfalls"] else 0) == done.exit_code
    assert len(facts["shortfalls"]) == done.stdout.count("falls short: ")


def test_an_old_library_is_a_warning_and_an_error_when_strict() -> None:
    """More than seven days after the newest update, stderr says so; --strict makes it exit 1."""
    newest = checked()["newest_update"]
    assert "" == run("check", "--as-of", newest).stderr
    assert run("check", "--as-of", "2099-01-01").stderr.startswith("warning: the newest keyword rule was updated on ")
    strict = run("check", "--strict", "--as-of", "2099-01-01")
    assert (1, True) == (strict.exit_code, strict.stderr.startswith("error: "))


def test_what_is_no_date_is_refused() -> None:
    """--as-of takes a day of the calendar."""
    assert isinstance(run("check", "--as-of", "soon").exception, UsageError)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_an_annex_holds_every_counted_phrase_with_its_risk(tmp_path: Path, suffix: str) -> None:
    """As many rows as `rules check` counts for each risk, under the Chinese titles of group and risk."""
    file = tmp_path / f"annex{suffix}"
    done = run("export", file)
    rows = table(file)
    titles = {risk.zh: risk.id for risk in read_standard("tc260-003-2024").risks}
    counts = {name: sum(titles[row[2]] == name for row in rows[1:]) for name in titles.values()}
    assert (0, ANNEX, checked()["by_risk"]) == (done.exit_code, rows[0], counts)
    assert {"包含违反社会主义核心价值观的内容", "包含歧视性内容"} <= {row[1] for row in rows[1:]}


def table(file: Path) -> list[list[str]]:
    """Return the cells of an annex."""
    if file.suffix == ".csv":
        return list(csv.reader(file.open(encoding="utf-8-sig", newline="")))
    return [[str(value) for value in row] for row in CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_no_cell_starts_a_formula_and_terms_come_back(tmp_path: Path, suffix: str) -> None:
    """Terms that begin like formulas are guarded on the way out and whole again on the way in."""
    terms = ["=cmd|calc", "+样例词语", "-样例词语甲", "@样例词语乙", '样例,词"语']
    own, file = rule_file(tmp_path / "own", terms), tmp_path / f"annex{suffix}"
    run("export", file, "--rules", own, "--risk", "A.1.a")
    cells = [row[0] for row in table(file)[1:]]
    assert [] == [one for one in cells if one.startswith(("=", "+", "-", "@"))]
    done = run("import", file, "--out", tmp_path / "back")
    assert (3, "5 terms written") == (done.exit_code, done.stdout[:15])
    assert (0, "1 rule tested, 0 examples do not behave\n") == (
        run("test", tmp_path / "back").exit_code,
        run("test", tmp_path / "back").stdout,
    )


def test_an_export_elsewhere_is_refused(tmp_path: Path) -> None:
    """Only .xlsx and .csv are written, and nothing else is left behind."""
    assert isinstance(run("export", tmp_path / "annex.docx").exception, UsageError)
    assert [] == list(tmp_path.iterdir())


def test_a_list_gives_each_term_its_own_risk(tmp_path: Path) -> None:
    """Without --risk the titles or ids of 二级分类 count; a row without a known one is dropped and counted."""
    file = workbook(
        tmp_path / "annex.xlsx", ["关键词库"], ANNEX,
        ["样例词语甲", "x", "宣扬民族仇恨"], ["样例词语乙", "x", "A.2.d"], ["样例词语丙", "x", "别的"], [12345678, "x", "地域歧视 内容"], ["", "", ""],
    )  # fmt: skip
    done = run("import", file, "--out", tmp_path / "own")
    assert (3, 1) == (done.exit_code, done.stderr.count("dropped 1: a term whose 二级分类 names no risk"))
    before, after = checked()["by_risk"], checked("--rules", tmp_path / "own")["by_risk"]
    assert {"A.1.e": 1, "A.2.d": 2} == {
        risk: after[risk] - before[risk] for risk in after if after[risk] != before[risk]
    }


def test_a_named_risk_goes_before_what_the_list_says(tmp_path: Path) -> None:
    """--risk is for every term."""
    file = workbook(tmp_path / "annex.xlsx", ANNEX, ["样例词语甲", "x", "宣扬民族仇恨"])
    assert 0 == run("import", file, "--risk", "A.1.h", "--out", tmp_path / "own").exit_code
    assert 'risk = "A.1.h"' in (tmp_path / "own" / "annex-a.1.h.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.xlsx", b"no workbook"), ("a.csv", "词\n甲乙\n".encode()), ("a.doc", b""), ("b.xlsx", None), ("a.txt", b"\xff\xff\xff"), ("c.csv", b"")],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path, name: str, data: bytes | None) -> None:
    """Broken, absent, without the column, of another kind: one sentence, and nothing is written."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    done = run("import", tmp_path / name, "--risk", "A.1.h", "--out", tmp_path / "own")
    assert isinstance(done.exception, UsageError)
    assert str(tmp_path / name) in str(done.exception)
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_lists_come_in_several_encodings(tmp_path: Path, encoding: str) -> None:
    """The encodings that spreadsheets and editors in China write."""
    (tmp_path / "words.csv").write_text("关键词,备注\n样例词语甲乙,x\n", encoding=encoding)
    done = run("import", tmp_path / "words.csv", "--risk", "A.1.h", "--out", tmp_path / "own")
    assert (0, "1 term ") == (done.exit_code, done.stdout[:7])


def test_a_long_list_is_taken_in_seconds(tmp_path: Path) -> None:
    """200,000 lines of GBK: what was dropped is counted by reason, and nothing is lost."""
    draw = random.Random(7)
    letters = [bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFE)]
    lines = ["".join(draw.choices(letters, k=6)) for _ in range(199_000)] + ["字"] * 400 + ["样例重复词语"] * 600
    (tmp_path / "long.txt").write_text("\n".join(lines), encoding="gbk")
    began = time.monotonic()
    done = run("import", tmp_path / "long.txt", "--risk", "A.1.h", "--out", tmp_path / "own")
    seconds = time.monotonic() - began
    dropped = {line.partition(": ")[2]: int(line.split()[1].rstrip(":")) for line in done.stderr.splitlines()}
    assert 3 == done.exit_code
    assert 400 == dropped["a term of fewer than two characters"]
    assert 599 <= dropped["a term that folds to an earlier one"] < 1_000
    assert 200_000 == int(done.stdout.split()[0]) + sum(dropped.values())
    assert seconds < 20


def test_rules_of_a_risk_or_a_group_are_listed() -> None:
    """A group has the rules of all its risks; what is neither is refused."""
    one, group = (json.loads(run("list", "--risk", name, "--json").stdout) for name in ("A.1.f", "A.1"))
    assert {"A.1.f"} == {rule["risk"] for rule in one}
    assert len(one) < len(group)
    assert isinstance(run("list", "--risk", "A.9").exception, UsageError)

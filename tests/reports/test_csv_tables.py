"""CSV files open safely in a spreadsheet and come back as they were."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.reports.csv_tables import cell, read_rows, unguarded, write_csv

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("'=+-@\t\r\n\",＝a")


@pytest.mark.parametrize("start", STARTS)
def test_no_cell_starts_a_formula(start: str) -> None:
    """What a spreadsheet would calculate gets an apostrophe in front, and loses it again."""
    assert f"'{start}SUM(A1)" == cell(f"{start}SUM(A1)")
    assert f"{start}SUM(A1)" == unguarded(cell(f"{start}SUM(A1)"))


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("", None), ("", ""), ("true", True), ("false", False), ("0", 0), ("1148385", 1_148_385), ("0.05", 0.05), ("0", 0.0), ("0.3333333333", 1 / 3),
        ("0.3", 0.1 + 0.2), ("1e-07", 1e-7), ("'x", "'x"), ("a=b", "a=b"), (" =x", " =x"), ("''=x", "'=x"), ("中文", "中文"),
    ],
)  # fmt: skip
def test_values_as_cells(shown: str, value: Any) -> None:
    """None is empty, numbers are short and the same on every machine, harmless text stays as it is."""
    assert shown == cell(value)


@given(TEXTS)
def test_the_guard_comes_off_again(text: str) -> None:
    """Any text is guarded where it must be, and is itself again without its guard."""
    assert not cell(text).startswith(STARTS)
    assert text == unguarded(cell(text))


def test_the_file_as_bytes(tmp_path: Path) -> None:
    """A byte order mark, one line feed a row, quotes only where they are needed, missing keys are empty."""
    path = tmp_path / "table.csv"
    write_csv(path, ("source", "n", "rate"), [{"source": '说 "a", b', "n": 3, "rate": 0.25}, {"source": "=x"}])

    assert '\ufeffsource,n,rate\n"说 ""a"", b",3,0.25\n\'=x,,\n'.encode() == path.read_bytes()


@pytest.mark.parametrize("text", ["a\r=cmd()", "a\n=cmd()", "a\r\n=cmd()", 'a",=cmd()', "a,=cmd()"])
def test_a_cell_never_breaks_out(tmp_path: Path, text: str) -> None:
    """Line ends, commas and quotes stay inside their cell, so that none can begin another one with a formula."""
    path = tmp_path / "table.csv"
    write_csv(path, ("source", "n"), [{"source": text, "n": 1}])

    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [["source", "n"], [text, "1"]] == list(csv.reader(file))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_rows_come_back(pairs: list[tuple[str, str]]) -> None:
    """What was written is read again, by the project itself and, still guarded, by polars."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_csv(
            path, ("n", "source", "reason"), [{"n": n, "source": a, "reason": b} for n, (a, b) in enumerate(pairs)]
        )
        rows = [(row["source"], row["reason"]) for row in read_rows(path)]
        frame = pl.read_csv(path, infer_schema=False)

    assert pairs == rows
    assert ["n", "source", "reason"] == frame.columns
    assert pairs == [(unguarded(a or ""), unguarded(b or "")) for _, a, b in frame.iter_rows()]


def test_numbers_come_back_through_polars(tmp_path: Path) -> None:
    """Counts and rates keep their types, and what no detector counted is null, not 0."""
    path = tmp_path / "table.csv"
    write_csv(
        path, ("n", "rate", "copies"), [{"n": 400, "rate": 0.0475, "copies": None}, {"n": 0, "rate": 0.0, "copies": 3}]
    )

    assert [(400, 0.0475, None), (0, 0.0, 3)] == pl.read_csv(path).rows()


def test_a_cell_may_be_long(tmp_path: Path) -> None:
    """A source is named by a column of the corpus, which may hold anything."""
    path = tmp_path / "table.csv"
    write_csv(path, ("source",), [{"source": "长" * 200_000}])

    assert [{"source": "长" * 200_000}] == list(read_rows(path))


def test_a_fault_leaves_the_earlier_file(tmp_path: Path) -> None:
    """A table that breaks off while it is written takes the place of nothing and leaves nothing behind."""
    path = tmp_path / "table.csv"
    write_csv(path, ("n",), [{"n": 1}])

    def broken() -> Iterator[dict[str, int]]:
        yield {"n": 2}
        raise KeyError("n")

    with pytest.raises(KeyError):
        write_csv(path, ("n",), broken())

    assert [{"n": "1"}] == list(read_rows(path))
    assert [path] == list(tmp_path.iterdir())

"""Dated runs: names, history, and which may go."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from corpus_guard.audit.nights import HISTORY, Nights
from corpus_guard.reports.csv_tables import read_rows
from corpus_guard.reports.tables import SUMMARY


def run(out: Path, name: str, number: int, verdict: str = "PASS") -> Path:
    """Write as much of a run of an audit as the folder of nights looks at."""
    folder = out / name
    folder.mkdir(parents=True)
    (folder / "audit.json").write_text(json.dumps({"number": number, "verdict": verdict}))
    (folder / "run.json").write_text("{}")
    cells = {"source": "web", "shards": "1", "documents": str(number), "illegal_rate": "0.25", "verdict": verdict}
    text = ",".join(SUMMARY) + "\n" + ",".join(cells.get(name, "") for name in SUMMARY) + "\n"
    (folder / "summary.csv").write_text(text, encoding="utf-8-sig")
    return folder


def test_names_are_days_with_numbers(tmp_path: Path) -> None:
    """The first of a day has none."""
    nights = Nights(tmp_path)
    names = []
    for number in range(3):
        names.append(nights.free_name("2026-01-31"))
        run(tmp_path, names[-1], number)
    assert ["2026-01-31", "2026-01-31-2", "2026-01-31-3"] == names


def test_the_order_is_that_of_numbers(tmp_path: Path) -> None:
    """Whatever days runs bear; drafts, scans and unfinished runs are none of them."""
    for number, name in enumerate(["2026-01-31", "2025-12-31", "2026-01-31-10", "2026-01-31-2"], 1):
        run(tmp_path, name, number)
    (run(tmp_path, "2026-02-01", 9) / "run.json").unlink()
    run(tmp_path, "_draft", 10)
    (tmp_path / "scan").mkdir()
    expected = ["2026-01-31", "2025-12-31", "2026-01-31-10", "2026-01-31-2"]
    assert expected == [folder.name for _, folder, _ in Nights(tmp_path).complete()]
    assert tmp_path / "2025-12-31" == Nights(tmp_path).last("2025-12-31")
    assert tmp_path / "2026-01-31-2" == Nights(tmp_path).last("2020-01-01")


@pytest.mark.parametrize(
    ("verdicts", "keep", "stays"),
    [
        ("PPP", 0, "123"), ("PPP", 5, "123"), ("PPPP", 2, "34"), ("FPFFF", 2, "245"), ("FFFF", 1, "4"), ("PFFI", 1, "14"),
    ],
)  # fmt: skip
def test_the_last_that_passed_never_goes(tmp_path: Path, verdicts: str, keep: int, stays: str) -> None:
    """However old it is; of the others the last ones stay, and the history keeps all."""
    words = {"P": "PASS", "F": "FAIL", "I": "INCONCLUSIVE"}
    for number, letter in enumerate(verdicts, 1):
        run(tmp_path, f"2026-01-{number:02d}", number, words[letter])
    nights = Nights(tmp_path)
    nights.write_history([])
    nights.remove_old(keep)
    nights.write_history([])
    assert stays == "".join(str(number) for number, _, _ in nights.complete())
    assert len(verdicts) == len(list(read_rows(tmp_path / "history.csv")))


def test_the_history_has_a_row_a_night_a_source(tmp_path: Path) -> None:
    """As text for spreadsheets and typed for everything else."""
    run(tmp_path, "2026-01-30", 1)
    run(tmp_path, "2026-01-31", 2)
    Nights(tmp_path).write_history([])
    Nights(tmp_path).write_history([])
    assert ["2026-01-30", "2026-01-31"] == [row["night"] for row in read_rows(tmp_path / "history.csv")]
    frame = pl.read_parquet(tmp_path / "history.parquet")
    assert ([*HISTORY], pl.Int64(), [1, 2]) == (frame.columns, frame.schema["documents"], frame["documents"].to_list())


@pytest.mark.parametrize("damage", ["night,source\nx,y\n", "\xff\x00", 'night\n"', "night,documents\n2026,many\n"])
def test_a_damaged_history_is_kept_and_written_anew(tmp_path: Path, damage: str) -> None:
    """From the runs that there are."""
    run(tmp_path, "2026-01-31", 1)
    (tmp_path / "history.csv").write_text(damage, encoding="latin-1")
    notes: list[str] = []
    Nights(tmp_path).write_history(notes)
    assert (1, 1) == (len(notes), len(list(read_rows(tmp_path / "history.csv"))))
    assert damage == (tmp_path / "history.damaged.csv").read_text(encoding="latin-1")

"""Duplicates where input is bad, memory short, the disk full, or the program stopped between two stages."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import corpus_guard as cg
from corpus_guard.duplicates import components
from tests.corpora import DAY, digests, json_lines, program

LETTERS = [chr(code) for code in range(0x4E00, 0x5E00)]
KINDS = ["exact_duplicates", "near_duplicates"]


def author(seed: int, length: int = 300) -> str:
    """A text like no other."""
    return "".join(random.Random(seed).choices(LETTERS, k=length))


def corpus(folder: Path, count: int = 60) -> Path:
    """Texts in pairs that differ by a character, and some copies."""
    texts = [author(number // 2)[:200] + str(number) + author(number // 2)[200:] for number in range(count)]
    json_lines(folder / "a.jsonl", [{"text": text} for text in texts[: count // 2]])
    json_lines(folder / "b.jsonl", [{"text": text} for text in [*texts[count // 2 :], *texts[:5]]])
    return folder


def scan(data: Path, out: Path, **options: Any) -> cg.Run:
    """Scan for duplicates alone."""
    return cg.scan(data, out=out, **{"detectors": KINDS, "as_of": DAY, "workers": 1} | options)


def test_many_copies_of_one_text_are_one_group(tmp_path: Path) -> None:
    """More than are written at once: one leads, all others are copies, and memory holds no text of theirs."""
    (tmp_path / "data").mkdir()
    texts = pa.array([author(1)]).take(pa.array([0] * 120_000))
    pq.write_table(pa.table({"text": texts}), tmp_path / "data" / "a.parquet")
    run = scan(tmp_path / "data", tmp_path / "run")
    table = pl.read_parquet(tmp_path / "run" / "duplicates.parquet")

    assert [119_999] == run.summary["exact_duplicate_documents"].to_list()
    assert (1, 1) == (table["group"].n_unique(), int(table["representative"].sum()))
    assert list(range(120_000)) == table["row"].to_list()


def test_versions_of_a_long_document_are_found(tmp_path: Path) -> None:
    """A million characters, of which one differs."""
    text = author(1, 1_000_000)
    data = json_lines(tmp_path / "a.jsonl", [{"text": text}, {"text": text[:500] + "改" + text[501:]}])
    run = scan(data, tmp_path / "run")

    assert [1] == run.summary["near_duplicate_documents"].to_list()


@pytest.mark.parametrize("rows", [0, 3])
def test_a_corpus_without_a_text_has_no_duplicates(tmp_path: Path, rows: int) -> None:
    """Also with an index, with works, and with lines to count."""
    (tmp_path / "data").mkdir()
    pq.write_table(pa.table({"text": pa.array([""] * rows, pa.string())}), tmp_path / "data" / "a.parquet")
    exam = json_lines(tmp_path / "exam.jsonl", [{"text": author(1)}])
    options = {"index": tmp_path / "index", "against": [exam], "repetition": True}
    for out in ("first", "second"):
        run = scan(tmp_path / "data", tmp_path / out, **options)

    assert 0 == sum(
        len(pl.read_parquet(tmp_path / out / name)) for name in ("duplicates.parquet", "known_duplicates.parquet")
    )
    assert 0 == run.facts["contamination"]["found"]


STAGES = [
    "corpus_guard.duplicates.exact_groups.GroupExact.__call__",
    "corpus_guard.duplicates.near_pairs.FindPairs.__call__",
    "corpus_guard.duplicates.near_pairs.VerifyPairs.__call__",
    "corpus_guard.duplicates.components._SmallStar.__call__",
    "corpus_guard.duplicates.near_groups.GroupNear.__call__",
    "corpus_guard.finishing.write_duplicates",
    "corpus_guard.finishing.repetition_rows",
]


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_that_stops_between_two_stages_goes_on(
    tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resumed, it ends with the same bytes; nothing is scanned twice."""
    data = corpus(tmp_path / "data")
    monkeypatch.setattr(components, "PAIRS_AT_ONCE", 10)

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(stage, stopped)
        with pytest.raises(KeyboardInterrupt):
            scan(data, tmp_path / "run", repetition=True)
    assert not (tmp_path / "run" / "run.json").exists()
    scan(data, tmp_path / "run", repetition=True, resume=True)
    scan(data, tmp_path / "whole", repetition=True)

    assert digests(tmp_path / "whole") == digests(tmp_path / "run")
    assert (tmp_path / "whole" / "repetition.csv").read_bytes() == (tmp_path / "run" / "repetition.csv").read_bytes()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_fills_up_ends_the_run_with_a_sentence(small_disk: Path, tmp_path: Path) -> None:
    """What was done is kept; with room, the run goes on and ends as if nothing had happened."""
    data = corpus(tmp_path / "data", 2_000)
    words = ["--detector", "exact_duplicates", "--detector", "near_duplicates", "--workers", "1", "--as-of", DAY]
    (small_disk / "ballast").write_bytes(bytes(2_500_000))
    done = program("scan", data, "--out", small_disk / "run", *words, "--index", small_disk / "index")

    assert 70 == done.returncode
    assert 1 == len(done.stderr.strip().splitlines())
    assert "No space left on device" in done.stderr
    assert not (small_disk / "run" / "run.json").exists()
    assert not (small_disk / "index" / "index.json").exists()
    (small_disk / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    done = program("scan", data, "--out", small_disk / "run", *words, "--index", small_disk / "index", "--resume")
    scan(data, tmp_path / "whole")

    assert 3 == done.returncode, "two detectors alone judge nothing"
    assert digests(tmp_path / "whole") == digests(small_disk / "run")

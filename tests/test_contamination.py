"""Evaluation sets and protected works inside a corpus, from end to end."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_guard as cg
from tests.conftest import Done
from tests.corpora import DAY, digests, json_lines, pipeline, program, rows

LETTERS = [chr(code) for code in range(0x4E00, 0x5E00)]


def author(seed: int, length: int = 300) -> str:
    """A text like no other."""
    return "".join(random.Random(seed).choices(LETTERS, k=length))


QUESTIONS = [
    {"id": f"q{number}", "question": author(number, 40), "answer": author(number + 50, 9)} for number in range(20)
]
NOVEL = author(99, 20_000)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two sources; a question stands in one, the novel in parts of 1,000 characters in the other, every second part."""
    asked = QUESTIONS[7]["question"] + "答案是" + QUESTIONS[7]["answer"]
    json_lines(
        tmp_path / "data" / "web" / "a.jsonl",
        [{"text": author(201)}, {"id": "x", "text": author(202) + asked + author(203)}],
    )
    parts = [NOVEL[start : start + 1_000] for start in range(0, 20_000, 2_000)]
    json_lines(tmp_path / "data" / "books" / "b.jsonl", [{"text": text} for text in [author(204), *parts]])
    return tmp_path / "data"


@pytest.fixture
def exam(tmp_path: Path) -> Path:
    """An evaluation set of twenty questions and one that is too short."""
    return json_lines(tmp_path / "exam.jsonl", [*QUESTIONS, {"id": "short", "question": "好", "answer": "是"}])


def scan(data: Path, out: Path, **options: Any) -> cg.Run:
    """Scan with few detectors."""
    return cg.scan(data, out=out, detectors=["exact_duplicates", "near_duplicates"], as_of=DAY, **options)


def test_a_question_in_a_document_is_told_with_its_place(corpus: Path, exam: Path, tmp_path: Path) -> None:
    """Which question, in which document, and how much of it."""
    run = scan(corpus, tmp_path / "run", against=[exam])
    table = pl.read_parquet(tmp_path / "run" / "contamination.parquet")
    row = table.row(0, named=True)

    assert 1 == len(table)
    assert ("exam.jsonl", 7, "q7") == (row["against"], row["work_row"], row["work_id"])
    assert ("web", "web/a.jsonl", 1, "x") == (row["source"], row["shard"], row["row"], row["document_id"])
    assert (1.0, 40) == (row["share_of_work"], row["longest"])
    assert 0 < row["share_of_document"] < 0.1
    assert "1 of 21 works stand in 1 documents" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    counted = run.facts["contamination"]
    assert {"web": 1} == counted["sources"]
    assert (21, 1, 1, 1) == tuple(counted[name] for name in ("works", "too_short", "found", "documents"))


def test_it_is_apart_from_duplicates_and_verdicts(corpus: Path, exam: Path, tmp_path: Path) -> None:
    """No other table changes by a byte, and no digest of rules."""
    plain, compared = scan(corpus, tmp_path / "plain"), scan(corpus, tmp_path / "run", against=[exam])

    assert digests(tmp_path / "plain") == digests(tmp_path / "run")
    assert plain.facts["digests"]["rules"] == compared.facts["digests"]["rules"]
    assert not (tmp_path / "plain" / "contamination.csv").exists()
    assert 'id="contamination"' not in (tmp_path / "plain" / "report.html").read_text(encoding="utf-8")
    assert "contamination" not in plain.facts


def test_a_novel_in_parts_adds_up(corpus: Path, tmp_path: Path, command_line: Callable[..., Done]) -> None:
    """The table of works says how much of it stands in the whole corpus; each document has its own length and share."""
    (tmp_path / "novel.txt").write_text(
        "\n".join(NOVEL[at : at + 100] for at in range(0, 20_000, 100)), encoding="utf-8"
    )
    done = command_line("works", "index", tmp_path / "novel.txt", "--out", tmp_path / "works.index")
    scan(corpus, tmp_path / "run", against=[tmp_path / "works.index"])
    (work,) = rows(tmp_path / "run", "contamination.csv")
    table = pl.read_parquet(tmp_path / "run" / "contamination.parquet")

    assert (0, "corpus-guard: 1 work") == (done.code, done.err.strip())
    assert NOVEL[:20].encode() not in (tmp_path / "works.index").read_bytes()
    assert ("novel.txt", "10", "books", "1000") == tuple(
        work[name] for name in ("work", "documents", "sources", "longest")
    )
    assert 0.49 < float(work["share_of_work"]) <= 0.5
    assert [1_000] * 10 == table["characters"].to_list()
    assert all(0.049 < share < 0.05 for share in table["share_of_work"])


def test_near_verbatim_overlap_is_reported(tmp_path: Path) -> None:
    """A part of a work with every thirtieth character replaced: no long stretch, but most of the document."""
    part = "".join("改" if place % 30 == 0 else letter for place, letter in enumerate(NOVEL[:900]))
    data = json_lines(tmp_path / "data" / "a.jsonl", [{"text": part}, {"text": author(3)}])
    json_lines(tmp_path / "novel.jsonl", [{"text": NOVEL}])
    scan(data, tmp_path / "run", against=[tmp_path / "novel.jsonl"])
    row = pl.read_parquet(tmp_path / "run" / "contamination.parquet").row(0, named=True)

    assert (0, 29) == (row["row"], row["longest"])
    assert row["characters"] > 800
    assert row["share_of_document"] > 0.7


@pytest.mark.parametrize("options", [{"workers": 2}, {"batch_bytes": 500}, {"split_bytes": 300}])
def test_tables_do_not_depend_on_how_the_work_was_cut(
    corpus: Path, exam: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    """Workers, batches and splits change no byte."""
    scan(corpus, tmp_path / "one", against=[exam])
    scan(corpus, tmp_path / "other", against=[exam], **options)

    for name in ("contamination.parquet", "contamination.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_pipeline_names_what_to_compare_with(corpus: Path, exam: Path, tmp_path: Path) -> None:
    """Paths are relative to the file; the table of the detector says from how much on."""
    text = f'[scan]\nagainst = ["{exam.name}"]\n[contamination]\nleast_share = 1.0\nleast_ideographs = 300\n'
    file = pipeline(tmp_path, text)

    assert 1 == scan(corpus, tmp_path / "run", pipeline=str(file)).facts["contamination"]["found"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[contamination]\nleast_share = 0\n", "give a share above 0"),
        ("[contamination]\nleast_letters = 0.5\n", "give a number of characters"),
        ("[contamination]\nleast = 1\n", "did you mean"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    corpus: Path, exam: Path, tmp_path: Path, text: str, said: str, command_line: Callable[..., Done]
) -> None:
    """Before anything is scanned."""
    file = pipeline(tmp_path, text)
    done = command_line("scan", corpus, "--pipeline", file, "--against", exam, "--out", tmp_path / "run")

    assert 2 == done.code
    assert said in done.err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("exam.jsonl", b'{"question": "x"}\n{"quest', "malformed JSON"),
        ("exam.bin", b"\x00\x01\x02", "cannot be compared with"),
        ("works.index", b"no index", "is no index of works"),
        ("exam.jsonl", b'{"text": ""}\n', "nothing to compare with"),
    ],
)
def test_what_cannot_be_read_cannot_be_looked_for(
    corpus: Path, tmp_path: Path, name: str, content: bytes, said: str, command_line: Callable[..., Done]
) -> None:
    """The scan is refused with one sentence, and nothing is written."""
    (tmp_path / name).write_bytes(content)
    done = command_line("scan", corpus, "--against", tmp_path / name, "--out", tmp_path / "run")

    assert 2 == done.code
    assert 1 == len(done.err.strip().splitlines())
    assert said in done.err
    assert not (tmp_path / "run").exists()


def test_an_interrupted_scan_goes_on_with_the_same_works_only(corpus: Path, exam: Path, tmp_path: Path) -> None:
    """Another set would leave half of the corpus compared with the one and half with the other."""
    (tmp_path / "run" / "_work").mkdir(parents=True)
    scan(corpus, tmp_path / "whole", against=[exam])
    other = json_lines(tmp_path / "other.jsonl", [{"text": author(5)}])
    words = ("scan", corpus, "--detector", "keywords", "--out", tmp_path / "run", "--resume", "--against")
    from corpus_guard.jobs import prepare

    job = prepare(paths=[corpus], detectors=["keywords"], against=[other])
    (tmp_path / "run" / "_work" / "identity.json").write_text(json.dumps(job.identity), encoding="utf-8")
    done = program(*words, exam)

    assert 2 == done.returncode
    assert "begun with other against" in done.stderr


def test_an_index_is_not_written_over_another(tmp_path: Path, command_line: Callable[..., Done]) -> None:
    """Unless that is asked for; a name that ends otherwise would be read as data."""
    (tmp_path / "novel.txt").write_text(NOVEL, encoding="utf-8")
    out = tmp_path / "works.index"
    codes = [
        command_line("works", "index", tmp_path / "novel.txt", "--out", out, *more).code
        for more in ([], [], ["--overwrite"])
    ]

    assert [0, 2, 0] == codes
    assert 2 == command_line("works", "index", tmp_path / "novel.txt", "--out", tmp_path / "works.bin").code
    (tmp_path / "short.txt").write_text("好", encoding="utf-8")
    assert (
        "nothing was written"
        in command_line("works", "index", tmp_path / "short.txt", "--out", tmp_path / "b.index").err
    )

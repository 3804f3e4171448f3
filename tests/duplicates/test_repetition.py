"""Lines and paragraphs that many documents share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import corpus_guard as cg
from tests.conftest import Done
from tests.corpora import DAY, digests, json_lines, pipeline, rows

HEAD = "首页 新闻 论坛 登录 注册"
FOOT = "版权所有，未经许可\n不得转载本站内容"


def scan(data: Path, out: Path, **options: Any) -> cg.Run:
    """Scan with one detector."""
    return cg.scan(data, out=out, **{"detectors": ["exact_duplicates"], "as_of": DAY, "repetition": True} | options)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Twelve pages with the same head and foot; three letters that share a line."""
    pages = [f"{HEAD}\r\n第{number}篇文章写的是别的事情{number * 7}\n\n{FOOT}" for number in range(12)]
    letters = [f"此致敬礼，谢谢您\n{name}写给你的一封信" for name in ("小明明", "小红红", "小刚刚")]
    json_lines(tmp_path / "data" / "web" / "a.jsonl", [{"text": text} for text in pages])
    json_lines(tmp_path / "data" / "post" / "b.jsonl", [{"text": text} for text in (*letters, "短", "", None)])
    return tmp_path / "data"


def shares(run: Path) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Characters, repeated ones and different repeated ones by source and kind."""
    return {
        (row["source"], row["kind"]): (row["characters"], row["repeated_characters"], row["repeated"])
        for row in rows(run, "repetition.csv")
    }


def test_what_many_documents_share_is_counted_by_source(corpus: Path, tmp_path: Path) -> None:
    """Lines by themselves, paragraphs of several lines as a whole; what few share is the document's own."""
    scan(corpus, tmp_path / "run")
    head, foot = len(HEAD), len(FOOT.replace("\n", ""))
    own = sum(len(f"第{number}篇文章写的是别的事情{number * 7}") for number in range(12))
    blocks = 12 * len(FOOT) + own + 12 * (head + 1)

    assert {
        ("web", "line"): (str(12 * (head + foot) + own), str(12 * (head + foot)), "3"),
        ("web", "paragraph"): (str(blocks), str(12 * len(FOOT)), "1"),
        ("post", "line"): (str(3 * 8 + 3 * 10), "0", "0"),
        ("post", "paragraph"): (str(3 * 8 + 3 * 10 + 3), "0", "0"),
    } == shares(tmp_path / "run")


def test_a_line_twice_in_a_document_is_of_one_document(tmp_path: Path) -> None:
    """All its characters count, but documents are what is counted."""
    data = json_lines(tmp_path / "a.jsonl", [{"text": "\n".join(["一二三四五六七八"] * 12)}])
    scan(data, tmp_path / "run")

    assert ("96", "0", "0") == shares(tmp_path / "run")["a", "line"]


@pytest.mark.parametrize("options", [{"workers": 2}, {"batch_bytes": 200}, {"split_bytes": 300}])
def test_counts_do_not_depend_on_how_the_work_was_cut(corpus: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    """Workers, batches and splits change no byte."""
    scan(corpus, tmp_path / "one")
    scan(corpus, tmp_path / "other", **options)

    assert [(tmp_path / name / "repetition.csv").read_bytes() for name in ("one",)] == [
        (tmp_path / name / "repetition.csv").read_bytes() for name in ("other",)
    ]


def test_it_is_off_unless_asked_for_and_changes_nothing_else(corpus: Path, tmp_path: Path) -> None:
    """Every other table is the same."""
    scan(corpus, tmp_path / "with")
    scan(corpus, tmp_path / "without", repetition=False)

    assert digests(tmp_path / "with") == digests(tmp_path / "without")
    assert not (tmp_path / "without" / "repetition.csv").exists()


def test_a_pipeline_says_from_how_many_on(corpus: Path, tmp_path: Path, command_line: Callable[..., Done]) -> None:
    """Also how short a line may be; what makes no sense is refused."""
    file = pipeline(tmp_path, "[scan]\nrepetition = true\n[repetition]\ndocuments = 3\n")
    run = scan(corpus, tmp_path / "run", repetition=None, pipeline=str(file))
    file.write_text("[scan]\nrepetition = true\n[repetition]\ndocuments = 0\n", encoding="utf-8")
    done = command_line("scan", corpus, "--out", tmp_path / "refused", "--pipeline", file)

    assert "24" == shares(run.path)["post", "line"][1]
    assert (2, True) == (done.code, "give a whole number of at least 1" in done.err)

"""What a run says is said in Chinese too, whole or not at all."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import polars as pl
import pytest

import corpus_guard as cg
import corpus_guard.reports.chinese as module
from corpus_guard.catalog.standards import read_standard
from corpus_guard.reports.chinese import chinese
from corpus_guard.reports.clauses import read_chapters
from corpus_guard.results import assess
from tests.corpora import json_lines

STANDARDS = ("tc260-003-2024", "gbt-45654-2025")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "1,234 of 20,000 documents (6.17 %) hold illegal or unhealthy content, limit 5 %: over the limit; 7 % if every suspect were confirmed.",
            "20,000 篇文档中有 1,234 篇（6.17 %）含违法不良信息，限值 5 %：超过限值；若疑似全部确认则为 7 %。",
        ),
        ("within the limit among what was read, but 12 documents were unscanned.", "已读部分未超过限值，但12 篇文档未扫描。"),
        ('the manifest gives no "url"; the manifest gives no "licence".', "清单没有写明“url”；清单没有写明“licence”。"),
        ('source "web" fails and was PASS last time', "来源“web”不通过，上次为 PASS"),
        ("the gzip stream is cut off here; copy the file again", "gzip 流在此处被截断；请重新复制文件"),
        ("a sentence of a later version", ""), ("within the limit or so", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_sentence_is_translated_whole_or_not_at_all(sentence: str, expected: str) -> None:
    """Half a sentence in another language would be worse than none."""
    assert expected == chinese(sentence)


@pytest.mark.parametrize("name", STANDARDS)
def test_everything_a_standard_asks_for_is_said_in_chinese(name: str) -> None:
    """Evidence wanted and notes, of every requirement."""
    standard = read_standard(name)
    said = {text for one in standard.requirements for text in (*one.evidence, one.note)} | {standard.note}

    assert [] == sorted(text for text in said - {""} if not chinese(text))


def test_the_reasons_of_a_run_are_said_in_chinese(tmp_path: Path) -> None:
    """With a manifest and without, also of sources that nobody declared and of shards that were not read."""
    json_lines(tmp_path / "data" / "web" / "a.jsonl", [{"text": "今天天气很好"}, {"text": "电话13800138000"}])
    (tmp_path / "data" / "books").mkdir()
    (tmp_path / "data" / "books" / "b.zzz").write_bytes(b"\0\1")
    (tmp_path / "sources.toml").write_text(
        "[[source]]\nid = 'web'\nname = 'web'\nkind = 'self_collected'\norigin = 'foreign'\nmatch = ['web/**']\n"
    )
    run = cg.scan(tmp_path / "data", out=tmp_path / "run")
    plain = _untold(run.path)
    assess(run.path, sources=tmp_path / "sources.toml", standards=STANDARDS)

    assert ([], []) == (plain, _untold(run.path))


def test_the_reasons_of_readers_are_said_in_chinese(tmp_path: Path) -> None:
    """Records of JSON, tables and web archives that cannot be read, and files that are something else."""
    broken = [
        b'{"text": 5}', b'{"text": true}', b'{"text": {"a": 1}}', b'{"text": ["a"]}', b"nonsense", b"[1]", b"null", b'"a"', b"1", b"\xff", b'{"text": "a", "text": "b"}',
        b'{"url": "a", "lang": "b"}', b"{}", b'{"messages": 5}', b'{"messages": [5]}', b'{"messages": [{"role": "a"}]}', b'{"text": "\\ud800"}',
        b'{"messages": [{"role": "a", "content": [{"type": "text"}]}]}', b'{"text": "a", "b": ' + b"[" * 2000 + b"]" * 2000 + b"}",
    ]  # fmt: skip
    files = {
        "a.jsonl": b"\n".join(broken), "b.jsonl.gz": b"nonsense\n", "c.json": b'[{"text": "a"}, nonsense]', "d.json": b'[{"text": "a"}', "e.json": b"[] nonsense", "f.json": b'[{"text": "\xff"}]',
        "g.csv": b'text\n"a"b"c\n', "h.csv": b'text\n"a', "i.csv": b"text,text\na,b\n", "j.csv": b"url\na\n", "k.txt": b"\xff", "l.jsonl": b"Rar!\x1a\x07\x00\x00", "m.jsonl.zst": b"\x00\x01",
        "n.warc": b"nonsense", "o.parquet": b"nonsense",
    }  # fmt: skip
    (tmp_path / "data").mkdir()
    for name, content in files.items():
        (tmp_path / "data" / name).write_bytes(content)
    run = cg.scan(tmp_path / "data", out=tmp_path / "run", detectors=["licensing"])
    reasons = pl.read_csv(run.path / "errors.csv")["reason"].unique().to_list()

    assert len(broken) + len(files) // 2 < len(reasons)
    assert [] == [reason for reason in reasons if not chinese(reason)]


def _untold(run: Path) -> list[str]:
    chapters = read_chapters(run / "assessment.csv", [read_standard(name) for name in STANDARDS])
    rows = [row for chapter in chapters for clause in chapter.clauses for kept in clause.first.values() for row in kept]
    return [row["reason"] for row in rows if not chinese(row["reason"])]


def test_every_clause_of_the_wording_can_be_filled_in() -> None:
    """Each has Chinese for every part that its English leaves open, and no two are the same."""
    known = tomllib.loads((Path(module.__file__).parent / "chinese.toml").read_text(encoding="utf-8"))
    clauses = known["clause"]

    assert len(clauses) == len({one["en"] for one in clauses})
    for one in clauses:
        marks = len(re.findall(r"\{[a-z]\}", one["en"]))
        assert {str(number) for number in range(marks)} >= set(re.findall(r"\{(\d)\}", one["zh"])), one

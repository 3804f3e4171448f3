"""Phrases written so that a filter does not see them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import corpus_guard as cg
from corpus_guard.catalog.conventions import read_folding
from corpus_guard.detectors.spellings import MOST, Spellings

RULE = """
detector = "keywords"

[[rule]]
id = "own"
title = "Offers of goods called 甲乙丙"
risk = "A.1.h"
grade = "suspect"
languages = ["zh"]
evasion = true
terms = ["甲乙丙加微信领取"]
together = [{ groups = [["甲乙丙"], ["代开发票"]] }]
must_match = ["甲乙丙加微信领取", "甲乙丙代开发票"]
must_not_match = ["甲乙丙", "代开发票"]
"""


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> cg.Guard:
    """A guard with one rule more."""
    path = tmp_path_factory.mktemp("rules") / "own.toml"
    path.write_text(RULE, encoding="utf-8")
    return cg.Guard(detectors=["keywords"], rules=[path], unmasked=True)


@pytest.mark.parametrize(
    "text",
    [
        "甲乙丙加微信领取",
        "甲乙丙加薇信领取",
        "甲乙丙加vx领取",
        "甲乙丙加ＶＸ领取",
        "甲 乙 丙 加 薇 信 领 取",
        "甲*乙*丙加*v信*领取",
        "甲乙\u200b丙加微\u200b信领取",
        "甲乙丙\n加微\n信领取",
        "甲乙丙加微信領取",
        "甲乙丙代开发piao",
        "代开fa票，甲乙丙",
        "甲乙丙dai开发票",
    ],
)
def test_disguised_spellings_are_found_and_the_span_slices_what_is_written(guard: cg.Guard, text: str) -> None:
    """Full-width, traditional, zero-width, spaced, starred, broken over lines, pinyin, look-alikes."""
    found = guard.check([f"前面。{text}。后面"]).filter(pl.col("rule") == "own")

    assert [(3, 3 + len(text))] == list(found.select("start", "end").iter_rows())


def test_spellings_of_a_phrase_are_bounded() -> None:
    """A phrase with many words does not explode."""
    spellings = Spellings([("甲", [str(number) for number in range(40)])], str)

    assert MOST == len(list(spellings.of("甲甲甲")))


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("stop ads", ["stop 4ds", "stop @ds"]),
        ("stop all ads", ["stopallads", "stop all 4ds", "stop all @ds"]),
        ("the roads", []),
        ("ads, ads", ["4ds, 4ds", "@ds, @ds", "4ds, ads", "ads, 4ds", "@ds, ads", "ads, @ds"]),
        ("gone", []),
        ("甲ads乙", ["甲4ds乙", "甲@ds乙"]),
    ],
)
def test_latin_words_are_whole_ones(phrase: str, expected: list[str]) -> None:
    """A word within another is none; a phrase is also written as one word, and misspelt throughout."""
    assert expected == list(dict.fromkeys(Spellings([("ads", ["4ds", "@ds"])], str).of(phrase)))


def test_words_may_overlap() -> None:
    """Each is replaced by itself; at one place the longest."""
    spellings = Spellings([("加微", ["+v"]), ("微信", ["vx"]), ("微", ["w"])], str)

    assert ["+v信", "加vx"] == list(spellings.of("加微信"))


def test_no_spelling_is_that_of_two_words() -> None:
    """What is written must lead to one word, and be another than it."""
    written = [spelling for _, spellings in read_folding(frozenset({"zh"})).spellings for spelling in spellings]
    words = {word for word, _ in read_folding(frozenset({"zh"})).spellings}

    assert len(written) == len(set(written))
    assert not words & set(written)


def test_a_broken_list_of_spellings_is_a_complaint(tmp_path: Path) -> None:
    """The reader says where the fault is."""
    from corpus_guard.catalog.conventions import read_spellings

    path = tmp_path / "spellings.toml"
    path.write_text('[[spelling]]\nof = "a"\nwriten = ["b"]\n', encoding="utf-8")

    with pytest.raises(cg.CatalogError, match='unknown field "writen"'):
        read_spellings(path)

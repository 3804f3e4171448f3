"""Latin words misspelt by rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_guard as cg
from corpus_guard.catalog.conventions import read_folding, read_spellings
from corpus_guard.catalog.misspellings import SHORTEST, misspellings

LOOK_ALIKES = {"a": "4", "e": "3", "s": "5"}
HEAD = '[[spelling]]\nof = "甲"\nwritten = ["乙"]\n'
MISSPELT = '[misspelt]\nlook_alikes = { a = "4" }\nwords = ["stale", "stable"]\ninnocent = ["slate"]\n'


@pytest.mark.parametrize("spelling", ["4dv3rt5", "4dverts", "advert5", "4dv3rts", "adv*rts", "advetrs", "advrts"])
def test_a_word_is_misspelt_in_the_ways_people_use(spelling: str) -> None:
    """Digits for all letters, one, or the vowels; a star; a swap; a gap."""
    assert spelling in misspellings("adverts", LOOK_ALIKES)


@pytest.mark.parametrize("spelling", ["adverts", "davert", "dverts", "advert", "vdaerts"])
def test_the_first_letter_stays_and_the_last_is_not_left_out(spelling: str) -> None:
    """What is spelled right, begins otherwise or is the singular is no misspelling."""
    assert spelling not in misspellings("adverts", LOOK_ALIKES)


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=12))
def test_misspellings_are_distinct_and_bounded(word: str) -> None:
    """No word makes more than a few for each of its letters, and none of three letters."""
    made = list(misspellings(word, LOOK_ALIKES))

    assert len(made) == len(set(made)) <= 4 * len(word) + 2
    assert all(len(spelling) >= SHORTEST and spelling != word for spelling in made)


def test_what_is_another_word_is_left_out(tmp_path: Path) -> None:
    """Neither another word of the list, nor an innocent one, nor what could be of two words."""
    path = tmp_path / "spellings.toml"
    path.write_text(HEAD + MISSPELT, encoding="utf-8")
    made = dict(read_spellings(path))

    assert ("乙",) == made["甲"]
    assert "stale" not in made["stable"]
    assert "slate" not in made["stale"]
    assert not set(made["stale"]) & set(made["stable"])
    assert "st4le" in made["stale"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MISSPELT.replace("innocent", "inocent"), 'unknown field "inocent"; did you mean "innocent"?'),
        (MISSPELT.replace('"stale"', '"甲"'), '"甲" stands twice; write all its spellings in one table'),
    ],
)
def test_a_broken_table_is_a_complaint(tmp_path: Path, text: str, expected: str) -> None:
    """The reader says where the fault is."""
    path = tmp_path / "spellings.toml"
    path.write_text(HEAD + text, encoding="utf-8")

    with pytest.raises(cg.CatalogError, match=expected.replace("?", r"\?")):
        read_spellings(path)


def test_no_shipped_misspelling_is_a_common_word() -> None:
    """Those that are stand among the innocent ones."""
    common = {"back", "backs", "money", "county", "shot", "cuts", "sank", "wore", "moneys", "chins", "niger", "depot"}
    written = {one for _, some in read_folding(frozenset({"zh", "en"})).spellings for one in some}

    assert not written & common

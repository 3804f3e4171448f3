"""Patterns are written with parts and lists, each named once."""

from __future__ import annotations

import re

import pytest

from corpus_guard.catalog.toml_tables import Complaints
from corpus_guard.catalog.wordings import read_word_lists, with_parts

LISTS = {"cities": ["杭州", "杭州湾", "a.b"], "letters": ["ab", "bc"]}
PARTS = {"number": "[0-9]{1,3}", "house": "{@number}号"}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{@cities}市", "(?:杭(?:州湾|州)|a\\.b)市"),
        ("[@letters]+", "[abc]+"),
        ("{@house}", "[0-9]{1,3}号"),
        ("a{2,3}", "a{2,3}"),
        ("", ""),
    ],
)
def test_names_give_way_to_what_they_stand_for(pattern: str, expected: str) -> None:
    """Lists become alternatives, the longest first, or a class of characters; parts their expression."""
    complaints = Complaints()

    assert expected == with_parts(pattern, PARTS, LISTS, "here", complaints)
    assert [] == complaints.found


@pytest.mark.parametrize("parts", [{"one": "{@one}"}, {"one": "{@two}", "two": "x"}, {}])
def test_a_name_that_stands_for_nothing_is_complained_of(parts: dict[str, str]) -> None:
    """A part may not hold itself or a later one."""
    complaints = Complaints()
    with_parts("{@one}", parts, LISTS, "here", complaints)

    assert 1 == len(complaints.found)
    assert "here: no word list is called" in complaints.found[0]


def test_the_shipped_lists_are_all_read() -> None:
    """Words, names and places are in one set of lists."""
    lists = read_word_lists()

    assert {"reporting", "surnames", "cities"} <= lists.keys()
    assert all(re.fullmatch("[a-z_]+", name) for name in lists)

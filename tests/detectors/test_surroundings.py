"""Words near a finding are found as a plain search with a border before English ones would find them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.detectors.surroundings import Quotations, Surroundings

WORDS = ["警方", "warn", "a b", "1元", "'s", "方案"]


@given(st.lists(st.sampled_from([*WORDS, "x", " ", "警", "wa", "rn", "_", "é"]), max_size=8).map("".join))
def test_words_are_found_as_by_an_expression(stretch: str) -> None:
    """An English word counts at the beginning of a word only, any other one wherever it stands."""
    expression = "|".join(("(?<![a-z0-9_])" if re.match("[a-z0-9_]", word) else "") + re.escape(word) for word in WORDS)

    assert (re.search(expression, stretch) is not None) == Surroundings(WORDS).speak(stretch)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("He said “xyz” and left.", True),
        ("He said “xyz, and more. And more still” and left.", True),
        ('He said "xyz" and left.', True),
        ("'xyz' is what he said", True),
        ("„xyz“ sagte er", True),
        ("他说「xyz」以后就走了", True),
        ("“xyz”", False),
        ('"xyz"', False),
        ('{"text": "xyz", "label": "ad"}', False),
        ("one “quotation”, then xyz, then “another”", False),
        ("don't xyz, it's mine", False),
        ("the boys' xyz and the girls' abc", False),
        ("He said “this\nxyz” and left.", False),
        ("xyz", False),
    ],
)
def test_a_quotation_is_told_by_its_marks(text: str, cited: bool) -> None:
    """Between two marks, in a paragraph that says something outside them; an apostrophe is no mark."""
    known = Quotations(["“”", "„“", '""', "''", "「」"])
    place = text.index("xyz")

    assert cited is known.enclose(text, place, place + 3)

"""Words near a finding are found as a plain search with a border before English ones would find them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.detectors.surroundings import Surroundings

WORDS = ["警方", "warn", "a b", "1元", "'s", "方案"]


@given(st.lists(st.sampled_from([*WORDS, "x", " ", "警", "wa", "rn", "_", "é"]), max_size=8).map("".join))
def test_words_are_found_as_by_an_expression(stretch: str) -> None:
    """An English word counts at the beginning of a word only, any other one wherever it stands."""
    expression = "|".join(("(?<![a-z0-9_])" if re.match("[a-z0-9_]", word) else "") + re.escape(word) for word in WORDS)

    assert (re.search(expression, stretch) is not None) == Surroundings(WORDS).speak(stretch)

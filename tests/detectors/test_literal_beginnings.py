"""Patterns whose matches begin with literals are tried where these stand, and find what a search of all finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.detectors.literal_beginnings import begins_with, matches_at

YES = [
    ("(?:先生|女士)(?!们)", {"先生", "女士"}),
    ("(?x) (?<![a-z]) (?: ssn | social[ ]security ) [0-9]?", {"ssn", "social security"}),
    ("(?:[山广]东|浙江)省", {"山东", "广东", "浙江"}),
    ("(?>ab|ac)d", {"ab", "ac"}),
    ("a{2,3}b", {"aa", "a"}),
    ("(?P<value>aab?)", {"a"}),
]
NO = [
    ("x?ssn", {"ssn"}),
    ("(?:先生|女士)", {"先生"}),
    ("[0-9]号", {"号"}),
    ("(?i)ssn", {"ssn"}),
    ("(?i:ssn)", {"ssn"}),
    ("(a)?(?(1)b|c)", {"ab", "c"}),
    ("ab*", {"abb"}),
    ("", {"a"}),
    ("a", set()),
]


@pytest.mark.parametrize(
    ("expression", "literals", "expected"), [(*one, True) for one in YES] + [(*one, False) for one in NO]
)
def test_what_every_match_begins_with(expression: str, literals: set[str], expected: bool) -> None:
    """Yes only when each way to match begins with one of the literals."""
    assert expected is begins_with(expression, literals)


@pytest.mark.parametrize(("expression", "literals"), YES)
@given(text=st.text("abdsn社先生女士山广东浙江省 0", max_size=40))
def test_hits_give_what_a_search_gives(expression: str, literals: set[str], text: str) -> None:
    """The same matches, none overlapping another, whether every place is tried or only those of the literals."""
    pattern = re.compile(expression)
    hits = sorted(found.start() for one in literals for found in re.finditer(f"(?={one})", text))

    assert [one.span() for one in pattern.finditer(text)] == [one.span() for one in matches_at(pattern, text, hits)]

"""Expressions whose matches hold a word are tried before that word alone, and find what a search of all finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.catalog.rules import read_rules
from corpus_guard.detectors.anchors import Anchors, anchors_of
from corpus_guard.detectors.first_characters import guarded
from corpus_guard.licences.notices import expanded

HOLD_A_WORD = [
    "(?<![a-z])(?:gnu )?(?:gpl|copyleft)(?! 0)",
    "(?:(?P<context>under )(?=gpl))?(?P<value>(?(context)gpl|gnu gpl))",
    "(?<![a-c])[a-c](?:-?[abc]){0,4}@[a-c]+",
    "(?:un){1,2}der(?: gnu){0,3}| gpl",
    "(?x) (?<!g) (?: g | u ) (?> [ ]? gnu )++ # the last line",
    "g.{0,3}gpl|(?!)|u[^n]{0,2}under",
]


@pytest.mark.parametrize("expression", HOLD_A_WORD)
@given(parts=st.lists(st.sampled_from(["under", "gpl", "gnu", "copyleft", "@", "-", " ", "a", "b", "g", "u", "0"])))
def test_the_same_is_found_as_everywhere(expression: str, parts: list[str]) -> None:
    """Spans and groups of every match are those of `finditer`, from any position on."""
    anchors, pattern, text = anchors_of(expression), re.compile(guarded(expression)), "".join(parts)

    assert anchors is not None
    for position in (0, 3):
        assert [(one.span(), one.groupdict()) for one in anchors.matches(pattern, text, position)] == [
            (one.span(), one.groupdict()) for one in pattern.finditer(text, position)
        ]


@pytest.mark.parametrize(
    "expression",
    [
        "(?i)gpl",
        "(?<!a)(?i:GPL)",
        "[a-z]{2}[0-9]gpl|[a-z]copyleft",  # begins with anything
        "gpl|[a-c]{9}",  # one way holds no word
        "g{1,400}pl",  # the word may be far
        "(?:gnu)?g",
        "ab",
        ".gpl",
        "(gpl)?",
    ],
)
def test_what_holds_no_word_is_searched_everywhere(expression: str) -> None:
    """No anchors where matches may do without a word, begin anywhere, or begin far before it."""
    assert anchors_of(expression) is None


def test_the_rarest_words_are_taken() -> None:
    """Of words one after another the longest; all of those one of which is there; nearest the beginning is no matter."""
    assert anchors_of("of the general [0-9]") == Anchors(("of the general ",), 0, "o", "")
    assert anchors_of("a[0-9]{2}(?:institute|b1?univer)") == Anchors(("institute", "univer"), 5, "a", "")


def test_examples_of_rules_match_the_same() -> None:
    """Every shipped pattern finds the same in examples and counter-examples of its rule, put together."""
    rules = [expanded(rule) if rule.detector == "licensing" else rule for rule in read_rules() if rule.pattern]
    some = 0
    for rule in rules:
        anchors, pattern = anchors_of(rule.pattern), re.compile(guarded(rule.pattern))
        text = " ".join((*rule.must_match, *rule.must_not_match, *rule.must_match)).lower()
        if anchors is not None:
            some += 1
            assert [one.span() for one in anchors.matches(pattern, text, 0)] == [
                one.span() for one in pattern.finditer(text)
            ], rule.id
    assert some

"""Saying first what a match begins with changes no match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.catalog.rules import read_rules
from corpus_guard.detectors.first_characters import guarded
from corpus_guard.licences.notices import expanded

PATTERNS = [
    r"(?<![a-z])(?:a~)?b|(?!)",
    r"(?:a|(?<=b)c)?(?=d)d+",
    r"(?x) (?<!a) b | [cd] # the last line",
    r"(?:(?P<value>a)|(?<!b)c)(?P=value)?",
    r"\Bab",
    r"(?<!c)[a-c]{2}?d",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(st.text("abcd~ ", max_size=12))
def test_matches_are_the_same(pattern: str, text: str) -> None:
    """Spans and groups of every match are those of the expression as it was written."""
    plain, guided = re.compile(pattern), re.compile(guarded(pattern))

    assert guided.pattern != pattern
    assert [(one.span(), one.groupdict()) for one in guided.finditer(text)] == [
        (one.span(), one.groupdict()) for one in plain.finditer(text)
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        r"ab",
        r"[ab]c",
        r"a|b",
        r"(?i)(?<!a)b",
        r"(?<!a)(?i:B)c",
        r"(?x) (?<!a) (?si-x:B)c",
        r"(?<!a).b",
        r"(?<!a)b?",
        r"(?<!a)\w",
        r"(?<!a)[^b]",
        r"(?<!a)[\u4e00-\u9fff]a",
    ],
)
def test_others_stay_as_they_are(pattern: str) -> None:
    """What `re` sees by itself, what any character may begin, and what may be empty is left alone."""
    assert guarded(pattern) == pattern


def test_examples_of_rules_match_the_same() -> None:
    """Every shipped pattern of licences finds in the examples of its rule what it found before."""
    rules = [expanded(rule) for rule in read_rules() if rule.pattern and rule.detector == "licensing"]
    for rule in rules:
        plain, guided = re.compile(rule.pattern), re.compile(guarded(rule.pattern))
        for text in (*rule.must_match, *rule.must_not_match):
            folded = text.lower()
            assert [one.span() for one in guided.finditer(folded)] == [one.span() for one in plain.finditer(folded)], (
                rule.id
            )

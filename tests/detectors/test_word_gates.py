"""Gates of words: which patterns are nothing but words, and that literals find what the patterns say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Gate
from corpus_guard.detectors.word_gates import word_gates
from corpus_guard.matching import matcher
from corpus_guard.matching.matcher import Matcher
from corpus_guard.matching.views import views_of
from tests.detectors.passes import FOLDING

GAP = "([^a-z0-9]+)"
WORDS = ["general public license", "a bc", "abcdefgh public", "bc a bc", "gpl"]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (f"fair{GAP}licen[cs]e", ["fair licence", "fair license"]),
        (
            f"(^|[^a-z0-9])(mit|expat){GAP}(style{GAP})?free",
            ["mit free", "mit style free", "expat free", "expat style free"],
        ),
        ("(^|[^a-z0-9])gpl", ["gpl"]),
        (f"x.net{GAP}free", None),  # any character
        (f"{GAP}free", None),  # begins within a gap
        (f"free{GAP}", None),
        (f"free{GAP}{GAP}software", None),
        (f"a b{GAP}c", None),  # this blank is a blank
        ("free software", None),  # may begin inside of a word
        (f"fre+{GAP}software", None),
        (f"[a-z]{GAP}software", None),
        (f"(a|b|c|d|e|f){GAP}(a|b|c|d|e|f)", None),  # too many
        (f"({GAP}", None),
    ],
)
def test_which_patterns_are_words(expression: str, words: list[str] | None) -> None:
    """A pattern of words and gaps becomes literals, one for each spelling; any other stays a pattern."""
    gates = word_gates(expression)

    assert (None if gates is None else [gate.expression for gate in gates]) == words


def _ends(text: str) -> list[tuple[int, int]]:
    gates = [Gate(one, words=True) for one in WORDS]
    found = Matcher({"some": gates}, FOLDING).candidates(views_of(Batch.of_texts([text, "license"]), FOLDING))["some"]
    rows = zip(found.gate.tolist(), found.end.tolist(), found.text.tolist(), strict=True)
    return [(gate, end) for gate, end, where in rows if not where]


_pieces = ["general", "public", "license", "abcdefgh", "a", "bc", "gpl", " ", "\n# ", "_", "é", "国", "-", "9", "."]


@given(st.lists(st.sampled_from(_pieces), max_size=14).map("".join))
def test_literals_find_what_patterns_find(text: str) -> None:
    """With compiled functions or without, the same words end at the same places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matcher, "library", lambda: None)
        plain = _ends(text)

    assert _ends(text) == plain


@pytest.mark.parametrize(
    "text", ["the general\n * public -- license", "GENERAL_PUBLIC_LICENSED", "国general public　license"]
)
def test_words_may_be_apart(text: str) -> None:
    """Line breaks, comment signs, punctuation and characters of other scripts may stand between words."""
    assert [gate for gate, _ in _ends(text)] == [0]


@pytest.mark.parametrize(
    "text", ["mygeneral public license", "general publiclicense", "general public", "9gpl", "é9gpl"]
)
def test_words_are_whole(text: str) -> None:
    """No word begins inside of another, none is missing, and the next text does not complete one."""
    assert _ends(text) == []

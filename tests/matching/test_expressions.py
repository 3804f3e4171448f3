"""Gates as columns: what they share, and how each expression is looked for."""

from __future__ import annotations

import numpy as np
import pytest

from corpus_guard.core.candidate import Gate
from corpus_guard.matching.expressions import APART, Expressions, Shared

GATES = {
    "some": [Gate("free", whole=True), Gate("-ab"), Gate("ab", squeeze=True), Gate("国家", squeeze=True)],
    "others": [
        Gate("国"),
        Gate("free", whole=True, squeeze=True),
        Gate(r"\d+", literal=False),
        Gate("a b", words=True),
    ],
}


def test_equal_expressions_are_looked_for_once() -> None:
    """Gates of several detectors share an expression, and each of them is its owner."""
    shared = Shared.of(GATES, compiled=True)
    number = list(shared.expressions.texts).index("free")

    _, rows = shared.owners.members.expand(np.array([number]))

    owners = sorted(zip(shared.owners.detector[rows].tolist(), shared.owners.gate[rows].tolist(), strict=True))
    assert owners == [(0, 0), (1, 1)]
    assert len(shared.expressions.texts) == 7


def test_words_that_opt_in_are_squeezed() -> None:
    """An expression is looked for squeezed when one of its owners asks for that."""
    shared = Shared.of(GATES, compiled=True)

    squeezed = [text for text, known in zip(shared.expressions.texts, shared.owners.squeeze, strict=False) if known]

    assert sorted(squeezed) == sorted(set(shared.opted)) == ["ab", "free", "国家"]


def test_every_expression_has_one_way_to_be_looked_for() -> None:
    """The kinds part all expressions between them."""
    known = Shared.of(GATES, compiled=True).expressions
    kinds = known.kinds

    assert sorted(known.some(kinds.words)) == ["-ab", "a b", "free"]
    assert known.some(kinds.anywhere) == ["ab"]
    assert known.some(kinds.wide) == ["国家"]
    assert known.some(kinds.single) == ["国"]
    assert known.some(kinds.patterns) == [r"\d+"]


def test_words_apart_are_a_pattern_without_compiled_functions() -> None:
    """What only a compiled function can look for becomes an expression of Hyperscan."""
    known = Shared.of(GATES, compiled=False).expressions

    assert len(known.kinds.patterns) == 2


@pytest.mark.parametrize(
    ("text", "whole", "words", "ends"),
    [
        ("free", True, False, 3), ("free", False, False, 0), ("-free", True, False, 2), ("free国", True, False, 1),
        ("国", True, False, 0), ("é1", True, False, 2), ("a b", False, True, APART),
    ],
)  # fmt: skip
def test_ends_of_whole_words(text: str, whole: bool, words: bool, ends: int) -> None:
    """Only an English letter or digit at an end of a whole literal keeps it out of longer words."""
    known = Expressions.of([("other", True, True, False), (text, True, whole, words)])

    assert known.ends.tolist() == [3, ends]


def test_no_gates() -> None:
    """Detectors without gates leave every kind empty."""
    known = Shared.of({}, compiled=True).expressions

    assert [len(some) for some in vars(known.kinds).values()] == [0] * 5

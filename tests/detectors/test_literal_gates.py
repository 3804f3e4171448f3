"""Literals of a detector, numbered and folded many at a time."""

from __future__ import annotations

import numpy as np
import pytest

from corpus_guard.detectors.literal_gates import LiteralGates, are_short, folded_lists


def test_numbers_go_on_where_the_last_call_ended() -> None:
    """A literal keeps the number it had, and whoever asks to squeeze it has it squeezed for all."""
    gates = LiteralGates()

    first = gates.numbers(["b", "a"], np.array([False, False]))
    second = gates.numbers(["c", "a", "c"], np.array([False, True, False]))

    assert first.tolist() == [0, 1]
    assert second.tolist() == [2, 1, 2]
    assert [(gate.expression, gate.squeeze, gate.whole) for gate in gates.gates()] == [
        ("b", False, True), ("a", True, True), ("c", False, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lists", "folded"),
    [
        ([["A"], [], ["B", "C"]], [["a"], [], ["b", "c"]]),
        ([], []),
        ([[]], [[]]),
        ([["A\nB"], ["C"]], [["a\nb"], ["c"]]),
    ],
)
def test_lists_are_folded_as_each_word_is(lists: list[list[str]], folded: list[list[str]]) -> None:
    """Every word stays in its list, also where a line break stands in one."""
    assert folded_lists(lists, str.lower) == folded


def test_short_words_are_latin() -> None:
    """Three Latin letters say nothing apart; two ideographs do."""
    assert are_short(["abc", "abcd", "国家", "a国"]).tolist() == [True, False, False, False]

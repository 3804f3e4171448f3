"""Labels of tokens as spans of characters, in the schemes that models are trained with."""

from __future__ import annotations

import pytest

from corpus_guard.detectors.token_labels import spans_of

KINDS = frozenset({"PER", "LOC"})


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ("B-PER I-PER B-PER I-PER O", ["张三", "李四"]),
        ("B-PER E-PER B-PER E-PER S-PER", ["张三", "李四", "王"]),
        ("B-PER L-PER I-PER I-PER U-PER", ["张三", "李四", "王"]),
        ("I-PER I-PER O I-PER O", ["张三", "四"]),
        ("PER PER O PER PER", ["张三", "四王"]),
        ("B-PER I-LOC I-LOC B-ORG I-ORG", ["张", "三李"]),
        ("B_PER M_PER E_PER O O", ["张三李"]),
        ("O B-ORG O O O", []),
    ],
)
def test_schemes(labels: str, names: list[str]) -> None:
    """With B- and I-, ends and single ones, or without any; a name that goes on after another kind begins anew."""
    text = "张三李四王"
    found = spans_of(labels.split(), [(place, place + 1) for place in range(5)], KINDS, text)

    assert names == [text[start:end] for _, start, end in found]


def test_words_with_spaces_are_whole() -> None:
    """Tokens inside a word may be unlabelled or labelled anew; white space at an end is none of the name."""
    text = "met Ann Washington张三 Ω"
    places = [(0, 3), (3, 7), (7, 11), (11, 15), (15, 18), (18, 19), (19, 20), (20, 22)]
    labels = ["O", "B-PER", "I-PER", "O", "B-PER", "B-PER", "I-PER", "O"]

    assert ["Ann Washington", "张三"] == [text[start:end] for _, start, end in spans_of(labels, places, KINDS, text)]


def test_tokens_without_characters_are_nothing() -> None:
    """Tokens that stand for no character, or white space alone, make no name."""
    assert [] == spans_of(["B-PER", "B-PER"], [(0, 0), (0, 1)], KINDS, " 张")

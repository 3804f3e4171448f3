"""What is found near digits is what is found everywhere, and nobody can tell whether there is a compiled function."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.matching import digits
from corpus_guard.matching.digits import NearDigits, hold_digit, near_digits, width_near_digits
from corpus_guard.matching.lanes import Hits, PatternLane

PATTERNS = [
    r"(^|[^0-9])1[3-9][0-9]{2}",
    r"[a-z]{2}[0-9]{2}",
    r"^[0-9]ab",
    r"ab[0-9]$",
    r"0x[0-9a-f]{3}",
    r"(a|b)?[2-8][^0-9\x1e]?[0-9]",
    r"[0-9][^0-9]{2}",
    r"[^a]{2}0[^0-9]{1,3}",
]


def _found(hits: Hits) -> list[tuple[int, int]]:
    return sorted(zip(hits.end.tolist(), hits.expression.tolist(), strict=True))


def _lane(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(text.encode(), np.uint8)


_texts = st.lists(st.sampled_from(["a", "b", "f", "x", "0", "13", "1345", " ", "-", "\x1e", "q" * 9, "z" * 70])).map(
    "".join
)


@given(_texts)
def test_the_same_is_found_as_everywhere(text: str) -> None:
    """Windows around digits lose no match and add none, wherever a pattern looks at the beginning or the end."""
    lane = _lane(text + "\x1e")

    assert _found(NearDigits(PATTERNS).scan(lane)) == _found(PatternLane(PATTERNS).scan(lane))


@given(_texts, st.integers(1, 40))
def test_the_compiled_function_copies_the_same(text: str, reach: int) -> None:
    """Stretches, and the places where they begin, are those that numpy gives."""
    lane = _lane(text)
    compiled, plain = near_digits(lane, reach), digits._near_digits(lane, reach)

    assert [one.tolist() for one in compiled] == [one.tolist() for one in plain]


@given(_texts, st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=5))
def test_stretches_with_a_digit(text: str, stretches: list[tuple[int, int]]) -> None:
    """The compiled function and numpy say of the same stretches that they have a digit; empty ones have none."""
    lane = _lane(text)
    begins, ends = np.minimum(np.array(stretches, np.int64).reshape(-1, 2), len(lane)).T
    expected = [any(one.isdigit() for one in text[begin:end]) for begin, end in stretches]

    assert hold_digit(lane, begins, ends).tolist() == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digits, "library", lambda: None)
        assert hold_digit(lane, begins, ends).tolist() == expected


@pytest.mark.parametrize(
    ("expression", "width"),
    [
        (r"[0-9]{4}[a-z]", 5),
        (r"(ab|c[0-3])[5]", 3),
        (r"(1|2|x)y", None),  # may do without a digit
        (r"[0-9a]b", None),
        (r"1?ab", None),
        (r"[^0]1{0,2}", None),
        (r"(tel|fax)[^a-z]{0,9}[0-9]{3}", 15),
        (r"1[^a]*", None),  # as long as it likes
        (r"\x{1F600}(", None),  # no expression of Python
    ],
)
def test_which_patterns_need_a_digit(expression: str, width: int | None) -> None:
    """A pattern is looked for near digits when each match has one and is short."""
    assert width_near_digits(expression) == width


@pytest.mark.parametrize("characters", [None, np.zeros(0, np.uint8), _lane("no number here")])
def test_nothing_is_near_no_digit(characters: np.ndarray[tuple[int], np.dtype[np.uint8]] | None) -> None:
    """A lane without digits, without characters, or none at all has no hits."""
    assert _found(NearDigits(PATTERNS).scan(characters)) == []
    assert _found(NearDigits([]).scan(_lane("123"))) == []

"""Patterns that match nothing without a digit are looked for near digits alone: in prose these are few."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.lanes import Characters, Hits, PatternLane
from corpus_guard.matching.tables import BORDER

LONGEST = 256
"""Characters that the longest match of such a pattern may have."""

_DIGITS = frozenset(map(ord, "0123456789"))
_Lane = npt.NDArray[np.uint8]


def width_near_digits(expression: str) -> int | None:
    r"""Return how long a match of *expression* may be, when each has a digit and `LONGEST` characters at most.

    >>> width_near_digits(r"(^|[^0-9])1[3-9][0-9]{2}"), width_near_digits("[a-z]{2}[0-9]?"), width_near_digits("1.*")
    (5, None, None)
    """
    try:
        parsed = import_module("re._parser").parse(expression)
    except re.error:  # Hyperscan may know more
        return None
    longest: int = parsed.getwidth()[1]
    return longest if longest <= LONGEST and needs_digit(parsed) else None


def needs_digit(items: Sequence[tuple[Any, Any]]) -> bool:
    """Return whether everything that the parsed *items* match holds a digit 0 to 9; no where that cannot be told."""
    return any(_is_digit(str(kind), value) for kind, value in items)


def _is_digit(kind: str, value: Any) -> bool:
    if kind == "IN":
        return all(_is_digit(str(part), some) for part, some in value)
    if kind == "RANGE":
        return _DIGITS.issuperset(range(value[0], value[1] + 1))
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        return bool(value[0]) and needs_digit(value[2])
    if kind == "BRANCH":
        return all(map(needs_digit, value[1]))
    return needs_digit(value[-1]) if kind == "SUBPATTERN" else kind == "LITERAL" and value in _DIGITS


class NearDigits:
    """Such patterns, compiled; finds what `PatternLane` does."""

    width = 1

    def __init__(self, patterns: Sequence[str]) -> None:
        """Compile *patterns*, of which each has a width near digits; raise `hyperscan.error` when one is none."""
        self._patterns = PatternLane(patterns)
        self.lengths = self._patterns.lengths
        # one more: what a pattern says of the beginning is no match of the whole where only a copy begins
        self._reach = 1 + max((width_near_digits(pattern) or LONGEST for pattern in patterns), default=0)

    def scan(self, characters: Characters) -> Hits:
        """Return every hit in *characters*."""
        if characters is None or not len(self.lengths):
            return Hits.none()
        copied, begins, places = near_digits(characters.view(np.uint8), self._reach)
        hits = self._patterns.scan(copied)
        stretch = np.searchsorted(places, hits.end, "left") - 1
        end = hits.end - places[stretch] + begins[stretch]
        here = end <= len(characters)  # the border behind the last copy may be one more than there is
        return Hits(hits.expression[here], end[here])


def near_digits(lane: _Lane, reach: int) -> tuple[_Lane, Integers, Integers]:
    """Return what lies within *reach* of a digit, each stretch followed by a border, and where stretches begin.

    The second are the places in *lane*, the third those in the copy.
    """
    functions = library()
    if functions is None:
        return _near_digits(lane, reach)
    most = len(lane) // (2 * reach + 1) + 2
    copied = np.empty(len(lane) + most, np.uint8)
    begins, places = np.empty(most, np.int64), np.empty(most + 1, np.int64)
    count = functions.near_digits(
        pointer(lane), number(len(lane)), number(reach), pointer(copied), pointer(begins), pointer(places)
    )
    return copied[: places[count]], begins[:count], places[:count]


def _near_digits(lane: _Lane, reach: int) -> tuple[_Lane, Integers, Integers]:
    digits = np.flatnonzero(lane - np.uint8(ord("0")) < len(_DIGITS))
    if not len(digits):
        return np.zeros(0, np.uint8), digits, digits
    begins, ends = np.maximum(digits - reach, 0), np.minimum(digits + reach + 1, len(lane))
    first = np.append(True, begins[1:] > ends[:-1])
    begins, ends = begins[first], ends[np.append(first[1:], True)]
    border = np.array([ord(BORDER)], np.uint8)
    parts = [part for begin, end in zip(begins, ends, strict=True) for part in (lane[begin:end], border)]
    lengths = ends - begins + 1
    return np.concatenate(parts), begins, np.cumsum(lengths) - lengths


def hold_digit(lane: _Lane, begins: Integers, ends: Integers) -> npt.NDArray[np.bool_]:
    """Return which stretches of *lane*, from *begins* to *ends*, have a digit."""
    functions, begins, ends = library(), np.ascontiguousarray(begins), np.ascontiguousarray(ends)
    if functions is None:
        digits = np.flatnonzero(lane - np.uint8(ord("0")) < len(_DIGITS))
        return np.searchsorted(digits, begins) < np.searchsorted(digits, ends)
    found = np.empty(len(begins), bool)
    functions.hold_digit(pointer(lane), pointer(begins), pointer(ends), number(len(begins)), pointer(found))
    return found

"""Literal gates of one detector, each looked for once whoever wants it.

There are tens of thousands, in every process: they are numbered and told apart column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, count, pairwise, repeat

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Gate

_SHORT = 3
"""Letters of a Latin word that would say nothing any more once they stood apart."""


class LiteralGates:
    """Literals by the order in which they were first asked for."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._squeeze = np.zeros(0, bool)

    def numbers(self, literals: Sequence[str], squeeze: npt.NDArray[np.bool_]) -> Integers:
        """Return the number of each of some *literals*; those marked True are looked for squeezed, too.

        >>> LiteralGates().numbers(["b", "a", "b"], np.zeros(3, bool))
        array([0, 1, 0])
        """
        self._numbers = dict(zip({**self._numbers, **dict.fromkeys(literals)}, count()))
        found = np.fromiter(map(self._numbers.__getitem__, literals), np.int64, len(literals))
        self._squeeze = np.append(self._squeeze, np.zeros(len(self._numbers) - len(self._squeeze), bool))
        self._squeeze[found[squeeze]] = True
        return found

    def gates(self) -> tuple[Gate, ...]:
        """Return the gates in the order of their numbers, all of them of whole words."""
        columns = zip(self._numbers, repeat(True), self._squeeze.tolist(), repeat(True), repeat(False))
        return tuple(map(Gate._make, columns))


def lengths_of(words: Sequence[str]) -> Integers:
    """Return how many code points each word has."""
    return np.fromiter(map(len, words), np.int64, len(words))


def are_ascii(words: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which words are of ASCII alone."""
    return np.fromiter(map(str.isascii, words), bool, len(words))


def are_short(words: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which words would say nothing any more once their letters stood apart."""
    return are_ascii(words) & (lengths_of(words) <= _SHORT)


def folded_lists(lists: Sequence[Sequence[str]], fold: Callable[[str], str]) -> list[list[str]]:
    """Return lists of words with every word folded.

    All are folded at once, which is quicker: a line break folds to itself and stands in no word.
    """
    words = [word for some in lists for word in some]
    folded = fold("\n".join(words)).split("\n") if words else []
    if len(folded) != len(words):
        folded = [fold(word) for word in words]
    borders = accumulate(map(len, lists), initial=0)
    return [folded[first:last] for first, last in pairwise(borders)]

"""Which members each of many numbers has, laid out flat, so that those of many numbers are had at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus_guard.core.batch import Integers


@dataclass(frozen=True)
class Members:
    """The members of number i are those from `first[i]` to `first[i + 1]`."""

    first: Integers
    member: Integers

    @classmethod
    def of(cls, numbers: Sequence[int] | Integers, count: int) -> Members:
        """Return the places in *numbers* as members of what stands there, for numbers below *count*.

        >>> Members.of([1, 0, 1], 3).expand(np.array([1, 2]))
        (array([0, 0]), array([0, 2]))
        """
        known = np.array(numbers, np.int64)
        first = np.append(0, np.cumsum(np.bincount(known, minlength=count)))
        return cls(first, np.argsort(known, kind="stable"))

    def expand(self, numbers: Integers) -> tuple[Integers, Integers]:
        """Return (place in *numbers*, member) for every member of each of *numbers*."""
        begin = self.first[numbers]
        count = self.first[numbers + 1] - begin
        place = np.repeat(np.arange(len(numbers)), count)
        within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        return place, self.member[begin[place] + within]

"""Spans that rules have found, as columns, and which of those that overlap stay."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers

_RULE_BITS = 24


@dataclass(frozen=True)
class Spans:
    """Stretches of texts in a batch: code points `start` to `end` (exclusive) of `text`, found by `rule`."""

    text: Integers
    start: Integers
    end: Integers
    rule: Integers

    def __len__(self) -> int:
        return len(self.text)

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Spans:
        """Return the spans at *index*, or where it is True."""
        return Spans(self.text[index], self.start[index], self.end[index], self.rule[index])

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int, int]]) -> Spans:
        """Return the spans of (text, start, end, rule) rows."""
        return cls(*np.array(list(rows), np.int64).reshape(-1, 4).T)

    @classmethod
    def concat(cls, parts: Iterable[Spans]) -> Spans:
        """Return all spans, one part after another."""
        columns = zip(*((part.text, part.start, part.end, part.rule) for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    def longest(self) -> Spans:
        """Return, of the spans of one rule in one text, those that lie within no other."""
        order = np.lexsort((-self.end, self.start, self.text, self.rule))
        group = np.zeros(len(self), np.int64)
        group[1:] = np.cumsum((np.diff(self.rule[order]) != 0) | (np.diff(self.text[order]) != 0))
        reach = group * (int(self.end.max(initial=0)) + 1) + self.end[order]
        inside = np.zeros(len(self), bool)
        inside[1:] = (reach[1:] <= np.maximum.accumulate(reach)[:-1]) & (np.diff(group) == 0)
        keep = np.empty(len(self), bool)
        keep[order] = ~inside
        return self.take(keep)


class Allowed:
    """Spans of phrases that are allowed, by text and rule."""

    def __init__(self, spans: Spans) -> None:
        order = np.lexsort((spans.start, spans.rule, spans.text))
        self._spans = spans.take(order)
        self._keys = self._spans.text << _RULE_BITS | self._spans.rule

    def hold(self, spans: Spans) -> npt.NDArray[np.bool_]:
        """Return of which *spans* there are some in the same text for the same rule."""
        return np.isin(spans.text << _RULE_BITS | spans.rule, self._keys)

    def of(self, text: int, rule: int) -> list[tuple[int, int]]:
        """Return where the phrases begin and end that are allowed for *rule* in *text*."""
        key = text << _RULE_BITS | rule
        first = bisect_left(self._listed, key)
        last = bisect_right(self._listed, key, first)
        if first == last:
            return []
        starts, ends = (column[first:last].tolist() for column in (self._spans.start, self._spans.end))
        return list(zip(starts, ends, strict=True))

    @cached_property
    def _listed(self) -> list[int]:
        keys: list[int] = self._keys.tolist()
        return keys


def lies_within(start: int, end: int, around: Sequence[tuple[int, int]]) -> bool:
    """Return whether a span lies within one of *around* that is longer."""
    return any(first <= start and end <= last and last - first > end - start for first, last in around)

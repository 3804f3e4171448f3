"""Where words that say something only together do so: one of every group, in any order, close to each other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from corpus_guard.core.rule import Together

Hit = tuple[int, int, int]
"""(start, end, group) of a word."""


def standing_together(words: Sequence[Hit], together: Together, sentence_ends: Sequence[int]) -> list[tuple[int, int]]:
    """Return the spans in which *words* (sorted by start, then end) hold one of every group, none within another.

    If the clause is ordered, they follow each other as their groups do. From each word on, the next word of each group
    that is still missing is taken, if it begins where the last one ended or later. Of spans that overlap the tightest
    stay, then the leftmost.
    """
    found = {span for first in range(len(words)) if (span := _from(words, first, together, sentence_ends))}
    tight: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (-span[0], span[1])):  # from the right: what holds another goes
        if not tight or end < tight[-1][1]:
            tight.append((start, end))
    spans: list[tuple[int, int]] = []
    for start, end in reversed(tight):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end))
    return spans


def _from(words: Sequence[Hit], first: int, together: Together, sentence_ends: Sequence[int]) -> tuple[int, int] | None:
    begin, reached, group = words[first]
    place = bisect_right(sentence_ends, begin)
    limit = sentence_ends[place] if place < len(sentence_ends) else begin + together.within
    limit = min(limit, begin + together.within)
    missing = [number for number in range(len(together.groups)) if number != group]
    if together.ordered and group:
        return None
    for following in range(first + 1, len(words)):
        start, end, group = words[following]
        if not missing or start > limit:
            break
        fits = group == missing[0] if together.ordered else group in missing
        if fits and start >= reached and end <= limit:
            missing.remove(group)
            reached = end
    return (begin, reached) if not missing and reached <= begin + together.within else None

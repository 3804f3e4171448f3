"""What stands around a finding and changes what it means: a warning, a report, quotation marks, a negation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from ahocorasick_rs import AhoCorasick

CITED_WITHIN = 240
"""Characters before and after a finding in which the quotation that holds it begins and ends."""

_LATIN = re.compile(r"[a-z0-9_]")
_SPEAKS = 4  # letters outside its quotations with which a paragraph says something of them


class Surroundings:
    """Folded words, one of which may stand near a finding; an English one also at the beginning of a longer one.

    >>> warning = Surroundings(["警方提醒", "convict"])
    >>> warning.speak("he was convicted of it"), warning.speak("preconvict")
    (True, False)
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(dict.fromkeys(words))
        self._begins = tuple(bool(_LATIN.match(word)) for word in self._words)

    def speak(self, stretch: str) -> bool:
        """Return whether one of the words stands in a folded stretch of text.

        All words at once: an expression of a hundred alternatives, tried at every place, takes a hundred times as long.
        """
        return any(
            not self._begins[word] or not start or not _LATIN.match(stretch[start - 1])
            for word, start, _ in self._find(stretch, overlapping=True)
        )

    @cached_property
    def _find(self) -> Callable[..., list[tuple[int, int, int]]]:
        """Built when first asked: most rules never find anything."""
        return AhoCorasick(self._words).find_matches_as_indexes


class Quotations:
    """Pairs of marks, such as “”, between which something is cited.

    It is cited when its paragraph says something outside the marks, too: a paragraph that is one quotation, or a
    record of quoted strings, speaks for itself. A mark that opens and closes tells by its neighbours which of these it
    does, so that an apostrophe does neither.

    >>> cited = Quotations(["“”", '""'])
    >>> cited.enclose("He said “do it now” and left.", 9, 11), cited.enclose('{"text": "do it now"}', 10, 12)
    (True, False)
    """

    def __init__(self, pairs: Sequence[str]) -> None:
        """Take strings of two characters each."""
        self._pairs = [(pair, *_marks(*pair)) for pair in dict.fromkeys(pairs)]

    def enclose(self, stretch: str, start: int, end: int) -> bool:
        """Return whether what stands from *start* to *end* of a folded stretch lies within one of its quotations."""
        first, last = stretch.rfind("\n", 0, start) + 1, stretch.find("\n", end)
        paragraph = stretch[first : last if last >= 0 else len(stretch)]
        return any(
            pair[0] in paragraph[: start - first] and _cited(paragraph, start - first, end - first, opening, closing)
            for pair, opening, closing in self._pairs
        )


def _marks(opening: str, closing: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    first, last = re.escape(opening), re.escape(closing)
    if opening != closing:
        return re.compile(first), re.compile(last)
    return re.compile(rf"(?<!\w){first}(?=\S)"), re.compile(rf"(?<=\S){last}(?!\w)")


def _cited(paragraph: str, start: int, end: int, opening: re.Pattern[str], closing: re.Pattern[str]) -> bool:
    begin = max((match.start() for match in opening.finditer(paragraph, 0, start + 1)), default=start)
    if begin >= start or closing.search(paragraph, begin + 1, start):
        return False
    stop = closing.search(paragraph, end)
    if not stop:
        return False
    outside = paragraph[:begin] + paragraph[stop.end() :]
    said = re.sub(f"{opening.pattern}.*?{closing.pattern}", "", outside)
    return sum(map(str.isalpha, said)) >= _SPEAKS

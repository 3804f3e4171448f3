"""Other ways to write a phrase: one word of it by a look-alike, a homophone, its pinyin, an abbreviation, or misspelt.

Several Latin words are also written as one: stopallads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, zip_longest

from corpus_guard.detectors.literal_gates import folded_lists

MOST = 4
"""Other spellings of one phrase, the first of the list: each is one more gate, and gates cost time to compile."""
MOST_LATIN = 32
"""The same for a Latin word, of which single letters go wrong; a phrase of several has `MOST_IN_PHRASE`."""
MOST_IN_PHRASE = 4
JOINED = 9
"""Letters of the shortest phrase that is recognised without its spaces."""
_LATIN = re.compile(r"[a-z]+")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_TOKEN = re.compile(r"[a-z0-9]+")
_Place = tuple[int, int, tuple[str, ...]]
"""(start, end, other spellings) of a word in a phrase."""


class Spellings:
    """Finds the words of a list in phrases, and puts their other spellings in place, one word at a time.

    A Latin word is found as a whole one only; it is looked up, since an expression of hundreds of words, tried at every
    place of every phrase, takes longer than everything else that rules need.
    """

    def __init__(self, spellings: Sequence[tuple[str, Sequence[str]]], fold: Callable[[str], str]) -> None:
        """Fold *spellings* as the shared pass folds texts."""
        words, *others = folded_lists([[word for word, _ in spellings], *(written for _, written in spellings)], fold)
        self._written = {word: tuple(dict.fromkeys(written)) for word, written in zip(words, others, strict=True)}
        chinese = sorted((word for word in self._written if not _LATIN.fullmatch(word)), key=len, reverse=True)
        self._begins = frozenset(word[0] for word in chinese)
        self._others = re.compile(f"(?=({'|'.join(map(re.escape, chinese)) or '(?!)'}))")  # words may overlap
        self._may_have = _LETTERS | self._begins

    def beside(self, phrases: Iterable[str]) -> list[str]:
        """Return folded *phrases*, and behind each its other spellings."""
        has_none = self._may_have.isdisjoint  # of most phrases, and asking takes less than looking
        return [
            one
            for phrase in phrases
            for one in ((phrase,) if has_none(phrase) else (phrase, *self.of(phrase)))
        ]  # fmt: skip

    def of(self, phrase: str) -> Iterator[str]:
        """Yield the other spellings of a folded phrase, as many as the limits above, and one without spaces.

        >>> list(Spellings([("微信", ["薇信", "vx"])], str).of("加微信领取"))
        ['加薇信领取', '加vx领取']
        >>> list(Spellings([("ads", ["4ds"])], str).of("stop all ads"))
        ['stopallads', 'stop all 4ds']
        """
        latin = phrase.isascii()
        joined = phrase.replace(" ", "")
        if latin and joined.isalpha() and JOINED <= len(joined) < len(phrase):
            yield joined
        places = self._places(phrase)
        if not places:
            return
        if latin and len(places) > 1:
            yield from _throughout(phrase, places)
        ways = [[phrase[:start] + one + phrase[end:] for one in written] for start, end, written in places]
        in_turn = (spelling for spellings in zip_longest(*ways) for spelling in spellings if spelling)
        yield from islice(in_turn, (MOST_IN_PHRASE if " " in phrase else MOST_LATIN) if latin else MOST)

    def _places(self, phrase: str) -> list[_Place]:
        latin = [] if _LETTERS.isdisjoint(phrase) else [
            (match.start(), match.end(), self._written[match[0]])
            for match in _TOKEN.finditer(phrase)
            if match[0] in self._written
        ]  # fmt: skip
        if self._begins.isdisjoint(phrase):
            return latin
        others = [(match.start(1), match.end(1), self._written[match[1]]) for match in self._others.finditer(phrase)]
        return sorted([*latin, *others])


def _throughout(phrase: str, places: Sequence[_Place]) -> Iterator[str]:
    """The phrase with every word in its first other spelling, and in its second: who writes digits writes many."""
    for number in range(2):
        written = phrase
        for start, end, spellings in reversed(places):
            written = written[:start] + spellings[number % len(spellings)] + written[end:]
        yield written

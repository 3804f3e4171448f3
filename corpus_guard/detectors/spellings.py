"""Other ways to write a phrase: one word of it by a look-alike, a homophone, its pinyin or an abbreviation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest

MOST = 4
"""Other spellings of one phrase, the first of the list: each is one more gate, and gates cost time to compile."""


class Spellings:
    """Finds the words of a list in phrases, and puts their other spellings in place, one word at a time."""

    def __init__(self, spellings: Sequence[tuple[str, Sequence[str]]], fold: Callable[[str], str]) -> None:
        """Fold *spellings* as the shared pass folds texts."""
        self._written = {fold(word): tuple(dict.fromkeys(map(fold, written))) for word, written in spellings}
        longest_first = sorted(self._written, key=len, reverse=True)
        self._words = re.compile(f"(?=({'|'.join(map(re.escape, longest_first)) or '(?!)'}))")  # words may overlap

    def of(self, phrase: str) -> Iterator[str]:
        """Yield the other spellings of a folded phrase, at most `MOST`.

        >>> list(Spellings([("微信", ["薇信", "vx"])], str).of("加微信领取"))
        ['加薇信领取', '加vx领取']
        """
        ways = [
            [phrase[: match.start(1)] + written + phrase[match.end(1) :] for written in self._written[match[1]]]
            for match in self._words.finditer(phrase)
        ]
        in_turn = (spelling for spellings in zip_longest(*ways) for spelling in spellings if spelling)
        yield from islice(in_turn, MOST)

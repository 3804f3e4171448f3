"""What a Chinese name looks like: a surname of the list, then one or two characters that given names like.

The lists lie in `rules/people/names.toml`. A name is judged in a run of Chinese characters that begins with it (after a
label) or ends with it (before a title); what surrounds it decides how many characters are the given name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from corpus_guard.catalog.wordings import read_word_lists
from corpus_guard.core.batch import Integers

LONGEST = 4
"""Characters of the longest name without a dot: two of the surname, two of the given name."""

HAN_RUN = re.compile("[\u3400-\u9fff]+")
_HAN_AT_END = re.compile("[\u3400-\u9fff]*\\Z")
DOTTED = re.compile("[\u3400-\u9fff]{1,6}(?:[·•・‧][\u3400-\u9fff]{1,8}){1,3}")
_OFTEN, _SOMETIMES, _NEVER = 2, 1, -2
_IS_HAN, _IS_SURNAME, _IS_FREQUENT, _JOINS, _IS_GIVEN, _IS_OFTEN, _OPENS, _CLOSES = (1 << bit for bit in range(8))
_PAIR = 2


class NameModel:
    """Judges runs of Chinese characters in simplified spelling."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        """Take the lists of `rules/people/names.toml`."""
        self.compound = frozenset(lists["surnames_compound"])
        self.doubtful = frozenset("".join(lists["surnames_doubtful"]))
        self.surnames = frozenset("".join(lists["surnames"])) | self.doubtful
        self._frequent = frozenset(lists["surnames"][0]) - self.doubtful
        self._joining = frozenset("".join(lists["joining"]))
        self._weight = dict.fromkeys("".join(lists["given_never"]), _NEVER)
        self._weight |= dict.fromkeys("".join(lists["given_sometimes"]), _SOMETIMES)
        self._weight |= dict.fromkeys("".join(lists["given_often"]), _OFTEN)
        words = frozenset((*_words(lists["not_names"]), *lists["provinces_short"], *lists["cities"]))
        self._not_name_lengths = sorted({len(word) for word in words})
        self._words = words
        self._not_before = frozenset(_words(lists["not_before_titles"]))
        self._follows = re.compile("|".join(map(re.escape, sorted(lists["after_name"], key=len, reverse=True))))

    def is_word(self, run: str) -> bool:
        """Say whether *run* begins with a word that only looks like a name."""
        return any(run[:length] in self._words for length in self._not_name_lengths)

    def surname(self, run: str) -> int:
        """Return how many characters of a surname *run* begins with; 0 for none."""
        if run[:2] in self.compound:
            return 2
        return int(run[:1] in self.surnames)

    def given(self, characters: str) -> int:
        """Return how much one or two *characters* are like a given name: above 0 they are, 4 at most."""
        weights = [self._weight.get(character, 0) for character in characters]
        return min(weights) if min(weights, default=_NEVER) < 0 else sum(weights)

    def unknown(self, characters: str) -> int:
        """Return how many of *characters* stand in no list of characters of given names."""
        return sum(character not in self._weight for character in characters)

    def is_name(self, run: str) -> bool:
        """Say whether the whole *run* is a name: 张三丰, 欧阳娜娜.

        >>> people().is_name("王小明"), people().is_name("高速"), people().is_name("办公室")
        (True, False, False)
        """
        surname = self.surname(run)
        if not surname or not 1 <= len(run) - surname <= 2 or (surname == 1 and self.is_word(run)):
            return False
        least = len(run) - surname + 1 if run[0] in self.doubtful and surname == 1 else 1
        return self.given(run[surname:]) >= least

    def at_start(self, text: str) -> int:
        """Return how long the name is that *text* begins with, because a label stands before it; 0 for none.

        >>> people().at_start("王小明，男"), people().at_start("张三电话138"), people().at_start("无")
        (3, 2, 0)
        """
        if dotted := DOTTED.match(text):
            return dotted.end()
        match = HAN_RUN.match(text)
        run = match[0] if match else ""
        surname = self.surname(run)
        if not surname:
            return 0
        for length in (surname + 2, surname + 1):
            ends = len(run) == length or self._follows.match(run, length)
            if len(run) >= length and ends and self.is_name(run[:length]):
                return length
        for length, least in ((surname + 2, 3), (surname + 1, 2)):
            if len(run) > length and self.given(run[surname:length]) >= least and self.is_name(run[:length]):
                return length
        return 0

    def may_end(self, before: Integers) -> npt.NDArray[np.bool_]:
        """Return before which places `at_end` may find something: much faster than to ask it at each.

        Each row of *before* has the `LONGEST` characters before a place as numbers of 16 bits, the nearest first.
        """
        kinds = self._kinds[before]

        def has(place: int, kind: int) -> npt.NDArray[np.bool_]:
            found: npt.NDArray[np.bool_] = (kinds[:, place] & kind) != 0
            return found

        often, both = has(0, _IS_OFTEN) | has(1, _IS_OFTEN), has(0, _IS_GIVEN) & has(1, _IS_GIVEN)
        surname = has(0, _IS_FREQUENT) | (has(0, _IS_SURNAME) & (has(1, _JOINS) | ~has(1, _IS_HAN)))
        simple = (has(1, _IS_SURNAME) & has(0, _IS_OFTEN)) | (has(2, _IS_SURNAME) & both & often)
        compound = [has(place + 1, _OPENS) & has(place, _CLOSES) for place in range(LONGEST - 1)]
        given = has(0, _IS_GIVEN), has(0, _IS_GIVEN) | has(1, _IS_GIVEN)
        return surname | simple | compound[0] | (compound[1] & given[0]) | (compound[2] & given[1])

    @cached_property
    def _kinds(self) -> npt.NDArray[np.uint8]:
        """What each character of 16 bits may be in a name: a set of bits."""
        table = np.zeros(1 << 16, np.uint8)
        table[0x3400:0xA000] = _IS_HAN
        pairs = [one for one in self.compound if len(one) == _PAIR]
        kinds: list[tuple[int, Iterable[str]]] = [
            (_IS_SURNAME, self.surnames), (_IS_FREQUENT, self._frequent), (_JOINS, self._joining),
            (_IS_GIVEN, (one for one, weight in self._weight.items() if weight > 0)),
            (_IS_OFTEN, (one for one, weight in self._weight.items() if weight == _OFTEN)),
            (_OPENS, (one[0] for one in pairs)), (_CLOSES, (one[1] for one in pairs)),
        ]  # fmt: skip
        for kind, characters in kinds:
            codes = np.array([code for code in map(ord, characters) if code < len(table)], np.int64)
            table[np.unique(codes)] |= kind
        return table

    def at_end(self, text: str) -> int:
        """Return how long the name or surname is that *text* ends with, because a title stands behind it; 0 for none.

        >>> people().at_end("联系王小明"), people().at_end("请找李"), people().at_end("基金")
        (3, 1, 0)
        """
        if text[-1:] not in self.surnames and self._weight.get(text[-1:], 0) <= 0:
            return 0
        match = _HAN_AT_END.search(text, max(0, len(text) - LONGEST - 1))
        run = match[0] if match else ""
        for length in range(min(LONGEST, len(run)), 1, -1):
            name, apart = run[-length:], self._stands_apart(run[:-length])
            surname = self.surname(name)
            if surname == length == 2 or (
                (apart or name[0] not in self.doubtful) and self.is_name(name)
                and self.given(name[surname:]) >= (length if surname == 1 else 1)
            ):  # fmt: skip
                return length
        frequent = run[-1:] in self._frequent and run[-2:] not in self._not_before
        return int(frequent or (run[-1:] in self.surnames and self._stands_apart(run[:-1])))

    def _stands_apart(self, before: str) -> bool:
        """Say whether no word reaches from *before* into what follows it."""
        return not before or before[-1] in self._joining


def _words(lines: Iterable[str]) -> list[str]:
    return " ".join(lines).split()


@lru_cache(maxsize=1)
def people() -> NameModel:
    """Return the model of the shipped lists; read once."""
    return NameModel(read_word_lists())

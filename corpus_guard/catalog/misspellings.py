"""Ways in which a Latin word is written so that a filter does not see it, by rule instead of one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

SHORTEST = 4
"""Letters of the shortest misspelling: those of three are words by themselves too often, and no gates."""

VOWELS = "aeiou"


def misspellings(word: str, look_alikes: Mapping[str, str]) -> Iterator[str]:
    """Yield *word* with digits for letters, with a star for a vowel, and with two letters swapped or one left out.

    Digits stand for all letters they can, for all vowels, then for each. The first letter stays where it is, and the
    last is not left out: an s often makes a plural.

    >>> list(misspellings("rudest", {"u": "v", "s": "5"}))[:8]
    ['rvde5t', 'rvdest', 'rude5t', 'r*dest', 'rud*st', 'rduest', 'ruedst', 'rudset']
    """
    found = dict.fromkeys((*_with_look_alikes(word, look_alikes), *_starred(word), *_swapped(word), *_shortened(word)))
    yield from (spelling for spelling in found if spelling != word and len(spelling) >= SHORTEST)


def _with_look_alikes(word: str, look_alikes: Mapping[str, str]) -> Iterator[str]:
    yield "".join(look_alikes.get(letter, letter) for letter in word)
    yield "".join(look_alikes.get(letter, letter) if letter in VOWELS else letter for letter in word)
    for place, letter in enumerate(word):
        yield word[:place] + look_alikes.get(letter, letter) + word[place + 1 :]


def _starred(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        if word[place] in VOWELS:
            yield word[:place] + "*" + word[place + 1 :]


def _swapped(word: str) -> Iterator[str]:
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _shortened(word: str) -> Iterator[str]:
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1 :]

"""Words around a finding that change what it means: a warning, a report, a way to get in touch."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LATIN = re.compile(r"[a-z0-9_]")


class Surroundings:
    """Folded words, one of which may stand near a finding; an English one also at the beginning of a longer one.

    >>> warning = Surroundings(["警方提醒", "convict"])
    >>> warning.speak("he was convicted of it"), warning.speak("preconvict")
    (True, False)
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._inside = tuple(word for word in words if not _LATIN.match(word))
        self._at_beginnings = tuple(word for word in words if _LATIN.match(word))

    def speak(self, stretch: str) -> bool:
        """Return whether one of the words stands in a folded stretch of text.

        Word by word: an expression of a hundred alternatives, tried at every place, takes twenty times as long.
        """
        return any(word in stretch for word in self._inside) or any(
            _begins_a_word(word, stretch) for word in self._at_beginnings if word in stretch
        )


def _begins_a_word(word: str, stretch: str) -> bool:
    place = stretch.find(word)
    while place > 0 and _LATIN.match(stretch[place - 1]):
        place = stretch.find(word, place + 1)
    return place >= 0

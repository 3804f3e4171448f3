"""The reference identifier, langdetect: slow, so asked of what stays ambiguous and of a sample; seeded each time."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

_SEED = 0
_TRIALS = 1
"""It draws n-grams by chance so many times; with more, ambiguous texts take up to 60 ms each."""
LONGEST = 400
"""Characters of a text that it is asked of."""
_LONGEST_GRAM = 3
_SPACES, _LATIN = re.compile(" {2,}"), re.compile("[A-z]+")


class _Chances(dict[str, None]):
    """How probable each n-gram is in each language, worked out when a text has it.

    langdetect works them out for all of its 87,000 n-grams before the first text: a third of a second.
    """

    def __init__(self, profiles: Sequence[Mapping[str, Any]]) -> None:
        self._profiles = [(profile["freq"], profile["n_words"]) for profile in profiles]
        super().__init__()
        for counts, _ in self._profiles:
            self.update(dict.fromkeys(counts))

    def of(self, gram: str) -> npt.NDArray[np.float64]:
        """Return how probable an n-gram is in each language."""
        size = len(gram) - 1
        return np.array([1.0 * counts[gram] / sums[size] if gram in counts else 0.0 for counts, sums in self._profiles])


class _Rows(dict[str, npt.NDArray[np.float64]]):
    """What probabilities are multiplied by for an n-gram: how probable it is in each language, and a little more."""

    def __init__(self, chances: _Chances, more: float) -> None:
        super().__init__()
        self._chances, self._more = chances, more

    def __missing__(self, gram: str) -> npt.NDArray[np.float64]:
        row = self[gram] = self._chances.of(gram) + self._more
        return row


@lru_cache(maxsize=1)
def _profiles() -> tuple[Path, ...]:
    """The files of its languages, each called by its code, in an order that no file system changes."""
    import langdetect

    files = (Path(langdetect.__file__).parent / "profiles").iterdir()
    return tuple(sorted(path for path in files if path.is_file() and not path.name.startswith(".")))


class _Characters(dict[str, Any]):
    """What a function gives for each character, worked out when a text has it."""

    def __init__(self, function: Callable[[str], Any]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, character: str) -> Any:
        found = self[character] = self._function(character)
        return found


def _alphabet(character: str) -> str:
    """What the library counts a character as."""
    from langdetect.utils.unicode_block import unicode_block

    if "A" <= character <= "z":
        return "Latin"
    return "other" if character >= "\u0300" and unicode_block(character) != "Latin Extended Additional" else ""


@lru_cache(maxsize=1)
def _detector_class() -> Any:
    from langdetect.detector import Detector
    from langdetect.utils.ngram import NGram

    normal, alphabets = _Characters(NGram.normalize), _Characters(_alphabet)
    rows: dict[float, _Rows] = {}  # it is the same number for every text, since all begin with the same seed

    class Quick(Detector):  # type: ignore[misc]
        """The library's detector with languages side by side in arrays: the same numbers, ten times as fast."""

        text: str

        def append(self, text: str) -> None:
            text = NGram.normalize_vi(self.MAIL_RE.sub(" ", self.URL_RE.sub(" ", text)))
            self.text += _SPACES.sub(" ", text[: self.max_text_length])

        def cleaning_text(self) -> None:
            if not self.text.isascii():
                counted = [alphabets[character] for character in self.text]
                if counted.count("Latin") * 2 < counted.count("other"):
                    self.text = _LATIN.sub("", self.text)

        def _extract_ngrams(self) -> list[str]:
            return _n_grams(map(normal.__getitem__, self.text), self.word_lang_prob_map)

        def _init_probability(self) -> npt.NDArray[np.float64]:
            return np.array(super()._init_probability())

        def _update_lang_prob(self, prob: npt.NDArray[np.float64], word: str, alpha: float) -> bool:
            if alpha not in rows:
                rows[alpha] = _Rows(self.word_lang_prob_map, alpha / self.BASE_FREQ)
            prob *= rows[alpha][word]
            return True

        def _normalize_prob(self, prob: npt.NDArray[np.float64]) -> float:
            prob /= sum(prob.tolist())  # as the library adds them up
            return float(prob[prob.argmax()])

    return Quick


def _n_grams(characters: Iterable[str], known: Container[str]) -> list[str]:
    """The n-grams that are *known*, in the library's order: none of words in capitals, after their first letter."""
    found: list[str] = []
    grams, last, capitals = " ", " ", False
    for character in characters:
        if last == " ":
            if character == " ":
                continue
            grams, capitals = " ", False
        grams = grams[-2:] + character
        capitals = character.isupper() and (capitals or last.isupper())
        last = character
        if capitals:
            continue
        if character != " " and character in known:
            found.append(character)
        if (pair := grams[-2:]) in known:
            found.append(pair)
        if len(grams) == _LONGEST_GRAM and grams in known:
            found.append(grams)
    return found


@lru_cache(maxsize=1)
def _factory() -> Any:
    from langdetect.detector_factory import DetectorFactory

    profiles = [orjson.loads(path.read_bytes()) for path in _profiles()]
    factory = DetectorFactory()
    factory.langlist = [profile["name"] for profile in profiles]
    factory.word_lang_prob_map = _Chances(profiles)
    factory.set_seed(_SEED)
    return factory


@lru_cache(maxsize=1)
def second_languages() -> frozenset[str]:
    """Return the languages it knows, Chinese as `zh`; their profiles are not read for that."""
    return frozenset(path.name.partition("-")[0] for path in _profiles())


def second_opinion(text: str) -> str:
    """Return the language it sees in *text*, Chinese as `zh`; empty when it sees none. The same for the same text."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _detector_class()(_factory())
    detector.n_trial = _TRIALS
    try:
        detector.append(text[:LONGEST])
        return str(detector.detect()).partition("-")[0]
    except LangDetectException:
        return ""

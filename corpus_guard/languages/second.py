"""The reference identifier, langdetect: slow, so asked of what stays ambiguous and of a sample; seeded each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class _Chances(dict[str, Any]):
    """How probable each n-gram is in each language, worked out when a text has it.

    langdetect works them out for all of its 87,000 n-grams before the first text: a third of a second.
    """

    def __init__(self, profiles: Sequence[Mapping[str, Any]]) -> None:
        known = [(profile["freq"], profile["n_words"]) for profile in profiles]
        super().__init__(dict.fromkeys(gram for counts, _ in known for gram in counts))
        self._profiles = known

    def __getitem__(self, gram: str) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] | None = super().__getitem__(gram)
        if found is None:
            size = len(gram) - 1
            each = [1.0 * counts[gram] / sums[size] if gram in counts else 0.0 for counts, sums in self._profiles]
            found = self[gram] = np.array(each)
        return found


@lru_cache(maxsize=1)
def _profiles() -> tuple[Path, ...]:
    """The files of its languages, each called by its code, in an order that no file system changes."""
    import langdetect

    files = (Path(langdetect.__file__).parent / "profiles").iterdir()
    return tuple(sorted(path for path in files if path.is_file() and not path.name.startswith(".")))


@lru_cache(maxsize=1)
def _detector_class() -> Any:
    from langdetect.detector import Detector

    class Quick(Detector):  # type: ignore[misc]
        """The library's detector with languages side by side in arrays: the same numbers, five times as fast."""

        def _init_probability(self) -> npt.NDArray[np.float64]:
            return np.array(super()._init_probability())

        def _update_lang_prob(self, prob: npt.NDArray[np.float64], word: str, alpha: float) -> bool:
            prob *= alpha / self.BASE_FREQ + self.word_lang_prob_map[word]
            return True

        def _normalize_prob(self, prob: npt.NDArray[np.float64]) -> float:
            prob /= sum(prob.tolist())  # as the library adds them up
            return float(prob.max())

    return Quick


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

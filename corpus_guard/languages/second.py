"""The reference identifier, langdetect: slow, so asked of what stays ambiguous and of a sample; seeded each time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_SEED = 0
_TRIALS = 1
"""It draws n-grams by chance so many times; with more, ambiguous texts take up to 60 ms each."""
LONGEST = 400
"""Characters of a text that it is asked of."""


@lru_cache(maxsize=1)
def _factory() -> Any:
    from langdetect import detector_factory

    factory = detector_factory.DetectorFactory()
    factory.load_profile(detector_factory.PROFILES_DIRECTORY)
    factory.set_seed(_SEED)
    return factory


def second_languages() -> frozenset[str]:
    """Return the languages it knows, Chinese as `zh`."""
    return frozenset(code.partition("-")[0] for code in _factory().get_lang_list())


def second_opinion(text: str) -> str:
    """Return the language it sees in *text*, Chinese as `zh`; empty when it sees none. The same for the same text."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    detector.n_trial = _TRIALS
    try:
        detector.append(text[:LONGEST])
        return str(detector.detect()).partition("-")[0]
    except LangDetectException:
        return ""

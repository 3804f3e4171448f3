"""The reference identifier answers as langdetect does with all of its profiles read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langdetect import detector_factory
from langdetect.lang_detect_exception import LangDetectException

from corpus_guard.languages.second import LONGEST, second_languages, second_opinion

WHOLE = detector_factory.DetectorFactory()
WHOLE.load_profile(detector_factory.PROFILES_DIRECTORY)
WHOLE.set_seed(0)
SENTENCES = [
    "The weather was fine, and so they walked along the river.",
    "Das Wetter war schön, und so gingen sie am Fluss entlang.",
    "Il faisait beau, et ils se promenaient le long de la rivière.",
    "Погода была хорошая, и они гуляли вдоль реки.",
    "天气很好，他们沿着河边散步。",
    "天気がよかったので、川沿いを散歩しました。",
    "आज मौसम अच्छा है।",
    "http://example.com 12345",
    "NASA said:   THE ROCKET LANDED a.k.a. McDONALD me@example.com",
    "天气 ok 很好 Fine，他们 went 沿着河边散步 ờ ẵ。",
]


def expected(text: str) -> str:
    """What the library says itself."""
    detector = WHOLE.create()
    detector.n_trial = 1
    detector.append(text[:LONGEST])
    try:
        return str(detector.detect()).partition("-")[0]
    except LangDetectException:
        return ""


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences_are_told_as_by_the_library(text: str) -> None:
    """Every script, also what is no language."""
    assert expected(text) == second_opinion(text)


@given(st.lists(st.sampled_from(SENTENCES) | st.text(max_size=40), min_size=1, max_size=4))
def test_any_text_is_told_as_by_the_library(parts: list[str]) -> None:
    """Mixed and meaningless texts as well."""
    assert expected(" ".join(parts)) == second_opinion(" ".join(parts))


def test_languages_are_those_of_the_library() -> None:
    """The names of its files are the languages it knows."""
    assert {code.partition("-")[0] for code in WHOLE.get_lang_list()} == second_languages()

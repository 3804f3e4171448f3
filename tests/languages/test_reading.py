"""Languages are told the same with compiled functions and without them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.languages import identifier, letters, reading, scripts
from corpus_guard.languages.reading import Bytes, gathered, text_of
from corpus_guard.languages.scripts import count_scripts, only_script
from corpus_guard.matching.characters import Codes
from corpus_guard.matching.compiled import library
from corpus_guard.matching.views import View, views_of
from tests.languages.telling import DATA, FOLDING, told

pytestmark = pytest.mark.skipif(library() is None, reason="the installation found no C compiler")

TEXT = st.one_of(
    st.text(max_size=60),
    st.text("aé中国國嘅かカ한яبक𠀀𐌲👍 1.,\n\x1f\xa0\u2003", max_size=400),
    st.sampled_from(["the house of the old man and ", "Привет всем, как дела? ", "Das ist ein Satz. "]).map(
        lambda text: text * 9
    ),
)
WORDS = ("of the", "the", "of", "then", "_x")


def _without(patch: pytest.MonkeyPatch) -> None:
    """An installation without compiled functions."""
    for module in (identifier, letters, reading, scripts):
        patch.setattr(module, "library", lambda: None)


def _views(texts: list[str]) -> list[View]:
    return views_of(Batch.of_texts(texts), FOLDING)


def _codes(text: str) -> Codes:
    (view,) = _views([text + "é"])
    assert view.codes is not None
    return view.codes


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, max_size=5))
def test_documents_are_told_the_same(texts: list[str]) -> None:
    """Labels, parts, and what is uncovered."""
    compiled = told(texts)
    with pytest.MonkeyPatch.context() as patch:
        _without(patch)
        plain = told(texts)
    assert [plain.of(place) for place in range(len(texts))] == [compiled.of(place) for place in range(len(texts))]
    assert plain.uncovered.tolist() == compiled.uncovered.tolist()


@given(TEXT, st.data())
def test_stretches_are_those_of_the_text(text: str, data: st.DataObject) -> None:
    """As UTF-8, whatever characters they hold, with compiled functions and without them."""
    codes, place = _codes(text), st.integers(0, len(text))
    spans = np.array(data.draw(st.lists(st.tuples(place, place).map(sorted), min_size=1, max_size=4)))
    starts, ends = spans.T
    expected = [text[start:end] for start, end in spans.tolist()]
    assert expected == [text_of(codes, start, end) for start, end in spans.tolist()]
    for known in (library, lambda: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "library", known)
            assert expected == [one.decode() for one in gathered(codes, starts, ends).each()]


@given(st.lists(st.lists(st.sampled_from([*WORDS, " ", "x", "é", "-", "The"]), max_size=9).map("".join), min_size=1))
def test_words_are_counted_the_same(texts: list[str]) -> None:
    """Whole words alone; of two that begin at one place the first of the list."""
    read = Bytes.of([text.encode() for text in texts])
    compiled = read.words(WORDS).tolist()
    with pytest.MonkeyPatch.context() as patch:
        _without(patch)
        assert read.words(WORDS).tolist() == compiled


def test_words_that_begin_with_other_characters_are_counted_too() -> None:
    """They are left to expressions."""
    assert [1, 0] == Bytes.of(["a là-bas b".encode(), b"labas"]).words(("là-bas", "éa")).tolist()


@given(st.lists(TEXT, min_size=1, max_size=3), st.integers(1, len(DATA.scripts)))
def test_letters_of_scripts_are_the_same(texts: list[str], script: int) -> None:
    """How many there are, and what is left when all other scripts are taken out."""
    codes = _codes("".join(texts))
    ends = np.cumsum([len(text) for text in texts])
    starts = ends - np.array([len(text) for text in texts])
    found = []
    for known in (library, lambda: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scripts, "library", known)
            spans = only_script(codes, starts, ends, script, DATA)
            left = [spans.text(place) for place in range(len(texts))]
            found.append((count_scripts(codes, starts, ends, DATA).tolist(), left))
    assert found[0] == found[1]


def test_made_up_words_are_mostly_in_one_language() -> None:
    """Each stretch of them looks like another language, and few are sure of it."""
    syllables = np.array("ba ce di en fo ha in ko la me ni or pa re si te un vo".split())
    texts = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        texts.append(" ".join("".join(random.choice(syllables, random.integers(1, 4))) for _ in range(300)))
    known = told(texts)
    assert sum(len(known.of(place)) == 1 for place in range(40)) >= 30

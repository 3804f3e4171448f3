"""The identifier over batches answers as py3langid does, text by text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from corpus_guard.languages.identifier import Identifier, model
from corpus_guard.languages.samples import count_bytes, encoded, windows

KNOWN = LanguageIdentifier.from_model_file(MODEL_FILE)
SOME = Identifier(model().classes)
TEXTS = st.lists(
    st.text(max_size=60) | st.sampled_from(["This is a sentence.", "Das ist ein Satz.", "ЭТО ТЕКСТ", "é" * 9])
)


@given(TEXTS.filter(len))
def test_scores_are_those_of_the_library(texts: list[str]) -> None:
    """For any batch of texts, up to the rounding of single-precision numbers."""
    scores = SOME.scores([encoded(text) for text in texts])
    for text, own in zip(texts, scores, strict=True):
        expected = KNOWN._raw_score(encoded(text))
        if KNOWN._raw_score(b"").max() < expected.max():  # the library gives a floor where it sees nothing
            np.testing.assert_allclose(expected, own, rtol=1e-3, atol=1e-2)


@given(TEXTS.filter(len))
def test_batches_change_no_score(texts: list[str]) -> None:
    """Bit by bit: alone or among others."""
    read = [encoded(text) for text in texts]
    together = SOME.scores(read)
    for number, one in enumerate(read):
        np.testing.assert_array_equal(SOME.scores([one])[0], together[number])


@given(st.text(max_size=2000), st.integers(2, 12))
def test_windows_are_bounded_and_of_the_text(text: str, most: int) -> None:
    """At most so many stretches, each of the text; a short text is one."""
    found = windows(text, 0, len(text), most)
    assert 1 <= len(found) <= most
    assert all(stretch in text for stretch in found)
    assert sum(map(len, found)) <= max(len(text), 64 * most) + 64


@given(st.lists(st.text(max_size=80), min_size=1))
def test_bytes_of_each_kind_add_up(texts: list[str]) -> None:
    """Letters, white space, marks and others are all there is."""
    read = [text.encode() for text in texts]
    counts = count_bytes(read, "{}")
    assert list(map(len, read)) == (counts.letters + counts.spaces + counts.marks + counts.others).tolist()

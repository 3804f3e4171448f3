"""The identifier over batches answers as py3langid does, text by text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from corpus_guard.languages import identifier
from corpus_guard.languages.identifier import Identifier, model, together
from corpus_guard.languages.reading import Bytes
from corpus_guard.languages.samples import as_trained, byte_kinds, encoded, windows

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


@given(TEXTS.filter(len), st.integers(0, 1))
def test_scores_are_the_same_without_compiled_functions(texts: list[str], longer: int) -> None:
    """Bit by bit, also of texts longer than the compiled function takes."""
    read = [encoded(text) for text in texts] + [b"plain words " * 99] * longer
    compiled = SOME.scores(read)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifier, "library", lambda: None)
        np.testing.assert_array_equal(SOME.scores(read), compiled)


@given(TEXTS.filter(len))
def test_scores_are_the_same_on_every_processor(texts: list[str]) -> None:
    """Bit by bit, whether eight numbers are widened at once or each by itself."""
    read = [encoded(text) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifier, "_WIDE", 0)
        plain = SOME.scores(read)

    np.testing.assert_array_equal(plain, SOME.scores(read))


@given(counts=st.lists(st.integers(1, 40), min_size=1, max_size=6), columns=st.integers(1, 9), seed=st.integers(0, 99))
def test_sums_of_scores_are_the_same_without_compiled_functions(counts: list[int], columns: int, seed: int) -> None:
    """Bit by bit, however many rows belong together."""
    scores = np.random.default_rng(seed).standard_normal((sum(counts), 9)).astype(np.float32)[:, :columns] * 50
    firsts = np.cumsum(counts) - counts
    compiled = together(scores, firsts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identifier, "library", lambda: None)
        np.testing.assert_array_equal(together(scores, firsts), compiled)


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 2000)), min_size=1), st.integers(2, 12))
def test_windows_are_bounded_and_of_the_text(spans: list[tuple[int, int]], most: int) -> None:
    """At most so many stretches, each of the text, in order; a short text is one; no text changes those of others."""
    begins, ends = np.array([sorted(span) for span in spans]).T
    starts, stops, counts = windows(begins, ends, most)
    assert ((counts >= 1) & (counts <= most)).all()
    assert (np.repeat(begins, counts) <= starts).all()
    assert (stops <= np.repeat(ends, counts)).all()
    assert (np.add.reduceat(stops - starts, np.cumsum(counts) - counts) <= np.maximum(ends - begins, 64 * most)).all()
    first = windows(begins[:1], ends[:1], most)
    assert [starts[: counts[0]].tolist(), stops[: counts[0]].tolist()] == [first[0].tolist(), first[1].tolist()]


@given(st.lists(st.text(max_size=80), min_size=1))
def test_bytes_of_each_kind_add_up(texts: list[str]) -> None:
    """Letters, white space, marks and others are all there is."""
    read = [text.encode() for text in texts]
    assert list(map(len, read)) == byte_kinds(Bytes.of(read), "{}").sum(axis=1).tolist()


@given(st.lists(st.text(max_size=20) | st.text("aBéÉ ", max_size=9), min_size=1))
def test_stretches_are_read_as_in_training(texts: list[str]) -> None:
    """All of them at once as each by itself."""
    assert [encoded(text) for text in texts] == as_trained(Bytes.of([text.encode() for text in texts])).each()

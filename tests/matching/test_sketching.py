"""What is kept of documents is the same with compiled functions and without them, however their texts lie in memory."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus_guard.matching import sketching
from corpus_guard.matching.compiled import library
from corpus_guard.matching.sketches import BINS, FEW, listed
from corpus_guard.matching.sketching import Sketched, Texts, signatures, sketched

pytestmark = pytest.mark.skipif(library() is None, reason="the installation found no C compiler")

DOCUMENTS = st.lists(st.lists(st.text("ab国家春天", max_size=12), min_size=1, max_size=3), max_size=6)
LONG = st.tuples(st.integers(1, 3_000), st.integers(1, 3_000), st.integers(0, 9))


def _texts(documents: list[list[np.ndarray]], *, hashed: bool = False) -> Texts:
    """Texts of documents, the last ones first in memory."""
    firsts = np.cumsum([0, *map(len, documents)])
    texts = [text for own in documents for text in own]
    kind = np.uint32 if hashed else np.uint16
    known = np.concatenate([np.zeros(0, kind), *reversed(texts)]).astype(kind)
    lengths = np.array([len(text) for text in texts], np.int64)
    starts = len(known) - np.cumsum(lengths)
    return Texts(starts, lengths, firsts, **{"hashes" if hashed else "units": known})


def _columns(kept: Sketched) -> list[list[object]]:
    return [getattr(kept, column.name).tolist() for column in fields(Sketched)]


def _both(texts: Texts, threshold: float) -> list[object]:
    """What compiled functions and arrays keep."""
    found: list[object] = []
    for known in (library, lambda: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sketching, "library", known)
            found.append((_columns(sketched(texts, threshold)), signatures(texts).tolist()))
    return found


@given(documents=DOCUMENTS, threshold=st.sampled_from([0.8, 0.5]))
def test_texts(documents: list[list[str]], threshold: float) -> None:
    """Short texts, empty ones, several of one document."""
    units = [[np.frombuffer(text.encode("utf-16-le"), np.uint16) for text in own] for own in documents]
    compiled, plain = _both(_texts(units), threshold)

    assert plain == compiled


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(LONG, min_size=1, max_size=3), hashed=st.booleans(), threshold=st.sampled_from([0.8, 0.5]))
@example(sizes=[(FEW, FEW, 0), (listed(0.8) + 1, listed(0.8), 1)], hashed=True, threshold=0.8)
@example(sizes=[(3_000, 2_048, 0), (3_000, 2_049, 0)], hashed=True, threshold=0.5)
def test_long_texts(sizes: list[tuple[int, int, int]], hashed: bool, threshold: float) -> None:
    """Texts with more shingles than are kept, and those that repeat theirs."""
    documents = []
    for count, different, seed in sizes:
        random = np.random.default_rng(seed)
        members = random.choice(2**32 if hashed else 2**16, min(different, count), replace=False)
        documents.append([members[np.arange(count) % len(members)].astype(np.uint32 if hashed else np.uint16)])
    compiled, plain = _both(_texts(documents, hashed=hashed), threshold)

    assert plain == compiled


@pytest.mark.parametrize("hashes", [[2**32 - 1], [0], [0, 0, 2**32 - 1], [0] * 2_000, [2**32 - 1] * 2_000])
def test_hashes_that_stand_for_something_else(hashes: list[int]) -> None:
    """The highest hash is what an empty bin holds, and 0 what an empty slot does."""
    compiled, plain = _both(_texts([[np.array(hashes)]], hashed=True), 0.8)

    assert plain == compiled


def test_a_text_that_repeats_itself_is_the_text_said_once() -> None:
    """All of its different shingles are kept, and no bins."""
    once = np.arange(1, 301, dtype=np.uint32) * np.uint32(2**24 + 1)
    kept = sketched(_texts([[np.tile(once, 9)], [once]], hashed=True), 0.8)

    assert [300, 300] == kept.different.tolist()
    assert kept.shingles[:300].tolist() == kept.shingles[300:].tolist()
    assert (0, BINS) == kept.bins.shape

"""Views are the same with the compiled functions and without them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.matching import views
from corpus_guard.matching.compiled import library
from corpus_guard.matching.views import View, views_of
from tests.detectors.passes import FOLDING

pytestmark = pytest.mark.skipif(library() is None, reason="the installation found no C compiler")

RUNS = [
    "国",
    "家，",
    "國",
    "ab",
    "Zz 9",
    "。",
    "……",
    "（ａ）",
    "々〇",
    "가",
    "ß",
    "é",
    "e\u0301",
    "👍",
    "\x1e",
    "\u200b",
    "‗",
    "①",
    "߿",
    "ࠀ",
    "\ue000",
    "\uffff",
]
LONG = st.lists(st.tuples(st.sampled_from(RUNS), st.integers(1, 19)), max_size=9)
TEXT = st.one_of(
    LONG.map(lambda runs: "".join(piece * times for piece, times in runs)),
    st.text(max_size=40),
    st.text("aB9 _.\x1e\t", max_size=90),
    st.text("国家，ＡＢ①ſß👍𝐀𠀀é\u0301\u200b가Σς\x1e a1", max_size=40),
)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation without compiled functions."""
    with monkeypatch.context() as patch:
        patch.setattr(views, "library", lambda: None)
        yield


def _columns(view: View) -> tuple[object, ...]:
    codes = view.codes
    return (
        view.texts.tolist(), view.starts.tolist(), view.ends.tolist(), view.lane.tolist(),
        None if view.units is None else view.units.tolist(),
        None if codes is None else (codes.units.tolist(), codes.places.tolist(), codes.beyond.tolist()),
        [column.tolist() for column in view.places_of(np.array([ord("国"), ord("é"), 0x3A3]))], view.raw, view.normal.digests, list(map(bytes, view.normal.each(bytes))),
    )  # fmt: skip


def _seen(texts: list[str], first: int) -> list[tuple[object, ...]]:
    batch = Batch.of_texts(texts)
    sliced = batch.keep(np.arange(len(texts)) >= first)
    return [_columns(view) for view in (*views_of(batch, FOLDING), *views_of(sliced, FOLDING))]


@settings(max_examples=400)
@given(texts=st.lists(TEXT, max_size=6), first=st.integers(0, 2))
def test_views_are_the_same(texts: list[str], first: int) -> None:
    """Every column of every view, what is compared for duplicates included, of whole and of sliced batches."""
    compiled = _seen(texts, first)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "library", lambda: None)
        plain = _seen(texts, first)

    assert plain == compiled


@given(st.lists(TEXT, min_size=1, max_size=4), st.data())
def test_stretches_slice_the_raw_text(texts: list[str], data: st.DataObject) -> None:
    """What a view says was written from one place to another is what the text has there."""
    for view in views_of(Batch.of_texts(texts), FOLDING):
        for local, number in enumerate(view.texts.tolist()):
            start = data.draw(st.integers(0, len(texts[number])))
            end = data.draw(st.integers(start, len(texts[number])))
            assert texts[number][start:end] == view.written(local, start, end)


@pytest.mark.parametrize(
    "data",
    [b"\x80", b"a\xff", b"\xc0\xaf", b"\xe4\xb8", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xf4\x90\x80\x80", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xc3a"],
)  # fmt: skip
@pytest.mark.parametrize("compiled", [True, False])
def test_what_is_no_utf8_is_refused(data: bytes, compiled: bool, request: pytest.FixtureRequest) -> None:
    """Lone, missing and needless bytes, halves of pairs, and what is beyond Unicode."""
    if not compiled:
        request.getfixturevalue("without")
    for before, after in (
        (b"", b""),
        (b"\xe4\xb8\xad" * 4, b"\xe4\xb8\xad" * 9),
        (b"plain " * 3, b"\xe4\xb8\xad and plain" * 2),
    ):
        texts = pa.array([b"fine", before + data + after, b"\xe4\xb8\xad"], pa.large_binary()).view(pa.large_string())
        batch = Batch(np.arange(3), texts, np.arange(3), np.zeros(3, np.int64), ("text",))

        with pytest.raises(UnicodeDecodeError):
            views_of(batch, FOLDING)

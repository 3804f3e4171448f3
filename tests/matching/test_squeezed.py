"""What is removed from inside of words is the same with the compiled function as without it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.matching import squeezed
from corpus_guard.matching.compiled import library
from corpus_guard.matching.squeezed import Squeezer
from corpus_guard.matching.views import views_of
from tests.detectors.passes import FOLDING

WORDS = ["free", "re", "ee", "开发", "发票", "加v", "v加", "国国", "春夏秋冬"]
TEXTS = st.lists(st.text("fre.- *\u200b\u2060开发票加v国é春夏秋冬\n\x1e", max_size=24), min_size=1, max_size=4)


def _positions(texts: list[str]) -> list[list[int] | None]:
    found = [Squeezer(WORDS, FOLDING).squeeze(view) for view in views_of(Batch.of_texts(texts), FOLDING)]
    return [None if one is None else one.positions.tolist() for one in found]


@pytest.mark.skipif(library() is None, reason="the installation found no C compiler")
@settings(max_examples=500)
@given(TEXTS)
def test_the_same_is_removed_without_a_compiled_function(texts: list[str]) -> None:
    """The squeezed view of each view is made of the same places."""
    compiled = _positions(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(squeezed, "library", lambda: None)
        plain = _positions(texts)

    assert plain == compiled


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("开-发", "开发"),
        ("国-发", None),  # no word goes on that way
        ("f.r.e.e", "free"),
        ("xa f.r", None),
        ("票国-国发", "票国国发"),
        ("国春夏-秋国", "国春夏秋国"),
        ("国夏-秋冬国", "国夏秋冬国"),
        ("国夏-秋国", None),  # 秋 follows 夏 in a word, which has neither 国 before nor behind
        ("国夏-秋-国", "国夏秋-国"),  # what may go as well may hide the rest of it
        ("开\u200b\u200b发", "开发"),
        ("开----发", None),  # more than are put between characters to hide a word
    ],
)
def test_characters_go_where_a_word_goes_on_behind_them(text: str, stays: str | None) -> None:
    """Separators between characters that follow each other in no word stay, and nothing is copied for them."""
    view = views_of(Batch.of_texts([text]), FOLDING)[0]
    found = Squeezer(WORDS, FOLDING).squeeze(view)

    assert (None if found is None else "".join(text[place] for place in found.positions if place < len(text))) == stays

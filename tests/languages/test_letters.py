"""Letters counted by arrays are those counted one by one."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.languages.alphabets import CANTONESE, HAN, SIMPLIFIED, TRADITIONAL, alphabets
from corpus_guard.languages.letters import count_letters
from corpus_guard.matching.views import views_of
from tests.languages.telling import DATA, FOLDING

LETTERS = st.text(st.sampled_from("aé中国國嘅かカ한яبक𠀀𐌲 1.,\n"), max_size=700).map(lambda text: text + "é")


def letters(text: str) -> int:
    """Letters of *text*, one by one; vowel signs are letters of their script."""
    return sum(unicodedata.category(character)[0] == "L" for character in text)


@given(st.lists(LETTERS, min_size=1, max_size=4))
def test_every_letter_is_counted_once(texts: list[str]) -> None:
    """Also in texts of more than one stretch, and beyond the basic plane."""
    batch = Batch.of_texts(texts)
    (view,) = views_of(batch, FOLDING)
    assert view.codes is not None
    counted = count_letters(view, view.codes, DATA)
    assert list(map(letters, texts)) == (counted.kinds[:, :CANTONESE].sum(axis=1) + counted.japanese).tolist()


def test_forms_of_han_characters() -> None:
    """国 is simplified, 國 traditional, 后 both, 嘅 Cantonese."""
    packed = alphabets(DATA).packed.to_pylist()
    expected = [1 << 8 * SIMPLIFIED, 1 << 8 * TRADITIONAL, 1 << 8 * HAN, (1 << 8 * HAN) + (1 << 8 * CANTONESE)]
    assert expected == [packed[ord(character)] for character in "国國后嘅"]

"""What near_duplicates leaves of a document."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.core.batch import Batch
from corpus_guard.core.detector import Setting
from corpus_guard.detectors.near_duplicates import SHINGLES, NearDuplicates
from corpus_guard.errors import UsageError
from corpus_guard.matching.views import views_of

FOLDING = read_folding(frozenset({"zh", "en"}))


def _rows(texts: list[str], fields: int = 1, **options: object) -> list[dict[str, object]]:
    """The fingerprints of documents that have so many fields each."""
    batch = Batch.of_texts(texts)
    owners = np.arange(len(texts), dtype=np.int64) // fields
    documents = Batch(
        np.arange(len(texts) // fields, dtype=np.int64), batch.texts, owners, np.arange(len(texts)) % fields,
        tuple(f"field {number}" for number in range(fields)), read=len(texts) // fields,
    )  # fmt: skip
    found: list[dict[str, object]] = (
        NearDuplicates(Setting((), options)).fingerprint(documents, views_of(documents, FOLDING)).to_pylist()
    )
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("春天来了，花开了，鸟儿也叫了。", "春天来了 花开了\n鸟儿也叫了！"),
        ("春天來了花開了鳥兒也叫了", "春天來了，花開了，鳥兒也叫了"),
        ("Spring has come, birds sing.", "ＳＰＲＩＮＧ ＨＡＳ ＣＯＭＥ BIRDS SING"),
        ("Cafe\u0301 au lait pour tous", "café au lait pour tous"),
    ],
)
def test_white_space_punctuation_width_and_case_do_not_count(one: str, other: str) -> None:
    """Texts of the same letters and numbers leave the same."""
    first, second = _rows([one, other])

    assert first == second
    assert first["length"]


@pytest.mark.parametrize("text", ["", "好", "你好。", "a-b", "……！！", "1234"])
def test_a_text_without_a_shingle_has_nothing_to_compare(text: str) -> None:
    """Short texts are compared exactly, and never share an empty sketch."""
    assert 0 == _rows([text])[0]["length"]


@given(
    texts=st.lists(
        st.sampled_from(
            [
                "春天来了花开了",
                "plain words here and two more",
                "好",
                "Cafe\u0301 frappé",
                "",
                "👍👍👍👍👍",
                "漢字與ａｂｃ混排",
            ]
        ),
        max_size=8,
    ),
    shingles=st.sampled_from(SHINGLES),
    simplified=st.booleans(),
)
def test_documents_are_what_they_are_alone(texts: list[str], shingles: str, simplified: bool) -> None:
    """Which documents share a batch changes nothing."""
    options: dict[str, object] = {"shingles": shingles, "simplified": simplified}

    assert [_rows([text], **options)[0] for text in texts] == _rows(texts, **options)


@pytest.mark.parametrize("shingles", SHINGLES)
@pytest.mark.parametrize("after", ["", "\u0928\u093c and more words of it"])
def test_traditional_and_simplified_spellings_are_equal_by_option(shingles: str, after: str) -> None:
    """Also beside characters that normalise only together with their neighbours."""
    one, other = f"春天來了，花開了，鳥兒也叫了{after}", f"春天来了，花开了，鸟儿也叫了{after}"
    plain, folded = (_rows([one, other], shingles=shingles, simplified=option) for option in (False, True))

    assert plain[0]["shingles"] != plain[1]["shingles"]
    assert folded[0]["shingles"] == folded[1]["shingles"]
    assert folded[0]["bands"] == folded[1]["bands"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("one two three four", 0),
        ("one two three four five", 1),
        ("One, two -- THREE four\nfive six", 2),
        ("春天来了花", 1),
        ("the 春天 came 来 early", 2),
        ("", 0),
        ("don't stop here", 0),
    ],
)
def test_word_shingles_are_of_five_words(text: str, count: int) -> None:
    """Every ideograph is a word; punctuation parts words."""
    assert count == _rows([text], shingles="words")[0]["length"]


def test_word_shingles_see_where_words_end() -> None:
    """The same letters in other words are another text, whatever their case and width."""
    one, other, same = "a word of my own here", "aword ofmy own he re", "Ａ WORD of my OWN, here"
    rows = _rows([one, other, same], shingles="words")

    assert rows[0]["shingles"] == rows[2]["shingles"]
    assert rows[0]["shingles"] != rows[1]["shingles"]


def test_fields_of_a_document_are_taken_together() -> None:
    """Chinese and English fields of one sample make one sketch; no shingle spans two fields."""
    both, other = _rows(["春天来了花开了", "spring has come", "spring has come", "春天来了花开了"], fields=2)

    assert both["sketch"] == other["sketch"]
    assert (7 - 4) + (13 - 4) == both["length"]


@pytest.mark.parametrize("threshold", [1, 0.4, "0.8", True])
def test_a_threshold_that_makes_no_sense_is_refused(threshold: object) -> None:
    """The sentence says what is expected."""
    with pytest.raises(UsageError, match="give a number from 0"):
        NearDuplicates(Setting((), {"threshold": threshold}))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"shingles": "word"}, 'did you mean "words"'),
        ({"shingles": 5}, "characters or words"),
        ({"simplified": 1}, "true or false"),
    ],
)
def test_unknown_ways_to_compare_are_refused(options: dict[str, object], said: str) -> None:
    """The sentence says which there are."""
    with pytest.raises(UsageError, match=said):
        NearDuplicates(Setting((), options))

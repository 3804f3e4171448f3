"""What near_duplicates leaves of a document."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.core.batch import Batch
from corpus_guard.core.detector import Setting
from corpus_guard.detectors.near_duplicates import NearDuplicates
from corpus_guard.errors import UsageError
from corpus_guard.matching.views import views_of

FOLDING = read_folding(frozenset({"zh", "en"}))


def _rows(texts: list[str], fields: int = 1) -> list[dict[str, object]]:
    """The fingerprints of documents that have so many fields each."""
    batch = Batch.of_texts(texts)
    owners = np.arange(len(texts), dtype=np.int64) // fields
    documents = Batch(
        np.arange(len(texts) // fields, dtype=np.int64), batch.texts, owners, np.arange(len(texts)) % fields,
        tuple(f"field {number}" for number in range(fields)), read=len(texts) // fields,
    )  # fmt: skip
    found: list[dict[str, object]] = (
        NearDuplicates(Setting(())).fingerprint(documents, views_of(documents, FOLDING)).to_pylist()
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
        st.sampled_from(["春天来了花开了", "plain words here", "好", "Cafe\u0301 frappé", "", "👍👍👍👍👍"]), max_size=8
    )
)
def test_documents_are_what_they_are_alone(texts: list[str]) -> None:
    """Which documents share a batch changes nothing."""
    assert [_rows([text])[0] for text in texts] == _rows(texts)


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

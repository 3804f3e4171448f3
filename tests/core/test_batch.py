"""Batches: sizes, offsets, and documents that are taken out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.shard import Unscanned
from tests.readers.reading import check, documents_of

_BATCH = Batch(
    rows=np.array([3, 5, 6]),
    texts=pa.array(["一", "b", "cc"], pa.large_string()),
    documents=np.array([0, 0, 2]),
    fields=np.array([0, 1, 1]),
    field_names=("instruction", "output"),
    columns={"source": pa.array(["x", None, "y"], pa.large_string())},
    unscanned=(Unscanned("broken", row=4),),
    read=4,
)
_DOCUMENTS = [(3, [("instruction", "一"), ("output", "b")]), (5, []), (6, [("output", "cc")])]


def test_size_is_the_bytes_of_the_texts() -> None:
    """As UTF-8, of the batch itself, not of what it was cut from."""
    sliced = Batch.of_texts(["12345", "一", "b"])

    assert 6 == _BATCH.size
    assert 9 == sliced.size
    assert 4 == sliced.keep(np.array([False, True, True])).size
    assert [0, 3, 4, 6] == _BATCH.text_offsets.tolist()


def test_offsets_of_a_slice_count_in_the_whole_buffer() -> None:
    """Texts that are a slice of an array keep their place in its buffer."""
    whole = pa.array(["12345", "一", "b"], pa.large_string())
    none = np.zeros(2, np.int64)
    batch = Batch(np.arange(2), whole.slice(1), np.arange(2), none, ("text",), read=2)

    assert [5, 8, 9] == batch.text_offsets.tolist()
    assert 4 == batch.size


def test_documents_that_are_not_kept_are_said() -> None:
    """Their texts and column values go with them, the numbers of the others stay, and nothing that was lost is."""
    kept = _BATCH.keep(np.array([True, False, True]), [Unscanned("a detector raised", row=5)])

    check(kept)
    assert [_DOCUMENTS[0], _DOCUMENTS[2]] == documents_of(kept)
    assert ["x", "y"] == kept.columns["source"].to_pylist()
    assert [4, 5] == [lost.row for lost in kept.unscanned]
    assert 4 == kept.read


@given(marks=st.lists(st.booleans(), min_size=3, max_size=3))
def test_keeping_takes_documents_with_all_their_texts(marks: list[bool]) -> None:
    """Whichever documents are kept, they are the same afterwards."""
    kept = _BATCH.keep(np.array(marks))

    assert [document for document, mark in zip(_DOCUMENTS, marks, strict=True) if mark] == documents_of(kept)


def test_null_text_is_a_document_without_texts() -> None:
    """It is counted, and holds nothing to look at."""
    batch = Batch.of_texts(["a", None, ""], "content")

    check(batch)
    assert [(0, [("content", "a")]), (1, []), (2, [("content", "")])] == documents_of(batch)


def test_batch_of_nothing_still_accounts_for_its_records() -> None:
    """Also when none of them could be read."""
    batch = Batch.nothing(2, [Unscanned("broken", row=0), Unscanned("broken", row=1)])

    check(batch)
    assert (0, [0], 2, []) == (batch.size, batch.text_offsets.tolist(), batch.read, documents_of(batch))

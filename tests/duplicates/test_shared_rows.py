"""Documents that share keys are found as by looking at every one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.duplicates.shared_keys import Among
from corpus_guard.duplicates.shared_rows import Block, SharedRows

BITS = 40
SPLITS = st.dictionaries(st.integers(-3, 3), st.lists(st.integers(0, 5), unique=True, max_size=4), max_size=4)
"""Texts of the documents of each split: none of a split are equal."""


def _keys(text: int) -> list[int]:
    """The search keys of a text; texts that are near to each other share one."""
    return [10 + text // 2, 20 + text // 3, 90 + text]


@given(SPLITS)
def test_rows_are_those_of_keys_that_several_texts_share(splits: dict[int, list[int]]) -> None:
    """Equal texts are one document, the first; splits come in the order of their numbers."""
    known = Among([np.arange(200, dtype=np.uint64)])
    first: dict[int, int] = {}
    for split in sorted(splits):
        for place, text in enumerate(splits[split]):
            first.setdefault(text, (split << BITS) + place)
    expected = sorted((key, document) for text, document in first.items() for key in _keys(text))
    keys = [key for key, _ in expected]
    blocks: list[Block] = []
    for split, texts in splits.items():
        own = np.array([key for text in texts for key in _keys(text)], np.uint64)
        places, ranks = known.found(own)
        blocks.append(
            (
                split,
                ranks,
                np.repeat(np.array(texts, np.uint64), 3)[places],
                np.repeat(np.arange(len(texts)), 3)[places],
            )
        )
    rows = SharedRows.of(blocks)
    found = zip(known.keys[rows.ranks].tolist(), rows.documents(rows.numbers, BITS).tolist(), strict=True)

    assert [(key, document) for key, document in expected if keys.count(key) > 1] == list(found)
    assert sorted({key for key in keys if keys.count(key) > 1}) == rows.shared(known.keys).tolist()

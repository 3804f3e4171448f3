"""Keys that come for the first time are those that no set has yet."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.duplicates import seen_keys
from corpus_guard.duplicates.seen_keys import SeenKeys

KEYS = st.lists(st.integers(0, 9) | st.integers(0, 9).map(lambda key: key << 60), max_size=9)


@given(batches=st.lists(KEYS, max_size=9), parts=st.integers(1, 3))
def test_keys_of_batches(batches: list[list[int]], parts: int) -> None:
    """Within a batch and over many, also of keys that share all bits but the highest."""
    known: set[int] = set()
    seen = SeenKeys()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen_keys, "_PARTS", parts)
        for batch in batches:
            expected = []
            for key in batch:
                expected.append(key not in known)
                known.add(key)

            assert expected == seen.fresh(np.array(batch, np.uint64)).tolist()

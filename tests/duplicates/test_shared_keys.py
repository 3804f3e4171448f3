"""Keys that are shared are found from the keys alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.duplicates import shared_keys
from corpus_guard.duplicates.shared_keys import Among, twice

KEYS = st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=30)


@given(st.lists(KEYS, max_size=4))
def test_keys_that_stand_twice_are_those_that_counting_finds(parts: list[list[int]]) -> None:
    """Whatever parts they are in."""
    counted = Counter(key for part in parts for key in part)
    found = twice([np.array(part, np.uint64) for part in parts])

    assert sorted(key for key, count in counted.items() if count > 1) == found.tolist()


@given(st.lists(KEYS, max_size=4))
def test_keys_that_stand_twice_are_the_same_without_compiled_functions(parts: list[list[int]]) -> None:
    """Those that share their last bits among them."""
    known = [np.array([*part, *(key << 32 & 2**64 - 1 for key in part)], np.uint64) for part in parts]
    compiled = twice(known).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared_keys, "library", lambda: None)

        assert compiled == twice(known).tolist()


@given(KEYS, KEYS)
def test_places_are_those_of_known_keys(known: list[int], keys: list[int]) -> None:
    """In order, and no others."""
    found = Among([np.array(known, np.uint64)]).places(np.array(keys, np.uint64))

    assert [place for place, key in enumerate(keys) if key in set(known)] == found.tolist()


@given(KEYS, KEYS)
def test_places_are_the_same_without_compiled_functions(known: list[int], keys: list[int]) -> None:
    """Also of keys that share their last bits with a known one."""
    looked_for = np.array([*keys, *(key ^ 1 << 63 for key in known)], np.uint64)
    among = Among([np.array(known, np.uint64)])
    compiled = among.places(looked_for).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared_keys, "library", lambda: None)

        assert compiled == among.places(looked_for).tolist()

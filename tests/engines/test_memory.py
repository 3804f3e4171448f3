"""Memory kept while a scan runs."""

from __future__ import annotations

import gc

import pyarrow as pa
import pytest

from corpus_guard.engines.memory import kept_memory, settle


def test_the_memory_pool_of_the_caller_comes_back() -> None:
    """A scan inside someone's process leaves their allocator as it was, also when it fails."""
    before = pa.default_memory_pool().backend_name
    with pytest.raises(pa.ArrowInvalid), kept_memory():
        pa.array([1, "two"])
    assert before == pa.default_memory_pool().backend_name


def test_what_was_settled_is_collected_again_afterwards() -> None:
    """The garbage collector of the caller's process sees everything again once the scan is over."""
    with kept_memory():
        settle()
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0

"""Memory kept while a scan runs."""

from __future__ import annotations

import pyarrow as pa
import pytest

from corpus_guard.engines.memory import kept_memory


def test_the_memory_pool_of_the_caller_comes_back() -> None:
    """A scan inside someone's process leaves their allocator as it was, also when it fails."""
    before = pa.default_memory_pool().backend_name
    with pytest.raises(pa.ArrowInvalid), kept_memory():
        pa.array([1, "two"])
    assert before == pa.default_memory_pool().backend_name

"""Rows of errors.csv that stay few however many records cannot be read."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.unscanned import gathered

REASONS = st.sampled_from(["invalid UTF-8", "no text column", "malformed"])


def _error(row: int | None, reason: str, documents: int | None = 1) -> dict[str, Any]:
    return {"reason": reason, "row": row, "byte_offset": row, "documents": documents}


def test_few_are_listed_by_row() -> None:
    """Each has its own row, whatever order they came in; what ended the split comes last."""
    end = _error(None, "cut off", None)
    given_ = [end, _error(7, "a"), _error(0, "a"), _error(3, "b")]

    assert [_error(0, "a"), _error(3, "b"), _error(7, "a"), end] == gathered(given_, 4)


def test_many_are_gathered_by_reason() -> None:
    """The first of each reason names its row and counts the documents of all; an unknown number stays unknown."""
    given_ = [_error(row, "ab"[row % 2]) for row in range(10)] + [_error(None, "cut off", None)]

    assert [
        _error(0, "a"), _error(1, "b"), _error(2, "a", 4), _error(3, "b", 4), _error(None, "cut off", None)
    ] == gathered(given_, 2)  # fmt: skip


@given(st.lists(REASONS, max_size=30), st.integers(0, 30), st.integers(0, 8))
def test_batches_gather_to_what_the_whole_does(reasons: list[str], cut: int, listed: int) -> None:
    """Where a batch ends changes nothing, and no document is lost."""
    errors = [_error(row, reason) for row, reason in enumerate(reasons)]
    whole = gathered(errors, listed)

    assert whole == gathered([*gathered(errors[:cut], listed), *errors[cut:]], listed)
    assert len(reasons) == sum(error["documents"] for error in whole)

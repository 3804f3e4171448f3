"""One name per document."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.labels import Labels

NAMES = st.lists(st.none() | st.sampled_from(["a", "b", " ", "", "　", "c d"]), min_size=1, max_size=20)


def listed(labels: Labels) -> list[str]:
    """Return the name of each document."""
    return labels.of(np.arange(len(labels.codes)))


@given(NAMES)
def test_what_a_column_says_goes_before_and_blanks_say_nothing(values: list[str | None]) -> None:
    """Null, empty and white values keep the name there was."""
    labels = Labels.same("web", len(values)).replaced(pa.array(values, pa.string()))
    expected = [value if value and value.strip() else "web" for value in values]
    assert expected == listed(labels)
    assert expected == labels.array().to_pylist()


@pytest.mark.parametrize("values", [pa.array([1, None, 3]), pa.array(["1", None, "3"]).dictionary_encode()])
def test_columns_of_other_types_name_too(values: pa.Array) -> None:
    """Numbers and dictionaries are names as they are written."""
    assert ["1", "web", "3"] == listed(Labels.same("web", 3).replaced(values))


def test_some_documents_are_given_a_name() -> None:
    """`set` changes those and no others."""
    assert ["a", "x", "a", "x"] == listed(Labels.same("a", 4).set(np.array([1, 3]), "x"))


@given(NAMES)
def test_sums_are_those_of_the_documents_one_by_one(values: list[str | None]) -> None:
    """A name that occurs twice among the labels is one name, and a name without documents has no sum."""
    labels = Labels.same("a", len(values)).replaced(pa.array(values, pa.string())).set(np.array([0]), "b")
    weights = np.arange(len(values), dtype=np.int64)
    expected: Counter[str] = Counter()
    for name, weight in zip(listed(labels), weights.tolist(), strict=True):
        expected[name] += weight
    sums = labels.sums([weights, np.ones(len(values), np.int64)])
    assert dict(expected) == {name: first for name, (first, _) in sums.items()}
    assert dict(Counter(listed(labels))) == {name: second for name, (_, second) in sums.items()}


def test_no_documents_have_no_sums() -> None:
    """An empty batch names no source."""
    assert {} == Labels.same("a", 0).sums([np.zeros(0, np.int64)])

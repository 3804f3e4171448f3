"""Arrays made without pandas are those that pyarrow makes itself."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.arrays import arrow_array, arrow_scalar, arrow_table, no_rows, numbers_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KINDS = [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()]


@given(st.lists(st.none() | TEXT), st.sampled_from(KINDS))
def test_strings_are_those_of_pyarrow(values: list[str | None], kind: pa.DataType) -> None:
    """Strings and nulls come out as pyarrow writes them, whatever type they are asked for."""
    made = arrow_array(values, kind)

    made.validate(full=True)
    assert pa.array(values, kind).equals(made)


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int32, np.int64, np.uint64, np.float32, np.float64])
def test_numbers_are_those_of_pyarrow_and_come_back(kind: type) -> None:
    """Numbers and truth values survive the way there and back, also every other one of them."""
    values = (np.arange(21) % 3).astype(kind)

    for some in (values, values[::2], values[:0]):
        made = arrow_array(some)
        assert pa.array(some).equals(made)
        assert some.tolist() == numbers_of(made).tolist()
        assert some.tolist()[1:4] == numbers_of(made[1:4]).tolist()
        assert some.dtype == numbers_of(made).dtype


def test_numbers_of_chunks_stand_one_after_another() -> None:
    """A column in chunks gives one array; one without chunks gives none."""
    chunks = pa.chunked_array([[1, 2], [], [3]], pa.int64())

    assert [1, 2, 3] == numbers_of(chunks).tolist()
    assert [] == numbers_of(pa.chunked_array([], pa.int64())).tolist()


def test_numbers_with_nulls_are_refused() -> None:
    """A null has no number, so nothing is returned in its place."""
    with pytest.raises(ValueError, match="nulls"):
        numbers_of(pa.array([1, None]))


def test_a_lone_surrogate_is_no_text() -> None:
    """What is no Unicode raises, as it does in pyarrow."""
    with pytest.raises(UnicodeEncodeError):
        arrow_array(["a\ud800"])


def test_tables_and_scalars_have_the_types_asked_for() -> None:
    """Columns are cast to the schema; a scalar is what a list of one would hold."""
    schema = pa.schema([("a", pa.int32()), ("b", pa.large_string())])
    made = arrow_table({"b": ["x"], "a": np.array([7])}, schema)

    assert [{"a": 7, "b": "x"}] == made.to_pylist()
    assert schema == made.schema == no_rows(schema).schema
    assert pa.scalar("x", pa.string()) == arrow_scalar("x", pa.string())
    assert pa.scalar(-1, pa.int32()) == arrow_scalar(-1, pa.int32())


def test_numbers_of_one_chunk_are_where_they_were() -> None:
    """A column that a file gives as one piece is not copied; one of several pieces is put together."""
    column = pa.chunked_array([pa.array([1, 2, 3])])

    assert numbers_of(column).ctypes.data == column.chunk(0).buffers()[1].address
    assert numbers_of(pa.chunked_array([pa.array([1]), pa.array([2])])).tolist() == [1, 2]

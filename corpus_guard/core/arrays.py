"""Arrow arrays from numpy and Python values, without pandas.

`pyarrow.array` and `pyarrow.scalar` ask first whether what they get is of pandas, and import it to know: a quarter of a
second in every process, for values that never are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_NUMBERS = "biuf"
"""Kinds of numpy arrays that hold truth values and numbers."""


def arrow_array(values: Any, kind: pa.DataType | None = None) -> pa.Array:
    """Return *values* as an array: one of numpy or Arrow, or a sequence of strings or bytes, None for null.

    Strings are `pa.string()` where no *kind* is given; numbers of numpy are not copied. Raises `UnicodeEncodeError` for
    a lone surrogate. Values of other kinds go the long way.

    >>> arrow_array(["甲", None]).to_pylist()
    ['甲', None]
    """
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        known = values
    elif isinstance(values, np.ndarray) and values.dtype.kind in _NUMBERS:
        known = _numbers(values)
    elif kind is None or _is_text(kind):
        return _texts(values, kind or pa.string())
    else:
        return pa.array(values, kind)
    return known if kind is None or known.type == kind else known.cast(kind)


def arrow_scalar(value: str | int, kind: pa.DataType) -> pa.Scalar:
    """Return *value* as a scalar of the type *kind*, for functions of `pyarrow.compute`."""
    return arrow_array([value] if isinstance(value, str) else np.array([value]), kind)[0]


def arrow_table(columns: Mapping[str, Any], schema: pa.Schema | None = None) -> pa.Table:
    """Return the table of *columns*, each as `arrow_array` takes it, with the types of *schema* where it is given."""
    if schema is None:
        return pa.table({name: arrow_array(values) for name, values in columns.items()})
    return pa.table([arrow_array(columns[known.name], known.type) for known in schema], schema=schema)


def no_rows(schema: pa.Schema) -> pa.Table:
    """Return a table of *schema* without rows."""
    return pa.table([pa.nulls(0, known.type) for known in schema], schema=schema)


def empty_texts(count: int) -> pa.Array:
    """Return so many empty strings.

    >>> empty_texts(2).to_pylist()
    ['', '']
    """
    offsets = pa.py_buffer(np.zeros(count + 1, np.int32))
    return pa.Array.from_buffers(pa.string(), count, [None, offsets, pa.py_buffer(b"")])


def _numbers(values: npt.NDArray[Any]) -> pa.Array:
    kind = pa.from_numpy_dtype(values.dtype)
    plain = np.packbits(values, bitorder="little") if values.dtype == bool else np.ascontiguousarray(values)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(plain)], 0)


def _is_text(kind: pa.DataType) -> bool:
    return kind in (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())


def _texts(values: Sequence[str | bytes | None], kind: pa.DataType) -> pa.Array:
    data = [value.encode() if isinstance(value, str) else value or b"" for value in values]
    ends = np.zeros(len(data) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, data), np.int64, len(data)), out=ends[1:])
    known = np.fromiter((value is not None for value in values), bool, len(data)) if None in values else None
    valid = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    large = pa.large_string() if kind in (pa.string(), pa.large_string()) else pa.large_binary()
    array = pa.Array.from_buffers(large, len(data), [valid, pa.py_buffer(ends), pa.py_buffer(b"".join(data))])
    return array if kind == large else array.cast(kind)


def numbers_of(values: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    """Return numbers or truth values without nulls as an array of numpy; those of one chunk are not copied.

    >>> numbers_of(arrow_array(np.arange(3))).tolist()
    [0, 1, 2]
    """
    if isinstance(values, pa.ChunkedArray):
        if values.num_chunks == 1:
            return numbers_of(values.chunk(0))
        return np.concatenate([np.zeros(0, values.type.to_pandas_dtype()), *map(numbers_of, values.chunks)])
    kind, size, first = values.type.to_pandas_dtype(), len(values), values.offset
    if values.null_count:
        raise ValueError("an array with nulls has no numbers in their places")
    if not size:
        return np.zeros(0, kind)
    data = values.buffers()[1]
    if pa.types.is_boolean(values.type):
        bits = np.unpackbits(np.frombuffer(data, np.uint8), count=first + size, bitorder="little")
        return bits[first:].view(bool)
    return np.frombuffer(data, kind, size, first * values.type.byte_width)

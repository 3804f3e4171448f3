"""Whether Arrow data may be touched at all: a file with a flipped byte must not crash the process.

pyarrow trusts the offsets and indices of what it maps. They are checked here; whether strings are Unicode is not, for
that is said later, document by document.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.arrays import numbers_of

_AS_BYTES = {
    pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view(),
}  # fmt: skip


def check_schema(schema: pa.Schema) -> pa.Schema:
    """Return *schema*; raise `UnicodeDecodeError` for a name that is no Unicode, also inside a type."""
    for field in schema:
        _check_names(field)
    return schema


def _check_names(field: pa.Field) -> None:
    _ = field.name  # pyarrow decodes names only where they are used
    for number in range(field.type.num_fields):
        _check_names(field.type.field(number))


def check_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return *batch*; raise `pyarrow.ArrowInvalid` or `ValueError` when an offset or index in it leads outside."""
    for values in batch.columns:
        _check(values)
    return batch


def check_decoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return *batch*, which pyarrow decoded itself: only dictionaries, also nested ones, may still lead outside."""
    for values in batch.columns:
        if pa.types.is_dictionary(values.type) or pa.types.is_nested(values.type):
            _check(values)
    return batch


def _check(values: pa.Array) -> None:
    values.validate()
    try:
        values.validate(full=True)
    except pa.ArrowInvalid as error:
        if "UTF8" not in str(error):
            raise
        _check_parts(values)  # the fault that is no fault here may stand before one that is


def _check_parts(values: pa.Array) -> None:
    kind = values.type
    if kind in _AS_BYTES:
        values.view(_AS_BYTES[kind]).validate(full=True)
    elif pa.types.is_struct(kind):
        for number in range(kind.num_fields):
            _check(values.field(number))
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        _check_ascending(numbers_of(values.offsets), len(values.values))
        _check(values.values)
    elif pa.types.is_dictionary(kind):
        _check_indices(values.indices, len(values.dictionary))
        _check(values.dictionary)
    else:
        raise ValueError(f"a column of type {kind} cannot be checked")


def _check_ascending(offsets: np.ndarray[tuple[int], np.dtype[np.int64]], end: int) -> None:
    if offsets[0] < 0 or offsets[-1] > end or (np.diff(offsets) < 0).any():
        raise ValueError("an offset leads outside")


def _check_indices(indices: pa.Array, end: int) -> None:
    bounds = pc.min_max(indices).as_py()
    if len(indices) > indices.null_count and not 0 <= bounds["min"] <= bounds["max"] < end:
        raise ValueError("an index leads outside")

"""How similar pairs of documents are, by what `sketches` keeps of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.batch import Integers
from corpus_guard.matching.compiled import library, number, pointer

Similarities = npt.NDArray[np.float64]
_VALUES = 255
_CELLS = 2**16


def set_similarities(data: pa.Buffer, ends: Integers, some: Integers, others: Integers) -> Similarities:
    """Return the Jaccard index of pairs of sets of shingles: set i are the bytes from `ends[i]` to `ends[i + 1]`.

    *some* and *others* are the numbers of the sets of each pair. Those that share their 16 bits are counted by linear
    counting (Whang et al. 1990).
    """
    sizes = _counted(_of_pairs("set_sizes", _set_sizes, np.frombuffer(data, np.uint16), ends // 2, some, others))
    first, second, either = sizes.T
    found: Similarities = np.maximum(first + second - either, 0) / np.maximum(either, 1)
    return found


def similarities(data: pa.Buffer, ends: Integers, some: Integers, others: Integers) -> Similarities:
    """Return the estimated Jaccard index of pairs of sketches, rows of `BINS`, which begin at `ends[i]` of *data*."""
    total, both, agree = _of_pairs("bin_counts", _bin_counts, np.frombuffer(data, np.uint8), ends, some, others).T
    by_chance = (both - agree) / (_VALUES - 1)
    return np.where(total, np.maximum(agree - by_chance, 0) / np.maximum(total, 1), 0.0)


def some_values(column: pa.BinaryArray, places: Integers) -> tuple[npt.NDArray[np.uint8], Integers]:
    """Return the bytes at *places* of *column*, one value behind the other, and how many each value has."""
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4)
    starts, sizes = ends[places], ends[places + 1] - ends[places]
    functions = library()
    if functions is None:
        values = [
            data[start : start + size].to_pybytes() for start, size in zip(starts.tolist(), sizes.tolist(), strict=True)
        ]
        return np.frombuffer(b"".join(values), np.uint8), sizes.astype(np.int64)
    found = np.empty(int(sizes.sum()), np.uint8)
    functions.put_together(pointer(data), pointer(starts), pointer(sizes), number(len(places)), pointer(found))
    return found, sizes.astype(np.int64)


def _counted(sizes: Integers) -> Similarities:
    """How many members sets have of which *sizes* cells are full, those that share a cell included."""
    counted: Similarities = -_CELLS * np.log1p(-sizes / _CELLS)
    return counted


def _of_pairs(
    name: str,
    plain: Callable[[Integers, Integers], tuple[Any, ...]],
    data: npt.NDArray[Any],
    ends: Integers,
    some: Integers,
    others: Integers,
) -> Integers:
    """Three counts of each pair: by the compiled function of this *name*, or pair by pair."""
    counts, functions = np.empty((len(some), 3), np.int64), library()
    if functions is not None:
        tables = (np.ascontiguousarray(column) for column in (data, ends, some, others))
        _call(getattr(functions, name), *tables, counts)
        return counts
    for pair, (one, other) in enumerate(zip(some.tolist(), others.tolist(), strict=True)):
        counts[pair] = plain(*(data[ends[place] : ends[place + 1]] for place in (one, other)))
    return counts


def _call(function: Any, *tables: npt.NDArray[Any]) -> None:
    """Call a compiled function, which takes the number of pairs before the table that it fills."""
    function(*map(pointer, tables[:-1]), number(len(tables[-1])), pointer(tables[-1]))


def _set_sizes(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> tuple[Any, ...]:
    """How many different cells the first set has, the second, and both together."""
    return len(np.unique(one)), len(np.unique(other)), len(np.union1d(one, other))


def _bin_counts(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> tuple[Any, ...]:
    """How many bins are filled in either row, are filled in both, and are filled and equal."""
    filled = (one | other) != 0
    return filled.sum(), ((one != 0) & (other != 0)).sum(), ((one == other) & filled).sum()

"""How similar pairs of documents are, by what `sketches` keeps of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.batch import Integers
from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.sketches import BINS

Similarities = npt.NDArray[np.float64]
_VALUES = 255
_CELLS = 2**16


def set_similarities(data: pa.Buffer, ends: Integers, some: Integers, others: Integers) -> Similarities:
    """Return the Jaccard index of pairs of sets of shingles: set i are the bytes from `ends[i]` to `ends[i + 1]`.

    *some* and *others* are the numbers of the sets of each pair. Those that share their 16 bits are counted by linear
    counting (Whang et al. 1990).
    """
    cells, places = np.frombuffer(data, np.uint16), ends // 2
    sizes = _counted(_sizes(cells, places, some, others))
    first, second, either = sizes.T
    found: Similarities = np.maximum(first + second - either, 0) / np.maximum(either, 1)
    return found


def similarities(data: pa.Buffer, ends: Integers, some: Integers, others: Integers) -> Similarities:
    """Return the estimated Jaccard index of pairs of sketches, rows of `BINS`, which begin at `ends[i]` of *data*."""
    total, both, agree = _bin_counts(np.frombuffer(data, np.uint8), ends, some, others).T
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


def _sizes(cells: npt.NDArray[np.uint16], ends: Integers, some: Integers, others: Integers) -> Integers:
    """How many different cells the first set of each pair has, the second, and both together."""
    sizes = np.empty((len(some), 3), np.int64)
    functions = library()
    if functions is not None:
        _asked(functions.set_sizes, cells, ends, some, others, sizes)
        return sizes
    for pair, (one, other) in enumerate(zip(some.tolist(), others.tolist(), strict=True)):
        first, second = (np.unique(cells[ends[place] : ends[place + 1]]) for place in (one, other))
        sizes[pair] = len(first), len(second), len(np.union1d(first, second))
    return sizes


def _bin_counts(data: npt.NDArray[np.uint8], ends: Integers, some: Integers, others: Integers) -> Integers:
    """How many bins of each pair are filled in either row, are filled in both, and are filled and equal."""
    counts = np.empty((len(some), 3), np.int64)
    functions = library()
    if functions is not None:
        _asked(functions.bin_counts, data, ends, some, others, counts)
        return counts
    for pair, (one, other) in enumerate(zip(some.tolist(), others.tolist(), strict=True)):
        first, second = (data[ends[place] : ends[place] + BINS] for place in (one, other))
        filled = (first | second) != 0
        both, equal = (first != 0) & (second != 0), (first == second) & filled
        counts[pair] = filled.sum(), both.sum(), equal.sum()
    return counts


def _asked(
    function: Any, data: npt.NDArray[Any], ends: Integers, some: Integers, others: Integers, into: Integers
) -> None:
    ends, some, others = (np.ascontiguousarray(one) for one in (ends, some, others))
    function(*map(pointer, (data, ends, some, others)), number(len(some)), pointer(into))

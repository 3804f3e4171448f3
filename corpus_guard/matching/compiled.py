"""The functions in C that the installation compiled, where it could: `literals.c` and `folding.c`."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@cache
def library() -> ctypes.CDLL | None:
    """Return the compiled functions, or None where there are none."""
    found = sorted(Path(__file__).parent.glob("_compiled.*"))
    if not found:
        return None
    functions = ctypes.CDLL(str(found[0]))
    for name in ("find_bytes", "find_units", "fold_wide", "normal_wide", "normal_ascii", "places_of"):
        getattr(functions, name).restype = ctypes.c_int64
    return functions


def pointer(table: npt.NDArray[np.generic] | pa.Array | pa.Buffer | None) -> ctypes.c_void_p:
    """Return where the values of *table* lie; whoever asks keeps it alive."""
    if isinstance(table, pa.Array):
        table = table.buffers()[-1]
    if isinstance(table, pa.Buffer):
        return ctypes.c_void_p(table.address)
    return ctypes.c_void_p(None if table is None else table.ctypes.data)


def number(value: int) -> ctypes.c_int64:
    """Return a number as these functions take it."""
    return ctypes.c_int64(value)

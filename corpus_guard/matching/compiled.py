"""The functions in C that the installation compiled, where it could: the `.c` files beside this one."""

from __future__ import annotations

import ctypes
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_COUNTING = (
    "find_bytes", "find_units", "fold_wide", "normal_wide", "normal_ascii", "places_of", "place_words", "near_words",
    "words_within", "removable", "sketch", "only_script", "gather", "near_digits", "noted_again", "likely_keys",
    "place_hits",
)  # fmt: skip
"""Functions that return how many they found."""


@cache
def library() -> ctypes.CDLL | None:
    """Return the compiled functions, or None where there are none; those of other sources count for none."""
    folder = Path(__file__).parent
    digest = sha256(b"".join(source.read_bytes() for source in sorted(folder.glob("*.[ch]")))).hexdigest()
    found = folder / f"_compiled_{digest[:16]}.so"
    try:
        functions = ctypes.CDLL(str(found))
    except OSError:  # not compiled here, or on another kind of machine
        return None
    for name in _COUNTING:
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

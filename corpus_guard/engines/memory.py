"""Memory that a scan gives back batch after batch and takes again: kept by the process until the scan is over.

Left to themselves, allocators hand large blocks back to the system at once, and the system clears every page anew for
the next batch: a fifth of the time of a scan. This changes nothing but when memory is given back.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pyarrow as pa

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of `mallopt` in glibc's malloc.h."""

_KEPT, _USUAL = 2**30, 2**17
"""Bytes at the end of the heap that may lie idle: as many as a worker may use, and what is usual."""

_LARGEST_ON_HEAP = 32 * 2**20
"""Larger blocks come from the system by themselves; glibc allows no higher border."""


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep freed memory for as long as the block lasts, then give it back; on other systems than glibc do nothing.

    What `settle` has put out of the garbage collector's reach is within it again at the end.
    """
    frozen = gc.get_freeze_count()
    try:
        with _kept_pages():
            yield
    finally:
        if not frozen:
            gc.unfreeze()


def settle() -> None:
    """Say that what the first item of the work has built lives as long as the work: collecting it again is waste."""
    gc.collect()
    gc.freeze()


@contextmanager
def _kept_pages() -> Iterator[None]:
    libc = ctypes.CDLL(None)
    pool = pa.default_memory_pool()
    if not hasattr(libc, "mallopt"):
        yield
        return
    libc.mallopt(_MMAP_THRESHOLD, _LARGEST_ON_HEAP)
    libc.mallopt(_TRIM_THRESHOLD, _KEPT)
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        libc.mallopt(_TRIM_THRESHOLD, _USUAL)
        with suppress(AttributeError):
            libc.malloc_trim(0)

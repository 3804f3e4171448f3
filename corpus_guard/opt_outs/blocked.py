"""Domains that may not be collected from, ten million of them in 80 MB: sorted 64-bit hashes, looked up by batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.opt_outs.hosts import (
    LONGEST,
    Hashes,
    as_ascii,
    hashes_above,
    hosts_of,
    name_hashes,
    offsets_of,
    series_of,
)

_BEFORE = r"^(?:(?:0\.0\.0\.0|127\.0\.0\.1)\s+|\|\||[a-z][a-z0-9+.-]*://(?:[^/@]*@)?|\*?\.)+"
_AFTER = r"(?:(?::[0-9]+)?[\s/^?#].*|:[0-9]+|\.+)$"
_BARRED, _UNREAD = 1, 2
"""What `hosts.c` answers of an address: it is barred; the compiled function cannot read it."""


def hashes_of(domains: pl.Series) -> Hashes:
    """Return sorted hashes of domains or hosts, one to a line of a list.

    Case, white space, a dot at either end, `*.`, an address around a host, the marks of filter lists (`||host^`) and of
    hosts files (`0.0.0.0 host`) do not count; international names are the same in both their spellings.
    """
    lines = domains.str.strip_chars(" \t\r")
    hashes, plain = np.zeros(len(lines), np.uint64), np.zeros(len(lines), bool)
    if library() is not None:  # most lines are a name and nothing else
        hashes, plain = name_hashes(lines)
    names = lines.filter(~pl.Series(plain)).str.to_lowercase().str.replace(_BEFORE, "")
    names = as_ascii(names.str.replace(_AFTER, "").str.strip_chars_end("."))
    size = names.str.len_bytes()
    others, _ = name_hashes(names.filter((size > 0) & (size <= LONGEST)))
    found: Hashes = pl.Series(np.concatenate([hashes[plain], others])).unique().sort().to_numpy()
    return found


@dataclass(frozen=True)
class Blocked:
    """Domains by their sorted hashes; an entry bars its host and every host below it."""

    hashes: Hashes

    def of(self, addresses: pa.LargeStringArray) -> npt.NDArray[np.bool_]:
        """Return which of *addresses* are barred; null is not."""
        barred = np.zeros(len(addresses), bool)
        unread = np.arange(len(addresses) if len(self.hashes) else 0)
        functions = library()
        if functions is not None and len(unread):
            answers = self._answers(functions.look_up, addresses.fill_null(""))
            barred, unread = answers == _BARRED, np.flatnonzero(answers == _UNREAD)
        if len(unread):
            hashes, owners = hashes_above(as_ascii(hosts_of(series_of(addresses.take(pa.array(unread))))))
            barred[unread[owners[self._holds(hashes)]]] = True
        return barred

    def _answers(self, look_up: Callable[..., object], addresses: pa.LargeStringArray) -> npt.NDArray[np.uint8]:
        answers = np.empty(len(addresses), np.uint8)
        shift, starts = self._starts
        look_up(
            pointer(addresses), pointer(offsets_of(addresses)), number(len(addresses)),
            pointer(self.hashes), pointer(starts), number(shift), pointer(answers),
        )  # fmt: skip
        return answers

    def _holds(self, keys: Hashes) -> npt.NDArray[np.bool_]:
        """Which of *keys* are in the list. Hashes are spread evenly, so few begin alike, and these lie side by side."""
        shift, starts = self._starts
        part = (keys >> np.uint64(shift)).astype(np.int64)
        place, stop = starts[part].astype(np.int64), starts[part + 1].astype(np.int64)
        found = np.zeros(len(keys), bool)
        waiting = np.flatnonzero(place < stop)
        while len(waiting):
            found[waiting] = self.hashes[place[waiting]] == keys[waiting]
            place[waiting] += 1
            waiting = waiting[~found[waiting] & (place[waiting] < stop[waiting])]
        return found

    @cached_property
    def _starts(self) -> tuple[int, npt.NDArray[np.uint32]]:
        """By which shift hashes are parted, about ten a part, and where each part begins."""
        bits = max(1, len(self.hashes).bit_length() - 4)
        counts = np.bincount((self.hashes >> np.uint64(64 - bits)).astype(np.int64), minlength=1 << bits)
        return 64 - bits, np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]).astype(np.uint32)

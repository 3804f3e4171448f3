"""Domains that may not be collected from, ten million of them in 80 MB: sorted 64-bit hashes, looked up by batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

Hashes = npt.NDArray[np.uint64]


_BEFORE = r"^(?:(?:0\.0\.0\.0|127\.0\.0\.1)\s+|\|\||[a-z][a-z0-9+.-]*://(?:[^/@]*@)?|\*?\.)+"
_AFTER = r"(?:(?::[0-9]+)?[\s/^?#].*|:[0-9]+|\.+)$"


def hashes_of(domains: pl.Series) -> Hashes:
    """Return sorted hashes of domains or hosts, one to a line of a list.

    Case, white space, a dot at either end, `*.`, an address around a host, the marks of filter lists (`||host^`) and of
    hosts files (`0.0.0.0 host`) do not count; international names are the same in both their spellings.
    """
    plain = domains.str.strip_chars(" \t\r").str.to_lowercase().str.replace(_BEFORE, "")
    plain = as_ascii(plain.str.replace(_AFTER, "").str.strip_chars_end("."))
    found: Hashes = plain.filter(plain != "").hash().unique().sort().to_numpy()
    return found


def as_ascii(hosts: pl.Series) -> pl.Series:
    """Return *hosts* with international names as DNS knows them (`xn--…`); those that cannot be stay as they are.

    >>> as_ascii(pl.Series(["bücher.example", "a.example"])).to_list()
    ['xn--bcher-kva.example', 'a.example']
    """
    foreign = hosts.str.contains(r"[^\x00-\x7f]").arg_true()
    if not len(foreign):
        return hosts
    return hosts.scatter(foreign, [_ascii(host) for host in hosts.gather(foreign).to_list()])


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


@dataclass(frozen=True)
class Blocked:
    """Domains by their sorted hashes; an entry bars its host and every host below it."""

    hashes: Hashes

    def of(self, hosts: pl.Series) -> npt.NDArray[np.bool_]:
        """Return which of *hosts*, in lower case, are barred."""
        barred = np.zeros(len(hosts), bool)
        places = np.arange(len(hosts)) if len(self.hashes) else np.zeros(0, np.int64)
        names = as_ascii(hosts).gather(places)
        while len(places):
            keys, first, back = np.unique(names.hash().to_numpy(), return_index=True, return_inverse=True)
            known, parents = self._holds(keys), names.gather(first).str.splitn(".", 2).struct.field("field_1")
            barred[places] = known[back]
            goes_on = (parents.is_not_null().to_numpy() & ~known)[back]
            places, names = places[goes_on], parents.gather(back[goes_on])
        return barred

    def _holds(self, keys: Hashes) -> npt.NDArray[np.bool_]:
        """Which of *keys* are in the list. Hashes are spread evenly, so few begin alike, and these lie side by side."""
        bits, starts = self._starts
        part = (keys >> np.uint64(64 - bits)).astype(np.int64)
        place, stop = starts[part], starts[part + 1]
        found = np.zeros(len(keys), bool)
        waiting = np.flatnonzero(place < stop)
        while len(waiting):
            found[waiting] = self.hashes[place[waiting]] == keys[waiting]
            place[waiting] += 1
            waiting = waiting[~found[waiting] & (place[waiting] < stop[waiting])]
        return found

    @cached_property
    def _starts(self) -> tuple[int, npt.NDArray[np.int64]]:
        """How many leading bits parts go by, about ten hashes a part, and where each part begins."""
        bits = max(1, len(self.hashes).bit_length() - 4)
        counts = np.bincount((self.hashes >> np.uint64(64 - bits)).astype(np.int64), minlength=1 << bits)
        return bits, np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])

"""Domains that may not be collected from, ten million of them in 80 MB: sorted 64-bit hashes, looked up by batch."""

from __future__ import annotations

from dataclasses import dataclass

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
            keys = names.hash().to_numpy()
            near = np.minimum(np.searchsorted(self.hashes, keys), len(self.hashes) - 1)
            barred[places[self.hashes[near] == keys]] = True
            above = (names.str.contains(".", literal=True) & ~pl.Series(barred[places])).arg_true()
            places, names = places[above.to_numpy()], names.gather(above).str.replace(r"^[^.]*\.", "")
        return barred

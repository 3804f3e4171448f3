"""Domains that may not be collected from, ten million of them in 80 MB: sorted 64-bit hashes, looked up by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Hashes = npt.NDArray[np.uint64]


def hashes_of(domains: pl.Series) -> Hashes:
    """Return sorted hashes of domains or hosts; case, white space and a dot at the end do not count."""
    plain = domains.str.strip_chars(" \t\r.").str.to_lowercase()
    found: Hashes = plain.filter(plain != "").hash().unique().sort().to_numpy()
    return found


@dataclass(frozen=True)
class Blocked:
    """Domains by their sorted hashes; an entry bars its host and every host below it."""

    hashes: Hashes

    def of(self, hosts: Sequence[str]) -> list[bool]:
        """Return which of *hosts*, in lower case, are barred."""
        names = [(number, name) for number, host in enumerate(hosts) for name in _and_parents(host)]
        barred = np.zeros(len(hosts), bool)
        if names and len(self.hashes):
            keys = pl.Series([name for _, name in names], dtype=pl.String).hash().to_numpy()
            place = np.minimum(np.searchsorted(self.hashes, keys), len(self.hashes) - 1)
            owners = np.array([number for number, _ in names])
            barred[owners[self.hashes[place] == keys]] = True
        return [bool(one) for one in barred]


def _and_parents(host: str) -> Iterator[str]:
    """Yield the host and the domains above it.

    >>> list(_and_parents("a.b.example"))
    ['a.b.example', 'b.example', 'example']
    """
    while host:
        yield host
        host = host.partition(".")[2]

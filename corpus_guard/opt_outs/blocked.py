"""Domains that may not be collected from, ten million of them in 80 MB: sorted 64-bit hashes, looked up by batch."""

from __future__ import annotations

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

    def of(self, hosts: pl.Series) -> npt.NDArray[np.bool_]:
        """Return which of *hosts*, in lower case, are barred."""
        barred = np.zeros(len(hosts), bool)
        places = np.arange(len(hosts)) if len(self.hashes) else np.zeros(0, np.int64)
        names = hosts.gather(places)
        while len(places):
            keys = names.hash().to_numpy()
            near = np.minimum(np.searchsorted(self.hashes, keys), len(self.hashes) - 1)
            barred[places[self.hashes[near] == keys]] = True
            above = (names.str.contains(".", literal=True) & ~pl.Series(barred[places])).arg_true()
            places, names = places[above.to_numpy()], names.gather(above).str.replace(r"^[^.]*\.", "")
        return barred

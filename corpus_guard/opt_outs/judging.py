"""Which documents of a batch come from addresses that were refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.batch import Integers
from corpus_guard.opt_outs.blocked import Blocked
from corpus_guard.opt_outs.hosts import hosts_of, series_of
from corpus_guard.opt_outs.robots import Robots

OPTIONS = ("blocked", "robots", "crawlers")
DOMAIN, ROBOTS, PAGE = "domain-blocked", "robots-refused", "page-refused"
RULES = (DOMAIN, ROBOTS, PAGE)
"""Rules that speak for a refusal."""


@dataclass(frozen=True)
class OptOuts:
    """Refusals of a pipeline; None where it names none of a kind."""

    blocked: Blocked | None
    robots: Robots | None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> OptOuts:
        """Return the refusals that the options of a detector hold, as `catalog.refusals` has read them."""
        blocked = Blocked(np.frombuffer(options["blocked"], np.uint64)) if "blocked" in options else None
        robots = Robots(dict(options["robots"]), tuple(options["crawlers"])) if "robots" in options else None
        return cls(blocked, robots)

    def refused(self, addresses: pa.LargeStringArray) -> dict[str, npt.NDArray[np.bool_]]:
        """Return, for each rule that speaks, which of *addresses* are refused; null is none."""
        found: dict[str, npt.NDArray[np.bool_]] = {}
        if self.blocked is not None:
            found[DOMAIN] = self.blocked.of(addresses)
        if self.robots is not None:
            found[ROBOTS] = _refused_by_robots(self.robots, addresses)
        return found


def _refused_by_robots(robots: Robots, addresses: pa.LargeStringArray) -> npt.NDArray[np.bool_]:
    """Each different address is judged once."""
    encoded = addresses.dictionary_encode()
    values = series_of(encoded.dictionary)
    pairs = zip(hosts_of(values).to_list(), values.to_list(), strict=True)
    said = np.array([*(bool(robots.refused(*pair)) for pair in pairs), False], bool)
    codes: Integers = encoded.indices.fill_null(len(values)).to_numpy().astype(np.int64)
    return said[codes]

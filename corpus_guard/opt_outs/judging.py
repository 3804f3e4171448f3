"""Which documents of a batch come from addresses that were refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_guard.opt_outs.blocked import Blocked
from corpus_guard.opt_outs.robots import Robots

OPTIONS = ("blocked", "robots", "crawlers")
DOMAIN, ROBOTS, PAGE = "domain-blocked", "robots-refused", "page-refused"
RULES = (DOMAIN, ROBOTS, PAGE)
"""Rules that speak for a refusal."""

_HOST = r"^\s*[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)"


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

    def refused(self, addresses: Sequence[str]) -> dict[str, npt.NDArray[np.bool_]]:
        """Return, for each rule that speaks, which of *addresses* are refused."""
        found: dict[str, npt.NDArray[np.bool_]] = {}
        if not len(addresses):
            return found
        hosts = hosts_of(addresses)
        if self.blocked is not None:
            found[DOMAIN] = self.blocked.of(hosts)
        if self.robots is not None:
            found[ROBOTS] = np.array(
                [bool(self.robots.refused(*pair)) for pair in zip(hosts.to_list(), addresses, strict=True)], bool
            )
        return found


def hosts_of(addresses: Sequence[str]) -> pl.Series:
    """Return the hosts of addresses in lower case, empty where there is none.

    >>> hosts_of(["https://me@News.Example.com.:8080/a?b", "no address"]).to_list()
    ['news.example.com', '']
    """
    known = pl.Series(addresses, dtype=pl.String)
    parts = known.str.splitn("/", 4).struct  # ten times as fast as the pattern, for addresses as most are
    hosts = parts.field("field_2")
    is_plain = parts.field("field_0").is_in(["http:", "https:"]) & (parts.field("field_1") == "")
    others = (~(is_plain & ~hosts.str.contains(r"[@:?#\[]")).fill_null(value=False)).arg_true()
    hosts = hosts.scatter(others, known.gather(others).str.extract(_HOST))
    return hosts.fill_null("").str.to_lowercase().str.strip_chars_end(".")

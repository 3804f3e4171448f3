"""Which documents of a batch come from addresses that were refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from corpus_guard.opt_outs.blocked import Blocked
from corpus_guard.opt_outs.robots import Robots

OPTIONS = ("blocked", "robots", "crawlers")
DOMAIN, ROBOTS = "domain-blocked", "robots-refused"
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

    def refused(self, addresses: Sequence[str]) -> dict[str, list[bool]]:
        """Return, for each rule that speaks, which of *addresses* are refused."""
        hosts = [host_of(address) for address in addresses]
        found: dict[str, list[bool]] = {}
        if self.blocked is not None:
            found[DOMAIN] = self.blocked.of(hosts)
        if self.robots is not None:
            found[ROBOTS] = [
                bool(self.robots.refused(host, address)) for host, address in zip(hosts, addresses, strict=True)
            ]
        return found


@lru_cache(maxsize=65_536)
def host_of(address: str) -> str:
    """Return the host of an address in lower case; empty where it has none.

    >>> host_of("https://News.Example.com:8080/a?b"), host_of("no address")
    ('news.example.com', '')
    """
    try:
        return (urlsplit(address.strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""

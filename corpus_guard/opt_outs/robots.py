"""What recorded robots.txt files say of an address (RFC 9309), decided by protego as Scrapy decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Robots:
    """Texts of robots.txt files by host, and the names of crawlers that are asked for."""

    files: Mapping[str, str]
    crawlers: tuple[str, ...]
    _read: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def refused(self, host: str, address: str) -> tuple[str, ...]:
        """Return the crawlers that *host* refuses *address* to; none where no file was recorded."""
        if host not in self.files:
            return ()
        rules = self._rules(host)
        return tuple(crawler for crawler in self.crawlers if not rules.can_fetch(address, crawler))

    def _rules(self, host: str) -> Any:
        if host not in self._read:
            from protego import Protego

            self._read[host] = Protego.parse(self.files[host])
        return self._read[host]

"""The licences that are known: by every name they go under, and by what they permit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Any

from corpus_guard.core.licence import UNKNOWN_LICENCE, Traits, licence_key

CLASSES = (
    "commercial", "non-commercial", "commercial-unspecified", "attribution", "share-alike", "research-only",
    "no-derivatives", "unknown",
)  # fmt: skip
"""What a policy may name beside SPDX ids. Several hold of one licence; `unknown` of those that no table classifies."""


@dataclass(frozen=True)
class LicenceTable:
    """Names and classes of licences.

    names    `licence_key` of a name -> SPDX id
    classes  (glob over SPDX ids, traits); the first that matches holds
    """

    names: Mapping[str, str] = field(default_factory=dict)
    classes: Sequence[tuple[str, Traits]] = ()

    def find(self, name: str) -> str | None:
        """Return the SPDX id of the licence called *name* as a whole, or None; ids of the SPDX list are names too."""
        found = self.names.get(licence_key(name))
        return found or spdx_id(name.strip())

    @cached_property
    def chinese(self) -> tuple[tuple[str, str], ...]:
        """(name without gaps, SPDX id) of the names that hold Chinese characters, the longest first."""
        squeezed = {key.replace(" ", ""): spdx for key, spdx in self.names.items() if not key.isascii()}
        return tuple(sorted(squeezed.items(), key=lambda pair: (-len(pair[0]), pair)))

    def traits(self, spdx: str) -> Traits | None:
        """Return what the licence *spdx* permits, or None when no table says so."""
        folded = spdx.lower()
        return next((traits for glob, traits in self.classes if fnmatchcase(folded, glob.lower())), None)

    def classes_of(self, spdx: str) -> frozenset[str]:
        """Return which of `CLASSES` hold of the licence *spdx*."""
        traits = None if spdx == UNKNOWN_LICENCE else self.traits(spdx)
        if traits is None:
            return frozenset({"unknown", "commercial-unspecified"})
        use = {"yes": "commercial", "no": "non-commercial", "unspecified": "commercial-unspecified"}[traits.commercial]
        asked = {
            "attribution": traits.attribution, "share-alike": traits.share_alike,
            "research-only": traits.research_only, "no-derivatives": traits.no_derivatives,
        }  # fmt: skip
        return frozenset({use, *(name for name, holds in asked.items() if holds)})


@cache
def spdx_licensing() -> Any:
    """Return the parser of licence expressions with the SPDX list; made once, it takes a moment."""
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


@cache
def _spdx_ids() -> Mapping[str, str]:
    known: Mapping[str, str] = {
        name.lower(): symbol.key
        for symbol in spdx_licensing().known_symbols.values()
        if not symbol.is_exception
        for name in (symbol.key, *symbol.aliases)
    }
    return known


def spdx_id(name: str) -> str | None:
    """Return the id of the SPDX list that *name* is, in its own case, or None; ids given up become their successors."""
    return _spdx_ids().get(name.lower())

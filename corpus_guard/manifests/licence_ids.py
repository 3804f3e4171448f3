"""SPDX ids of licences as manifests, cards and licence files name them."""

from __future__ import annotations

from functools import cache

from corpus_guard.catalog.licences import licence_names
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.core.licence import UNKNOWN_LICENCE
from corpus_guard.licences.expressions import Reader
from corpus_guard.licences.table import LicenceTable


def spdx_ids(value: str) -> tuple[str, ...]:
    """Return the SPDX ids that *value* names, each once; names that no table knows are left out.

    >>> spdx_ids("cc-by-4.0"), spdx_ids("whatever I like")
    (('CC-BY-4.0',), ())
    """
    return tuple(spdx for spdx in _reader().stated(value).ids if spdx != UNKNOWN_LICENCE)


@cache
def _reader() -> Reader:
    return Reader(LicenceTable(licence_names(shipped_rules() / "licensing" / "names.toml")))

"""Registrable domains of addresses, by the list of public suffixes that tldextract brings along; no network."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import pyarrow as pa

from corpus_guard.core.arrays import arrow_array
from corpus_guard.core.labels import Labels


def by_domain(labels: Labels, addresses: pa.Array) -> Labels:
    """Return *labels* with the domain of each document's address in their place, where it has one."""
    encoded = addresses.cast(pa.large_string()).dictionary_encode()
    domains = arrow_array([domain_of(address or "") for address in encoded.dictionary.to_pylist()], pa.large_string())
    return labels.replaced(domains.take(encoded.indices))


@lru_cache(maxsize=65_536)
def domain_of(address: str) -> str:
    """Return the registrable domain of an address; its host where that has none, empty where there is no host.

    >>> domain_of("https://news.example.com.cn/a"), domain_of("http://127.0.0.1:80/"), domain_of("no address")
    ('example.com.cn', '127.0.0.1', '')
    """
    found = _extract()(address.strip())
    host = ".".join(part for part in (found.subdomain, found.domain, found.suffix) if part)
    domain: str = found.top_domain_under_public_suffix or host
    return domain.lower() if "." in domain or ":" in domain else ""


@cache
def _extract() -> Any:
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)

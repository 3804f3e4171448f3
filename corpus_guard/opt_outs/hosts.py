"""Hosts of addresses, and hashes of names: of each name and of every domain above it, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from corpus_guard.core.batch import Integers
from corpus_guard.matching.compiled import library, number, pointer

Hashes = npt.NDArray[np.uint64]
LONGEST = 253
"""Bytes of a name: DNS knows no longer one, so these are in no list and never looked up."""

_HOST = r"^\s*[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)"
_START, _PRIME, _MIX, _FIRST, _LAST = (
    np.uint64(value) for value in (0xCBF29CE484222325, 0x100000001B3, 0xBF58476D1CE4E5B9, 32, 29)
)
"""FNV-1a, and what spreads it over all bits."""


def hosts_of(addresses: pl.Series) -> pl.Series:
    """Return the hosts of addresses in lower case, empty where there is none.

    >>> hosts_of(pl.Series(["https://me@News.Example.com.:8080/a?b", "no address"])).to_list()
    ['news.example.com', '']
    """
    return addresses.str.extract(_HOST).fill_null("").str.to_lowercase().str.strip_chars_end(".")


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
        return host.encode("idna").decode("ascii").rstrip(".")
    except UnicodeError:
        return host


def series_of(texts: pa.LargeStringArray) -> pl.Series:
    """Return the same texts as polars has them."""
    return pl.Series(values=texts, dtype=pl.String)


def offsets_of(texts: pa.LargeStringArray) -> Integers:
    """Return where each text begins in its buffer, and where the last one ends."""
    return np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, texts.offset * 8)


def name_hashes(names: pl.Series) -> tuple[Hashes, npt.NDArray[np.bool_]]:
    """Return the hash of each name, in lower case, and which of them a compiled function saw to be names at once.

    Without one these are none. A name may not be longer than `LONGEST` bytes.
    """
    functions = library()
    hashes, plain = np.zeros(len(names), np.uint64), np.zeros(len(names), bool)
    if functions is not None and len(names):
        texts = names.to_arrow().cast(pa.large_string())
        where = pointer(texts), pointer(offsets_of(texts)), number(len(texts))
        functions.hash_names(*where, pointer(hashes), pointer(plain))
        return hashes, plain
    for found, owners, whole in _walk(names):
        if whole:
            hashes[owners] = found
    return hashes, plain


def hashes_above(names: pl.Series) -> tuple[Hashes, Integers]:
    """Return hashes of each name and of the domains above it, and which name each is of."""
    each = [(np.zeros(0, np.uint64), np.zeros(0, np.int64)), *((found, owners) for found, owners, _ in _walk(names))]
    return np.concatenate([found for found, _ in each]), np.concatenate([owners for _, owners in each])


def _walk(names: pl.Series) -> Iterator[tuple[Hashes, Integers, bool]]:
    """Walk all names from their ends at once; yield hashes at each dot, and where names begin, which is True."""
    if not len(names):
        return
    texts = names.to_arrow().cast(pa.large_string())
    data, offsets = np.frombuffer(texts.buffers()[2] or b"", np.uint8), offsets_of(texts)
    lengths = np.diff(offsets)
    order = np.argsort(-lengths, kind="stable")
    lengths, ends = lengths[order], offsets[1:][order]
    hashes = np.full(len(order), _START)
    for step in range(min(int(lengths[0]), LONGEST) + 1):
        going = int(np.searchsorted(-lengths, -step, "left"))
        if step:
            begins = order[going : len(hashes)]
            yield _mixed(hashes[going:]), begins, True
        units = data[ends[:going] - 1 - step]
        dots = np.flatnonzero(units == ord("."))
        yield _mixed(hashes[dots]), order[dots], False
        hashes = (hashes[:going] ^ units) * _PRIME


def _mixed(hashes: Hashes) -> Hashes:
    hashes = (hashes ^ (hashes >> _FIRST)) * _MIX
    return hashes ^ (hashes >> _LAST)

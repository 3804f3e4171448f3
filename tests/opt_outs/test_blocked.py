"""Blocked domains bar themselves and what lies below them, and nothing else."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.opt_outs.blocked import Blocked, hashes_of

LIST = pl.Series(["Blocked.example", " news.example.cn. ", "", "10.0.0.1", "例子.中国"])


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("blocked.example", True), ("www.blocked.example", True), ("unblocked.example", False), ("example", False),
        ("news.example.cn", True), ("example.cn", False), ("10.0.0.1", True), ("1.10.0.0", False), ("", False),
        ("www.例子.中国", True),
    ],
)  # fmt: skip
def test_a_domain_bars_what_lies_below_it(host: str, expected: bool) -> None:
    """Whole labels count, from the right; case, blanks and a last dot of the list do not."""
    assert [expected] == Blocked(hashes_of(LIST)).of(pl.Series([host])).tolist()


@pytest.mark.parametrize(
    "entry",
    ["*.a.example", ".a.example.", "||a.example^", "||a.example^$third-party", "0.0.0.0 a.example", "127.0.0.1\ta.example # tracker",
     "https://me@A.example:8080/path?x", "a.example:443", "  a.example\r", "a.example # why"],
)  # fmt: skip
def test_lists_of_many_makers_are_understood(entry: str) -> None:
    """An entry that could never match would be a refusal passed over in silence."""
    hosts = pl.Series(["www.a.example", "b.example", "example", ""])

    assert [True, False, False, False] == Blocked(hashes_of(pl.Series([entry]))).of(hosts).tolist()


@pytest.mark.parametrize(
    ("entry", "host"), [("bücher.example", "xn--bcher-kva.example"), ("xn--fsqu00a.xn--fiqs8s", "www.例子.中国")]
)
def test_both_spellings_of_an_international_name_are_one(entry: str, host: str) -> None:
    """What DNS knows and what people write."""
    assert [True] == Blocked(hashes_of(pl.Series([entry]))).of(pl.Series([host])).tolist()


@given(st.lists(st.text("abc.", max_size=8), max_size=6), st.lists(st.text("abc.", min_size=1, max_size=8), max_size=6))
def test_a_batch_is_answered_as_a_set_would(hosts: list[str], entries: list[str]) -> None:
    """All at once is one by one."""
    known = {entry.strip(".") for entry in entries} - {""}
    expected = [any(host.split(".", n)[-1] in known for n in range(host.count(".") + 1)) for host in hosts]
    found = Blocked(hashes_of(pl.Series(entries, dtype=pl.String))).of(pl.Series(hosts, dtype=pl.String)).tolist()

    assert expected == found

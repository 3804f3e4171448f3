"""Blocked domains bar themselves and what lies below them, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.opt_outs import blocked as module
from corpus_guard.opt_outs import hosts as hosts_module
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
    assert [expected] == barred([host], LIST)


@pytest.mark.parametrize(
    "entry",
    ["*.a.example", ".a.example.", "||a.example^", "||a.example^$third-party", "0.0.0.0 a.example", "127.0.0.1\ta.example # tracker",
     "https://me@A.example:8080/path?x", "a.example:443", "  a.example\r", "a.example # why"],
)  # fmt: skip
def test_lists_of_many_makers_are_understood(entry: str) -> None:
    """An entry that could never match would be a refusal passed over in silence."""
    assert [True, False, False, False] == barred(["www.a.example", "b.example", "example", ""], [entry])


@pytest.mark.parametrize(
    ("entry", "host"), [("bücher.example", "xn--bcher-kva.example"), ("xn--fsqu00a.xn--fiqs8s", "www.例子.中国")]
)
def test_both_spellings_of_an_international_name_are_one(entry: str, host: str) -> None:
    """What DNS knows and what people write."""
    assert [True] == barred([host], [entry])


@given(st.lists(st.text("abc.", max_size=8), max_size=6), st.lists(st.text("abc.", min_size=1, max_size=8), max_size=6))
def test_a_batch_is_answered_as_a_set_would(hosts: list[str], entries: list[str]) -> None:
    """All at once is one by one."""
    known = {entry.strip(".") for entry in entries} - {""}
    expected = [
        any(host.rstrip(".").split(".", n)[-1] in known for n in range(host.rstrip(".").count(".") + 1))
        for host in hosts
    ]

    assert expected == barred(hosts, entries)


_ADDRESSES = st.lists(
    st.none()
    | st.builds(
        "{}{}{}".format,
        st.sampled_from(["https://", "HTTP://", " http://", "\u3000http://", "a+b-c.d://", "1http://", "http:/", "//", "", "http://me@", "https://[::1]:8/"]),
        st.text("aB.:@[]例ü。 ", max_size=10),
        st.sampled_from(["", "/", "?q=a@b", "#a", ":80/x", ".", "..", ".:1"]),
    ),
    max_size=8,
)  # fmt: skip


@given(_ADDRESSES, st.lists(st.text("aB.-_^ \r例ü", min_size=1, max_size=5), max_size=6))
def test_without_compiled_functions_the_answers_are_the_same(addresses: list[str | None], entries: list[str]) -> None:
    """Both ways hash alike and read the same host in whatever stands for an address."""
    array, names = pa.array(["x", *addresses], pa.large_string())[1:], pl.Series(entries, dtype=pl.String)
    known = hashes_of(names)
    found = Blocked(known).of(array).tolist()
    with pytest.MonkeyPatch.context() as patch:
        for place in (module, hosts_module):
            patch.setattr(place, "library", lambda: None)
        assert known.tolist() == hashes_of(names).tolist()
        assert found == Blocked(known).of(array).tolist()


@pytest.mark.parametrize("size", [252, 253, 254, 100_000])
def test_no_name_is_longer_than_dns_allows(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer entry bars nothing; a longer host is barred by what stands above it."""
    name, below = "a" * (size - 8) + ".example", "x." + "a" * (size - 8) + ".example"
    expected = [size <= 253, size <= 253, True]
    for compiled in (True, False):
        if not compiled:
            for place in (module, hosts_module):
                monkeypatch.setattr(place, "library", lambda: None)
        assert expected == [barred([name], [name])[0], barred([below], [name])[0], barred([below], ["example"])[0]]


def barred(hosts: Sequence[str], entries: Sequence[str] | pl.Series) -> list[bool]:
    """Which addresses at *hosts* a list bars."""
    known = Blocked(hashes_of(pl.Series(entries, dtype=pl.String)))
    return [bool(one) for one in known.of(pa.array([f"https://{host}/" for host in hosts], pa.large_string()))]

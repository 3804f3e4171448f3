"""Documents by the domain they came from, without asking the network which suffixes are public."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from corpus_guard import scan
from corpus_guard.domains import domain_of
from corpus_guard.errors import UsageError


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://news.sina.com.cn/a/b?c=d#e", "sina.com.cn"),
        ("http://EXAMPLE.org:8080/x", "example.org"),
        ("//cdn.example.co.uk/x.js", "example.co.uk"),
        ("someone.github.io/page", "github.io"),
        ("https://例子.中国/页", "例子.中国"),
        ("https://user:word@www.example.com/", "example.com"),
        ("http://192.168.0.1/x", "192.168.0.1"),
        ("http://com.cn/", "com.cn"),
        ("http://localhost/x", ""),
        ("今天天气很好", ""),
        ("", ""),
    ],
)
def test_the_registrable_domain_of_an_address(address: str, expected: str) -> None:
    """Of private registries the registry counts; a host that is no domain is itself; words are no address."""
    assert expected == domain_of(address)


def test_documents_go_by_domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those without an address go by their path; nothing asks the network."""

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    data = tmp_path / "data" / "web"
    data.mkdir(parents=True)
    addresses = ["https://a.example.com/1", "https://b.example.com/2", None, "http://other.cn/"]
    rows = [
        {"text": f"第{number}段文字", "url": address, "source": "crawl"} for number, address in enumerate(addresses)
    ]
    (data / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run = scan(tmp_path / "data", source_by="domain", detectors=["exact_duplicates"])
    found = dict(run.summary.select("source", "documents").iter_rows())
    assert {"crawl": 1, "example.com": 2, "other.cn": 1} == found
    with pytest.raises(UsageError, match='--source-by is "host"; it is domain'):
        scan(tmp_path / "data", source_by="host")

"""Documents from refused addresses are found, by the user's list and by recorded robots.txt files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import corpus_guard as cg
from corpus_guard.errors import CatalogError
from corpus_guard.opt_outs.reading import refusal_options
from corpus_guard.opt_outs.robots import Robots
from tests.corpora import json_lines

ROBOTS = "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /private\n"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/page", ("GPTBot",)), ("https://a.example/private/x", ("GPTBot", "CCBot")),
        ("https://b.example/private/x", ()),
    ],
)  # fmt: skip
def test_robots_speak_for_their_host(address: str, expected: tuple[str, ...]) -> None:
    """A crawler without a group of its own follows the one for all; a host without a file refuses nothing."""
    host = address.split("/")[2]

    assert expected == Robots({"a.example": ROBOTS}, ("GPTBot", "CCBot")).refused(host, address)


def test_refused_documents_are_found(tmp_path: Path) -> None:
    """A blocked domain is a violation, a refusal of robots.txt is suspect; the finding spans the address."""
    (tmp_path / "blocked.txt").write_text("# ours\nbad.example\n", encoding="utf-8")
    (tmp_path / "robots").mkdir()
    (tmp_path / "robots" / "a.example.txt").write_text(ROBOTS, encoding="utf-8")
    addresses = ["https://www.bad.example/1", "https://a.example/2", "https://c.example/3", None]
    json_lines(tmp_path / "data" / "web" / "a.jsonl", [{"text": "今天天气", "url": one} for one in addresses])
    pipeline = tmp_path / "pipeline.toml"
    pipeline.write_text(
        '[input]\npaths = ["data"]\n[scan]\ndetectors = ["licensing"]\n'
        '[licensing]\nblocked = ["blocked.txt"]\nrobots = "robots"\n',
        encoding="utf-8",
    )
    run = cg.scan(pipeline=pipeline, out=tmp_path / "run", workers=1)
    import polars as pl

    found = pl.read_parquet(run.path / "findings.parquet").sort("row")
    assert [(0, "domain-blocked", "violation", "url"), (1, "robots-refused", "suspect", "url")] == [
        tuple(row) for row in found.select("row", "rule", "grade", "field").iter_rows()
    ]
    assert [2] == run.summary["ip_documents"].to_list()


def test_a_list_of_robots_files_is_read(tmp_path: Path) -> None:
    """JSON Lines with host and text say the same as a folder."""
    path = tmp_path / "robots.jsonl"
    path.write_text(json.dumps({"host": "A.example", "text": ROBOTS}) + "\n", encoding="utf-8")

    assert (("a.example", ROBOTS),) == refusal_options({"robots": path})["robots"]


@pytest.mark.parametrize("name", ["robots", "blocked"])
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, name: str) -> None:
    """A file that is not there stops the scan before it starts."""
    with pytest.raises(CatalogError, match=r"nothing\.txt"):
        refusal_options({name: tmp_path / "nothing.txt"})


def test_a_domain_that_stands_twice_is_kept_once(tmp_path: Path) -> None:
    """In one list or in two; comments and empty lines are nothing, and an empty list bars nothing."""
    (tmp_path / "a.txt").write_text("﻿# ours\na.example\n\nb.example\nA.example", encoding="utf-8")
    (tmp_path / "b.txt").write_text("b.example\n", encoding="utf-8")
    (tmp_path / "c.txt").write_text("", encoding="utf-8")

    assert 8 * 2 == len(refusal_options({"blocked": [tmp_path / "a.txt", tmp_path / "b.txt"]})["blocked"])
    assert b"" == refusal_options({"blocked": tmp_path / "c.txt"})["blocked"]


def test_pages_that_refuse_are_found(tmp_path: Path) -> None:
    """A header recorded with a page is suspect, whatever type the column has; what is no refusal is nothing."""
    rows = [
        {"text": "今天天气", "x_robots_tag": "NoAI, noimageai", "tdm_reservation": 0},
        {"text": "今天天气", "x_robots_tag": "noindex", "tdm_reservation": 1},
        {"text": "今天天气", "x_robots_tag": None, "tdm_reservation": None},
    ]
    json_lines(tmp_path / "data" / "web" / "a.jsonl", rows)
    run = cg.scan(tmp_path / "data", out=tmp_path / "run", detectors=["licensing"], workers=1)
    import polars as pl

    found = pl.read_parquet(run.path / "findings.parquet").sort("row")
    assert [(0, "page-refused", "suspect", "robots_tag"), (1, "page-refused", "suspect", "tdm_reservation")] == [
        tuple(row) for row in found.select("row", "rule", "grade", "field").iter_rows()
    ]

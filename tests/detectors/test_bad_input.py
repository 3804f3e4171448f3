"""Numbers in bad company: broken bytes, marks inside them, line breaks, emoji, and texts that are nothing but digits."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl
import pytest

import corpus_guard
from corpus_guard import Guard

GUARD = Guard(detectors=["personal_info"])
KEYCAP = "\ufe0f\u20e3"


def found(text: str) -> list[tuple[str, str]]:
    """Return (entity, span) of what is found in *text*."""
    rows = GUARD.check([text]).select("entity", "start", "end").iter_rows()
    return [(entity, text[start:end]) for entity, start, end in rows]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("电话1380\u200f0138000。", "1380\u200f0138000"), ("电话138\u200e0013\u200f8000\u200f", "138\u200e0013\u200f8000"), ("1\u200b3\u200b8\u200b00138000", "1\u200b3\u200b8\u200b00138000"),
        ("身份证110101\u206619900307\u20698670号", "110101\u206619900307\u20698670"), ("call +\u206086 138\u20600013 8000 now", "+\u206086 138\u20600013 8000"),
        (KEYCAP.join("13800138000") + f"{KEYCAP}叫我", KEYCAP.join("13800138000")), ("卡\u202d6222\u202c 0260 \u200d0670 5354 216", "6222\u202c 0260 \u200d0670 5354 216"),
        (f"{'无关的话，' * 60}13\u200f800138000{'，无关的话' * 60}", "13\u200f800138000"),
    ],
)  # fmt: skip
def test_invisible_characters_inside_a_number_are_seen_through(text: str, value: str) -> None:
    """Marks of direction, joiners, zero-width spaces, emoji digits: the span slices the raw text, marks included."""
    assert [value] == [span for _, span in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "版本1\u200f.2\u200f.3",
        "第1\u200b章第2\u200b节",
        "a\u200bb@",
        f"1{KEYCAP}、第一",
        "20230101\u200f20230102\u200f11",
    ],
)
def test_invisible_characters_make_no_number_out_of_none(text: str) -> None:
    """Versions, headings, lists of days."""
    assert [] == found(text)


@pytest.mark.parametrize(
    "broken", ["138001\n38000", "13800138\r\n000", "110101199003\n078670", "first.last@exam\nple.com"]
)
def test_a_number_across_a_line_break_is_two_numbers(broken: str) -> None:
    """Lines of a table end in digits and begin with digits: what stands on two of them is not put together."""
    assert [] == found(broken)
    assert [] == found(f"{broken}\n")
    assert ["13800138000"] == [span for _, span in found(f"{broken}\n13800138000\r\n")]


def test_broken_bytes_around_a_number_are_unscanned_and_named(tmp_path: Path) -> None:
    """A document with invalid UTF-8 is none that was checked; its neighbours are."""
    data = tmp_path / "data"
    data.mkdir()
    lines = [b'{"text": "13800138000"}', b'{"text": "\xff13800138000\xfe"}', b'{"text": "13900139000"}']
    (data / "broken.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    corpus_guard.scan([data], out=tmp_path / "run", detectors=["personal_info"])

    assert [("broken.jsonl", 1)] == pl.read_csv(tmp_path / "run" / "errors.csv").select("shard", "row").rows()
    assert [0, 2] == pl.read_parquet(tmp_path / "run" / "findings.parquet")["row"].to_list()


def test_fifty_megabytes_of_digits_take_their_length() -> None:
    """In linear time, and no number is made out of them."""
    begun = time.process_time()

    assert not len(GUARD.scan_texts(["1234567890" * 5_000_000]).findings)
    assert time.process_time() - begun < 30


def test_digits_with_a_mark_each_take_their_length() -> None:
    """Twice as long takes about twice as long."""
    times = []
    for size in (20_000, 40_000):
        begun = time.process_time()
        GUARD.scan_texts(["7\u200f" * size])
        times.append(time.process_time() - begun)

    assert times[1] < 5 * times[0] + 1


def test_excerpts_hold_nothing_that_the_detector_finds(tmp_path: Path) -> None:
    """Our own outputs, scanned by our own detector: zero findings, also for numbers with marks inside."""
    texts = [
        "电话1380\u200f0138000，邮箱first.last@example.com",
        f"身份证110101199003078670{KEYCAP}",
        "卡6222026006705354216 114.247.50.2",
    ]
    excerpts = GUARD.findings(GUARD.scan_texts(texts))["excerpt"].to_list()

    assert len(excerpts) > 4
    assert not len(GUARD.check(excerpts))

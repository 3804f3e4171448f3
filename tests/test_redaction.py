"""Redaction replaces what was found and nothing else."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

import corpus_guard as cg
from corpus_guard.redaction import redact

KEY = b"a key of sixteen bytes or more"
PHONE, RESIDENT, CARD, MAIL = "13800138000", "11010519491231002X", "4111 1111 1111 1111", "name@example.org"
STYLES = ("mask", "tag", "hash", "replace")
VALUES = st.sampled_from([PHONE, RESIDENT, CARD, MAIL, "192.168.7.9", "139-1234-5678"])


@pytest.fixture(scope="module")
def guard() -> cg.Guard:
    """A guard for personal information."""
    return cg.Guard(detectors=["personal_info"])


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("mask", "请打1*********0，谢谢"),
        ("tag", "请打<PHONE_NUMBER>，谢谢"),
    ],
)
def test_the_styles_without_a_key(guard: cg.Guard, style: str, expected: str) -> None:
    """Masking is the usual style."""
    assert [expected] == guard.redact([f"请打{PHONE}，谢谢"], style=style)
    assert guard.redact([PHONE]) == guard.redact([PHONE], style="mask")


@given(pieces=st.lists(st.tuples(st.sampled_from(["你好，", " see ", "。", "甲：", "\n"]), VALUES), max_size=5))
def test_nothing_else_in_the_text_changes(guard: cg.Guard, pieces: list[tuple[str, str]]) -> None:
    """What is left of a redacted text without its tags is what is left of the text without its findings."""
    text = "".join(f"{before}{value} " for before, value in pieces)
    found = guard.check([text]).select("start", "end").sort("start").rows()
    left = "".join(
        text[end:start] for (_, end), (start, _) in zip([(0, 0), *found], [*found, (len(text), 0)], strict=True)
    )

    assert left == re.sub("<[A-Z_]+>", "", guard.redact([text], style="tag")[0])
    for style in STYLES:
        assert (text == guard.redact([text], style=style, key=KEY)[0]) == (not found)


def test_every_one_of_many_values_is_replaced(guard: cg.Guard) -> None:
    """Findings are cut at a hundred of a rule in a document; redaction is not."""
    text = "，".join(f"139{number:08}" for number in range(500))

    assert "，".join(["<PHONE_NUMBER>"] * 500) == guard.redact([text], style="tag")[0]


@pytest.mark.parametrize("value", [PHONE, RESIDENT, CARD, MAIL, "139-1234-5678"])
def test_a_replacement_is_another_value_of_the_same_kind(guard: cg.Guard, value: str) -> None:
    """It has the same form and valid check digits, and is found again as what it replaces."""
    text = f"值：{value}。"
    replaced = guard.redact([text], style="replace", key=KEY)[0]
    kinds = [guard.check([one])["entity"].to_list() for one in (text, replaced)]

    assert value not in replaced
    assert kinds[0] == kinds[1]
    assert replaced == guard.redact([text], style="replace", key=KEY)[0]
    assert replaced != guard.redact([text], style="replace", key=b"another key of sixteen bytes")[0]


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("姓名：王小明", "小明"),
        ("请找王女士", "王女士"),
        ("Ask Mr. John Smith", "Smith"),
        ("收件人：歐陽娜娜，", "娜娜"),
        ("现居住于浙江省杭州市西湖区文三路713号，", "文三路713号"),
        ("位于浙江省杭州市西湖区。", "西湖区"),
    ],
)
def test_names_and_addresses_are_replaced_by_others(guard: cg.Guard, text: str, gone: str) -> None:
    """In every style they are gone; a replacement is found as what it replaces."""
    for style in STYLES:
        assert gone not in guard.redact([text], style=style, key=KEY)[0]
    replaced = guard.redact([text], style="replace", key=KEY)[0]

    assert guard.check([text])["entity"].to_list() == guard.check([replaced])["entity"].to_list()


def test_check_digits_of_replacements_are_right(guard: cg.Guard) -> None:
    """The oracles are those of python-stdnum."""
    resident, card = (guard.redact([value], style="replace", key=KEY)[0] for value in (RESIDENT, CARD))

    assert ric.is_valid(resident)
    assert luhn.is_valid(card.replace(" ", ""))
    assert [4, 9, 14] == [place for place, character in enumerate(card) if character == " "]


def test_equal_values_have_equal_hashes_for_one_key_only(guard: cg.Guard) -> None:
    """Joins stay possible, trying all numbers does not."""
    first, second, other = guard.redact([f"甲{PHONE}", f"乙{PHONE}", "丙13900139000"], style="hash", key=KEY)

    assert first[1:] == second[1:] != other[1:]
    assert first != guard.redact([f"甲{PHONE}"], style="hash", key=KEY[::-1])[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"style": "hash"}, "needs a secret key of at least 16 bytes; 0 were given"),
        ({"style": "replace", "key": b"short"}, "5 were given"),
        ({"style": "tags"}, 'did you mean "tag"'),
    ],
)
def test_what_would_not_protect_is_refused(options: dict[str, object], said: str) -> None:
    """A hash without a key can be undone by trying every phone number."""
    with pytest.raises(cg.UsageError, match=re.escape(said)):
        redact("call 13800138000", [(5, 16, "PHONE_NUMBER")], **options)  # type: ignore[arg-type]


def test_a_text_that_is_none_is_refused(guard: cg.Guard) -> None:
    """None is a text to check, but there is nothing to give back for it."""
    with pytest.raises(cg.UsageError, match="text 1 could not be redacted: it is None"):
        guard.redact(["a", None])  # type: ignore[list-item]


def test_a_guard_without_the_detector_redacts_nothing_in_silence() -> None:
    """It says what is missing instead."""
    with pytest.raises(cg.UsageError, match="personal_info"):
        cg.Guard(detectors=["keywords"]).redact([PHONE])


def test_redacted_texts_hold_no_finding(guard: cg.Guard) -> None:
    """Masked, tagged and hashed texts are clean for the same detector."""
    text = f"{PHONE} {RESIDENT} {CARD} {MAIL} 114.247.50.2"
    for style in ("mask", "tag", "hash"):
        assert 0 == guard.check(guard.redact([text], style=style, key=KEY)).filter(pl.col("grade") != "info").height

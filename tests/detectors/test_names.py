"""Names of persons: what a name looks like, where one is found, and which rules run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.rules import read_rule_file
from corpus_guard.core.batch import Batch
from corpus_guard.detectors.name_model import LONGEST, people
from corpus_guard.detectors.names_anywhere import Segments
from corpus_guard.detectors.personal_info import PersonalInfo
from corpus_guard.errors import UsageError
from tests.detectors.passes import Pass, fold, setting

RULES = tuple(
    rule
    for name in ("persons", "places", "phone")
    for rule in read_rule_file(shipped_rules() / "personal" / f"{name}.toml")
)
LABELLED = Pass(PersonalInfo(setting(RULES)))
ALL = Pass(PersonalInfo(setting(RULES, {"names": "all"})))
OFF = Pass(PersonalInfo(setting(RULES, {"names": "off"})))
SURNAMES, GIVEN = "王李张刘陈赵吴徐孙朱胡郭", "伟芳娜敏静丽强磊洋艳勇军杰娟涛超明霞婷雪琳"
NAMES = st.builds(str.__add__, st.sampled_from(SURNAMES), st.text(GIVEN, min_size=1, max_size=2))


def persons(found_by: Pass, text: str) -> list[str]:
    """Return the names found in *text*."""
    entity = {rule.id: rule.entity for rule in RULES}
    return [span for rule, span in found_by.found(text, RULES) if entity[rule] == "PERSON"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王小明", True), ("张伟", True), ("欧阳娜娜", True), ("司马相如", True), ("王", False), ("王小明天", False), ("高速", False),
        ("办公室", False), ("上海", False), ("杭州", False), ("王的", False), ("", False),
    ],
)  # fmt: skip
def test_a_name_is_a_surname_and_a_given_name(text: str, *, expected: bool) -> None:
    """Words, places and what is too long are none, whatever they begin with."""
    assert expected == people().is_name(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("姓名：王小明", ["王小明"]), ("姓　名　王小明", []), ("姓名:王小明性别:男", ["王小明"]), ("联系人 李建国（手机）", ["李建国"]), ("|姓名|张伟|", ["张伟"]),
        ('"姓名":"张伟"', ["张伟"]), ("姓名：\n王小明", ["王小明"]), ("收件人：歐陽娜娜", ["歐陽娜娜"]), ("姓名：买买提·艾力", ["买买提·艾力"]), ("姓名：高级", []),
        ("户名：上海某某有限公司", []), ("联系人：", []), ("姓名", []), ("姓名：张*", []), ("请找王小明先生和李女士", ["王小明", "李女士"]),
        ("基金经理说", []), ("首席法官", []), ("向主任会议报告", []), ("Mr. Smith and Mrs. Jones", ["Smith", "Jones"]), ("Dr. José Álvarez", ["José Álvarez"]),
        ("Mr. President, Mr. Speaker", []), ("Name: John Smith\nName: Foo Bar", ["John Smith"]), ("name: john smith", []), ("王小明说", []),
    ],
)  # fmt: skip
def test_labelled_names(text: str, expected: list[str]) -> None:
    """After a label, before a title, in English by upper case; nothing where nothing announces a name."""
    assert expected == persons(LABELLED, text)


@given(NAMES, st.sampled_from(["，", " ", "\n", "；", "（", ""]))
@settings(max_examples=60)
def test_a_labelled_name_is_found_with_its_exact_span(name: str, after: str) -> None:
    """Any name of frequent characters, whatever closes the field."""
    assert [name] == persons(LABELLED, f"收件人：{name}{after}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王小明,13800138000", ["王小明"]), ("13800138000|张伟|北京", ["张伟"]), ("王小明今天打13800138000", []), ("上海 13800138000", []),
        ("John Smith,(202) 456-1111", ["John Smith"]), ("王小明,没有号码", []),
    ],
)  # fmt: skip
def test_names_in_rows(text: str, expected: list[str]) -> None:
    """A field of its own beside an identifier is a name without a label."""
    assert expected == persons(LABELLED, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("记者王建国表示，情况良好。", ["王建国"]), ("导演陈晓明介绍", ["陈晓明"]), ("丹尼斯·霍珀主演", ["丹尼斯·霍珀"]), ("高速公路已经通车", []),
        ("国家统计局公布数据", []), ("by John Smith yesterday", ["John Smith"]),
    ],
)  # fmt: skip
def test_names_anywhere(text: str, expected: list[str]) -> None:
    """With "all", names that nothing but their surroundings announces."""
    assert expected == persons(ALL, text)
    assert [] == persons(LABELLED, text)


def test_names_that_are_off() -> None:
    """Without names nothing else is lost."""
    assert [("cn-mobile", "13800138000")] == OFF.found("姓名：王小明，手机13800138000", RULES)


def test_an_unknown_choice_is_refused() -> None:
    """One sentence, and a hint."""
    with pytest.raises(UsageError, match=r'"names" is "labeled".*did you mean "labelled"'):
        PersonalInfo(setting(RULES, {"names": "labeled"}))


@given(st.lists(st.text("王小明记者说，姓名：\n13800ab·", max_size=24), max_size=3))
@settings(max_examples=80)
def test_a_batch_finds_what_its_texts_find(texts: list[str]) -> None:
    """Neighbours in a batch change nothing, also with "all"."""
    whole = ALL.detect(Batch.of_texts(texts))
    rows = sorted(zip(whole.text.tolist(), whole.start.tolist(), whole.end.tolist(), whole.rule.tolist(), strict=True))
    alone = [
        (number, start, end, rule)
        for number, text in enumerate(texts)
        for found in [ALL.detect(Batch.of_texts([text]))]
        for start, end, rule in zip(found.start.tolist(), found.end.tolist(), found.rule.tolist(), strict=True)
    ]

    assert sorted(alone) == rows


def test_segments_weigh_for_their_names_and_against_what_cuts_a_word() -> None:
    """国家 is a word: a name may not begin in its middle."""
    segments = Segments("国家统计")

    assert segments.weight(1, 3) < 0


@settings(max_examples=500)
@given(st.text(f"{SURNAMES}{GIVEN}欧阳司马上官和于是的他，a。乐文", max_size=6))
def test_no_name_before_a_title_is_ruled_out_beforehand(text: str) -> None:
    """Whoever ends in a name or a surname may do so by the kinds of its last characters."""
    nearest_first = [*map(ord, reversed(text)), *[0] * LONGEST][:LONGEST]

    assert people().may_end(np.array([nearest_first]))[0] or not people().at_end(text)


def test_a_long_text_takes_linear_time() -> None:
    """Names by the ten thousand, on one line and on many, are passed in one glance each."""
    found = ALL.detect(Batch.of_texts(["王小明" * 20_000, "姓名：王小明\n" * 5_000]))

    assert len(found) >= 5_000


def test_the_lists_are_simplified_and_lower_case() -> None:
    """Lists are compared with folded text; what models call names and places is not."""
    text = (Path(shipped_rules()) / "people" / "names.toml").read_text(encoding="utf-8")
    words = "".join(line for line in text.splitlines() if not line.startswith(("#", "model_")))

    assert [] == [(one, two) for one, two in zip(words, fold(words), strict=True) if one != two and one not in "：，"]

"""Records of persons: grades of names by what stands beside them, and tables of persons."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.rule import Grade
from corpus_guard.detectors.personal_info import PersonalInfo
from tests.detectors.passes import Pass, rules_of, setting

RULES = rules_of("personal")
PASS = Pass(PersonalInfo(setting(RULES)))
HOME = "浙江省杭州市西湖区文三路713号3幢2单元501室"
NAMES = (
    "王小明",
    "李建国",
    "张晓燕",
    "刘洋",
    "陈志强",
    "赵丽华",
    "孙国庆",
    "周文婷",
    "吴俊杰",
    "郑秀英",
    "何伟",
    "林志玲",
)
ROWS = [f"{name},1380013{number:04}" for number, name in enumerate(NAMES, 1000)]


def worst(text: str) -> str:
    """Return the gravest grade of what is found in *text*."""
    return Grade(int(PASS.detect(Batch.of_texts([text])).grade.max())).label


def rules_in(text: str) -> set[str]:
    """Return the ids of the rules that found something in *text*."""
    return {rule for rule, _ in PASS.found(text, RULES)}


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("姓名：王小明", "info"), ("李女士说", "info"), ("位于浙江省杭州市西湖区", "info"), ("13800138000", "suspect"), (HOME, "suspect"),
        ("姓名：王小明，手机13800138000", "suspect"), ("Contact: Mary Jones <mary@example.com>", "suspect"), ("姓名：王小明，邮箱a@example.com", "suspect"),
        ("姓名：王小明，手机13800138000，13900139000", "suspect"), ("手机13800138000，邮箱a@example.com", "suspect"), ("姓名：王小明，浙江省杭州市", "info"),
        ("姓名：王小明，手机13800138000，邮箱a@example.com", "violation"), (f"收件人：王小明，{HOME}", "violation"), (f"住{HOME}的李女士", "violation"),
        (f"王小明 13800138000 {HOME}", "violation"), (f"姓名：王小明{'，' * 300}手机13800138000，邮箱a@example.com", "suspect"),
        ("姓名：王小明，服务器114.247.50.2，手机13800138000", "suspect"),
    ],
)  # fmt: skip
def test_grades_of_the_contract(text: str, grade: str) -> None:
    """A name is info, beside one kind of identifier suspect, beside two kinds or a home address a violation."""
    assert grade == worst(text)


@pytest.mark.parametrize(
    ("rows", "expected"), [(ROWS, True), (ROWS[:10], True), (ROWS[:9], False), (ROWS[:1] * 30, False)]
)
def test_ten_records_are_a_table(rows: list[str], *, expected: bool) -> None:
    """Ten different names with numbers of their own; the same row again is no other person."""
    assert expected == ("person-table" in rules_in("\n".join(rows)))
    assert expected == ("person-table" in rules_in("姓名,电话\n" + "\r\n".join(rows)))


def test_ten_names_around_one_number_are_no_table() -> None:
    """Each record has an identifier of its own."""
    assert "person-table" not in rules_in("、".join(NAMES) + " 13800138000")


def test_a_list_of_authors_is_no_table() -> None:
    """Names with e-mail addresses alone stay suspect, however many."""
    authors = "".join(f"姓名：{name} <{number}@example.com>\n" for number, name in enumerate(NAMES))

    assert "suspect" == worst(authors)


def test_the_records_of_one_document_may_lie_in_many_texts() -> None:
    """The messages of a sample are one document: what they hold counts together; those of neighbours do not."""
    one = Batch.of_texts(ROWS)
    together = Batch(
        rows=np.arange(1),
        texts=one.texts,
        documents=np.zeros(len(ROWS), np.int64),
        fields=np.zeros(len(ROWS), np.int64),
        field_names=("text",),
        read=1,
    )

    assert int(Grade.VIOLATION) == PASS.detect(together).grade.max()
    assert int(Grade.SUSPECT) == PASS.detect(one).grade.max()


@given(st.lists(st.sampled_from(["\n".join(ROWS), f"李女士住{HOME}", "姓名：王小明", "13800138000", ""]), max_size=4))
@settings(max_examples=30)
def test_neighbours_in_a_batch_change_nothing(texts: list[str]) -> None:
    """Records are of one document: a batch finds what its documents find."""
    whole = PASS.detect(Batch.of_texts(texts))
    expected = [
        (number, start, rule)
        for number, text in enumerate(texts)
        for found in [PASS.detect(Batch.of_texts([text]))]
        for start, rule in zip(found.start.tolist(), found.rule.tolist(), strict=True)
    ]

    assert sorted(expected) == sorted(zip(whole.text.tolist(), whole.start.tolist(), whole.rule.tolist(), strict=True))


def test_a_long_table_takes_linear_time() -> None:
    """A document of many records far from each other is not read anew for each of them."""
    text = f"Name,phone\nJohn Smith,13800138000\n{'x' * 200}\n" * 10_000
    begun = time.process_time()
    PASS.detect(Batch.of_texts([text]))

    assert time.process_time() - begun < 10


def test_a_disabled_rule_raises_nothing() -> None:
    """Without the rules of records a name stays info."""
    rules = tuple(rule for rule in RULES if rule.id not in ("person-at-home", "person-record", "person-table"))
    found = Pass(PersonalInfo(setting(rules))).detect(Batch.of_texts([f"收件人：王小明，{HOME}"]))

    assert int(Grade.SUSPECT) == found.grade.max()

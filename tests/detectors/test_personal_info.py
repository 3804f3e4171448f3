"""Identifiers are found beside Chinese characters, spaced, full width, at both ends; near misses are not."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.detectors.personal_info import PersonalInfo
from corpus_guard.matching.views import views_of
from tests.detectors.identifiers import BY_ENTITY, TEXTS
from tests.detectors.passes import FOLDING, Pass, rules_of, setting

RULES = rules_of("personal")
PASS = Pass(PersonalInfo(setting(RULES)))
BY_ID = {rule.id: rule for rule in RULES}
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
DOUBTED = (
    "cn-resident-id-labelled", "cn-resident-id-masked", "cn-bank-card-labelled", "us-ssn-unlabelled",
    "cn-resident-id-15-labelled", "id-card-hong-kong-macau-taiwan",
)  # fmt: skip
"""Rules of sensitive identifiers that fail a check digit, have none that is looked at, lack a part or lack a label."""
RECORDS = ("person-record", "person-at-home", "person-table")
"""Rules of names that others stand beside."""
AROUND = (
    "{}",
    "联系{}某人",
    "见 {} 。",
    "（{}）",
    "“{}”",
    "{}，",
    "：{}；",
    "\n{}\n",
    "、{}、",
    "号码是{}！",
    "<td>{}</td>",
)
VALUES = {
    "PHONE_NUMBER": ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "0086-13800138000", "8613800138000", "010-62345678", "(0755)86091234"],
    "CN_RESIDENT_ID": ["11010519491231002X", "11010519491231002x", "110101199003078670", "110101 19900307 8670", "830000199201300022"],
    "CN_BANK_CARD": ["6222026006705354216", "6222 0260 0670 5354 216", "6212-2610-0000-0009", "9558801001152061088"],
    "CREDIT_CARD": ["4111111111111111", "5555 5555 5555 4444", "2223-0031-2200-3222", "378282246310005", "3782 822463 10005", "3530111333300000"],
    "EMAIL_ADDRESS": ["first.last@example.com", "a_b+c@mail.example.co.uk", "12345@qq.com", "x@xn--fiq228c.cn"],
    "IP_ADDRESS": ["192.168.1.20", "114.247.50.2", "2001:db8:85a3::8a2e:370:7334", "2031:0000:130f:0000:0000:09c0:876a:130b"],
}  # fmt: skip


def entities(text: str) -> list[tuple[str, str]]:
    """Return (entity, span) of what is found in *text*."""
    return [(BY_ID[rule].entity, span) for rule, span in PASS.found(text, RULES)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_behaves_on_its_own_examples(rule: Rule) -> None:
    """A rule finds something in each of its must_match examples and nothing in its must_not_match examples."""
    for text in rule.must_match:
        assert rule.id in [found for found, _ in PASS.found(text, RULES)], text
    for text in rule.must_not_match:
        assert rule.id not in [found for found, _ in PASS.found(text, RULES)], text


@pytest.mark.parametrize(("entity", "value"), [(entity, value) for entity, some in VALUES.items() for value in some])
@pytest.mark.parametrize("around", AROUND)
def test_a_value_is_found_with_its_exact_span_whatever_stands_around_it(entity: str, value: str, around: str) -> None:
    """Chinese characters, spaces, brackets, punctuation, line ends and text ends on both sides; half and full width."""
    assert [(entity, value)] == entities(around.format(value))
    assert [(entity, value.translate(WIDE))] == entities(around.format(value.translate(WIDE)))


@pytest.mark.parametrize(("entity", "values"), BY_ENTITY.items(), ids=list(BY_ENTITY))
def test_generated_values_are_found(entity: str, values: st.SearchStrategy[str]) -> None:
    """Any value with correct check digits is found between Chinese characters."""

    @given(values)
    @settings(max_examples=60)
    def found(value: str) -> None:
        assert entity in [found for found, _ in entities(f"请记下{value}谢谢")]

    found()


@pytest.mark.parametrize(
    "text",
    [
        "订单号2023120112304513800138000", "20231201123045", "时间2023-12-01 12:30:45", "全国热线400-800-1234", "版本号：10.2.13.4", "v1.2.3.4 发布", "掩码255.255.255.0",
        "ff:ff:ff:ff:ff:ff", "std::vector<int>::iterator", "icon@2x.png", "logo@2x.min.css", "1.2.3.4.5.6", "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709", "UUID 550e8400-e29b-41d4-a716-446655440000",
        "ISBN 978-7-111-40701-0", "π=3.1415926535897932384626", "人口1370536875人", "@某人 你好", "110101199013078670", "600000000000000000000000", "4111111111111111111111",
    ],
)  # fmt: skip
def test_near_misses_are_not_found(text: str) -> None:
    """Order numbers, dates, versions, hashes, service numbers, netmasks, file names and code are no identifiers."""
    assert [] == entities(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11010519491231002X", [("CN_RESIDENT_ID", "11010519491231002X")]),
        ("13800138000@qq.com", [("EMAIL_ADDRESS", "13800138000@qq.com")]),
        ("13800138000@qq.com13900139000", [("EMAIL_ADDRESS", "13800138000@qq.com"), ("PHONE_NUMBER", "13900139000")]),
        ("13800138000/13900139000", [("PHONE_NUMBER", "13800138000"), ("PHONE_NUMBER", "13900139000")]),
    ],
)
def test_of_overlapping_identifiers_the_longest_stays(text: str, expected: list[tuple[str, str]]) -> None:
    """A resident id is no phone number, an e-mail address not the number in it; neighbours are all found."""
    assert expected == entities(text)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("13800138000", Grade.SUSPECT), ("a@example.com", Grade.SUSPECT), ("114.247.50.2", Grade.SUSPECT), ("110101199003078670", Grade.VIOLATION),
        ("6222026006705354216", Grade.VIOLATION), ("4111111111111111", Grade.VIOLATION), ("身份证号110101199003078671", Grade.SUSPECT), ("卡号6222026006705354217", Grade.SUSPECT),
    ],
)  # fmt: skip
def test_sensitive_identifiers_weigh_more(text: str, grade: Grade) -> None:
    """Resident ids and cards are violations; others, and labelled ones that fail their check digit, are suspect."""
    assert [int(grade)] == PASS.detect(Batch.of_texts([text])).grade.tolist()


def _rows(findings: Findings, shift: int = 0) -> list[tuple[int, int, int, int]]:
    columns = (findings.text + shift, findings.start, findings.end, findings.rule)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_a_batch_finds_what_its_parts_find(first: list[str], second: list[str]) -> None:
    """The split law: nothing crosses from text to text."""
    together = _rows(PASS.detect(Batch.of_texts([*first, *second])))
    alone = _rows(PASS.detect(Batch.of_texts(first))) + _rows(PASS.detect(Batch.of_texts(second)), len(first))

    assert sorted(alone) == sorted(together)


@given(TEXTS)
@settings(max_examples=300)
def test_a_gate_never_loses_a_match(text: str) -> None:
    """Looking only around gate hits finds what looking everywhere finds."""
    batch = Batch.of_texts([text])
    number = len(PASS.detector.gates)
    everywhere = np.repeat(np.arange(len(text) + 1), number)
    gates = np.tile(np.arange(number), len(everywhere) // number)
    candidates = Candidates(
        gates,
        np.zeros_like(everywhere),
        everywhere,
        everywhere,
        np.zeros(len(everywhere), bool),
        views_of(batch, FOLDING),
    )

    assert _rows(PASS.detector.detect(batch, candidates)) == _rows(PASS.detect(batch))


@given(TEXTS)
def test_findings_are_sorted_and_do_not_overlap(text: str) -> None:
    """The order law, and no two findings share a character."""
    rows = _rows(PASS.detect(Batch.of_texts([text])))

    assert sorted(rows) == rows
    assert all(left[2] <= right[1] for left, right in pairwise(rows))


@given(TEXTS)
@settings(max_examples=30)
def test_pickled_rules_find_the_same(text: str) -> None:
    """Rules, pickled and compiled again, give the same findings."""
    again = Pass(PersonalInfo(setting(pickle.loads(pickle.dumps(RULES)))))

    assert PASS.found(text, RULES) == again.found(text, RULES)


def test_nulls_and_empty_texts_find_nothing() -> None:
    """A null is no text, an empty text has no candidates; neighbours keep their numbers."""
    findings = PASS.detect(Batch.of_texts([None, "", "13800138000", None]))

    assert [(1, 0, 11)] == [row[:3] for row in _rows(findings)]


def test_a_long_run_of_digits_is_passed_in_one_glance() -> None:
    """Gates fire once a run, so that two million digits cost a handful of candidates."""
    assert len(PASS.candidates(Batch.of_texts(["1" * 2_000_000]))) < len(RULES)


def test_every_rule_says_whose_and_by_which_list() -> None:
    """Entities and categories are given; what is sensitive says by which list, and is a violation unless doubted."""
    assert all(rule.entity and rule.category and rule.risk == "A.4.f" for rule in RULES)
    assert {rule.id for rule in RULES if rule.grade is Grade.VIOLATION} == {
        rule.id for rule in RULES if (rule.sensitive_by and rule.id not in DOUBTED) or rule.id in RECORDS
    }


def test_a_regraded_rule_gives_its_new_grade() -> None:
    """Findings carry the grade and score of the rule they were given."""
    rules = [replace(rule, grade=Grade.INFO, score=0.1) for rule in RULES]
    findings = Pass(PersonalInfo(setting(rules))).detect(Batch.of_texts(["110101199003078670"]))

    assert ([int(Grade.INFO)], [0.1]) == (findings.grade.tolist(), findings.score.tolist())

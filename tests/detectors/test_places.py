"""Addresses and places by their grammar."""

from __future__ import annotations

import time

import pytest

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.rules import read_rule_file
from corpus_guard.core.batch import Batch
from corpus_guard.detectors.personal_info import PersonalInfo
from tests.detectors.passes import Pass, setting

RULES = read_rule_file(shipped_rules() / "personal" / "places.toml")
PASS = Pass(PersonalInfo(setting(RULES)))
ADDRESSES = (
    "浙江省杭州市西湖区文三路713号", "北京市朝阳区建国路88号", "上海市杨浦区控江路1200弄15号602室", "广东省深圳市南山区科兴路10号汇景豪苑3栋2单元501室",
    "江苏省南京市鼓楼区龙江小区382室", "光明南路239-243号", "长春市朝阳区南湖街道535号", "南京市鼓楼区紫峰大厦A座1203室", "内蒙古自治区呼和浩特市新城区新华大街1号",
)  # fmt: skip
AROUND = ("{}", "现居住于{}，电话", "地址：{}。", "住在{}\n", "（{}）", "“{}”")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("around", AROUND)
def test_an_address_is_found_with_its_exact_span(address: str, around: str) -> None:
    """From the first division to the last number, whatever stands around it."""
    assert [("cn-address", address)] == PASS.found(around.format(address), RULES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("位于浙江省杭州市西湖区", ["浙江省杭州市西湖区"]), ("廣東省廣州市天河區", ["廣東省廣州市天河區"]), ("杭州市", []), ("北京和上海", []), ("今年3月5号上午", []),
        ("地铁2号线", []), ("第3号令", []), ("一号店", []), ("这是浙江省的城市", []),
    ],
)  # fmt: skip
def test_places_and_what_is_none(text: str, expected: list[str]) -> None:
    """Two divisions are a place; one alone, dates, lines and orders are not."""
    assert expected == [span for _, span in PASS.found(text, RULES)]


@pytest.mark.parametrize("part", ["区路1号", "镇路", "区", "1号", "路1", "北京市区区", "浙江省杭州市"])
def test_time_is_linear(part: str) -> None:
    """Text made to be tried in every way takes no more than its length."""
    text = part * 20_000 + "1号"
    begun = time.process_time()
    PASS.detect(Batch.of_texts([text]))

    assert time.process_time() - begun < 5

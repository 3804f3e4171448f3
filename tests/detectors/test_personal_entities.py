"""Each entity of the contract: found beside Chinese characters, spaced, full width, punctuated; look-alikes are not."""

from __future__ import annotations

import pickle
from time import perf_counter

import pytest

from corpus_guard.core.batch import Batch
from corpus_guard.core.rule import Grade
from corpus_guard.detectors.account_numbers import bitcoin, ethereum, iban
from corpus_guard.detectors.addresses import device_address, phone, phone_plausible
from corpus_guard.detectors.identity_numbers import foreigner_id, organisation, resident_id_15, us_ssn
from corpus_guard.detectors.keccak import keccak_256
from tests.detectors.test_personal_info import BY_ID, PASS, RULES, WIDE, entities

AROUND = ("请登记{}以便核对", "资料 {} 已存档", "（{}），", "“{}”。")
CONTRACT = frozenset({
    "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS", "CRYPTO", "US_SSN", "UK_NINO",
    "CN_RESIDENT_ID", "CN_PASSPORT", "CN_HK_MACAO_PERMIT", "CN_TAIWAN_PERMIT", "CN_FOREIGNER_ID", "CN_MILITARY_ID",
    "CN_DRIVER_LICENSE", "CN_SOCIAL_SECURITY", "CN_BANK_CARD", "CN_VEHICLE_PLATE", "CN_USCC", "CN_WECHAT_ID", "CN_QQ", "CN_MEDICAL_RECORD",
    "CN_ADDRESS", "PERSON", "LOCATION",
})  # fmt: skip
FOUND = [
    ("PHONE_NUMBER", "", "+85291234567", "suspect"), ("PHONE_NUMBER", "", "+853 6612 3456", "suspect"), ("PHONE_NUMBER", "", "0912-345-678", "suspect"),
    ("PHONE_NUMBER", "", "+886 912 345 678", "suspect"), ("PHONE_NUMBER", "", "+44 20 7946 0018", "suspect"), ("PHONE_NUMBER", "电话", "89076543", "suspect"),
    ("PHONE_NUMBER", "", "(202) 456-1111", "suspect"), ("CN_PASSPORT", "护照号", "E12345678", "violation"), ("CN_PASSPORT", "护照", "EA1234567", "violation"),
    ("CN_PASSPORT", "passport no ", "G12345678", "violation"), ("CN_HK_MACAO_PERMIT", "港澳通行证", "C12345678", "violation"),
    ("CN_HK_MACAO_PERMIT", "回乡证号", "H0123456789", "violation"), ("CN_TAIWAN_PERMIT", "台胞证号", "12345678", "violation"),
    ("CN_TAIWAN_PERMIT", "往来台湾通行证", "L12345678", "violation"), ("CN_FOREIGNER_ID", "永久居留证", "CAN110008230801", "violation"),
    ("CN_FOREIGNER_ID", "", "911124198108030024", "violation"), ("CN_MILITARY_ID", "军官证", "南字第1234567号", "violation"),
    ("CN_MILITARY_ID", "", "军字第2001988号", "violation"), ("CN_DRIVER_LICENSE", "驾驶证号", "110101199003078670", "violation"),
    ("CN_DRIVER_LICENSE", "驾驶证档案编号", "310123456789", "violation"), ("CN_SOCIAL_SECURITY", "社保号", "110101199003078670", "violation"),
    ("CN_SOCIAL_SECURITY", "医保卡号", "A12345678", "violation"), ("CN_MEDICAL_RECORD", "病历号", "00123456", "violation"),
    ("CN_MEDICAL_RECORD", "住院号", "ZY20230012", "violation"), ("CN_WECHAT_ID", "微信号", "abc_123456", "suspect"), ("CN_WECHAT_ID", "", "wxid_0a1b2c3d4e5f21", "suspect"),
    ("CN_QQ", "QQ", "123456789", "suspect"), ("CN_QQ", "扣扣号", "9020304", "suspect"), ("CN_VEHICLE_PLATE", "", "京A12345", "suspect"),
    ("CN_VEHICLE_PLATE", "", "粤B·D12345", "suspect"), ("CN_VEHICLE_PLATE", "", "鲁A1234挂", "suspect"), ("CN_USCC", "", "91110000600037341L", "info"),
    ("CN_RESIDENT_ID", "身份证号", "110105491231002", "violation"), ("CN_RESIDENT_ID", "身份证号", "110101199003078671", "suspect"),
    ("CN_RESIDENT_ID", "身份证号", "110101********8670", "suspect"), ("CN_BANK_CARD", "", "6222 0260 0670 5354 216", "violation"),
    ("CREDIT_CARD", "卡号", "4131034282458809939", "violation"), ("IBAN_CODE", "", "GB82 WEST 1234 5698 7654 32", "violation"), ("IBAN_CODE", "", "DE89370400440532013000", "violation"),
    ("MAC_ADDRESS", "", "38:f9:d3:4b:f5:51", "suspect"), ("MAC_ADDRESS", "MAC:", "00-0C-29-CA-E4-66", "suspect"), ("CRYPTO", "", "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD", "suspect"),
    ("CRYPTO", "", "bc1qardv855yjngspvxuttq897aqca3lxju2y69jce", "suspect"), ("CRYPTO", "", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "suspect"),
    ("US_SSN", "SSN ", "536-90-4399", "violation"), ("US_SSN", "", "536-90-4399", "suspect"), ("UK_NINO", "NINO ", "AB123456C", "violation"),
]  # fmt: skip


def test_every_entity_of_the_contract_has_a_rule() -> None:
    """No promised entity is missing, and none has a name of its own."""
    assert CONTRACT == {rule.entity for rule in RULES}


@pytest.mark.parametrize(("entity", "label", "value", "grade"), FOUND, ids=str)
@pytest.mark.parametrize("around", AROUND)
def test_an_identifier_is_found_with_its_exact_span_and_grade(
    entity: str, label: str, value: str, grade: str, around: str
) -> None:
    """The span is the value without its label; half and full width; the grade follows the contract."""
    text = around.format(label + value)

    assert [(entity, value)] == entities(text)
    assert [int(Grade.parse(grade))] == PASS.detect(Batch.of_texts([text])).grade.tolist()
    assert [(entity, value.translate(WIDE))] == entities(text.translate(WIDE))


@pytest.mark.parametrize(
    "text",
    [
        "型号E12345678", "护照办理请拨12345678", "护照，编号E12345678", "通行证12345678辆", "订单CAN110008230801", "京字第1234567号", "（2020）海字第1234567号", "驾驶证丢失",
        "社保基金结余12345678元", "住院12345678人次", "微信小程序", "微信android版", "QQ群123456789", "QQ2013版", "宁AD1234555555", "京ABCDEF", "沪A1234", "91110000600037341M",
        "身份证号110105491331002", "订单110101********8670", "GB82WEST12345698765433", "00:00:00:00:00:00", "38:f9:d3:4b:f5:51:aa:bb", "1nedqzpvtwraoho48qxullsryommxpabfd",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "0x0000000000000000000000000000000000000000", "123-45-6789", "SSN 078-05-1120", "型号AB123456C", "+852 1234 5678",
        "12345678910", "时间戳1700000000000", "ISBN 978-7-111-40701-0", "116.397428, 39.90923", "价格12,345,678.90元", "550e8400-e29b-41d4-a716-446655440000", "v10.12.345.6789-beta",
        "手机12345678台", "电话费 0106234567890 元", "全国服务热线400-800-1234", "MD5 9e107d9d372bb6826bd81d3542a419d6", "np.default_rng(0x13500000136)",
    ],
)  # fmt: skip
def test_look_alikes_are_not_found(text: str) -> None:
    """Unlabelled codes, groups, orders, times, books, places, sums, hashes and well-known fillers are no identifiers."""
    assert [] == entities(text)


@pytest.mark.parametrize(
    ("valid", "refused"),
    [
        (resident_id_15("130503670401001"), resident_id_15("130503670431001")), (foreigner_id("911124198108030024"), foreigner_id("911124198108030034")),
        (organisation("91110000600037341L"), organisation("91110000600037341K")), (us_ssn("536 90 4399"), us_ssn("666-90-4399")),
        (iban("GR16 0110 1250 0000 0001 2300 695"), iban("GR16 0110 1250 0000 0001 2300 696")), (device_address("001a.2b3c.4d5e"), device_address("01-02-03-04-05-06")),
        (phone("00852 91234567"), phone("+852 01234567")), (phone_plausible("(08) 8747 6301"), phone_plausible("11111111")),
        (bitcoin("bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"), bitcoin("bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcq")),
        (ethereum("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"), ethereum("0xd1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")),
    ],
)  # fmt: skip
def test_validators_accept_the_real_thing_alone(*, valid: bool, refused: bool) -> None:
    """Each accepts a published example and refuses it with one character changed."""
    assert (True, False) == (valid, refused)


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (b"a" * 300, "5b7e0e47a96f32a88b4f14ca177982790807c40e1a105742ba0fc1babe1ef826"),
    ],
)
def test_keccak(message: bytes, digest: str) -> None:
    """Published digests, and one of several blocks."""
    assert digest == keccak_256(message).hex()


@pytest.mark.parametrize(
    ("unit", "most"),
    [
        ("1", 0),
        ("1 2 ", 8),
        ("6222 0260 0670 5354 217 ", 8),
        ("a1:", 8),
        ("0912345678,", 8),
        ("电话", 1),
        ("护照1 ", 1),
        ("+1234567 ", 8),
    ],
)
def test_digits_without_end_take_linear_time(unit: str, most: int) -> None:
    """Five megabytes give at most a few candidates a unit, and are done within a generous bound."""
    text = unit * (5_000_000 // len(unit.encode()))
    batch = Batch.of_texts([text])
    began = perf_counter()
    candidates = PASS.candidates(batch)
    PASS.detector.detect(batch, candidates)

    assert len(candidates) <= len(RULES) + most * (len(text) // len(unit))
    assert perf_counter() - began < 60


def test_the_case_of_a_wallet_survives_the_pickle_and_the_neighbours() -> None:
    """Each text is judged as it was written itself, whichever texts stand around it in the batch."""
    right, wrong = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"
    findings = PASS.detect(Batch.of_texts([wrong, f"钱包{right}", None, right, f"汉{wrong}"]))

    assert [1, 2] == findings.text.tolist()  # a null is no text
    assert pickle.loads(pickle.dumps(RULES)) == RULES


def test_the_reason_of_a_doubt_stands_in_the_score() -> None:
    """A doubted identifier scores lower than the same entity with a check digit."""
    scores = {
        name: BY_ID[name].score for name in ("cn-resident-id", "cn-resident-id-labelled", "cn-resident-id-masked")
    }

    assert sorted(scores.values(), reverse=True) == list(scores.values())

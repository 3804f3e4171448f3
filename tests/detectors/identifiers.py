"""Made-up identifiers with correct check digits, as Hypothesis strategies."""

from __future__ import annotations

from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

_REGIONS = ("110101", "230103", "310115", "440305", "510107", "810000", "140120")


def _digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


def _resident_id(region: str, year: int, month: int, day: int, order: int) -> str:
    number = f"{region}{year}{month:02}{day:02}{order:03}"
    return number + ric.calc_check_digit(number + "0")


def _card(prefix: str, rest: str) -> str:
    return prefix + rest + luhn.calc_check_digit(prefix + rest)


MOBILES = st.builds(str.__add__, st.sampled_from(["138", "139", "150", "166", "177", "186", "191", "199"]), _digits(8))
SPACED_MOBILES = st.builds(
    lambda number, gap, country: country + gap.join([number[:3], number[3:7], number[7:]]),
    MOBILES, st.sampled_from([" ", "-", "–", "."]), st.sampled_from(["", "+86 ", "0086-", "(+86)"]),
)  # fmt: skip
LANDLINES = st.builds(
    lambda area, gap, first, rest: area + gap + first + rest,
    st.sampled_from(["010", "021", "0755", "0571"]), st.sampled_from(["-", " ", ") "]), st.sampled_from("2345678"), _digits(7),
)  # fmt: skip
RESIDENT_IDS = st.builds(
    _resident_id,
    st.sampled_from(_REGIONS),
    st.integers(1930, 2020),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(1, 999),
)
BANK_CARDS = st.builds(_card, st.sampled_from(["6222", "6217", "6228", "6031"]), _digits(11) | _digits(14))
CREDIT_CARDS = st.builds(_card, st.sampled_from(["4539", "5412", "2221", "3530", "6011"]), _digits(11)) | st.builds(
    _card, st.sampled_from(["34", "37"]), _digits(12)
)
EMAILS = st.from_regex(
    r"[a-z][a-z0-9]{0,8}(\.[a-z0-9]{1,5})?@[a-z0-9]{1,9}(\.[a-z0-9]{2,5})?\.(com|cn|org|edu)", fullmatch=True
)
IPV4S = st.builds(
    lambda first, *rest: ".".join(map(str, (first, *rest))),
    st.sampled_from([10, 61, 114, 172, 192, 203]),
    *[st.integers(0, 255)] * 2,
    st.integers(1, 254),
)
IPV6S = (
    st.ip_addresses(v=6, network="2001:db8::/32")
    .map(str)
    .filter(lambda address: len([group for group in address.split(":") if group]) > 2)
)

BY_ENTITY = {
    "PHONE_NUMBER": MOBILES | SPACED_MOBILES | LANDLINES,
    "CN_RESIDENT_ID": RESIDENT_IDS,
    "CN_BANK_CARD": BANK_CARDS,
    "CREDIT_CARD": CREDIT_CARDS,
    "EMAIL_ADDRESS": EMAILS,
    "IP_ADDRESS": IPV4S | IPV6S,
}
ANY = st.one_of(*BY_ENTITY.values())

LABELLED = (
    "护照号", "E12345678", "passport no. ", "通行证", "C12345678", "台胞证号：", "军官证", "军字第1234567号", "驾驶证号", "社保号", "QQ", "qq号：", "123456789", "微信号",
    "wx:", "abc_123456", "病历号", "京A12345", "GB82WEST12345698765432", "38:f9:d3:4b:f5:51", "MAC:", "Phone ", "91110000600037341L", "110105491231002", "0912-345-678",
    "+85291234567", "SSN ", "536-90-4399", "NINO ", "AB123456C", "card no ", "630427373398", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "(202) 456-1111", "*",
)  # fmt: skip
"""Labels, and values that need one, to be mixed."""

TEXTS = st.lists(
    ANY
    | st.sampled_from(
        [
            "电话",
            "身份证号：",
            "卡号",
            "，",
            "。",
            " ",
            "\n",
            "-",
            ".",
            ":",
            "@",
            "1",
            "12",
            "x",
            "a",
            "id",
            "tel:",
            "版本",
            "v",
            "/",
            "１",
            "＠",
            "👍",
            "國",
            "\x1e",
            *LABELLED,
        ]
    ),
    max_size=8,
).map("".join)
"""Texts in which identifiers touch each other, letters, digits and punctuation in every way."""

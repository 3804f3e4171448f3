"""Made-up identifiers with correct check digits, and what looks like them: the arithmetic here is nobody else's.

Nothing of `corpus_guard` is imported, so that a fault of its validators cannot hide in the expected values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from random import Random

import phonenumbers

DIGITS, LETTERS = "0123456789", "ABCDEFGHJKLMNPQRSTUVWXYZ"
REGIONS = ("110101", "230103", "310115", "440305", "510107", "330102", "140105", "650102")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
ERC55 = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
)  # fmt: skip
"""The addresses of the standard itself."""

Maker = Callable[[Random], tuple[str, str]]
"""Returns (label, value); the label is empty where the value speaks for itself."""


def digits(random: Random, length: int, first: str = DIGITS) -> str:
    """Return *length* random digits, the first of them out of *first*."""
    return random.choice(first) + "".join(random.choices(DIGITS, k=length - 1))


def day(random: Random) -> str:
    """Return a day of birth, eight digits."""
    return f"{random.randint(1940, 2012)}{random.randint(1, 12):02}{random.randint(1, 28):02}"


def with_mod_11(number: str) -> str:
    """Return seventeen digits and their check digit (ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True)) % 11]


def with_luhn(number: str) -> str:
    """Return *number* and its Luhn digit."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(number)))
    return number + str(-total % 10)


def in_groups(random: Random, number: str, size: int = 4) -> str:
    """Return *number* as it is, or in groups of *size* with spaces or dashes."""
    gap = random.choice(("", " ", "-"))
    return gap.join(number[start : start + size] for start in range(0, len(number), size))


def resident_id(random: Random) -> str:
    """Return eighteen characters with a correct check digit."""
    return with_mod_11(random.choice(REGIONS) + day(random) + digits(random, 3))


def organisation(random: Random) -> str:
    """Return a unified social credit code (GB 32100)."""
    body = random.choice(("91", "92", "51", "12")) + random.choice(REGIONS) + "".join(random.choices(CODE, k=9))
    total = sum(CODE.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + CODE[-total % 31]


def iban(random: Random) -> str:
    """Return a German, British, Swiss or French account number."""
    country, bban = random.choice((
        ("DE", digits(random, 18)), ("GB", "WEST" + digits(random, 14)), ("CH", digits(random, 17)),
    ))  # fmt: skip
    number = "".join(str(int(letter, 36)) for letter in f"{bban}{country}00")
    whole = f"{country}{98 - int(number) % 97:02}{bban}"
    return whole if random.random() < 0.5 else " ".join(whole[start : start + 4] for start in range(0, len(whole), 4))


def base58(random: Random) -> str:
    """Return a Bitcoin address of the older kinds (Base58Check)."""
    payload = random.choice((b"\x00", b"\x05")) + random.randbytes(20)
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def bech32(random: Random) -> str:
    """Return a Bitcoin address of witness version 0 (BIP 173)."""
    data = [0, *random.choices(range(32), k=32)]
    check = 1
    for value in [3, 3, 0, 2, 3, *data, *[0] * 6]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    check ^= 1
    return "bc1" + "".join(BASE32[value] for value in (*data, *(check >> 5 * (5 - i) & 31 for i in range(6))))


def phone(random: Random) -> tuple[str, str]:
    """Return a telephone number: mainland, Hong Kong, Macau, Taiwan, or the example of any other region."""
    kind = random.randrange(7)
    if kind == 0:
        number = random.choice(("138", "139", "150", "166", "177", "186", "191", "199")) + digits(random, 8)
        return "", random.choice(("", "+86 ", "0086-")) + number
    if kind == 1:
        return "", f"{random.choice(('010', '021', '0755', '0571'))}-{digits(random, 8, '5678')}"
    if kind in {2, 3}:
        code = "852" if kind == 2 else "853"
        number = digits(random, 8, "5692" if kind == 2 else "6")
        shown = f"{random.choice(('+', '00'))}{code}{random.choice(('', ' ', '-'))}{number}"
        return ("", shown) if _is_valid(f"+{code}{number}") else phone(random)
    if kind == 4:
        number = f"09{digits(random, 8)}"
        gap = random.choice(("", "-", " "))
        return "", gap.join((number[:4], number[4:7], number[7:])) if _is_valid(f"+886{number[1:]}") else "0912-345-678"
    if kind == 5:
        return random.choice(("电话", "Phone ", "手机号码")), digits(random, 8, "23456789")
    region = random.choice(sorted(phonenumbers.SUPPORTED_REGIONS))
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    style = random.choice((phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164))
    return ("", phonenumbers.format_number(example, style)) if example else phone(random)


def _is_valid(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def plate(random: Random) -> str:
    """Return a vehicle plate, a third of them of new-energy vehicles."""
    head = random.choice(PROVINCES) + random.choice(LETTERS) + random.choice(("", "·"))
    kind = random.randrange(3)
    if kind == 0:
        return head + random.choice("DF") + random.choice(DIGITS + LETTERS) + digits(random, 4)
    tail = list(digits(random, 5))
    for place in random.sample(range(5), random.randrange(3)):
        tail[place] = random.choice(LETTERS)
    return head + "".join(tail)


def labelled(labels: tuple[str, ...], value: Callable[[Random], str]) -> Maker:
    """Return a maker that puts one of *labels* before the value."""
    return lambda random: (random.choice(labels), value(random))


POSITIVES: dict[str, Maker] = {
    "PHONE_NUMBER": phone,
    "EMAIL_ADDRESS": labelled(("", "邮箱"), lambda r: f"{r.choice(('first.last', 'a_b1', 'u' + digits(r, 4)))}@{r.choice(('example.com', 'mail.example.co.uk', '163.com'))}"),
    "IP_ADDRESS": labelled(("", "地址"), lambda r: ".".join((r.choice(("10", "61", "114", "172", "203")), *(str(r.randrange(256)) for _ in range(2)), str(r.randint(1, 254))))),
    "MAC_ADDRESS": labelled(("", "MAC "), lambda r: r.choice(":-").join(f"{n:02x}" for n in (r.choice((0, 4, 0x38, 0xAC)), *r.sample(range(256), 5)))),
    "CREDIT_CARD": labelled(("", "卡号"), lambda r: in_groups(r, with_luhn(r.choice(("4539", "5412", "2221", "3530", "6011")) + digits(r, 11)))),
    "CN_BANK_CARD": labelled(("", "卡号"), lambda r: in_groups(r, with_luhn(r.choice(("6222", "6217", "6228", "6214")) + digits(r, r.choice((11, 14)))))),
    "IBAN_CODE": labelled(("", "账号"), iban),
    "CRYPTO": lambda r: ("", r.choice((base58, bech32, lambda r: r.choice(ERC55), lambda r: "0x" + r.randbytes(20).hex()))(r)),
    "US_SSN": labelled(("SSN ", "Social security number ", ""), lambda r: f"{r.randint(100, 665)}-{r.randint(1, 99):02}-{r.randint(1, 9999):04}"),
    "UK_NINO": labelled(("NINO ", "National insurance number "), lambda r: r.choice(("", " ")).join((r.choice(("AB", "JG", "SX", "CE")), digits(r, 2), digits(r, 2), digits(r, 2), r.choice("ABCD")))),
    "CN_RESIDENT_ID": lambda r: r.choice((lambda: ("", resident_id(r)), lambda: ("身份证号", r.choice(REGIONS) + day(r)[2:] + digits(r, 3)), lambda: ("身份证号", r.choice(REGIONS) + "*" * 8 + digits(r, 4))))(),
    "CN_PASSPORT": labelled(("护照号", "护照号码", "护照", "passport no "), lambda r: r.choice(("E" + digits(r, 8), "G" + digits(r, 8), "E" + r.choice(LETTERS) + digits(r, 7), "MA" + digits(r, 7), "15" + digits(r, 7)))),
    "CN_HK_MACAO_PERMIT": labelled(("港澳通行证", "通行证号码", "回乡证", "往来港澳通行证号"), lambda r: r.choice(("C" + digits(r, 8), "C" + r.choice(LETTERS) + digits(r, 7), "H" + digits(r, 10), "M" + digits(r, 8)))),
    "CN_TAIWAN_PERMIT": labelled(("台胞证", "台湾通行证号", "大陆通行证号码"), lambda r: r.choice(("L" + digits(r, 8), digits(r, 8), digits(r, 10)))),
    "CN_FOREIGNER_ID": lambda r: r.choice((lambda: ("永久居留证号", r.choice(("USA", "CAN", "JPN")) + digits(r, 12)), lambda: ("", with_mod_11("9" + r.choice(("11", "31", "44")) + r.choice(("840", "124", "392")) + day(r) + digits(r, 3)))))(),
    "CN_MILITARY_ID": labelled(("军官证号", "士兵证", "军官证"), lambda r: r.choice(("军字第{}号", "南字第{}号", "{}")).format(digits(r, r.choice((7, 8)), "123456789"))),
    "CN_DRIVER_LICENSE": labelled(("驾驶证号", "驾驶证档案编号", "驾照号码"), lambda r: r.choice((resident_id(r), digits(r, 12, "123456")))),
    "CN_SOCIAL_SECURITY": labelled(("社保号", "社会保障号码", "社保卡号", "医保卡号"), lambda r: r.choice((resident_id(r), digits(r, 9), "A" + digits(r, 8)))),
    "CN_MEDICAL_RECORD": labelled(("病历号", "住院号", "门诊号", "MRN "), lambda r: r.choice(("", "ZY")) + digits(r, 8)),
    "CN_WECHAT_ID": labelled(("微信号", "微信", "vx:"), lambda r: r.choice(("xiaoming", "zhang_", "kd-", "abc")) + digits(r, 6)),
    "CN_QQ": labelled(("QQ", "QQ号", "扣扣"), lambda r: digits(r, r.choice((6, 9, 10)), "123456789")),
    "CN_VEHICLE_PLATE": labelled(("", "车牌"), plate),
    "CN_USCC": labelled(("", "信用代码"), organisation),
}  # fmt: skip


def negatives(random: Random) -> Iterator[str]:
    """Yield what looks like an identifier and is none: numbers of orders, times, versions, books, places, sums."""
    wrong = resident_id(random)
    card = with_luhn("6222" + digits(random, 14))
    yield f"订单{digits(random, random.choice((10, 16, 18, 20, 24)), '123456789')}"
    yield f"流水号{wrong[:-1]}{'1' if wrong[-1] != '1' else '2'}"
    yield f"单号{card[:-1]}{(int(card[-1]) + 3) % 10}"
    yield f"20{random.randint(10, 25)}{random.randint(1, 12):02}{random.randint(1, 28):02}{random.randint(0, 23):02}{digits(random, 4, '012345')}"
    yield f"时间20{random.randint(10, 25)}-{random.randint(1, 12):02}-{random.randint(1, 28):02} {random.randint(10, 23)}:{random.randint(10, 59)}"
    yield f"时间戳1{digits(random, 9, '567')}"
    yield f"时间戳1{digits(random, 12, '567')}"
    yield f"版本v{random.randint(1, 9)}.{random.randint(0, 30)}.{random.randint(0, 30)}.{random.randint(0, 9999)}"
    yield f"ISBN 978-7-{digits(random, 3)}-{digits(random, 5)}-{digits(random, 1)}"
    yield f"坐标{random.uniform(73, 135):.{random.randint(6, 15)}f}"
    yield f"{random.uniform(18, 53):.6f}, {random.uniform(73, 135):.6f}"
    head = random.randbytes(16).hex()
    yield f"{head[:8]}-{head[8:12]}-{head[12:16]}-{head[16:20]}-{head[20:]}"
    yield random.randbytes(random.choice((16, 20, 32))).hex()
    yield f"价格{random.randint(1, 99999999):,}.{digits(random, 2)}元"
    yield f"0x{random.randbytes(random.choice((4, 8, 19, 21))).hex()}"
    yield f"型号{random.choice(LETTERS)}{digits(random, random.choice((5, 8)))}"
    yield f"货号{random.choice(('EA', 'CB', 'XY'))}{digits(random, 7)}"
    yield f"文号（20{random.randint(10, 25)}）京0105民初{digits(random, 5)}号"
    yield f"热线{random.choice(('400', '800'))}-{digits(random, 3)}-{digits(random, 4)}"
    yield random.choice(
        (
            "12345678910",
            "00000000000",
            "ff:ff:ff:ff:ff:ff",
            "255.255.255.0",
            "icon@2x.png",
            "QQ群88886666",
            "微信小程序2023",
            "护照办理20230101",
            "123-45-6789",
            "京A1234",
        )
    )

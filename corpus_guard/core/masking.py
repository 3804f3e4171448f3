"""Masking of excerpts: what might identify somebody is starred out before anything is written or shown.

It knows no rule and asks no detector, so that excerpts are masked also where `personal_info` did not run. It is
coarse on purpose: dates, prices and times lose their middle too, and whatever stands after 姓名： or before 先生 goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

STAR = "*"

_GAP = r"[ \-.:·‐‑‒–—―_/]"
_HEX_GROUPS = re.compile(
    r"[0-9a-f*]{0,4}(?::[0-9a-f*]{0,4}){2,}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}"
)
_ADDRESS = re.compile(r"[a-z0-9._%+\-*]*(?:@[a-z0-9.\-*]+)+")
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_DIGITS = re.compile(rf"[0-9](?:{_GAP}?[0-9]){{4,}}x?")
_LABEL = (
    r"(?:姓名|名字|联系人|收件人|收货人|寄件人|户名|患者|法定代表人|经办人|负责人|申请人|持卡人|客户)"
    r"[ 为是叫:=|\t\"'】\]]{1,6}"
)
_HAN = "[\u3400-\u9fff]"
_LABELLED, _LABEL_ALONE = re.compile(rf"{_LABEL}{_HAN}{{2,4}}"), re.compile(_LABEL)
_TITLED = re.compile(f"{_HAN}{{1,3}}(?=先生|女士|小姐)")
_HOUSE = re.compile("[0-9a-z一二三四五六七八九十百~、-]{1,9}(?=号|栋|幢|弄|座|单元|室)")
_SPELLINGS = (
    r"\d@＠﹫²³¹\u1369-\u1371\u19da\u2070-\u209f\u2460-\u24ff\u2776-\u2793\u3200-\u33ff"
    "\U00010a40-\U00010a43\U00010e60-\U00010e68\U00011052-\U0001105a\U0001f100-\U0001f10a"  # other digits
    "\u2f00-\u2fdf\u319f\uf900-\ufaff\U0001f200-\U0001f23b\U0002f800-\U0002fa1f"  # Chinese characters twice in Unicode
)
"""Digits and @ of every kind, and characters that stand for one of the words below."""
_MARKS = r"\-:.\u2024\ufe52\uff0e\uff1a\ufe55\ufe13\uff0d\ufe63"
_HINT = re.compile(f"[名人号栋幢弄座室{_SPELLINGS}]")
_MAY_BEGIN_HINT = re.compile(f"[{_MARKS}患客先女小单]")
_LONG_HINT = re.compile(f"[{_MARKS}].{{0,4}}[{_MARKS}]|患者|客户|先生|女士|小姐|单元")
_HEX_DIGITS = 5
_TWO, _FOUR = 2, 4

_Passes = Sequence[tuple[Callable[[str], object], re.Pattern[str], Callable[[str, str], str]]]
"""Whether there can be a match, which is told much faster; what matches; and how it is starred."""


def mask(text: str) -> str:
    """Return *text* with long numbers, e-mail, network and device addresses, house numbers and labelled names starred.

    A number is long from five digits on. First and last characters stay; the length stays. Masking what is masked
    changes nothing.

    >>> mask("电话13800138000，邮箱first@example.com")
    '电话1*********0，邮箱f***t@e*********m'
    """
    return _masked(text, _PASSES)


def one_line(text: str) -> str:
    """Return masked *text* in one line: each run of white space is a space.

    Numbers and addresses that come together by that, or lay across parts that were masked apart, are starred.

    >>> one_line("1380  0138  000 ok")
    '1***********0 ok'
    """
    return _masked(" ".join(text.split()), _NUMBERS)


def mask_value(value: str) -> str:
    """Return *value* with stars for its middle; of three or four characters only the first stays, of fewer none.

    >>> mask_value("13800138000"), mask_value("甲乙丙"), mask_value("ab")
    ('1*********0', '甲**', '**')
    """
    if len(value) <= _TWO:
        return STAR * len(value)
    if len(value) <= _FOUR:
        return value[0] + STAR * (len(value) - 1)
    return value[0] + STAR * (len(value) - 2) + value[-1]


def may_identify(text: str) -> bool:
    """Return whether *text* has anything that `mask` might star, in it or in any part of it."""
    # classes of characters first, for they are looked for ten times as fast
    return bool(_HINT.search(text) or (_MAY_BEGIN_HINT.search(text) and _LONG_HINT.search(text)))


def _masked(text: str, passes: _Passes) -> str:
    """*text* after *passes*, again and again until nothing changes."""
    masked = _masked_once(text, passes)
    while masked != text:
        text, masked = masked, _masked_once(masked, passes)
    return masked


def _masked_once(text: str, passes: _Passes) -> str:
    if not may_identify(text):
        return text
    plain = _plain(text)
    for may_match, pattern, starred in passes:
        if not may_match(plain):
            continue
        masked = _replaced(text, plain, pattern, starred)
        if masked != text:
            text, plain = masked, _plain(masked)
    return text


def _replaced(text: str, plain: str, pattern: re.Pattern[str], starred: Callable[[str, str], str]) -> str:
    """Return *text* with what *pattern* matches in its *plain* form replaced; both forms share their offsets."""
    parts, last = [], 0
    for match in pattern.finditer(plain):
        parts += [text[last : match.start()], starred(text[match.start() : match.end()], match[0])]
        last = match.end()
    return "".join([*parts, text[last:]]) if parts else text


def _plain(text: str) -> str:
    """One code point for each: half width, lower case, every digit as 0–9, so that no spelling of a number escapes."""
    if text.isascii():
        return text.lower()
    return text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """The plain form of each code point, worked out when it is first asked for."""

    def __missing__(self, code: int) -> str:
        self[code] = _plain_character(chr(code))
        return self[code]


_PLAIN = _Plain()


def _plain_character(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    plain = plain if len(plain) == 1 else character
    lower = plain.lower()
    return lower if len(lower) == 1 else plain


def _middle(raw: str, _plain: str) -> str:
    return raw[0] + STAR * (len(raw) - 2) + raw[-1] if len(raw) > _TWO else STAR * len(raw)


def _hex_middle(raw: str, plain: str) -> str:
    digits = sum(character in "0123456789abcdef" for character in plain)
    return _middle(raw, plain) if digits >= _HEX_DIGITS else raw


def _each_side(raw: str, plain: str) -> str:
    sides, last = [], 0
    for match in re.finditer("@", plain):
        sides.append(raw[last : match.start()])
        last = match.end()
    return "@".join(_middle(side, side) for side in [*sides, raw[last:]])


def _name(raw: str, plain: str) -> str:
    label = _LABEL_ALONE.match(plain)
    place = label.end() if label else 0
    return raw[:place] + STAR * (len(raw) - place)


def _stars(raw: str, _plain: str) -> str:
    return STAR * len(raw)


def _has_groups(plain: str) -> bool:
    return plain.count(":") > 1 or plain.count(".") > 1 or plain.count("-") > _FOUR


_NUMBERS: _Passes = (
    (_has_groups, _HEX_GROUPS, _hex_middle),
    (re.compile("@").search, _ADDRESS, _each_side),
    (re.compile(r"\..*\.", re.DOTALL).search, _DOTTED, _middle),
    (re.compile("[0-9]").search, _DIGITS, _middle),
)
_PASSES: _Passes = (
    *_NUMBERS,
    (re.compile("[名人户患经负申持客]").search, _LABELLED, _name),
    (re.compile("[先女小]").search, _TITLED, _stars),
    (re.compile("[号栋幢弄座单室]").search, _HOUSE, _stars),
)

"""Masking of excerpts: what might identify somebody is starred out before anything is written or shown.

It knows no rule and asks no detector, so that excerpts are masked also where `personal_info` did not run. It is
coarse on purpose: dates, prices and times lose their middle too, and whatever stands after 姓名： or before 先生 goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

STAR = "*"

_GAP = r"[ \-.:·‐‑‒–—―_/]"
_HEX_GROUPS = re.compile(
    r"[0-9a-f*]{0,4}(?::[0-9a-f*]{0,4}){2,}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}"
)
_OF_NAMES = "abcdefghijklmnopqrstuvwxyz0123456789._%+-*"
_AFTER_NAME = re.compile(r"(?:@[a-z0-9.\-*]+)+")
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_DIGITS = re.compile(rf"[0-9](?:{_GAP}?[0-9]){{4,}}x?")
_LABELS = "(?:姓名|名字|联系人|收件人|收货人|寄件人|户名|患者|法定代表人|经办人|负责人|申请人|持卡人|客户)"
_LABEL = rf"{_LABELS}[ 为是叫:=|\t\"'】\]]{{1,6}}"
_HAN, _NO_HAN, _NUMERALS = "[\u3400-\u9fff]", r"\x00-\u33ff\ua000-\U0010ffff", "一二三四五六七八九十百"
_LABELLED, _LABEL_ALONE = re.compile(rf"{_LABEL}{_HAN}{{2,4}}"), re.compile(_LABEL)
_TITLED = re.compile(f"{_HAN}{{1,3}}(?=先生|女士|小姐)")
_HOUSE = re.compile(f"[0-9a-z{_NUMERALS}~、-]{{1,9}}(?=号|栋|幢|弄|座|单元|室)")
_SPELLED = re.compile(
    r"[@＠﹫²³¹\u0600-\u1fff\u2070-\u209f\u2460-\u24ff\u2776-\u2793\u3200-\u33ff\ua620-\uabf9\uff10-\uff19"  # digits
    "\u2f00-\u2fdf\u319f\uf900-\ufaff\U00010000-\U0010ffff]"  # Chinese characters twice in Unicode
)
"""Every @, digits other than 0 to 9, characters that stand for one of the words below, and what is fast to tell."""
_MARKS = r"\-:.\u2024\ufe52\uff0e\uff1a\ufe55\ufe13\uff0d\ufe63"
_LONG_NUMBER = re.compile("[0-9](?:[^0-9A-Za-z\u3400-\u9fff]?[0-9]){4}")
_TWO_MARKS = re.compile(f"[{_MARKS}].{{0,4}}[{_MARKS}]")
_MAY_BE_WORDS = re.compile("[名字人者户先女小号栋幢弄座室单]")
_WORDS = (
    re.compile("先生|女士|小姐"),
    re.compile(f"[号栋幢弄座室单](?<=[{_NUMERALS}{_NO_HAN}].)"),
    re.compile(f"{_LABELS}[为是叫{_NO_HAN}]"),
)
_HEX_DIGITS = 5
_TWO, _FOUR = 2, 4

_Spans = Iterable[tuple[int, int]]
_Passes = Sequence[tuple[Callable[[str], object], Callable[[str], _Spans], Callable[[str, str], str]]]
"""Whether something may be found, which is told much faster; where it is found; and how it is starred."""


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
    if _LONG_NUMBER.search(text) or _TWO_MARKS.search(text):
        return True
    if text.isascii():
        return "@" in text
    # a class of characters first, for it is looked for ten times as fast
    return bool(_SPELLED.search(text) or (_MAY_BE_WORDS.search(text) and any(word.search(text) for word in _WORDS)))


def _masked(text: str, passes: _Passes) -> str:
    """*text* after *passes*, again and again until nothing changes."""
    if not may_identify(text):
        return text
    masked, plain = _masked_once(text, _plain(text), passes)
    while masked != text:
        text = masked
        masked, plain = _masked_once(text, plain, passes)
    return masked


def _masked_once(text: str, plain: str, passes: _Passes) -> tuple[str, str]:
    """*text* and its *plain* form after each of *passes*."""
    for may_be_found, found, starred in passes:
        if may_be_found(plain):
            spans = [*found(plain)]
            text, plain = _replaced(text, plain, spans, starred), _replaced(plain, plain, spans, starred)
    return text, plain


def _replaced(text: str, plain: str, spans: _Spans, starred: Callable[[str, str], str]) -> str:
    """Return *text* with what stands in *spans* of it replaced; its *plain* form shares its offsets."""
    parts, last = [], 0
    for start, end in spans:
        parts += [text[last:start], starred(text[start:end], plain[start:end])]
        last = end
    return "".join([*parts, text[last:]]) if parts else text


def _matches(pattern: re.Pattern[str]) -> Callable[[str], _Spans]:
    return lambda plain: [match.span() for match in pattern.finditer(plain)]


def _addresses(plain: str) -> _Spans:
    """Where *plain* has an @ with what it may belong to: the name before it is looked for from the @, not to it."""
    last = 0
    for match in _AFTER_NAME.finditer(plain):
        name = plain[last : match.start()]
        yield match.start() - len(name) + len(name.rstrip(_OF_NAMES)), match.end()
        last = match.end()


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


_NUMBERS: _Passes = (
    (re.compile(r":[0-9a-f*]{0,4}:|-[0-9a-f]{2}-|\.[0-9a-f]{4}\.").search, _matches(_HEX_GROUPS), _hex_middle),
    (re.compile("@").search, _addresses, _each_side),
    (re.compile(r"\.[0-9]{1,3}\.").search, _matches(_DOTTED), _middle),
    (re.compile("[0-9]").search, _matches(_DIGITS), _middle),
)
_PASSES: _Passes = (
    *_NUMBERS,
    (re.compile(_LABELS).search, _matches(_LABELLED), _name),
    (re.compile("先生|女士|小姐").search, _matches(_TITLED), _stars),
    (re.compile(f"[号栋幢弄座单室](?<=[0-9a-z{_NUMERALS}~、-].)").search, _matches(_HOUSE), _stars),
)

"""Redaction: personal information in a text replaced, everything else left as it is.

mask     first and last character stay, stars between: 1*********0
tag      the kind of information: <PHONE_NUMBER>
hash     the kind and a keyed hash, equal for equal values: <PHONE_NUMBER:3f9a1c0d>
replace  another value of the same form, chosen by a keyed hash: digits for digits, valid check digits, and addresses
         of the ranges that are reserved for examples (RFC 2606, RFC 5737, RFC 3849); another name, a road that is none

A hash or replacement without a secret key could be undone by trying all phone numbers, so both need one.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import count

from stdnum import luhn
from stdnum.cn import ric

from corpus_guard.core.masking import mask_value
from corpus_guard.errors import UsageError, did_you_mean

STYLES = ("mask", "tag", "hash", "replace")
SHORTEST_KEY = 16
"""Bytes of the shortest key that is taken."""

_HASH_DIGITS = 16
_FIRST_BIRTHDAY, _BIRTHDAYS = date(1950, 1, 1), 20_000
_KEPT_OF_PHONE, _KEPT_OF_CARD = 3, 6
Span = tuple[int, int, str]
"""(start, end, entity), in code points."""


def redact(text: str, spans: Iterable[Span], *, style: str = "mask", key: bytes = b"") -> str:
    """Return *text* with the stretches of *spans*, none overlapping another, replaced in one of `STYLES`.

    Raises `UsageError` for an unknown style, and for a hash or replacement without a key of `SHORTEST_KEY` bytes.

    >>> redact("call 13800138000!", [(5, 16, "PHONE_NUMBER")], style="tag")
    'call <PHONE_NUMBER>!'
    """
    written = _writer(style, key)
    parts, last = [], 0
    for start, end, entity in sorted(spans):
        parts += [text[last:start], written(text[start:end], entity)]
        last = end
    return "".join([*parts, text[last:]])


def _writer(style: str, key: bytes) -> Callable[[str, str], str]:
    if style not in STYLES:
        raise UsageError(
            f'no style is called "{style}"{did_you_mean(style, STYLES) or "."} Known: {", ".join(STYLES)}.'
        )
    if style in ("hash", "replace") and len(key) < SHORTEST_KEY:
        raise UsageError(
            f"the style {style} needs a secret key of at least {SHORTEST_KEY} bytes; {len(key)} were given"
        )
    writers: dict[str, Callable[[str, str], str]] = {
        "mask": lambda value, _: mask_value(value),
        "tag": lambda _, entity: f"<{entity}>",
        "hash": lambda value, entity: f"<{entity}:{_hashed(value, entity, key)}>",
        "replace": lambda value, entity: _replaced(value, entity, key),
    }
    return writers[style]


def _hashed(value: str, entity: str, key: bytes) -> str:
    return hmac.new(key, f"{entity}\0{value}".encode(), sha256).hexdigest()[:_HASH_DIGITS]


def _replaced(value: str, entity: str, key: bytes) -> str:
    """Another value than *value*; the rare hash that leads to the same is passed over."""
    make = _MAKERS.get(entity, _same_form)
    return next(
        made
        for attempt in count()
        if (made := make(value, _numbers(f"{entity}\0{value}\0{attempt}", key))) != value
        or not (entity in _FREE or _has_form(value))
    )


def _has_form(value: str) -> bool:
    return any(character.isascii() and character.isalnum() for character in value)


def _numbers(seed: str, key: bytes) -> Iterator[int]:
    """An endless row of bytes that only the key's owner can foretell."""
    for block in count():
        yield from hmac.new(key, f"{seed}\0{block}".encode(), sha256).digest()


def _same_form(value: str, numbers: Iterator[int], kept: int = 0) -> str:
    """Digits for digits, letters for letters, of the same case; the first *kept* of them and all else stay."""
    made = []
    for character in value:
        alphabet = next((some for some in _ALPHABETS if character in some), "")
        if alphabet and kept:
            kept -= 1
            alphabet = ""
        made.append(alphabet[next(numbers) % len(alphabet)] if alphabet else character)
    return "".join(made)


_ALPHABETS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "０１２３４５６７８９")


def _phone(value: str, numbers: Iterator[int]) -> str:
    return _same_form(value, numbers, kept=_KEPT_OF_PHONE)


def _card(value: str, numbers: Iterator[int]) -> str:
    made = _same_form(value, numbers, kept=_KEPT_OF_CARD)
    digits = "".join(character for character in made if character in _ALPHABETS[0])
    if not digits:
        return made
    last = max(place for place, character in enumerate(made) if character in _ALPHABETS[0])
    return made[:last] + luhn.calc_check_digit(digits[:-1]) + made[last + 1 :]


def _resident_id(value: str, numbers: Iterator[int]) -> str:
    """A number of the region 110101 with some birthday; a number of 15 digits stays in its form."""
    plain = "".join(character for character in value if character in _ALPHABETS[0] + "xX")
    if len(plain) != 18 or plain != value:  # GB 11643
        return _same_form(value, numbers)
    birthday = _FIRST_BIRTHDAY + timedelta(days=(next(numbers) * 256 + next(numbers)) % _BIRTHDAYS)
    body = f"110101{birthday:%Y%m%d}{next(numbers) % 10}{next(numbers) % 10}{next(numbers) % 10}"
    return body + ric.calc_check_digit(body + "0")


def _email(value: str, numbers: Iterator[int]) -> str:
    name = "".join(_ALPHABETS[1][next(numbers) % 26] for _ in range(max(4, len(value.partition("@")[0]))))
    return f"{name}@example.com"


def _ip_address(value: str, numbers: Iterator[int]) -> str:
    if ":" in value:
        return f"2001:db8:{next(numbers):x}{next(numbers):02x}::{next(numbers):x}{next(numbers):02x}"
    return f"192.0.2.{next(numbers) % 254 + 1}"


def _person(value: str, numbers: Iterator[int]) -> str:
    """Another name of the same kind: surname and given name, or the surname before the same title."""
    if value.isascii() or not _HAN.match(value):
        return " ".join(_chosen(_lists()["english_given"], numbers).title() for _ in value.split())
    title = next((title for title in _lists()["titles"] if value.endswith(title)), "")
    given = _lists()["given_often"][0]
    name = value.removesuffix(title)
    return _chosen(_lists()["surnames"][0], numbers) + "".join(_chosen(given, numbers) for _ in name[1:]) + title


def _place(_value: str, numbers: Iterator[int]) -> str:
    return f"{_chosen(_lists()['cities_full'], numbers)}某某区"


def _address(value: str, numbers: Iterator[int]) -> str:
    return f"{_place(value, numbers)}某某路{next(numbers) + 1}号"


def _lists() -> Mapping[str, Sequence[str]]:
    from corpus_guard.catalog.wordings import read_word_lists

    return read_word_lists()


def _chosen(some: Sequence[str], numbers: Iterator[int]) -> str:
    return some[(next(numbers) * 256 + next(numbers)) % len(some)]


_FREE = frozenset({"PERSON", "LOCATION", "CN_ADDRESS"})
_HAN = re.compile("[\u3400-\u9fff]")
_MAKERS: Mapping[str, Callable[[str, Iterator[int]], str]] = {
    "PHONE_NUMBER": _phone, "CREDIT_CARD": _card, "CN_BANK_CARD": _card, "CN_RESIDENT_ID": _resident_id,
    "EMAIL_ADDRESS": _email, "IP_ADDRESS": _ip_address, "PERSON": _person, "LOCATION": _place, "CN_ADDRESS": _address,
}  # fmt: skip

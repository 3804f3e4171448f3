"""Names of licences, brought to one form so that spellings in the wild meet the names of a table; what they permit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

UNKNOWN_LICENCE = "LicenseRef-unknown"
"""What a document is tagged with when its licence column holds a name that no table knows."""

Commercial = Literal["yes", "no", "unspecified"]

_ADDRESS = re.compile(r"^https?://(?:www\.)?|/(?:legalcode|deed)(?:\.[a-z-]+)?/?$|\.(?:html?|txt|php)$|/$")
_WORDS = re.compile(
    r"(?<![a-z])(?:licen[sc]es?|under|the|version|international|unported|generic)(?![a-z])"
    r"|(?:(?<![a-z])|(?<=gpl))v(?=\.? ?[0-9])"
)
_LATER = re.compile(
    r"[\s,;(\-]*(?<![a-z])(?:or|and)[\s,\-]+(?:\(?at your option\)?[\s,]+)?(?:any[\s\-]+)?"
    r"(?:later|newer|higher|greater|above)(?![a-z])(?:\s+versions?(?![a-z]))?\)?|\s+\+"
)
_GAPS = re.compile(r"[^a-z0-9.+㐀-鿿]+|(?<![0-9])\.|\.(?![0-9])")
_LETTERS_THEN_DIGIT = re.compile(r"(?<=[a-z]{2})(?=[0-9])")
_ZERO = re.compile(r"(?<=[0-9])(?:\.0)+(?![.0-9])")


@dataclass(frozen=True, slots=True)
class Traits:
    """What a licence permits and asks for; the defaults are those of a licence that nobody has looked at."""

    commercial: Commercial = "unspecified"
    attribution: bool = False
    share_alike: bool = False
    research_only: bool = False
    no_derivatives: bool = False


def licence_key(name: str) -> str:
    """Return *name* without differences that mean nothing: case, width, dashes, "the", "license", "v" before a number.

    Zeros that end a version mean nothing either, and "or any later version" is a plus.

    >>> licence_key("The MIT License"), licence_key("GPLv3 or later"), licence_key("CC_BY-SA 4.0 International")
    ('mit', 'gpl 3+', 'cc by sa 4')
    """
    key = _shortened(name)
    while key != (shorter := _shortened(key)):  # what is taken out may bring together what is to be taken out too
        key = shorter
    return key


def _shortened(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).lower().replace("_", " ").strip()
    text = _LATER.sub("+", _WORDS.sub(" ", _ADDRESS.sub("", text)))
    return " ".join(_LETTERS_THEN_DIGIT.sub(" ", _ZERO.sub("", _GAPS.sub(" ", text))).split())

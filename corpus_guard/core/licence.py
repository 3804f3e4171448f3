"""Names of licences, brought to one form so that spellings in the wild meet the names of a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

UNKNOWN_LICENCE = "LicenseRef-unknown"
"""What a document is tagged with when its licence column holds a name that the table does not know."""

_ADDRESS = re.compile(r"^https?://(?:www\.)?|/(?:legalcode|deed)(?:\.[a-z-]+)?/?$|\.(?:html?|txt|php)$|/$")
_WORDS = re.compile(
    r"(?<![a-z])(?:licen[sc]es?|under|the|version|international|unported|generic)(?![a-z])"
    r"|(?:(?<![a-z])|(?<=gpl))v(?=\.? ?[0-9])"
)
_GAPS = re.compile(r"[^a-z0-9.+㐀-鿿]+|(?<![0-9])\.|\.(?![0-9])")
_LETTERS_THEN_DIGIT = re.compile(r"(?<=[a-z]{2})(?=[0-9])")
_BETWEEN = re.compile(r"[,;|&、，；]|(?<=\s)(?:and|or)(?=\s)", re.IGNORECASE)
_SLASH = re.compile(r"(?<!:)(?<!/)/(?!/)")
_EXCEPTION = re.compile(r"\s+with\s.*exception.*", re.IGNORECASE)
_TAG = re.compile(r"^\s*licen[sc]e\s*:\s*", re.IGNORECASE)
_BRACKETS = "[](){}'\" \t\r\n"


def licence_key(name: str) -> str:
    """Return *name* without differences that mean nothing: case, width, dashes, "the", "license", "v" before a number.

    >>> licence_key("The MIT License"), licence_key("GPLv3"), licence_key("CC_BY-SA 4.0 International")
    ('mit', 'gpl 3', 'cc by sa 4.0')
    """
    key = _shortened(name)
    while key != (shorter := _shortened(key)):  # what is taken out may bring together what is to be taken out too
        key = shorter
    return key


def _shortened(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).lower().replace("_", " ").strip()
    text = _WORDS.sub(" ", _ADDRESS.sub("", text))
    return " ".join(_LETTERS_THEN_DIGIT.sub(" ", _GAPS.sub(" ", text)).split())


def licence_ids(value: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the SPDX ids that the *value* of a licence column names, in its order, each once; () for an empty value.

    *names* maps `licence_key` of a name to its SPDX id. Lists and expressions give several ids.

    >>> licence_ids("['mit', 'Apache 2.0']", {"mit": "MIT", "apache 2.0": "Apache-2.0"})
    ('MIT', 'Apache-2.0')
    """
    value = _TAG.sub("", value)
    whole = names.get(licence_key(value))
    if whole:
        return (whole,)
    parts = _BETWEEN.split(value)
    if "://" not in value:
        parts = [piece for part in parts for piece in _SLASH.split(part)]
    stripped = (_EXCEPTION.sub("", part.strip(_BRACKETS)) for part in parts)
    return tuple(dict.fromkeys(names.get(licence_key(part), UNKNOWN_LICENCE) for part in stripped if part))

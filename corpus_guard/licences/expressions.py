"""What a licence column or tag says: one licence, a list, an SPDX expression, or a sentence that names some.

The answer is a choice of groups: who uses the text picks one group and then has to keep every licence of it. A list
is one group, for nothing says that one of its licences would do; `A OR B` are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from corpus_guard.core.licence import UNKNOWN_LICENCE, licence_key
from corpus_guard.licences.table import LicenceTable, spdx_licensing

Group = tuple[str, ...]

LONGEST = 1000
"""Characters of a value that are looked into; what is longer is no name of a licence, and unknown."""

_MOST_GROUPS = 64
_WORDS_OF_A_NAME = 12
_TAG = re.compile(r"^\s*(?:spdx-)?licen[sc]e(?:-identifier)?\s*:\s*", re.IGNORECASE)
_QUOTES = re.compile(r"[\[\]{}'\"“”‘’`]")
_LIST = re.compile(r"[,;|&、，；\n]|(?<=\s)(?:及|和|与|以及)(?=\s)")
_OR = re.compile(r"(?<=\s)或者?(?=\s)|\|\|")
_SLASH = re.compile(r"(?<!:)(?<!/)/(?!/)")
_PARENTHESES = re.compile(r"\([^()]*\)")
_URL = re.compile(r"https?://[^\s()<>\[\]，。；、]+", re.IGNORECASE)
_REFUSED = re.compile(r"(?<![a-z])(?:not|no|never|except|unless|non)(?![a-z\-])|不|非[^商]|除|无|未", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """Groups of SPDX ids, one of which a user has to keep whole; no group when nothing is stated."""

    groups: tuple[Group, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id, in the order in which they are stated."""
        return tuple(dict.fromkeys(spdx for group in self.groups for spdx in group))


_UNKNOWN = Stated(((UNKNOWN_LICENCE,),))


class Reader:
    """Reads values by a table, each different one once."""

    def __init__(self, table: LicenceTable) -> None:
        self.table = table
        self.stated = lru_cache(maxsize=16_384)(self._stated)

    def _stated(self, value: str) -> Stated:
        """Return what *value* states; `LicenseRef-unknown` stands for each part that names no known licence."""
        text = " ".join(_QUOTES.sub(" ", _TAG.sub("", value)).split())
        if not text.strip("() ,;"):
            return Stated()
        if len(text) > LONGEST:
            return _UNKNOWN
        whole = self.table.find(text)
        found = Stated(((whole,),)) if whole else self._listed(_QUOTES.sub(" ", _TAG.sub("", value)))
        return (self._named_within(text) or found) if set(found.ids) == {UNKNOWN_LICENCE} else found

    def _listed(self, text: str) -> Stated:
        parts = [part.strip() for part in _split(text, _LIST)]
        if "://" not in text:
            parts = [piece.strip() for part in parts for piece in self._pieces(part)]
        return _all([self._expression(part) for part in parts if part.strip("() ")])

    def _pieces(self, part: str) -> list[str]:
        return [part] if self.table.find(part) else list(_split(part, _SLASH))

    def _expression(self, part: str) -> Stated:
        whole = self.table.find(part)
        if whole:
            return Stated(((whole,),))
        if "://" in part:
            return _UNKNOWN
        try:
            tree = spdx_licensing().parse(_OR.sub(" OR ", part), validate=False)
        except Exception:  # noqa: BLE001 - the parser raises its own errors, and others on what is no expression
            return _UNKNOWN
        return Stated(_limited(self._groups(tree))) if tree is not None else Stated()

    def _groups(self, tree: Any) -> tuple[Group, ...]:
        from license_expression import LicenseWithExceptionSymbol

        if isinstance(tree, LicenseWithExceptionSymbol):
            known = "exception" in str(tree.exception_symbol).lower()
            return self._groups(tree.license_symbol) if known else ((UNKNOWN_LICENCE,),)
        parts = [self._groups(part) for part in getattr(tree, "args", ())]
        if not parts:
            return ((self.table.find(tree.key) or UNKNOWN_LICENCE,),)
        if tree.operator.strip().upper() == "OR":
            return tuple(group for groups in parts for group in groups)
        return _all([Stated(groups) for groups in parts]).groups

    def _named_within(self, text: str) -> Stated | None:
        """What a sentence names, unless it may say that it is not so; None when it names nothing."""
        found = list(dict.fromkeys(self._mentions(text)))
        return Stated((tuple(found),)) if found and not _REFUSED.search(text) else None

    def _mentions(self, text: str) -> Iterator[str]:
        for address in _URL.findall(text):
            found = self.table.find(address.rstrip(".,;:'\""))
            if found:
                yield found
        squeezed = licence_key(text).replace(" ", "")
        for name, spdx in self.table.chinese:
            if len(name) > 3 and name in squeezed:
                squeezed = squeezed.replace(name, " ")
                yield spdx
        yield from self._windows(licence_key(_URL.sub(" ", text)).split())

    def _windows(self, words: list[str]) -> Iterator[str]:
        start = 0
        while start < len(words):
            for stop in range(min(len(words), start + _WORDS_OF_A_NAME), start + 1, -1):
                found = self.table.names.get(" ".join(words[start:stop]))
                if found:
                    if not words[stop : stop + 1] or not words[stop][0].isdigit():  # else: a version nobody knows
                        yield found
                    start = stop - 1
                    break
            start += 1


def _split(text: str, at: re.Pattern[str]) -> Iterator[str]:
    """Yield the parts of *text* between what *at* matches outside of parentheses."""
    hidden = _PARENTHESES.sub(lambda match: "\0" * len(match[0]), text)
    start = 0
    for match in at.finditer(hidden):
        yield text[start : match.start()]
        start = match.end()
    yield text[start:]


def _all(parts: list[Stated]) -> Stated:
    """Every one of *parts* holds."""
    stated = [part.groups for part in parts if part.groups]
    groups = (tuple(dict.fromkeys(spdx for group in chosen for spdx in group)) for chosen in product(*stated))
    return Stated(_limited(tuple(dict.fromkeys(_first(groups))))) if stated else Stated()


def _first(groups: Iterator[Group]) -> Iterator[Group]:
    for count, group in enumerate(groups):
        if count > _MOST_GROUPS:
            return
        yield group


def _limited(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Too many choices to weigh are one group of unknown: a person has to look."""
    return groups if len(groups) <= _MOST_GROUPS else ((UNKNOWN_LICENCE,),)

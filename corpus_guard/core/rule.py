"""A rule: what one line of evidence rests on. Rules are data; Python knows none of their terms, patterns or scores."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import product
from math import prod


class Grade(IntEnum):
    """What a finding does to a verdict. The order is the order of weight."""

    INFO = 0
    SUSPECT = 1
    VIOLATION = 2

    @property
    def label(self) -> str:
        """The word users read and write: `info`, `suspect` or `violation`."""
        return self.name.lower()

    @classmethod
    def parse(cls, label: str) -> Grade:
        """Return the grade called *label*; raise KeyError when there is none."""
        return cls[label.upper()]


EVERYBODY, NOBODY = "everybody", "nobody"
"""Whom a value may belong to that is no person's: an address that all machines have, a number kept for examples."""


@dataclass(frozen=True, slots=True)
class Template:
    """Phrases that differ in their parts only: one of the first part, then one of the second, and so on."""

    parts: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        """How many phrases it makes."""
        return prod(map(len, self.parts))

    def phrases(self) -> tuple[str, ...]:
        """Return every phrase it makes, in order.

        >>> Template((("sells", "buys"), (" drugs",))).phrases()
        ('sells drugs', 'buys drugs')
        """
        return tuple(map("".join, product(*self.parts)))


@dataclass(frozen=True, slots=True)
class Together:
    """Words that say something only together: one of every group, in any order, none overlapping another.

    They stand within `within` code points, from the start of the first to the end of the last; with `sentence`, no
    sentence ends between them; if `ordered`, they follow each other as their groups do. A word of `without` anywhere
    from the first to the last takes the meaning away: a negation.
    """

    groups: tuple[tuple[str, ...], ...]
    within: int = 40
    sentence: bool = False
    ordered: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, read from one table of a file under `rules/`.

    Literal rules have `terms`, `templates`, `together`; words of `raise_near` make a suspect hit a violation, those of
    `clear_near` clear it, within `near` code points; so do two marks of `clear_between` around it, and what the
    expression `clear_before` matches directly before it. Pattern rules have `gates` (what the shared pass looks for,
    Hyperscan syntax over folded ASCII) and a `pattern` (confirmed with `re` on the folded text around a gate hit),
    tried only where `needs`, a cheaper expression, matches.
    A rule with a `recognizer` is found by that class of Presidio, or by a user's own (a file or `module:Class`); a
    `country` is that of its identifier. Its grade is the highest that a finding may get.
    What `belongs_to` "everybody" (127.0.0.1) or "nobody" (a number for examples) is no part of a record while it is
    info, and what belongs to everybody is not redacted either.
    Rules of records have `beside`: the entities of which `kinds` different ones within `near` code points of a name
    make it theirs; with `records`, in documents that hold as many.
    """

    id: str
    detector: str
    title: str
    risk: str = ""
    grade: Grade = Grade.SUSPECT
    score: float = 1.0
    languages: tuple[str, ...] = ()
    status: str = "stable"
    since: str = ""
    updated: str = ""
    references: tuple[str, ...] = ()
    # literal rules
    terms: tuple[str, ...] = ()
    templates: tuple[Template, ...] = ()
    together: tuple[Together, ...] = ()
    allow: tuple[str, ...] = ()
    clear_near: tuple[str, ...] = ()
    raise_near: tuple[str, ...] = ()
    clear_between: tuple[str, ...] = ()
    near: int = 24
    evasion: bool = False
    # pattern rules
    gates: tuple[str, ...] = ()
    pattern: str = ""
    needs: str = ""
    window: int = 64
    validator: str = ""
    clear_before: str = ""
    # personal information
    entity: str = ""
    category: str = ""
    sensitive_by: str = ""
    belongs_to: str = ""
    beside: tuple[str, ...] = ()
    kinds: int = 1
    records: int = 0
    recognizer: str = ""
    country: str = ""
    # licensing
    licence: str = ""
    # proof
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    file: str = ""

    @property
    def says_nobody(self) -> bool:
        """Whether what it finds says nothing about a person, and so makes no record of one."""
        return bool(self.belongs_to) and self.grade == Grade.INFO

    @property
    def stays(self) -> bool:
        """Whether what it finds is told and otherwise left as it is, for it is the same everywhere."""
        return self.says_nobody and self.belongs_to == EVERYBODY

    @property
    def phrases(self) -> tuple[str, ...]:
        """Every phrase that is found by itself: the terms, then those that templates make."""
        return (*self.terms, *(phrase for template in self.templates for phrase in template.phrases()))

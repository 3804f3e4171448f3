"""A rule: what one line of evidence rests on. Rules are data; Python knows none of their terms, patterns or scores."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


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


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, read from one table of a file under `rules/`.

    Literal rules have `terms`; pattern rules have `gates` (what the shared pass looks for, Hyperscan syntax over folded
    ASCII) and a `pattern` (confirmed with `re` on the folded text around a gate hit).
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
    allow: tuple[str, ...] = ()
    clear_near: tuple[str, ...] = ()
    near: int = 24
    evasion: bool = False
    # pattern rules
    gates: tuple[str, ...] = ()
    pattern: str = ""
    window: int = 64
    validator: str = ""
    clear_before: str = ""
    # personal information
    entity: str = ""
    category: str = ""
    sensitive_by: str = ""
    # licensing
    licence: str = ""
    # proof
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    file: str = ""

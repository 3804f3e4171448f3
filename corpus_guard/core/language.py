"""Languages of documents: the data they are told by, and what is told of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers

UNDETERMINED, CODE, UNNAMED = "und", "code", "mis"
"""No language: too short, formulae, digits, emoji. Source code. A language in a script that nothing here names."""
WHOLE = 1000
"""A document in parts: its languages share so many of them, so that counts of documents add up as whole numbers."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script: `ranges` of code points, ends exclusive; the `language` it decides, or those it is `among`."""

    name: str
    ranges: tuple[tuple[int, int], ...]
    language: str = ""
    among: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class LanguageData:
    """`rules/languages/` as data: see the comments there for what each value means. Told from others by identity."""

    scripts: tuple[Script, ...] = ()
    traditional: str = ""
    simplified: str = ""
    same: tuple[tuple[str, str], ...] = ()
    cantonese: str = ""
    cantonese_share: float = 0.02
    kana_share: float = 0.15
    kana_share_within: float = 0.05
    english: tuple[str, ...] = ()
    english_hits: int = 2
    english_hits_of_text: int = 3
    code_marks: str = ""
    code_share: float = 0.03
    code_lines: tuple[str, ...] = ()
    code_line_share: float = 0.4
    least_letters: int = 3
    least_characters: int = 2
    longest_run: int = 24
    letter_share: float = 0.5
    word: str = ""

    def labels(self) -> tuple[str, ...]:
        """Return every label a document may get, in alphabetical order."""
        same = dict(self.same)
        told = {same.get(code, code) for script in self.scripts for code in (script.language, *script.among) if code}
        return tuple(sorted(told | {"zh-Hans", "zh-Hant", "yue", UNDETERMINED, CODE, UNNAMED}))


@dataclass(frozen=True)
class Told:
    """The languages of the documents of a batch.

    names      labels
    documents, codes, parts   one row per document × label: an index, a label, how many of `WHOLE`; largest first
    uncovered  per document: too much of it is in languages that no content rule covers
    blamed     per document: the largest such language, an index into `names`; -1 where it is not uncovered
    checked    documents that a second identifier was asked of, and whether it agreed
    """

    names: tuple[str, ...]
    documents: Integers
    codes: Integers
    parts: Integers
    uncovered: npt.NDArray[np.bool_]
    blamed: Integers
    checked: Sequence[tuple[int, bool]] = ()

    def of(self, document: int) -> dict[str, int]:
        """Return the labels of one document with their parts, largest first."""
        rows = np.flatnonzero(self.documents == document).tolist()
        return {self.names[self.codes[row]]: int(self.parts[row]) for row in rows}


@dataclass(frozen=True)
class LanguageCount:
    """Languages of a source; a plain sum.

    parts      label -> parts of documents: `WHOLE` a document
    uncovered  label -> uncovered documents of which it is the largest uncovered language
    checked, agreed  documents that a second identifier was asked of, and those on which it agreed
    """

    parts: Mapping[str, int] = field(default_factory=dict)
    uncovered: Mapping[str, int] = field(default_factory=dict)
    checked: int = 0
    agreed: int = 0

    def __add__(self, other: LanguageCount) -> LanguageCount:
        """Return both together: associative, commutative, the empty count is neutral."""
        return LanguageCount(
            _sum(self.parts, other.parts),
            _sum(self.uncovered, other.uncovered),
            self.checked + other.checked,
            self.agreed + other.agreed,
        )

    def shares(self) -> list[tuple[str, float]]:
        """Return each label with its share, the largest first."""
        whole = sum(self.parts.values())
        ordered = sorted(self.parts.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(label, parts / whole) for label, parts in ordered if parts]


def covers(languages: frozenset[str], label: str) -> bool:
    """Say whether rules written in *languages* cover what is labelled so: `zh` covers `zh-Hant`, and not `yue`."""
    return label in languages or label.partition("-")[0] in languages


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {label: one.get(label, 0) + other.get(label, 0) for label in sorted({*one, *other})}

"""Text that is no language: source code, formulae, digits, base64, stretches too short to tell."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from corpus_guard.core.batch import Integers
from corpus_guard.core.language import LanguageData
from corpus_guard.languages.reading import Characters, text_of
from corpus_guard.languages.samples import Units, byte_kinds

_HEAD, _LINES = 800, 48
"""Characters at the beginning and in the middle of a text in which source code is looked for, and lines of both."""


_SUSPICION = 3
"""From a third of the marks that source code has, in its sample, a text is looked at."""


NOTHING, IS_CODE, IS_NONE = range(3)
"""What `kinds_of` says of a text: it may be a language, it is source code, it is undetermined."""


def kinds_of(units: Units, data: LanguageData) -> Integers:
    """Return of each unit whether it is no language: `NOTHING`, `IS_CODE` or `IS_NONE`."""
    some = units.stretches
    sums = np.add.reduceat(byte_kinds(some.read, data.code_marks), some.first, axis=0)
    letters, spaces, marks, others = sums.T
    solid = letters + marks + others
    none = (letters < data.letter_share * solid) | (letters < data.least_letters)
    kinds = np.where(none | (solid > data.longest_run * (spaces + 1)), IS_NONE, NOTHING)
    for unit in np.flatnonzero(marks >= data.code_share / _SUSPICION * solid).tolist():
        start, end = int(units.around.starts[unit]), int(units.around.ends[unit])
        looked_at = _looked_at(units.around.characters, start, end)
        if any_marks(looked_at, data) or marks[unit] >= 2 * data.code_share * solid[unit]:
            if end - start <= _HEAD and not _word(data).search(looked_at):
                kinds[unit] = IS_NONE
            elif is_code(looked_at, data):
                kinds[unit] = IS_CODE
    return kinds


def any_marks(text: str, data: LanguageData) -> bool:
    """Say whether the commonest marks of source code are frequent enough in *text* to look at its lines."""
    count = text.count
    return count("(") + count("=") + count("_") + count("{") + count(";") >= data.code_share * len(text)


def is_code(text: str, data: LanguageData) -> bool:
    """Say whether enough lines of *text* are lines of source code; blank lines do not count."""
    known = _line_of_code(data)
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    wanted = data.code_line_share * len(lines)
    found = 0
    for left, line in zip(range(len(lines), 0, -1), lines, strict=True):
        if found >= wanted or found + left < wanted:
            break
        found += known.match(line) is not None
    return bool(lines) and found >= wanted


def _looked_at(characters: Characters, start: int, end: int) -> str:
    """The beginning of a text and, of a long one, its middle."""
    if end - start <= 2 * _HEAD:
        return text_of(characters, start, end)
    middle = (start + end) // 2
    return f"{text_of(characters, start, start + _HEAD)}\n{text_of(characters, middle, middle + _HEAD)}"


@lru_cache(maxsize=2)
def _line_of_code(data: LanguageData) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line})" for line in data.code_lines))


@lru_cache(maxsize=2)
def _word(data: LanguageData) -> re.Pattern[str]:
    return re.compile(data.word)

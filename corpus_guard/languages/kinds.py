"""Text that is no language: source code, formulae, digits, base64, stretches too short to tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from corpus_guard.core.language import CODE, UNDETERMINED, LanguageData

_HEAD, _LINES = 800, 48
"""Characters at the beginning and in the middle of a text in which source code is looked for, and lines of both."""


_SUSPICION = 3
"""From a third of the marks that source code has, in its sample, a text is looked at."""


def kind_of(text: str, start: int, end: int, counts: Sequence[int], data: LanguageData) -> str:
    """Return `code` or `und` when a text is no language, else an empty string.

    *counts* are bytes of its sample: letters, white space, marks of source code, others.
    """
    letters, spaces, marks, others = counts
    solid = letters + marks + others
    if marks >= data.code_share / _SUSPICION * solid:
        looked_at = _looked_at(text, start, end)
        if any_marks(looked_at, data) or marks >= 2 * data.code_share * solid:
            if end - start <= _HEAD and not _word(data).search(looked_at):
                return UNDETERMINED
            if is_code(looked_at, data):
                return CODE
    if letters < data.letter_share * solid or letters < data.least_letters:
        return UNDETERMINED
    return UNDETERMINED if solid > data.longest_run * (spaces + 1) else ""


def any_marks(text: str, data: LanguageData) -> bool:
    """Say whether the commonest marks of source code are frequent enough in *text* to look at its lines."""
    count = text.count
    return count("(") + count("=") + count("_") + count("{") + count(";") >= data.code_share * len(text)


def is_code(text: str, data: LanguageData) -> bool:
    """Say whether enough lines of *text* are lines of source code; blank lines do not count."""
    known = _line_of_code(data)
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    return bool(lines) and sum(known.match(line) is not None for line in lines) >= data.code_line_share * len(lines)


def _looked_at(text: str, start: int, end: int) -> str:
    """The beginning of a text and, of a long one, its middle."""
    if end - start <= 2 * _HEAD:
        return text[start:end]
    middle = (start + end) // 2
    return f"{text[start : start + _HEAD]}\n{text[middle : middle + _HEAD]}"


@lru_cache(maxsize=2)
def _line_of_code(data: LanguageData) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line})" for line in data.code_lines))


@lru_cache(maxsize=2)
def _word(data: LanguageData) -> re.Pattern[str]:
    return re.compile(data.word)

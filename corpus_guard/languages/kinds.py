"""Text that is no language: source code, formulae, digits, base64, stretches too short to tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from corpus_guard.core.language import CODE, UNDETERMINED, LanguageData

HEAD = 1_500
"""Characters at the beginning of a text in which lines of source code are looked for."""
_MOST_LINES = 40


@lru_cache(maxsize=2)
def _line_of_code(data: LanguageData) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line})" for line in data.code_lines))


def is_code(head: str, data: LanguageData) -> bool:
    """Say whether most lines at the beginning of a text are lines of source code; blank lines do not count."""
    lines = [line for line in head[:HEAD].splitlines() if line.strip()][:_MOST_LINES]
    if len(head) >= HEAD and len(lines) > 1:
        lines.pop()
    known = _line_of_code(data)
    found = sum(known.match(line) is not None for line in lines)
    return bool(lines) and found >= data.code_line_share * len(lines)


def kind_of(head: str, counts: Sequence[int], data: LanguageData) -> str:
    """Return `code` or `und` when a text is no language, else an empty string.

    *counts* are bytes of its sample: letters, white space, marks of source code, others.
    """
    letters, spaces, marks, others = counts
    solid = letters + marks + others
    if marks >= data.code_share * solid and is_code(head, data):
        return CODE
    if letters < data.letter_share * solid or letters < data.least_letters:
        return UNDETERMINED
    if solid > data.longest_run * (spaces + 1):
        return UNDETERMINED
    return ""

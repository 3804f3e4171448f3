"""Sentences of a run in Chinese: what assessments, alerts and readers say in English, translated clause by clause.

The wording is data, `chinese.toml` beside this file. A sentence is translated whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import tomli

_JOINTS = {"; ": "；", ": ": "：", ", ": "，", ". ": "。", ".": "。", " ": ""}
_JOINT = re.compile(r"; |: |, |\. |\.$| ")
_NUMBER, _SHARE, _DATE = r"[\d,]+", r"[\d.,]+ %", r"\d{4}-\d\d-\d\d"


@cache
def _wording() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    known = tomli.loads((Path(__file__).parent / "chinese.toml").read_text(encoding="utf-8"))
    clauses = [(re.compile(_pattern(one["en"])), one["zh"]) for one in known["clause"]]
    return known["sentences"], clauses


def _pattern(text: str) -> str:
    """A clause as a pattern: {n} a number, {p} a share, {d} a date, {q} a quoted name, {x} anything up to a semicolon.

    >>> re.fullmatch(_pattern("{n} of {n} documents ({p})"), "3 of 1,000 documents (0.3 %)").groups()
    ('3', '1,000', '0.3 %')
    """
    parts = {r"\{n\}": f"({_NUMBER})", r"\{p\}": f"({_SHARE})", r"\{d\}": f"({_DATE})", r"\{q\}": '"([^"]*)"',
             r"\{x\}": r"([^;]*[^;.])", r"\{w\}": r"([\w.-]+)"}  # fmt: skip
    pattern = re.escape(text)
    for mark, meaning in parts.items():
        pattern = pattern.replace(mark, meaning)
    return pattern


def chinese(sentence: str) -> str:
    """Return *sentence* in Chinese, empty when a part of it is not known.

    >>> chinese("within the limit; 0 % if every suspect were confirmed.")
    '未超过限值；若疑似全部确认则为 0 %。'
    >>> chinese("something new")
    ''
    """
    sentences, clauses = _wording()
    return sentences.get(sentence) or _by_clauses(sentence, clauses)


def _by_clauses(sentence: str, clauses: Sequence[tuple[re.Pattern[str], str]]) -> str:
    place, parts = 0, []
    while place < len(sentence):
        found = [(known, match) for pattern, known in clauses if (match := pattern.match(sentence, place))]
        if found:
            known, match = max(found, key=lambda pair: pair[1].end())
            parts.append(known.format(*match.groups()))
        else:
            match = _JOINT.match(sentence, place)
            if match is None:
                return ""
            parts.append(_JOINTS[match[0]])
        place = match.end()
    return "".join(parts)

"""From the labels of tokens (B-PER, I-PER, S-LOC, NAME) to spans of characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category

_SCHEME = re.compile(r"([BIESLUM])[-_](.+)")
_BEGINS, _ENDS = frozenset("BSU"), frozenset("ESLU")
_WRITTEN_APART = re.compile("[\u0000-\u0dff\u1e00-\u1fff]")


def kind_of(label: str) -> str:
    """Return what *label* calls its token, without its place in a name.

    >>> kind_of("B-PER"), kind_of("NAME"), kind_of("O")
    ('PER', 'NAME', 'O')
    """
    match = _SCHEME.fullmatch(label)
    return match[2] if match else label


def spans_of(
    labels: Sequence[str], places: Sequence[tuple[int, int]], kinds: frozenset[str], text: str
) -> list[tuple[str, int, int]]:
    """Return (kind, start, end) of what labels of *kinds* call one thing; *places* are the tokens' in *text*.

    Of words with spaces between them the whole is taken: many models are taught to label but a word's first token.

    >>> spans_of(["B-PER", "I-PER", "O"], [(0, 1), (1, 2), (2, 3)], frozenset({"PER"}), "张三说")
    [('PER', 0, 2)]
    >>> spans_of(["B-PER", "O"], [(0, 4), (4, 7)], frozenset({"PER"}), "Washing")
    [('PER', 0, 7)]
    """
    found: list[tuple[str, int, int]] = []
    before, closed = "O", True
    for label, (start, end) in zip(labels, places, strict=True):
        kind, scheme = kind_of(label), _SCHEME.fullmatch(label)
        place = scheme[1] if scheme else ""
        if kind in kinds and start < end:
            if kind == before and not closed and place not in _BEGINS:
                found[-1] = (kind, found[-1][1], end)
            else:
                found.append((kind, start, end))
        before, closed = kind, place in _ENDS
    return _apart([(kind, *_widened(start, end, text)) for kind, start, end in found])


def _apart(found: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """*found*, by place, with those put together that overlap since words are whole."""
    kept: list[tuple[str, int, int]] = []
    for kind, start, end in found:
        if kept and start < kept[-1][2]:
            kept[-1] = (kept[-1][0], kept[-1][1], max(end, kept[-1][2]))
        elif start < end:
            kept.append((kind, start, end))
    return kept


def _widened(start: int, end: int, text: str) -> tuple[int, int]:
    """The place without white space at its ends, and with the rest of words that reach over them."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while 0 < start < end and _in_word(text[start - 1]) and _in_word(text[start]):
        start -= 1
    while start < end < len(text) and _in_word(text[end - 1]) and _in_word(text[end]):
        end += 1
    return start, end


def _in_word(character: str) -> bool:
    return bool(_WRITTEN_APART.match(character)) and category(character)[0] in "LM"

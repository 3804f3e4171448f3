"""Pattern gates that are nothing but words one after the other, as literals: thousands of these cost no more than one.

`general([^a-z0-9]+)public([^a-z0-9]+)licen[cs]e` becomes "general public licence" and "general public license", whose
words may be apart by anything that is neither letter nor digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from importlib import import_module
from typing import Any

from corpus_guard.core.candidate import Gate

_START = "(^|[^a-z0-9])"
_GAP, _APART = "([^a-z0-9]+)", "\0"
_MOST = 32
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class _OtherwiseError(Exception):
    """The expression is more than words."""


def word_gates(expression: str) -> list[Gate] | None:
    """Return gates of words for *expression*; None when it is more than words, or may begin or end within a gap.

    It may not begin inside of a word: it says so, or has words that are apart and is taken to mean whole ones.

    >>> [gate.expression for gate in word_gates("free([^a-z0-9]+)(and([^a-z0-9]+))?open") or ()]
    ['free open', 'free and open']
    >>> word_gates("agpl"), word_gates("q{3}([^a-z0-9]+)public")
    (None, None)
    """
    if not (expression.startswith(_START) or _GAP in expression):
        return None
    words = expression.removeprefix(_START).replace(_GAP, _APART)
    try:
        spelled = _spelled(import_module("re._parser").parse(words))
    except (_OtherwiseError, re.error):
        return None
    if not all(_are_words(one) for one in spelled):
        return None
    return [Gate(one.replace(_APART, " "), words=True) for one in dict.fromkeys(spelled)]


def _are_words(text: str) -> bool:
    """Whether letters or digits begin and end *text*, and every gap of it; blanks are no part of words."""
    parts = text.split(_APART)
    return all(part and part[0] in _PLAIN and part[-1] in _PLAIN and " " not in part for part in parts)


def _spelled(items: Iterable[tuple[Any, Any]]) -> list[str]:
    """Everything that the parsed *items* match."""
    return reduce(_joined, (_of(str(kind), value) for kind, value in items), [""])


def _joined(before: Sequence[str], after: Sequence[str]) -> list[str]:
    if len(before) * len(after) > _MOST:
        raise _OtherwiseError
    return [one + other for one in before for other in after]


def _of(kind: str, value: Any) -> list[str]:
    if kind == "LITERAL":
        return [chr(value)]
    if kind == "IN" and all(str(part) == "LITERAL" for part, _ in value):
        return [chr(character) for _, character in value]
    if kind == "SUBPATTERN":
        return _spelled(value[-1])
    if kind == "BRANCH":
        return [one for some in value[1] for one in _spelled(some)]
    if kind == "MAX_REPEAT" and tuple(value[:2]) == (0, 1):
        return ["", *_spelled(value[2])]
    raise _OtherwiseError

"""Which characters every match of an expression begins with, told to `re` where it cannot find out by itself.

`re` skips text that no match can begin in when an expression begins with a character or a class. Most of ours begin
with a look behind, an option or alternatives of these, and are tried in full at each character: ten times as dear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

_FLAGS = re.compile(r"(?:\(\?[a-zA-Z]+\))*")
_IGNORES_CASE = re.compile(r"\(\?[a-zA-Z\-]*i")
_MOST = 128
_AHEAD = 1
_AROUND = ("AT", "ASSERT", "ASSERT_NOT", "FAILURE")

_Items = Sequence[tuple[Any, Any]]


class _AnyError(Exception):
    """A match may begin with almost anything."""


@lru_cache(maxsize=1024)
def parsed_expression(expression: str) -> Any:
    """Return *expression* as `re` parses it, which takes a millisecond for long ones; raise `re.error`."""
    return import_module("re._parser").parse(expression)


def guarded(expression: str) -> str:
    """Return *expression*, which says first with what character its matches begin, where that is of use and known.

    >>> guarded("(?<![0-9])1[3-9][0-9]{9}"), guarded("ab|cd")
    ('(?=[1])(?:(?<![0-9])1[3-9][0-9]{9})', 'ab|cd')
    """
    parsed = parsed_expression(expression)
    if ignores_case(expression) or _is_plain(parsed):
        return expression
    first = beginnings(parsed)
    if not first:
        return expression
    flags = _FLAGS.match(expression)
    start = flags.end() if flags else 0
    end = "\n" if parsed.state.flags & re.VERBOSE else ""  # the last line may be a comment
    listed = "".join(re.escape(chr(character)) for character in sorted(first))
    return f"{expression[:start]}(?=[{listed}])(?:{expression[start:]}{end})"


def ignores_case(expression: str) -> bool:
    """Return whether *expression*, or a part of it, may match other characters than are written in it.

    >>> ignores_case("(?i)a"), ignores_case("a(?s-i:b)"), ignores_case("(?x) a")
    (True, True, False)
    """
    return bool(_IGNORES_CASE.search(expression))


def beginnings(items: _Items) -> set[int]:
    """Return which characters the parsed *items* may begin with; none where that is not known, or may be nothing."""
    try:
        first, empty = _first(items)
    except _AnyError:
        return set()
    return set() if empty else first


def characters_of(kind: str, value: Any) -> set[int] | None:
    """Return of which characters all is that a parsed item matches; None where they are not known."""
    if kind in _AROUND:
        return set()
    if kind.endswith("REPEAT"):
        return _all(value[2])
    if kind == "SUBPATTERN":
        return _all(value[-1])
    if kind == "BRANCH":
        parts = [_all(some) for some in value[1]]
        return None if None in parts else set().union(*filter(None, parts))
    try:
        return _of(kind, value)[0]
    except _AnyError:
        return None


def _all(items: _Items) -> set[int] | None:
    parts = [characters_of(str(kind), value) for kind, value in items]
    return None if None in parts else set().union(*filter(None, parts))


def _is_plain(items: _Items) -> bool:
    """Whether `re` sees by itself what *items* begin with."""
    if not len(items):
        return False
    kind, value = str(items[0][0]), items[0][1]
    if kind == "SUBPATTERN":
        return _is_plain(value[-1])
    if kind == "BRANCH":
        return all(len(some) and str(some[0][0]) == "LITERAL" for some in value[1])
    return kind in ("LITERAL", "IN")


def _first(items: Iterable[tuple[Any, Any]]) -> tuple[set[int], bool]:
    """What the parsed *items* may begin with, and whether they may be empty; raise `_AnyError`."""
    found: set[int] = set()
    for kind, value in items:
        some, empty = _of(str(kind), value)
        found |= some
        if len(found) > _MOST:
            raise _AnyError
        if not empty:
            return found, False
    return found, True


def _of(kind: str, value: Any) -> tuple[set[int], bool]:
    if kind in _AROUND:
        return _around(kind, value)
    if kind == "LITERAL":
        return {value}, False
    if kind == "IN":
        return set().union(*(_listed(str(part), some) for part, some in value)), False
    if kind == "SUBPATTERN":
        return _first(value[-1])
    if kind in ("BRANCH", "GROUPREF_EXISTS"):
        firsts = [_first(some or ()) for some in (value[1] if kind == "BRANCH" else value[1:])]
        return set().union(*(first for first, _ in firsts)), any(empty for _, empty in firsts)
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        first, empty = _first(value[2])
        return first, empty or not value[0]
    raise _AnyError


def _around(kind: str, value: Any) -> tuple[set[int], bool]:
    """What lies around says nothing of the beginning, but for a look ahead and for `(?!)`, which nothing matches."""
    if kind == "ASSERT" and value[0] == _AHEAD:
        return _first(value[1])
    fails = kind == "FAILURE" or (kind == "ASSERT_NOT" and not len(value[1]))
    return set(), not fails


def _listed(kind: str, value: Any) -> set[int]:
    if kind == "LITERAL":
        return {value}
    if kind == "RANGE" and value[1] - value[0] < _MOST:
        return set(range(value[0], value[1] + 1))
    raise _AnyError

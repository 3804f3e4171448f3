"""Words of which every match of an expression holds one, so that only what stands before these need be tried.

`re` tries an expression wherever a match may begin. Where its matches hold "general" or "gpl", or an @, and begin at
most so many characters before it, few places are left: looking for a word is much faster than trying an expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from corpus_guard.detectors.first_characters import beginnings, characters_of, ignores_case, parsed_expression

_FEW = 12
"""Characters that matches may begin with, for it to pay to try by itself each place that has one."""
_FURTHEST = 320
_LEAST = 3
_AT = 3
"""Letters or digits that are as rare in prose as an @; a Chinese character is as rare as two."""

_Items = Sequence[tuple[Any, Any]]
_Held = dict[str, int]
"""Words of which one is held -> where it begins at the latest."""


@dataclass(frozen=True)
class Anchors:
    """What every match holds.

    words   it holds one of these
    reach   and begins at most so many characters before that
    first   it begins with one of these characters
    before  and has only these before the word; empty where that is not known
    """

    words: tuple[str, ...]
    reach: int
    first: str
    before: str

    def matches(self, pattern: re.Pattern[str], stretch: str, position: int) -> Iterator[re.Match[str]]:
        """Yield what `pattern.finditer(stretch, position)` does."""
        free = position
        for place in self._places(stretch, position):
            begin = max(free, place - self.reach)
            if self.before:
                begin = place - len(stretch[begin:place]) + len(stretch[begin:place].rstrip(self.before))
            for one in self._begins.finditer(stretch, begin, place + 1):
                if one.start() < free:
                    continue
                match = pattern.match(stretch, one.start())
                free = match.end() if match else one.end()
                if match:
                    yield match

    def _places(self, stretch: str, position: int) -> list[int]:
        found = []
        for word in self.words:
            place = stretch.find(word, position)
            while place >= 0:
                found.append(place)
                place = stretch.find(word, place + 1)
        return sorted(found)

    @cached_property
    def _begins(self) -> re.Pattern[str]:
        return re.compile(f"[{re.escape(self.first)}]")


def anchors_of(expression: str) -> Anchors | None:
    """Return what every match of *expression* holds; None where that cannot be told or is of no use.

    >>> anchors_of("(?<![a-z])(?:gnu )?(?:gpl|copyleft)")
    Anchors(words=('copyleft', 'gpl'), reach=4, first='cg', before='')
    >>> anchors_of("[a-d]{1,8}@[a-z]"), anchors_of("[a-c]{2}d")
    (Anchors(words=('@',), reach=8, first='abcd', before='abcd'), None)
    """
    parsed = parsed_expression(expression)
    first = set() if ignores_case(expression) else beginnings(parsed)
    held = _held(parsed, parsed.state) if first else None
    if not held or max(held.values()) > _FURTHEST:
        return None
    before = _before(parsed, held)
    if len(first) > _FEW and not before:
        return None
    return Anchors(tuple(sorted(held)), max(held.values()), _written(first), _written(before))


def _written(codes: Iterable[int]) -> str:
    return "".join(map(chr, sorted(codes)))


def _held(items: _Items, state: Any) -> _Held | None:
    """The rarest words of which everything that *items* match holds one; None when there are none."""
    best: _Held | None = None
    reach, word = 0, ""
    for kind, value in (*items, ("END", None)):
        if str(kind) == "LITERAL":
            word += chr(value)
            reach += 1
            continue
        inside = _inside(str(kind), value, state)
        shifted = {one: reach + begin for one, begin in inside.items()} if inside else None
        best = max((best, {word: reach - len(word)} if word else None, shifted), key=_rarity)
        word, reach = "", reach + (_width(kind, value, state) if value is not None else 0)
    return best if _rarity(best) >= _LEAST else None


def _inside(kind: str, value: Any, state: Any) -> _Held | None:
    """The same of one item."""
    if kind in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _held(value[-1] if kind == "SUBPATTERN" else value, state)
    if kind.endswith("REPEAT"):
        return _held(value[2], state) if value[0] else None
    if kind not in ("BRANCH", "GROUPREF_EXISTS"):
        return None
    ways = value[1] if kind == "BRANCH" else [one or () for one in value[1:]]
    found = [_held(way, state) for way in ways if not _fails(way)]
    if not found or None in found:
        return None
    return {one: max(some.get(one, 0) for some in found if some) for some in found if some for one in some}


def _fails(items: _Items) -> bool:
    """Whether *items* are what nothing matches."""
    return len(items) == 1 and str(items[0][0]) in ("ASSERT_NOT", "FAILURE") and not beginnings(items)


def _rarity(held: _Held | None) -> int:
    return min((sum(map(_rareness, word)) for word in held), default=0) if held else 0


def _rareness(character: str) -> int:
    return _AT if character == "@" else 1 + (not character.isascii())


def _width(kind: Any, value: Any, state: Any) -> int:
    widest: int = import_module("re._parser").SubPattern(state, [(kind, value)]).getwidth()[1]
    return widest


def _before(items: _Items, held: _Held) -> set[int]:
    """Which characters stand in a match before the word, where it is a single one and they are few; else none."""
    found: set[int] = set()
    for kind, value in items if len(held) == 1 else ():
        if str(kind) == "LITERAL" and chr(value) in held:
            return found
        some = characters_of(str(kind), value)
        if some is None:
            break
        found |= some
    return set()

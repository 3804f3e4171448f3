"""Gates out of regular expressions that were written elsewhere: looser than these, so that no match is lost.

The shared pass sees the ASCII of the folded text. Out of the parsed expression comes one for Hyperscan: lower case,
without look-around, groups or what follows the last thing that must be there. One that begins at the border of a word
or of a number begins there too, and so fires once a word; any other would fire at every character of a long run of
digits, and is watched by the longest run of digits or letters that each of its matches holds. Where neither says
enough there is no gate, and whoever asked has to look everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from corpus_guard.matching.matcher import gate_fault

_WIDE = 0x80
"""Stands for every character that is no ASCII."""

_DIGITS = frozenset(b"0123456789")
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_WORD = _DIGITS | _LETTERS | frozenset(b"_") | {_WIDE}
_SPACE = frozenset(b" \t\n\r\v\f")
_ANY = frozenset(range(_WIDE + 1))
_CATEGORIES = {"DIGIT": _DIGITS, "WORD": _WORD, "SPACE": _SPACE}
"""Digits and spaces of any width are ASCII once they are folded."""

_FEWEST_DIGITS, _FEWEST_LETTERS = 4, 12
"""Runs shorter than these stand everywhere in ordinary text."""

_LONGEST_REPEAT = 64
_FLAGS = re.compile(r"\(\?[aiLmsux]+\)")
Characters = frozenset[int]


class _OtherwiseError(Exception):
    """The expression holds what this does not understand."""


@dataclass(frozen=True)
class _Run:
    """The characters in a row that every match of a piece holds: in all (or None), at its start, best, at its end."""

    whole: int | None
    head: int
    best: int
    tail: int

    def then(self, other: _Run) -> _Run:
        whole = None if self.whole is None or other.whole is None else self.whole + other.whole
        head = self.head if self.whole is None else self.whole + other.head
        tail = other.tail if other.whole is None else other.whole + self.tail
        return _Run(whole, head, max(self.best, other.best, self.tail + other.head), tail)


_NOTHING, _BREAK = _Run(0, 0, 0, 0), _Run(None, 0, 0, 0)


def gates_of(expression: str) -> tuple[str, ...] | None:
    r"""Return pattern gates one of which fires in or before every match of *expression*; None when there are none.

    >>> gates_of(r"\b[A-Z]{2}\d{7}\b")
    ('(?:^|[^0-9_a-z])[a-z]{2}[0-9]{7}',)
    >>> gates_of(r"\d{6}-?\d{4}"), gates_of("[a-z]+")
    (('(?:^|[^0-9])[0-9]{6}',), None)
    """
    try:
        items = list(import_module("re._parser").parse(_FLAGS.sub("", expression)))
        groups = dict(_groups(items))
        gates = tuple(dict.fromkeys(_gate(one, groups) for one in _alternatives(items)))
    except (_OtherwiseError, re.error, OverflowError, RecursionError):
        return None
    return gates if gates and not any(map(gate_fault, gates)) else None


def _groups(items: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any]]]:
    """What the groups of *items* hold, by their numbers."""
    for kind, value in items:
        for inner in _inner(_name(kind), value):
            yield from _groups(inner)
        if _name(kind) == "SUBPATTERN" and value[0]:
            yield value[0], value[3]


def _inner(name: str, value: Any) -> Sequence[Sequence[Any]]:
    if name == "BRANCH":
        return list(value[1])
    if name == "SUBPATTERN":
        return [value[3]]
    return [value[2]] if name.endswith("REPEAT") else []


def _alternatives(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Expressions whose matches together are those of *items*; each begins at a border, as far as that can be."""
    if _border(items) is None:
        for place, (kind, value) in enumerate(items):
            name = _name(kind)
            if name in ("BRANCH", "SUBPATTERN"):
                for choice in value[1] if name == "BRANCH" else [value[3]]:
                    yield from _alternatives([*items[:place], *choice, *items[place + 1 :]])
                return
            if name not in ("AT", "ASSERT", "ASSERT_NOT"):
                break
    yield items


def _gate(items: Sequence[Any], groups: Mapping[int, Sequence[Any]]) -> str:
    border = _border(items)
    if border is not None:
        written = _Writer(groups).sequence(items, last=True)
        if written and _width(items):
            return f"(?:^|{_class(_ANY - border | {_WIDE})}){written}"
    digits, letters = _run(items, _DIGITS).best, _run(items, _DIGITS | _LETTERS).best
    if digits >= _FEWEST_DIGITS:
        return f"(?:^|[^0-9])[0-9]{{{digits}}}"
    if letters >= _FEWEST_LETTERS:
        return f"(?:^|[^0-9a-z])[0-9a-z]{{{letters}}}"
    raise _OtherwiseError


def _border(items: Sequence[Any]) -> Characters | None:
    """What cannot stand before a match, where the expression says so; None where it does not."""
    for place, (kind, value) in enumerate(items):
        name = _name(kind)
        if name == "AT" and _name(value) == "AT_BOUNDARY":
            return _WORD if _first(items[place:]) <= _WORD else None
        if name == "ASSERT_NOT" and value[0] < 0 and len(value[1]) == 1:
            refused = _characters(*value[1][0])
            return refused if refused is not None and refused >= _DIGITS else None
        if name not in ("AT", "ASSERT", "ASSERT_NOT"):
            return None
    return None


def _first(items: Sequence[Any]) -> Characters:
    """The characters that a match may begin with."""
    first: Characters = frozenset()
    for kind, value in items:
        name, own = _name(kind), _characters(kind, value)
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            continue
        if own is not None:
            return first | own
        if name == "SUBPATTERN":
            first |= _first(value[3])
            if _width(value[3]):
                return first
        elif name == "BRANCH":
            first |= frozenset().union(*map(_first, value[1]))
            if all(map(_width, value[1])):
                return first
        elif name.endswith("REPEAT"):
            first |= _first(value[2])
            if value[0] and _width(value[2]):
                return first
        else:
            return _ANY
    return _ANY


def _width(items: Sequence[Any]) -> int:
    """The fewest characters of a match."""
    return sum(_width_of(_name(kind), value) for kind, value in items)


def _width_of(name: str, value: Any) -> int:
    if name in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
        return 1
    if name in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _width(value[3] if name == "SUBPATTERN" else value)
    if name == "BRANCH":
        return min(map(_width, value[1]))
    return int(value[0]) * _width(value[2]) if name.endswith("REPEAT") else 0


def _run(items: Sequence[Any], wanted: Characters) -> _Run:
    run = _NOTHING
    for kind, value in items:
        run = run.then(_run_of(kind, value, wanted))
    return run


def _run_of(kind: Any, value: Any, wanted: Characters) -> _Run:
    name, own = _name(kind), _characters(kind, value)
    if own is not None:
        return _Run(1, 1, 1, 1) if own - {_WIDE} <= wanted else _BREAK
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return _NOTHING
    if name == "SUBPATTERN":
        return _run(value[3], wanted)
    if name == "BRANCH":
        return _least([_run(choice, wanted) for choice in value[1]])
    if name.endswith("REPEAT"):
        return _repeated(_run(value[2], wanted), int(value[0]), exact=value[0] == value[1])
    return _BREAK


def _least(runs: Sequence[_Run]) -> _Run:
    whole = runs[0].whole if len({run.whole for run in runs}) == 1 else None
    return _Run(whole, *(min(part) for part in zip(*((run.head, run.best, run.tail) for run in runs), strict=True)))


def _repeated(run: _Run, times: int, *, exact: bool) -> _Run:
    whole = _NOTHING
    for _ in range(min(times, _LONGEST_REPEAT)):
        whole = whole.then(run)
    if exact or (run.whole is not None and times):
        return whole if exact else _Run(None, whole.head, whole.best, whole.tail)
    return _Run(None, 0, whole.best, 0)


def _characters(kind: Any, value: Any) -> Characters | None:
    """What a piece of one character may be, folded; None when it is no such piece."""
    name = _name(kind)
    if name == "LITERAL":
        return _folded(value, value)
    if name == "NOT_LITERAL":
        return _ANY - (_folded(value, value) - {_WIDE})
    if name == "ANY":
        return _ANY
    if name != "IN":
        return None
    refused = _name(value[0][0]) == "NEGATE"
    held = frozenset[int]().union(*(_member(_name(one), what) for one, what in value[refused:]))
    return _ANY - (held - {_WIDE}) if refused else held


def _member(name: str, value: Any) -> Characters:
    if name == "LITERAL":
        return _folded(value, value)
    if name == "RANGE":
        return _folded(*value)
    if name == "CATEGORY":
        kind = _name(value).removeprefix("CATEGORY_")
        return _ANY - (_CATEGORIES[kind[4:]] - {_WIDE}) if kind.startswith("NOT_") else _CATEGORIES[kind]
    raise _OtherwiseError


def _folded(first: int, last: int) -> Characters:
    return frozenset(ord(chr(code).lower()) for code in range(first, min(last, _WIDE - 1) + 1)) | (
        {_WIDE} if last >= _WIDE else frozenset()
    )


def _class(characters: Characters) -> str:
    """Characters as Hyperscan writes them."""
    if len(characters) > _WIDE // 2:
        rest = _ANY - characters
        return f"[^{_listed(rest)}]" if rest else r"[\x00-\xff]"
    return f"[{_listed(characters)}]"


def _listed(characters: Characters) -> str:
    parts, codes = [], sorted(characters)
    while codes:
        size = next((n for n in range(1, len(codes)) if codes[n] != codes[0] + n), len(codes))
        first, last = codes[0], codes[size - 1]
        last_written = "\\xff" if last == _WIDE else _one(last)
        parts.append(f"{_one(first)}-{last_written}" if size > 1 or last == _WIDE else _one(first))
        codes = codes[size:]
    return "".join(parts)


def _one(code: int) -> str:
    return chr(code) if code in _DIGITS | _LETTERS or code == ord("_") else f"\\x{code:02x}"


class _Writer:
    """Writes a parsed expression again; groups that are referred to stand for what they may hold."""

    def __init__(self, groups: Mapping[int, Sequence[Any]]) -> None:
        self._groups = groups

    def sequence(self, items: Sequence[Any], *, last: bool) -> str:
        """Return *items*; *last* says that nothing has to follow, so that what may be there or not is left out."""
        items, optional = list(items), True
        written: list[str] = []
        for kind, value in reversed(items):
            piece = self._piece(kind, value, last=last and optional)
            optional = optional and not piece
            written.append(piece)
        return "".join(reversed(written))

    def _piece(self, kind: Any, value: Any, *, last: bool) -> str:
        name, own = _name(kind), _characters(kind, value)
        if own is not None:
            return _class(own) if len(own) > 1 or not own or own == {_WIDE} else _one(*own)
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            return ""
        if name == "SUBPATTERN":
            return self._group(value[3], last=last)
        if name == "GROUPREF":
            return self._group(self._groups[value], last=False)
        if name == "BRANCH":
            return f"(?:{'|'.join(self.sequence(choice, last=last) for choice in value[1])})"
        if name.endswith("REPEAT"):
            return self._repeat(*value, last=last)
        raise _OtherwiseError

    def _group(self, items: Sequence[Any], *, last: bool) -> str:
        written = self.sequence(items, last=last)
        return f"(?:{written})" if written else ""

    def _repeat(self, least: int, most: Any, items: Sequence[Any], *, last: bool) -> str:
        if last and not least:
            return ""
        once = self.sequence(items, last=last and least == 1)
        least = int(least)
        if not once or last:
            return once if least <= 1 else _times(once, f"{{{least}}}")
        unlimited = int(most) > _LONGEST_REPEAT
        return _times(once, f"{{{least},{'' if unlimited else int(most)}}}" if least != most else f"{{{least}}}")


def _times(written: str, many: str) -> str:
    single = re.fullmatch(r"\[[^\]]*\]|[0-9a-z_]|\\x[0-9a-f]{2}", written)
    return f"{written}{many}" if single else f"(?:{written}){many}"


def _name(kind: Any) -> str:
    return str(kind)

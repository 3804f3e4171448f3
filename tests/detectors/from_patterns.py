"""Texts that a regular expression matches, drawn at random: the opposite way of the parser that reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from random import Random
from typing import Any

PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]
KINDS = {"DIGIT": "0123456789", "WORD": "0123456789abcXYZ_", "SPACE": "  \t"}


def drawn(expression: str, random: Random) -> str:
    """Return a text for *expression*; look-around is not heeded, so that it may not match after all."""
    tree = import_module("re._parser").parse(re.sub(r"\(\?[aiLmsux]+\)", "", expression))
    return _sequence(tree, random, {})


def _sequence(items: Sequence[Any], random: Random, groups: dict[int, str]) -> str:
    return "".join(_piece(str(kind), value, random, groups) for kind, value in items)


def _piece(name: str, value: Any, random: Random, groups: dict[int, str]) -> str:  # noqa: PLR0911 - one for each kind
    if name == "LITERAL":
        return chr(value)
    if name == "ANY":
        return random.choice(PRINTABLE)
    if name == "IN":
        return _one_of(value, random)
    if name == "SUBPATTERN":
        groups[value[0]] = _sequence(value[3], random, groups)
        return groups[value[0]]
    if name == "BRANCH":
        return _sequence(random.choice(value[1]), random, groups)
    if name == "GROUPREF":
        return groups[value]
    if name.endswith("REPEAT"):
        least, most = int(value[0]), min(int(value[1]), int(value[0]) + 4)
        return "".join(_sequence(value[2], random, groups) for _ in range(random.randint(least, most)))
    return ""


def _one_of(members: Sequence[Any], random: Random) -> str:
    if str(members[0][0]) == "NEGATE":
        refused = set(re.escape("".join(chr(value) for kind, value in members[1:] if str(kind) == "LITERAL")))
        return random.choice([character for character in PRINTABLE if character not in refused])
    kind, value = random.choice(members)
    if str(kind) == "LITERAL":
        return chr(value)
    if str(kind) == "RANGE":
        return chr(random.randint(*value))
    return random.choice(KINDS.get(str(value).removeprefix("CATEGORY_"), "0"))

"""Reads how a rule words what it looks for: templates, words that stand together, and lists that many rules share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import takewhile
from math import prod
from typing import Any

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_toml
from corpus_guard.core.rule import Template, Together
from corpus_guard.errors import did_you_mean

MOST_PHRASES = 200
"""Phrases that one template may make: a library is not grown by multiplication."""

WIDEST = 400
"""Code points that words standing together may span."""

WORD_LISTS = ("word-lists.toml", "words-of-hate.toml", "people/names.toml", "people/places.toml")
_USUAL_WIDTH = 40
_LONG = 2
_MANY = 8  # words of a list from which on a glance at their first characters pays
_TEMPLATE = {"parts": Field(list, list, required=True)}
_TOGETHER = {
    "groups": Field(list, list, required=True),
    "within": Field(int),
    "sentence": Field(bool),
    "ordered": Field(bool),
    "without": Field(list),
}
_Lists = Mapping[str, Sequence[str]]
_NAMED = re.compile(r"\{@([a-z_]+)\}|\[@([a-z_]+)\]")


@cache
def read_word_lists() -> _Lists:
    """Return the lists that rules name with "@": those of the files `WORD_LISTS`. Raises `CatalogError`."""
    complaints = Complaints()
    lists: dict[str, Sequence[str]] = {}
    for name in WORD_LISTS:
        table = read_toml(shipped_rules() / name, complaints, f"rules/{name}") or {}
        lists |= check_table(table, {known: Field(list) for known in table}, f"rules/{name}", complaints)
    complaints.raise_if_any()
    return lists


def with_parts(pattern: str, parts: Mapping[str, str], lists: _Lists, where: str, complaints: Complaints) -> str:
    """Return *pattern* with the expression of a part, or any word of a list, in place of each `{@name}`.

    `[@name]` is any one character of a list's words. Parts may name lists and parts that stand before them.
    """

    def written(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if match[1] in parts:
            before = dict(takewhile(lambda part: part[0] != name, parts.items()))
            return with_parts(parts[name], before, lists, where, complaints)
        if name not in lists:
            complaints.add(where, f'no word list is called "@{name}"{did_you_mean(name, lists)}')
            return ""
        if match[2]:
            return "[" + "".join(dict.fromkeys("".join(lists[name]))) + "]"
        longest_first = sorted(dict.fromkeys(lists[name]), key=len, reverse=True)
        glance = f"(?=[{''.join(sorted({re.escape(word[0]) for word in longest_first}))}])"
        return (glance if len(longest_first) >= _MANY else "") + "(?:" + "|".join(_by_first(longest_first)) + ")"

    return _NAMED.sub(written, pattern)


def _by_first(words: Sequence[str]) -> Iterator[str]:
    """Expressions of *words* that begin alike: alternatives are tried one after another, and a list has hundreds."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[0], []).append(re.escape(word[1:]))
    for first, rests in groups.items():
        yield re.escape(first) + (rests[0] if len(rests) == 1 else f"(?:{'|'.join(rests)})")


def with_lists(words: Sequence[str], lists: _Lists, where: str, complaints: Complaints) -> tuple[str, ...]:
    """Return *words* with the words of a list in place of each name such as "@reporting"."""
    found: list[str] = []
    for word in words:
        if not word.startswith("@"):
            found.append(word)
        elif word[1:] in lists:
            found += lists[word[1:]]
        else:
            complaints.add(where, f'no word list is called "{word}"{did_you_mean(word[1:], lists)}')
    return tuple(dict.fromkeys(found))


def read_templates(
    tables: Sequence[Mapping[str, Any]], lists: _Lists, where: str, complaints: Complaints
) -> tuple[Template, ...]:
    """Return the templates of a rule."""
    templates = []
    for number, table in enumerate(tables):
        place = f"{where}: templates[{number}]"
        parts = _groups(check_table(table, _TEMPLATE, place, complaints).get("parts", []), lists, place, complaints)
        if len(parts) < 2:
            complaints.add(place, f'"parts" holds {len(parts)} lists, at least 2 are joined to phrases')
        elif (size := prod(map(len, parts))) > MOST_PHRASES:
            complaints.add(place, f"it makes {size} phrases, at most {MOST_PHRASES} are allowed; break it up")
        else:
            templates.append(Template(parts))
    return tuple(templates)


def read_together(
    tables: Sequence[Mapping[str, Any]], lists: _Lists, where: str, complaints: Complaints
) -> tuple[Together, ...]:
    """Return the groups of words of a rule that are found only together."""
    together = []
    for number, table in enumerate(tables):
        place = f"{where}: together[{number}]"
        good = check_table(table, _TOGETHER, place, complaints)
        groups = _groups(good.get("groups", []), lists, place, complaints)
        within = int(good.get("within", _USUAL_WIDTH))
        if len(groups) < 2:
            complaints.add(place, f'"groups" holds {len(groups)} lists, at least 2 stand together')
        if groups and all(len(word.strip()) < _LONG for group in groups for word in group):
            complaints.add(place, "every word is a single character; one at least must be longer")
        if not 0 < within <= WIDEST:
            complaints.add(place, f'"within" is {within}, expected 1 to {WIDEST}')
        without = with_lists(good.get("without", []), lists, place, complaints)
        if not all(word.strip() for word in without):
            complaints.add(place, '"without" holds an empty word, which would stand everywhere')
        sentence, ordered = bool(good.get("sentence", False)), bool(good.get("ordered", False))
        together.append(Together(groups, within, sentence, ordered, without))
    return tuple(together)


def _groups(
    groups: Sequence[Sequence[Any]], lists: _Lists, place: str, complaints: Complaints
) -> tuple[tuple[str, ...], ...]:
    good = []
    for group in groups:
        if group and all(isinstance(word, str) for word in group):
            good.append(with_lists(group, lists, place, complaints))
        else:
            complaints.add(place, "a list is empty or holds something that is no string")
    return tuple(good)

"""Reads rule files. A new rule is one table of one file; nothing else needs an edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import date
from pathlib import Path
from typing import Any

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked
from corpus_guard.catalog.wordings import (
    read_templates,
    read_together,
    read_word_lists,
    with_lists,
    with_parts,
)
from corpus_guard.core.rule import EVERYBODY, NOBODY, Grade, Rule
from corpus_guard.errors import did_you_mean

GRADES = tuple(grade.label for grade in Grade)
STATUSES = ("experimental", "stable", "deprecated")
RULE_FOLDERS = ("illegal", "personal", "presidio", "licensing")
EXAMPLES = 2
"""Examples that a rule needs of what it finds, and as many of what it must not find."""
PAIR = 2
SHORTEST = 2
"""Characters of the shortest term, folded: a single one stands in every second sentence."""

NO_RULES = ("names.toml", "classes.toml", "purposes.toml", "crawlers.toml")
"""Files of rule folders that hold other facts."""

_HEAD = {"detector": Field(str, required=True), "rule": Field(list, dict, required=True), "parts": Field(dict)}
_LAST_TOLD = "\uffff"
"""The last character that folding tells apart."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_KINDS: dict[str, Field] = {
    "str": Field(str), "float": Field(float), "int": Field(int), "bool": Field(bool),
    "tuple[str, ...]": Field(list), "tuple[Template, ...]": Field(list, dict),
    "tuple[Together, ...]": Field(list, dict), "Grade": Field(str, choices=GRADES),
}  # fmt: skip
_FIELDS = {
    known.name: _KINDS[str(known.type)] for known in fields_of(Rule) if known.name not in ("detector", "file")
} | {
    "id": Field(str, required=True),
    "title": Field(str, required=True),
    "grade": Field(str, required=True, choices=GRADES),
    "status": Field(str, choices=STATUSES),
    "belongs_to": Field(str, choices=(EVERYBODY, NOBODY)),
}


def read_rules(
    folders: Sequence[Path] = (),
    *,
    risks: Sequence[str] = (),
    detectors: Sequence[str] = (),
    fold: Callable[[str], str] = str.lower,
    expressions: bool = True,
) -> tuple[Rule, ...]:
    """Return the shipped rules and those under *folders*, sorted by id.

    *risks* and *detectors* are those a rule may name; *fold* is how text is folded before matching. Without
    *expressions* the regular expressions of shipped rules are not compiled. Raises `CatalogError`.
    """
    complaints = Complaints()
    rules: list[Rule] = []
    for path, shown in _shipped_files():
        rules += _read_file(path, shown, complaints, detectors, expressions=expressions)
    for folder in folders:
        if not rule_files([folder]):
            complaints.add(str(folder), "no rule file is there; --rules takes a folder of .toml files or one such file")
    for path, shown in rule_files(folders):
        rules += _read_file(path, shown, complaints, detectors)
    _check_together(rules, risks, fold, complaints)
    complaints.raise_if_any()
    return tuple(sorted(rules, key=lambda rule: rule.id))


def read_rule_file(path: Path) -> tuple[Rule, ...]:
    """Return the rules of one file; raise `CatalogError` with all its complaints."""
    complaints = Complaints()
    rules = _read_file(path, path.name, complaints)
    _check_together(rules, (), str.lower, complaints)
    complaints.raise_if_any()
    return tuple(rules)


def _shipped_files() -> list[tuple[Path, str]]:
    shipped = shipped_rules()
    return [
        (path, f"rules/{path.relative_to(shipped).as_posix()}")
        for name in RULE_FOLDERS
        for path in sorted((shipped / name).rglob("*.toml"))
        if path.name not in NO_RULES
    ]


def rule_files(folders: Sequence[Path]) -> list[tuple[Path, str]]:
    """Return the rule files that *folders* are or hold, each with what `Rule.file` calls it."""
    paths: list[Path] = []
    for folder in folders:
        paths += [folder] if folder.is_file() else sorted(folder.rglob("*.toml")) if folder.is_dir() else []
    return [(path, str(path)) for path in paths]


def _read_file(
    path: Path, shown: str, complaints: Complaints, detectors: Sequence[str] = (), *, expressions: bool = True
) -> list[Rule]:
    head = read_checked(path, _HEAD, shown, complaints)
    name = head.get("detector")
    if detectors and name is not None and name not in detectors:
        hint = did_you_mean(name, detectors) or "; install it, or name its file with --detector"
        complaints.add(shown, f'no detector is called "{name}"{hint}')
    rules = []
    for number, table in enumerate(head.get("rule", [])):
        where = f"{shown}: $.rule[{number}]"
        good = check_table(table, _FIELDS, where, complaints)
        if {"id", "title", "grade"} <= good.keys():
            rules.append(_rule(good, head, shown, complaints))
            _check_rule(rules[-1], f'{shown}: rule "{good["id"]}"', complaints)
            if expressions:
                _check_expressions(rules[-1], f'{shown}: rule "{good["id"]}"', complaints)
    return rules


def _rule(table: dict[str, Any], head: dict[str, Any], shown: str, complaints: Complaints) -> Rule:
    where = f'{shown}: rule "{table["id"]}"'
    lists = read_word_lists()
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    values["grade"] = Grade.parse(str(values["grade"]))
    values["templates"] = read_templates(table.get("templates", []), lists, where, complaints)
    values["together"] = read_together(table.get("together", []), lists, where, complaints)
    if any(term[1:] in lists for term in table.get("terms", []) if term.startswith("@")):
        values["terms"] = with_lists(table["terms"], lists, where, complaints)
    for name in ("allow", "clear_near", "raise_near", "clear_between"):
        values[name] = with_lists(table.get(name, []), lists, where, complaints)
    for name in ("pattern", "needs", "clear_before"):
        values[name] = with_parts(table.get(name, ""), head.get("parts", {}), lists, where, complaints)
    return Rule(detector=head.get("detector", ""), file=shown, **values)


def _check_rule(rule: Rule, where: str, complaints: Complaints) -> None:
    if not _ID.fullmatch(rule.id):
        complaints.add(where, "an id is made of letters, digits, dots and dashes")
    if not 0 <= rule.score <= 1:
        complaints.add(where, f"the score is {rule.score}, expected 0 to 1")
    if rule.window < 1 or rule.near < 0:
        complaints.add(where, f'"window" is {rule.window} and "near" is {rule.near}, expected at least 1 and 0')
    for name in ("since", "updated"):
        value = getattr(rule, name)
        if value and not is_date(value):
            complaints.add(where, f'"{name}" is "{value}", expected a date such as 2026-01-31')
    for name in ("allow", "clear_near", "raise_near"):
        if not all(phrase.strip() for phrase in getattr(rule, name)):
            complaints.add(where, f'"{name}" holds an empty phrase, which would stand everywhere')
    if any(len(pair) != PAIR for pair in rule.clear_between):
        complaints.add(where, '"clear_between" holds something else than a pair of characters, such as "()"')
    if rule.pattern and not (rule.gates or rule.terms or rule.templates):
        complaints.add(where, 'a pattern needs "gates": what the shared pass looks for before the pattern is tried')
    _check_examples(rule, where, complaints)


def _check_expressions(rule: Rule, where: str, complaints: Complaints) -> None:
    expressions = [("pattern", rule.pattern), ("needs", rule.needs), ("clear_before", rule.clear_before)]
    for name, expression in (*expressions, *(("gates", gate) for gate in rule.gates)):
        try:
            re.compile(expression)
        except re.error as error:
            complaints.add(where, f'"{name}" is no regular expression: {error}')


def _check_examples(rule: Rule, where: str, complaints: Complaints) -> None:
    for name in ("must_match", "must_not_match"):
        examples = len(getattr(rule, name))
        if examples < EXAMPLES and (rule.terms or rule.templates or rule.together or rule.pattern):
            held = "1 example" if examples == 1 else f"{examples} examples"
            complaints.add(where, f'"{name}" holds {held}, at least {EXAMPLES} are needed')


def _check_together(
    rules: Sequence[Rule], risks: Sequence[str], fold: Callable[[str], str], complaints: Complaints
) -> None:
    seen: dict[str, Rule] = {}
    terms: dict[tuple[str, str], Rule] = {}
    for rule in rules:
        where = f'{rule.file}: rule "{rule.id}"'
        if rule.id in seen:
            complaints.add(where, f"the id is used twice, also in {seen[rule.id].file}")
        seen[rule.id] = rule
        if rule.risk and risks and rule.risk not in risks:
            complaints.add(where, f'no risk is called "{rule.risk}"; risks run from {risks[0]} to {risks[-1]}')
        broken = [term for term in rule.phrases if "\n" in term]
        for term in broken:
            complaints.add(where, f"the term {term!r} holds a line break; write each term by itself")
        if not broken:
            _check_terms(rule, fold, terms, where, complaints)


def _check_terms(
    rule: Rule, fold: Callable[[str], str], terms: dict[tuple[str, str], Rule], where: str, complaints: Complaints
) -> None:
    phrases = rule.phrases
    folded = fold("\n".join(phrases)).split("\n") if phrases else []
    if not _all_plain(phrases, folded):
        for term, plain in zip(phrases, folded, strict=True):
            _check_term(term, plain, where, complaints)
    keys = dict.fromkeys((rule.detector, plain) for plain in folded)
    if len(keys) < len(folded) or not terms.keys().isdisjoint(keys):
        _check_twice(rule, folded, terms, where, complaints)
    for key in keys:
        terms.setdefault(key, rule)
    both = set(folded).intersection(fold("\n".join(rule.allow)).split("\n") if rule.allow else ())
    for phrase in rule.allow if both else ():
        if fold(phrase) in both:
            complaints.add(where, f'"{phrase}" is a term and a phrase of "allow" at once; keep one of them')


def _all_plain(terms: Sequence[str], folded: Sequence[str]) -> bool:
    """Whether `_check_term` has nothing to say of any of *terms*: asked of them all at once, which is quicker."""
    together = "".join(folded)
    return (
        together.isprintable()
        and max("".join(terms), default="") <= _LAST_TOLD
        and (min((len(plain.strip()) for plain in folded), default=SHORTEST) >= SHORTEST)
    )


def _check_twice(
    rule: Rule, folded: Sequence[str], terms: Mapping[tuple[str, str], Rule], where: str, complaints: Complaints
) -> None:
    own: set[str] = set()
    for term, plain in zip(rule.phrases, folded, strict=True):
        other = terms.get((rule.detector, plain))
        if other is not None:
            complaints.add(where, f'the term "{term}" stands also in rule "{other.id}" of {other.file}')
        elif plain in own:
            complaints.add(where, f'the term "{term}" stands twice in this rule')
        own.add(plain)


def _check_term(term: str, folded: str, where: str, complaints: Complaints) -> None:
    unseen = next((character for character in folded if not character.isprintable()), "")
    if unseen:
        what = f"U+{ord(unseen):04X}, which no text is matched with; remove it"
        complaints.add(where, f'the term "{term}" holds the invisible character {what}')
    elif len(folded.strip()) < SHORTEST:
        complaints.add(where, f'the term "{term}" folds to fewer than two characters')
    if max(term, default="") > _LAST_TOLD:
        complaints.add(where, f'the term "{term}" holds an emoji or rare character, which folding does not tell apart')


def is_date(text: str) -> bool:
    """Say whether *text* is a day of the calendar, such as 2026-01-31."""
    try:
        return bool(_DATE.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False

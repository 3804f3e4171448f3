"""Runs rules over their own examples: the proof that lies beside each rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus_guard.catalog.conventions import read_conventions, read_folding
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.rules import read_rule_file, read_rules
from corpus_guard.core.batch import Batch
from corpus_guard.core.plan import Plan
from corpus_guard.core.reading import Wanted
from corpus_guard.core.rule import Rule
from corpus_guard.errors import UsageError
from corpus_guard.scanner import Scanner


def run_examples(path: Path | None = None) -> tuple[int, list[str]]:
    """Return how many rules were tested, and a sentence for each example that does not behave.

    *path* is a rules file or folder; None means the shipped rules. Each example is scanned by all rules tested, and
    only findings of its own rule count; those of a recogniser are scanned by it alone.
    """
    rules = [rule for rule in _rules(path) if rule.must_match or rule.must_not_match]
    together = [rule for rule in rules if not rule.recognizer]
    failures = _failures(together, {}) if together else []
    for rule in rules:
        if rule.recognizer:  # each by itself: one number may be of several countries, and one finding of it stays
            failures += _failures([rule], {"presidio": [rule.entity]})
    return len(rules), failures


def _failures(rules: Sequence[Rule], options: Mapping[str, Any]) -> list[str]:
    scanner = Scanner(_plan(tuple(rules), options))
    examples = [(number, text, True) for number, rule in enumerate(rules) for text in rule.must_match]
    examples += [(number, text, False) for number, rule in enumerate(rules) for text in rule.must_not_match]
    scanned = scanner.scan(Batch.of_texts([text for _, text, _ in examples]))
    hits = set(
        zip(scanned.batch.documents[scanned.findings.text].tolist(), scanned.findings.rule.tolist(), strict=True)
    )
    failures = [f"{_where(rules[0])}: {lost.reason}" for lost in scanned.batch.unscanned]
    for document, (number, _, expected) in enumerate(examples):
        if ((document, number) in hits) != expected:
            failures.append(_failure(rules[number], examples[document][1], expected=expected))
    return failures


def _rules(path: Path | None) -> tuple[Rule, ...]:
    if path is None:
        return read_rules()
    shipped = shipped_rules().resolve()
    if path.is_dir() and path.resolve().is_relative_to(shipped):  # not every file there holds rules
        below = (Path("rules") / path.resolve().relative_to(shipped)).as_posix()
        return tuple(rule for rule in read_rules() if rule.file.startswith(f"{below}/"))
    if path.is_dir():
        files = sorted(path.rglob("*.toml"))
        if not files:
            raise UsageError(f"{path} holds no rule file; give a folder of .toml files or one such file")
        return tuple(rule for file in files for rule in read_rule_file(file))
    return read_rule_file(path)


def _plan(rules: tuple[Rule, ...], options: Mapping[str, Any]) -> Plan:
    detectors: tuple[tuple[str, Mapping[str, Any]], ...] = tuple(
        (name, options) for name in dict.fromkeys(rule.detector for rule in rules)
    )
    return Plan(rules, detectors, read_folding(frozenset({"zh", "en"})), Wanted(read_conventions()))


def _failure(rule: Rule, example: str, *, expected: bool) -> str:
    kind = "must_match" if expected else "must_not_match"
    place = getattr(rule, kind).index(example)
    fault = "is not matched by its own rule" if expected else "is matched by its own rule"
    return f'{_where(rule)}: {kind}[{place}] "{example[:40]}" {fault}'


def _where(rule: Rule) -> str:
    return f'{rule.file}: rule "{rule.id}"'

"""Writes the keyword library as the keyword annex of a filing: a row for each phrase, its risk by Chinese title."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from corpus_guard.catalog.standards import risks_called
from corpus_guard.core.library import counted_rules
from corpus_guard.core.rule import Rule
from corpus_guard.core.standard import Standard
from corpus_guard.matching.tables import tables
from corpus_guard.options import Options
from corpus_guard.planning import make_plan
from corpus_guard.term_lists import write_terms


def export_terms(file: Path, folders: Sequence[Path] = (), *, risk: str | None = None) -> int:
    """Write the phrases of the keyword rules to a .xlsx or .csv file; return how many rows it has.

    A row is a distinct phrase of a risk, as `rules check` counts them, those made by templates too. *risk* is a risk or
    a group. Raises `UsageError` and `CatalogError`.
    """
    plan = make_plan(Options(rules=tuple(folders), detectors=("keywords",)))
    standard, fold = plan.standards[0], tables(plan.folding, 2).fold_text
    wanted = risks_called(risk, standard) if risk else frozenset(known.id for known in standard.risks)
    rules = [rule for rule in counted_rules(plan.rules) if rule.risk in wanted]
    rows = list(_rows(rules, standard, fold))
    write_terms(file, rows)
    return len(rows)


def _rows(rules: Sequence[Rule], standard: Standard, fold: Callable[[str], str]) -> Iterator[tuple[str, str, str]]:
    groups = {group.id: group.zh for group in standard.groups}
    for risk in standard.risks:
        phrases = [phrase for rule in rules if rule.risk == risk.id for phrase in rule.phrases]
        distinct = {fold(phrase): phrase for phrase in reversed(phrases)}
        for phrase in reversed(distinct.values()):
            yield phrase, groups.get(risk.group, risk.group), risk.zh

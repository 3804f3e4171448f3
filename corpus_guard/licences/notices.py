"""Which licences the notices of a text name.

In the gates and patterns of `rules/licensing/licences.toml` a `~` stands for what is between two words: blanks, line
breaks, comment signs, punctuation. A rule with a `licence` names it; what a rule without one has found (an SPDX tag, a
Creative Commons name or address) is read like the value of a licence column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from corpus_guard.core.licence import UNKNOWN_LICENCE
from corpus_guard.core.rule import Rule
from corpus_guard.licences.expressions import Reader

GAP = r"(?:[\W_]{1,16})"
GATE_GAP = "([^a-z0-9]+)"
READ = frozenset({"SPDX_TAG", "CC_NOTICE"})
"""Entities of rules whose findings are read for the licence they name."""

_BEFORE = re.compile(r"^\s*spdx-license-identifier\s*:\s*", re.IGNORECASE)


def expanded(rule: Rule) -> Rule:
    """Return *rule* with every `~` of its gates and pattern written out."""
    gates = tuple(gate.replace("~", GATE_GAP) for gate in rule.gates)
    return replace(rule, gates=gates, pattern=rule.pattern.replace("~", GAP))


def licences_named(found: Iterable[tuple[Rule, str]], reader: Reader) -> tuple[str, ...]:
    """Return the SPDX ids that (rule, what it found) pairs name, in order, each once.

    A name without a version says nothing beside one of the same family that has it.
    """
    named: dict[str, None] = {}
    for rule, span in found:
        if rule.licence:
            named[rule.licence] = None
        elif rule.entity in READ:
            named |= dict.fromkeys(reader.stated(_BEFORE.sub("", span)).ids)
    named.pop(UNKNOWN_LICENCE, None)
    return tuple(spdx for spdx in named if not _is_vague(spdx, named))


def _is_vague(spdx: str, named: Iterable[str]) -> bool:
    family, reference, name = spdx.partition("LicenseRef-")
    return bool(reference and not family) and any(
        other.startswith(f"{name}-") and other[len(name) + 1 : len(name) + 2].isdigit() for other in named
    )

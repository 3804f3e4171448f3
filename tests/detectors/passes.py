"""The shared pass for the tests of detectors: real rules, real folding, real matcher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.rules import NO_RULES, read_rule_file
from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.detector import Detector, Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.matching.matcher import Matcher
from corpus_guard.matching.tables import tables
from corpus_guard.matching.views import views_of

FOLDING = read_folding(frozenset({"zh", "en"}))
fold = tables(FOLDING, 4).fold_text


@lru_cache
def rules_of(folder: str) -> tuple[Rule, ...]:
    """Return the shipped rules under rules/*folder*."""
    paths = sorted((shipped_rules() / folder).rglob("*.toml"))
    return tuple(rule for path in paths if path.name not in NO_RULES for rule in read_rule_file(path))


def setting(rules: Sequence[Rule], options: Mapping[str, Any] | None = None) -> Setting:
    """Return a setting with *rules* numbered in their order."""
    return Setting(tuple(enumerate(rules)), options or {}, fold, invisible=FOLDING.invisible)


class Pass:
    """One detector behind the shared pass."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self._matcher = Matcher({detector.name: detector.gates}, FOLDING)

    def candidates(self, batch: Batch) -> Candidates:
        """Return where the detector's gates hit in *batch*."""
        return self._matcher.candidates(views_of(batch, FOLDING))[self.detector.name]

    def detect(self, batch: Batch) -> Findings:
        """Return what the detector finds in *batch*."""
        return self.detector.detect(batch, self.candidates(batch))

    def found(self, text: str, rules: Sequence[Rule]) -> list[tuple[str, str]]:
        """Return (rule id, what the span slices) of each finding in one text."""
        findings = self.detect(Batch.of_texts([text]))
        spans = zip(findings.rule.tolist(), findings.start.tolist(), findings.end.tolist(), strict=True)
        return [(rules[number].id, text[start:end]) for number, start, end in spans]

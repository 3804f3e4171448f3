"""A plan: everything a worker needs to know, resolved from options, files and defaults; frozen and picklable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from corpus_guard.core.folding import Folding
from corpus_guard.core.reading import Conventions, Wanted
from corpus_guard.core.rule import Rule
from corpus_guard.core.source import Manifest
from corpus_guard.core.standard import Standard

Suspects = Literal["report", "stop_pass", "count"]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that a user switched off, regraded or gave more allowed phrases, and why."""

    rule: str
    change: str
    reason: str


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """How tallies are judged; `[judge]` of a pipeline file. `accept_uncovered` are labels of languages."""

    suspects: Suspects = "report"
    unscanned_max: float = 0.0
    uncovered_max: float = 0.05
    accept_uncovered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A pipeline resolved.

    detectors  (name, options) of the detectors that run, in the order users gave
    share      the part of all documents that is read, 1.0 for a census; drawn by hash with `seed`
    digests    SHA-256 of `rules`, `standards`, `pipeline` and `manifest`
    """

    rules: tuple[Rule, ...]
    detectors: tuple[tuple[str, Mapping[str, Any]], ...]
    folding: Folding
    wanted: Wanted
    standards: tuple[Standard, ...] = ()
    manifest: Manifest = field(default_factory=Manifest)
    source_column: str | None = None
    source_by: str = ""
    stage: str = ""
    share: float = 1.0
    seed: int = 0
    unmasked: bool = False
    on_error: Literal["skip", "fail"] = "skip"
    judge: JudgeSettings = field(default_factory=JudgeSettings)
    as_of: str = ""
    changes: tuple[RuleChange, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def conventions(self) -> Conventions:
        """The names by which columns and files are known."""
        return self.wanted.conventions

    @property
    def detector_names(self) -> tuple[str, ...]:
        """Names of the detectors that run."""
        return tuple(name for name, _ in self.detectors)

    def options_of(self, detector: str) -> Mapping[str, Any]:
        """Return the options of the detector called so."""
        return dict(self.detectors).get(detector, {})

"""A published standard as data: its risks and every requirement it has of a corpus, in its own order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["data", "manifest", "review", "library", "attestation"]
METHODS: tuple[Method, ...] = ("data", "manifest", "review", "library", "attestation")
DATA_MEASURES = ("illegal_rate", "scanned_share", "technical_pass_rate")
"""What can be measured on the documents themselves; a requirement of method `data` names one of them."""
DATA_LIMITS = {"illegal_rate": "fail_above", "technical_pass_rate": "fail_below"}
"""The limit that a measure is held against."""


@dataclass(frozen=True, slots=True)
class Risk:
    """One of the 31 risks of the annex."""

    id: str
    group: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Group:
    """What several risks of the annex have in common, such as `A.1`."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One clause. The strictness of a threshold is in its name: `fail_above` fails when the value is over it.

    `warn_above` is a share that practice, not the standard, asks for: a warning, never a verdict.
    `wording` says how well the clause is known: verified, secondary or unverified.
    """

    clause: str
    title_zh: str
    title_en: str
    method: Method
    scope: Literal["source", "corpus"]
    wording: str
    obligation: str = ""
    measure: str = ""
    fail_above: float | None = None
    fail_below: float | None = None
    share_min: float | None = None
    warn_above: float | None = None
    items_min: int | None = None
    group: str = ""
    risks: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    stage: str = ""
    kinds: tuple[str, ...] = ()
    manifest_keys: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def limit(self) -> float | None:
        """The number the clause gives, whichever way it cuts."""
        return self.fail_below if self.fail_above is None else self.fail_above


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard, read from one file under `rules/standards/`."""

    id: str
    title_zh: str
    title_en: str
    risks: tuple[Risk, ...]
    requirements: tuple[Requirement, ...]
    groups: tuple[Group, ...] = ()
    issued: str = ""
    in_force: str = ""
    superseded_by: str = ""
    superseded_on: str = ""
    note: str = ""

    def risks_under(self, names: tuple[str, ...]) -> frozenset[str]:
        """Return the ids of the risks that *names* (ids or groups such as `A.1`) cover."""
        return frozenset(risk.id for risk in self.risks if risk.id in names or risk.group in names)

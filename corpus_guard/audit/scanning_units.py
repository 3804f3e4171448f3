"""Brings the kept results up to date: asks of every split only those detectors whose answer is not known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus_guard.audit.keys import Keys
from corpus_guard.audit.unit_scan import ScanUnit
from corpus_guard.audit.units import Lent, Staged, Unit, Units
from corpus_guard.core.plan import Plan
from corpus_guard.core.shard import Split
from corpus_guard.engines.choosing import Engine
from corpus_guard.engines.local import LOST
from corpus_guard.registry import detector_class
from corpus_guard.runs import Work

SMALL = 8 * 2**20
"""Splits of fewer bytes are scanned in this process, as `scan` does."""

_UNCOVERED = "uncovered_documents"

Progress = Callable[[int, int], None]
"""Called with (splits done tonight, splits of this pass)."""

Needed = Mapping[str, Split]
"""Key of a unit -> a split whose content it is."""


@dataclass
class Counters:
    """What a night had to do; in audit.json.

    scanned  detector -> splits it was asked about;  kept  the same, of splits for which its earlier answer stands
    reused   splits taken over as they were
    damaged  kept results that were not what their marks say;  lost  splits whose worker died
    restless splits of shards that changed while they were read
    """

    scanned: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    splits: int = 0
    reused: int = 0
    damaged: int = 0
    lost: int = 0
    restless: int = 0

    def sum_up(self, detectors: Iterable[str]) -> dict[str, Any]:
        """Return them as a table, with what was taken over of each of *detectors*."""
        kept = {name: self.splits - self.scanned.get(name, 0) for name in sorted(detectors)}
        self.kept = {name: count for name, count in kept.items() if count > 0}
        return asdict(self)


class OutOfTimeError(Exception):
    """The time limit of the night has come; what was done is kept."""


@dataclass
class Scanning:
    """The units of a plan, brought up to date in any number of calls.

    engine    gives what carries the next pass, told whether it is a small one
    is_still  says that the shard of a split is what it was when its digest was taken;  deadline  0 for none
    """

    plan: Plan
    keys: Keys
    units: Units
    work: Path
    secret: bytes
    partitions: int
    engine: Callable[[bool], Engine]
    is_still: Callable[[Split], bool]
    deadline: float = 0.0
    progress: Progress | None = None
    counters: Counters = field(default_factory=Counters)
    found: dict[str, Unit] = field(default_factory=dict)
    _done: int = 0

    def update(self, needed: Needed, *, thoroughly: Callable[[str], bool] = lambda _: False) -> None:
        """Scan what is not known of *needed*; `found` then holds a unit for each that was not lost or out of time."""
        stale: dict[frozenset[str], list[str]] = {}
        for key in needed:
            if key in self.found:
                continue
            missing = self._missing(key, needed[key], thoroughly=thoroughly(key))
            if missing:
                stale.setdefault(missing, []).append(key)
            else:
                self.counters.reused += 1
        for missing, keys in sorted(stale.items(), key=lambda pair: sorted(pair[0])):
            again = self._scan(missing, {key: needed[key] for key in keys})
            if again:  # what one detector fails on, no other is asked about
                self._scan(frozenset(self.keys.detectors), again)
        self.counters.splits += len(needed)

    def _missing(self, key: str, split: Split, *, thoroughly: bool) -> frozenset[str]:
        """The detectors to ask about a unit; none when it is known whole."""
        everything = frozenset(self.keys.detectors)
        unit = self.units.read(key, thoroughly=thoroughly)
        if unit is None:
            self.counters.damaged += self.units.has(key)
            return everything
        stale = {name for name, own in self.keys.detectors.items() if unit.detectors.get(name) != own}
        changed = stale | (unit.detectors.keys() - everything)
        if (unit.is_broken and not split.shard.problem) or (changed and unit.is_coupled):
            return everything
        if unit.result["languages"] and not self.keys.tellers:  # scripts decide again what is uncovered
            return everything
        if changed & (self.keys.observers | unit.observers):
            stale |= self.keys.observers
        if stale & self.keys.masking:
            return everything
        if stale:
            stale |= self.keys.masking
        if not stale:
            unit = self.units.only(unit, everything)
            self.found[key] = self.units.partitioned(unit, self.partitions)
        return frozenset(stale)

    def _scan(self, detectors: frozenset[str], needed: Needed) -> dict[str, Split]:
        """Ask *detectors* about splits; return those about which all have to be asked."""
        size = sum(split.shard.size for split in needed.values())
        engine = self.engine(size < SMALL)
        is_whole = detectors == frozenset(self.keys.detectors)
        numbered = dict(enumerate(needed))
        work: Work = Lent(self.work, self.units.folder, numbered) if is_whole else Staged(self.work)
        for key in needed if is_whole else ():
            self.units.make_way(key)
        again: dict[str, Split] = {}
        keys = list(needed)
        items = [replace(needed[key], number=number) for number, key in enumerate(keys)]
        task = ScanUnit(_only(self.plan, detectors), work, self.partitions, secret=self.secret)
        for name in detectors:
            self.counters.scanned[name] = self.counters.scanned.get(name, 0) + len(items)
        for index, result in engine.map(task, items):
            if result is LOST:
                self.counters.lost += 1
            elif not self.is_still(items[index]):
                self.counters.restless += 1
            elif not self._take(keys[index], detectors, result, work, index):
                again[keys[index]] = needed[keys[index]]
            self._tell(len(items))
        return again

    def _tell(self, splits: int) -> None:
        self._done += 1
        if self.progress is not None:
            self.progress(self._done, splits)
        if self.deadline and time.monotonic() > self.deadline:
            raise OutOfTimeError

    def _take(self, key: str, detectors: frozenset[str], result: dict[str, Any], work: Work, number: int) -> bool:
        """Keep what a scan found; False when detectors that were not asked now must be asked again too."""
        own = {name: self.keys.detectors[name] for name in sorted(detectors)}
        unit = Unit(key, own, dict(result), self.partitions, sorted(self.keys.observers & detectors))
        if detectors == frozenset(self.keys.detectors):
            self.found[key] = self.units.mark(unit)
            return True
        old = self.units.read(key)
        if old is None or unit.is_coupled or _counts(old.result) != _counts(unit.result):
            return False
        if not self.keys.tellers & detectors:
            unit.result |= _told(old.result, unit.result)
        if not self.keys.observers & detectors:
            unit.result["observed"], unit.observing = old.result["observed"], old.observing
        self.found[key] = self.units.merge(old, unit, work, number, self.keys.detectors)
        return True


def _counts(result: Mapping[str, Any]) -> list[Any]:
    """What no detector has a say in."""
    sources = {name: counts | {_UNCOVERED: 0} for name, counts in result["sources"].items()}
    return [sources, *(result[name] for name in ("rows", "errors", "repeated_ids", "digest"))]


def _told(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What was told of languages when a result was kept, for the same documents of another one."""
    sources = {name: counts | {_UNCOVERED: old["sources"][name][_UNCOVERED]} for name, counts in new["sources"].items()}
    return {"languages": old["languages"], "sources": sources}


def _only(plan: Plan, detectors: frozenset[str]) -> Plan:
    """The plan of some detectors alone; how text is read and folded stays that of all."""
    running = tuple((name, options) for name, options in plan.detectors if detector_class(name).name in detectors)
    rules = tuple(rule for rule in plan.rules if rule.detector in detectors)
    return replace(plan, detectors=running, rules=rules)

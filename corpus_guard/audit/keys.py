"""What a kept result depends on, as digests: the content of the shard, how it is read, and each detector's rules.

A result is taken over only where all of it is the same. What does not change a result (batch size, workers, where the
corpus lies, dates, thresholds of judging) is in no key.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path
from typing import Any

from corpus_guard.core.plan import Plan
from corpus_guard.core.rule import Rule
from corpus_guard.core.shard import Shard
from corpus_guard.registry import ENTRY_POINTS, detector_class

FORM = 2
"""Raised whenever kept results change their form."""

_PROOF = frozenset({"file", "must_match", "must_not_match", "references", "since", "updated"})
"""What of a rule changes nothing that it finds: where it was read from and what speaks for it."""

_NAME = re.compile(r"[\w.-]+")


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a value made of tables, lists, texts and numbers."""
    return sha256(json.dumps(value, default=_plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> str:
    return sha256(value).hexdigest() if isinstance(value, bytes) else str(value)


def tool_digest() -> str:
    """Return a digest of this program's version and those of the libraries whose answers it passes on."""
    names = {"corpus-guard"} | {
        _NAME.findall(line)[0] for line in requires("corpus-guard") or () if "extra ==" not in line
    }
    return digest_of([FORM, sys.version_info[:2], *sorted((name, _version(name)) for name in names)])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@dataclass(frozen=True)
class Keys:
    """The keys of a plan.

    reading    everything but the shard that all detectors depend on
    detectors  name -> what this detector alone depends on
    observers  detectors that count things which are no findings; they are asked again together
    tellers    detectors that tell the language of documents, and so which ones are uncovered
    masking    detectors whose findings are masked in the excerpts of all others; they are asked along with these
    """

    reading: str
    detectors: Mapping[str, str]
    observers: frozenset[str]
    tellers: frozenset[str] = frozenset()
    masking: frozenset[str] = frozenset()
    by_name: bool = False

    def of(self, shard: Shard, content: str, part: int, start: int, stop: int) -> str:
        """Return the key of one split of a shard whose bytes have the digest *content*."""
        where = [shard.format, shard.source, shard.pinned, shard.problem, shard.name if self.by_name else ""]
        return digest_of([self.reading, content, *where, part, start, stop])[:40]


def keys_of(plan: Plan, secret: bytes) -> Keys:
    """Return the keys of *plan*; findings are told apart by fingerprints made with *secret*."""
    wanted = asdict(plan.wanted)
    del wanted["batch_bytes"], wanted["rows"]
    columns = [[entry.id, entry.columns] for entry in plan.manifest.entries if entry.columns]
    reading = [
        tool_digest(), sha256(secret).hexdigest(), asdict(plan.folding), wanted, plan.source_column, columns,
        plan.share, plan.seed, plan.unmasked,
    ]  # fmt: skip
    classes = {name: detector_class(name) for name in plan.detector_names}
    own = {known.name: _detector_key(plan, name, known) for name, known in classes.items()}
    observers = frozenset(known.name for known in classes.values() if hasattr(known, "observe"))
    tellers = frozenset(known.name for known in classes.values() if hasattr(known, "tell"))
    masking = frozenset(known.name for known in classes.values() if getattr(known, "masks", False))
    masking = frozenset() if plan.unmasked else masking
    return Keys(digest_of(reading), own, observers, tellers, masking, by_name=plan.share < 1)


def _detector_key(plan: Plan, name: str, known: Any) -> str:
    rules = [_values(rule) for rule in plan.rules if rule.detector == known.name]
    return digest_of([name, _maker(name), rules, dict(plan.options_of(name))])


def _maker(name: str) -> str:
    """The version of who made a detector, or the digest of its file."""
    if name.endswith(".py"):
        return sha256(Path(name).read_bytes()).hexdigest()
    found = [entry.dist for entry in entry_points(group=ENTRY_POINTS) if entry.name == name and entry.dist]
    return f"{found[0].name} {found[0].version}" if found else ""


def _values(rule: Rule) -> list[Any]:
    return [getattr(rule, field.name) for field in fields(rule) if field.name not in _PROOF]

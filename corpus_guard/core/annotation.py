"""Who annotated and reviewed the items of a source, and how fast: counts that merge by plain addition (5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_TASKS = 10_000
"""Tasks of a source whose people are kept apart; with more of them only items are compared."""

People = tuple[frozenset[str], frozenset[str]]
"""Those who annotated and those who reviewed in a task, by a hash of their name."""

_SUMS = ("items", "annotated", "reviewed", "same_person", "timed", "fast")


@dataclass(frozen=True)
class AnnotationCount:
    """What was counted of the items of a source.

    annotated    items that name an annotator;  reviewed  that name a reviewer, and a review that passed them
    same_person  items whose reviewer is their annotator
    timed, fast  items with a time of work; those worked on implausibly fast
    risks        risks that items were labelled with;  roles  which columns there were
    tasks        task -> its people; empty, and `many_tasks` set, where there are too many
    """

    items: int = 0
    annotated: int = 0
    reviewed: int = 0
    same_person: int = 0
    timed: int = 0
    fast: int = 0
    risks: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    tasks: Mapping[str, People] = field(default_factory=dict)
    many_tasks: bool = False

    def __add__(self, other: AnnotationCount) -> AnnotationCount:
        """Return both together: associative, commutative, the empty count is neutral."""
        tasks = dict(self.tasks)
        for task, (annotators, reviewers) in other.tasks.items():
            known = tasks.get(task, (frozenset(), frozenset()))
            tasks[task] = (known[0] | annotators, known[1] | reviewers)
        many = self.many_tasks or other.many_tasks or len(tasks) > MOST_TASKS
        sums = {name: getattr(self, name) + getattr(other, name) for name in _SUMS}
        return AnnotationCount(
            **sums, risks=self.risks | other.risks, roles=self.roles | other.roles, tasks={} if many else tasks,
            many_tasks=many,
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, in one order."""
        tasks = {task: [sorted(people) for people in self.tasks[task]] for task in sorted(self.tasks)}
        return {name: getattr(self, name) for name in _SUMS} | {
            "risks": sorted(self.risks), "roles": sorted(self.roles), "tasks": tasks, "many_tasks": self.many_tasks,
        }  # fmt: skip

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> AnnotationCount:
        """Return what `as_json` gave."""
        tasks = {task: (frozenset(one), frozenset(other)) for task, (one, other) in known["tasks"].items()}
        sets = {name: frozenset(known[name]) for name in ("risks", "roles")}
        return cls(**{**known, **sets, "tasks": tasks})

    def record(self) -> AnnotationRecord:
        """Return what judging needs of it: no person, hashed or not."""
        shared = sum(bool(annotators & reviewers) for annotators, reviewers in self.tasks.values())
        return AnnotationRecord(
            **{name: getattr(self, name) for name in _SUMS}, tasks=len(self.tasks), shared_tasks=shared,
            many_tasks=self.many_tasks, risks=tuple(sorted(self.risks)), roles=tuple(sorted(self.roles)),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnnotationRecord:
    """What is known of the annotation of a source; `shared_tasks` are those in which somebody did both."""

    items: int = 0
    annotated: int = 0
    reviewed: int = 0
    same_person: int = 0
    timed: int = 0
    fast: int = 0
    tasks: int = 0
    shared_tasks: int = 0
    many_tasks: bool = False
    risks: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

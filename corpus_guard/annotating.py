"""Counts who annotated and reviewed the documents of a batch, by the columns that say so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from corpus_guard.core.annotation import MOST_TASKS, AnnotationCount
from corpus_guard.core.arrays import numbers_of
from corpus_guard.core.batch import Batch
from corpus_guard.core.labels import Labels
from corpus_guard.core.plan import Plan
from corpus_guard.core.reading import Conventions
from corpus_guard.core.source import SourceEntry

ROLES: Mapping[str, str] = {
    "annotator": "annotator_column", "reviewer": "reviewer_column", "review_status": "review_status_column",
    "task": "task_column", "annotation_risk": "risk_column", "annotation_started": "started_column",
    "annotation_finished": "finished_column",
}  # fmt: skip
"""Roles of columns, as `rules/input.toml` names them -> the key of a manifest that names another column."""

_RISK = re.compile(r"A\.[1-5]\.[a-i]")
_MILLISECONDS = 1e11  # a time since 1970 above this is no number of seconds


def annotation_counts(batch: Batch, sources: Labels, plan: Plan) -> dict[str, AnnotationCount]:
    """Return, for each declared source with columns of annotation, what was counted of its documents."""
    if not plan.manifest.given or not len(batch.rows):
        return {}
    counts: dict[str, AnnotationCount] = {}
    for code in np.unique(sources.codes).tolist():
        entry = plan.manifest.entry(sources.names[code])
        columns = _columns(entry, batch) if entry else {}
        if entry and (columns or entry.annotation_columns):
            documents = np.flatnonzero(sources.codes == code).tolist()
            known = counts.get(entry.id, AnnotationCount())
            counts[entry.id] = known + _count(batch, documents, columns, plan.conventions)
    return counts


def _columns(entry: SourceEntry, batch: Batch) -> dict[str, pa.Array]:
    """The columns of each role: as the manifest names them, else as data sets call them."""
    named = {role: getattr(entry, key) or role for role, key in ROLES.items()}
    found = {role: batch.columns[name] for role, name in named.items() if name in batch.columns}
    return found if {"annotator", "reviewer"} & found.keys() or entry.annotation_columns else {}


def _count(
    batch: Batch, documents: Sequence[int], columns: Mapping[str, pa.Array], known: Conventions
) -> AnnotationCount:
    values = {role: [_text(value) for value in column.take(documents).to_pylist()] for role, column in columns.items()}
    blank = [""] * len(documents)
    annotators, reviewers = (values.get(role, blank) for role in ("annotator", "reviewer"))
    passed = _passed(values.get("review_status"), known, len(documents))
    seconds = _seconds(values.get("annotation_started", blank), values.get("annotation_finished", blank))
    lengths = _lengths(batch)[list(documents)].tolist()
    timed = [(one, length) for one, length in zip(seconds, lengths, strict=True) if one is not None]
    tasks = _tasks(values["task"], annotators, reviewers) if "task" in values else {}
    return AnnotationCount(
        items=len(documents),
        annotated=sum(map(bool, annotators)),
        reviewed=sum(bool(one) and fine for one, fine in zip(reviewers, passed, strict=True)),
        same_person=sum(one == other != "" for one, other in zip(annotators, reviewers, strict=True)),
        timed=len(timed),
        fast=sum(one < max(known.least_seconds, length / known.characters_per_second) for one, length in timed),
        risks=frozenset(risk for value in values.get("annotation_risk", []) for risk in _RISK.findall(value)),
        roles=frozenset(columns),
        tasks={} if len(tasks) > MOST_TASKS else tasks,
        many_tasks=len(tasks) > MOST_TASKS,
    )


def _text(value: str | None) -> str:
    return (value or "").strip()


def _passed(status: Sequence[str] | None, known: Conventions, count: int) -> list[bool]:
    """Which reviews passed their item; without a column that says so, whoever is named has passed it."""
    return [True] * count if status is None else [one.lower() in known.passed_reviews for one in status]


def _tasks(
    tasks: Sequence[str], annotators: Sequence[str], reviewers: Sequence[str]
) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    found: dict[str, tuple[set[str], set[str]]] = {}
    for task, annotator, reviewer in zip(tasks, annotators, reviewers, strict=True):
        if not task:
            continue
        people = found.setdefault(_hash(task), (set(), set()))
        for name, role in ((annotator, 0), (reviewer, 1)):
            if name:
                people[role].add(_hash(name))
    return {task: (frozenset(one), frozenset(other)) for task, (one, other) in found.items()}


def _hash(name: str) -> str:
    return xxhash.xxh3_64_hexdigest(name.encode())


def _lengths(batch: Batch) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Characters of each document."""
    lengths = numbers_of(pc.utf8_length(batch.texts))
    return np.bincount(batch.documents, lengths, minlength=len(batch.rows)).astype(np.int64)


def _seconds(started: Sequence[str], finished: Sequence[str]) -> list[float | None]:
    """Seconds of work on each item; None where a time is missing or is none."""
    pairs = [(_moment(one), _moment(other)) for one, other in zip(started, finished, strict=True)]
    return [None if one is None or other is None else other - one for one, other in pairs]


def _moment(text: str) -> float | None:
    """A time as seconds: written by ISO 8601, or counted since 1970 in seconds or milliseconds."""
    try:
        if text.replace(".", "", 1).isdecimal() and "-" not in text:
            number = float(text)
            return number / 1000 if number > _MILLISECONDS else number
        return datetime.fromisoformat(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None

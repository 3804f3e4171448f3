"""Annotation counted from the columns of the data, and judged by 5.3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard import scan
from corpus_guard.core.annotation import MOST_TASKS, AnnotationCount
from corpus_guard.core.record import SourceRecord
from corpus_guard.core.source import Manifest, SourceEntry
from tests.records import only, record, requirement

APART = requirement("5.3-a-3", "manifest", measure="same_person_items", fail_above=0)
REVIEWED = requirement("5.3-c-2", "manifest", measure="reviewed_share", fail_below=1.0)
BATCHES = requirement("5.3-c-1", "manifest", measure="batch_checks")
RISKS = requirement("5.3-b-4", "attestation", scope="corpus", measure="annotation_risks")
SPEED = requirement("5.3-a-4", "attestation", scope="corpus", measure="annotation_speed")

names = st.frozensets(st.sampled_from("abc"))
counts = st.builds(
    AnnotationCount,
    items=st.integers(0, 9),
    same_person=st.integers(0, 9),
    risks=names,
    tasks=st.dictionaries(st.sampled_from("xyz"), st.tuples(names, names)),
)


@given(counts, counts, counts)
def test_counts_are_sums(one: AnnotationCount, two: AnnotationCount, three: AnnotationCount) -> None:
    """In any order and grouping, and through the files of a run."""
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one == one + AnnotationCount()
    assert one == AnnotationCount.from_json(json.loads(json.dumps(one.as_json())))


def test_too_many_tasks_are_said_and_not_kept() -> None:
    """Whichever part of the data they come from."""
    people = (frozenset("a"), frozenset("b"))
    one = AnnotationCount(tasks={str(number): people for number in range(MOST_TASKS)})
    both = one + AnnotationCount(tasks={"one more": people})
    assert (True, {}) == (both.many_tasks, both.tasks)
    assert (MOST_TASKS, 0, False) == (one.record().tasks, one.record().shared_tasks, one.record().many_tasks)


def item(annotator: str | None, reviewer: str | None, **values: Any) -> dict[str, Any]:
    """Return an item of annotated data; who did what is in columns with names of their own."""
    return {"text": "今天天气很好，我们去公园。", "by": annotator, "checked_by": reviewer} | values


MANIFEST = """
[[source]]
id = "safety"
safety_annotation = true
match = ["safety.jsonl"]
annotator_column = "by"
reviewer_column = "checked_by"
review_status_column = "outcome"
task_column = "job"
risk_column = "risk"
started_column = "began"
finished_column = "ended"
"""
ITEMS = [
    item("ann", "bob", job="1", outcome="pass", risk="A.1.a", began="2025-01-01T10:00:00", ended="2025-01-01T10:00:30"),
    item("ann", "ann", job="1", outcome="PASS", risk="A.2.b", began=1_735_725_600, ended=1_735_725_600.2),
    item("cid", None, job="2", outcome="pass"),
    item("bob", "cid", job="2", outcome="fail"),
]


def test_columns_are_counted_in_a_scan(tmp_path: Path) -> None:
    """Nobody's name, not even hashed, stays in the run folder; assess says the same as the scan."""
    (tmp_path / "sources.toml").write_text(MANIFEST)
    data = tmp_path / "data"
    data.mkdir()
    (data / "safety.jsonl").write_text("\n".join(map(json.dumps, ITEMS)))
    run = scan(data, out=tmp_path / "run", sources=tmp_path / "sources.toml", detectors=["personal_info"])
    known = json.loads((tmp_path / "run" / "run.json").read_text())["judging"]["annotations"]["safety"]
    expected = {
        "items": 4, "annotated": 4, "reviewed": 2, "same_person": 1, "timed": 2, "fast": 1, "tasks": 2, "shared_tasks": 2,
        "many_tasks": False, "risks": ["A.1.a", "A.2.b"],
    }  # fmt: skip
    assert expected == {key: known[key] for key in expected}
    rows = run.assessment.filter(pl.col("clause").is_in(["5.3-a-3", "5.3-c-2"]))
    assert ["FAIL", "FAIL"] == rows["verdict"].to_list()
    assert "1 of 4 items were reviewed by their own annotator" in rows["reason"][0]
    assert "2 of 4 items passed no reviewer" in rows["reason"][1]


@pytest.mark.parametrize(
    ("asked", "entry", "counted", "expected", "because"),
    [
        (APART, {}, None, "NOT_APPLICABLE", "the manifest names no columns of annotation"),
        (APART, {"annotator_column": "by"}, None, "INCONCLUSIVE", "no column of annotators and reviewers was found"),
        (APART, {}, {"items": 2, "annotated": 2, "roles": {"annotator"}}, "INCONCLUSIVE", "no column of reviewers"),
        (APART, {}, {"items": 2, "annotated": 1, "roles": {"reviewer"}}, "INCONCLUSIVE", "1 of 2 items name no annotator"),
        (APART, {}, {"items": 2, "annotated": 2, "roles": {"reviewer"}}, "PASS", "compared item by item"),
        (APART, {}, {"items": 2, "annotated": 2, "roles": {"reviewer"}, "many_tasks": True}, "INCONCLUSIVE", "too many"),
        (REVIEWED, {}, {"items": 2}, "NOT_APPLICABLE", "does not call this source safety annotation"),
        (REVIEWED, {"safety_annotation": True}, None, "INCONCLUSIVE", "the data holds no column of reviewers"),
        (REVIEWED, {"safety_annotation": True}, {"items": 2, "reviewed": 2}, "PASS", "all 2 items passed a reviewer"),
        (REVIEWED, {"safety_annotation": True}, {"items": 2, "reviewed": 1}, "FAIL", "1 of 2 items passed no reviewer (50 %"),
        (BATCHES, {"safety_annotation": True}, None, "NOT_APPLICABLE", "functional annotation"),
        (BATCHES, {}, None, "NOT_APPLICABLE", "names no columns"),
        (BATCHES, {}, {"items": 2}, "INCONCLUSIVE", 'names no file under "batch_checks"'),
    ],
)  # fmt: skip
def test_annotation_is_judged(asked: Any, entry: Any, counted: Any, expected: str, because: str) -> None:
    """Data that says nothing of annotation is not judged by these clauses."""
    manifest = Manifest((SourceEntry("a", **entry),), given=True)
    values = {key: frozenset(value) if isinstance(value, set) else value for key, value in (counted or {}).items()}
    known = AnnotationCount(**values).record() if counted else None
    row = only(record({"a": SourceRecord(documents=2, annotation=known)}, manifest=manifest), asked)
    assert expected == row.verdict
    assert because in row.reason


def test_attestations_say_what_the_data_shows() -> None:
    """They stay MANUAL."""
    known = AnnotationCount(items=4, timed=4, fast=1, risks=frozenset({"A.1.a"})).record()
    counted = record({"a": SourceRecord(documents=4, annotation=known)})
    labelled, speed = only(counted, RISKS), only(counted, SPEED)
    assert ("MANUAL", "MANUAL") == (labelled.verdict, speed.verdict)
    assert "items of the data are labelled with 1 of the 31 risks; none with A.1.b, A.1.c" in labelled.reason
    assert "1 of 4 items with times (25 %) were worked on implausibly fast" in speed.reason

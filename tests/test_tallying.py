"""What findings.parquet says of documents is what counting its rows one by one says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.rule import Grade
from corpus_guard.core.tally import Mark, Profile, Tally
from corpus_guard.duplicates.exact_groups import DUPLICATES_SCHEMA
from corpus_guard.evidence import FINDINGS_SCHEMA
from corpus_guard.tallying import duplicate_copies, tally_of

FINDING = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["web", "=2+2", "新闻"]),
        "shard": st.sampled_from(["a", "b"]),
        "row": st.integers(0, 3),
        "detector": st.sampled_from(["keywords", "personal_info"]),
        "risk": st.sampled_from(["", "A.1.a", "A.4.f"]),
        "sensitive_by": st.sampled_from(["", "GB/T 35273"]),
        "grade": st.sampled_from([grade.label for grade in Grade]),
    }
)


def write(path: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> Path:
    """Write rows under a schema; what they do not say is zero or empty."""
    zero = {pa.int64(): 0, pa.float64(): 0.0, pa.bool_(): False}
    columns = [[row.get(known.name, zero.get(known.type, "")) for row in rows] for known in schema]
    pq.write_table(
        pa.table([pa.array(column, known.type) for column, known in zip(columns, schema, strict=True)], schema), path
    )
    return path


def one_by_one(rows: list[dict[str, Any]]) -> Tally:
    """Return the tally, counted a document at a time."""
    counts: Counter[tuple[str, Profile]] = Counter()
    for document in {(row["source"], row["shard"], row["row"]) for row in rows}:
        own = [row for row in rows if (row["source"], row["shard"], row["row"]) == document]
        marks = set()
        for detector, grade in {(row["detector"], row["grade"]) for row in own}:
            alike = [row for row in own if (row["detector"], row["grade"]) == (detector, grade)]
            risks = frozenset(row["risk"] for row in alike if row["risk"])
            marks.add(Mark(detector, Grade.parse(grade), risks, any(row["sensitive_by"] for row in alike)))
        counts[document[0], frozenset(marks)] += 1
    return Tally(counts)


@given(rows=st.lists(FINDING, max_size=25))
def test_a_tally_counts_documents_by_profile(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    """Whatever the order of the findings, and how many of them a document has."""
    path = tmp_path_factory.mktemp("tally") / "findings.parquet"
    assert one_by_one(rows) == tally_of(write(path, rows, FINDINGS_SCHEMA))
    assert one_by_one(rows) == tally_of(write(path, rows[::-1], FINDINGS_SCHEMA))


def test_no_findings_are_an_empty_tally(tmp_path: Path) -> None:
    """A clean corpus is no special case."""
    assert Tally() == tally_of(write(tmp_path / "findings.parquet", [], FINDINGS_SCHEMA))


def test_copies_are_counted_and_representatives_are_not(tmp_path: Path) -> None:
    """A source is charged with its own copies only, for each kind of duplicate by itself."""
    rows = [
        {"kind": "exact", "source": "a", "row": 0, "representative": True},
        {"kind": "exact", "source": "a", "row": 1, "representative": False},
        {"kind": "exact", "source": "b", "row": 2, "representative": False},
        {"kind": "near", "source": "b", "row": 2, "representative": False},
        {"kind": "exact", "source": "a", "row": 3, "representative": False},
        {"kind": "exact", "source": "c", "row": 4, "representative": True},
    ]
    path = write(tmp_path / "duplicates.parquet", rows, DUPLICATES_SCHEMA)
    assert {"exact": {"a": 2, "b": 1}, "near": {"b": 1}} == duplicate_copies(path)

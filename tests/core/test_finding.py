"""Findings are sorted, capped, and joined without loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.finding import LIMIT_A_DOCUMENT, Findings, document_of, rank_in_group, settle

TEXTS = 4
ROWS = st.lists(
    st.tuples(
        st.integers(0, TEXTS - 1),
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(0, 2),
        st.sampled_from(["", "licence"]),
    ),
    max_size=40,
)
Row = tuple[int, int, int, int, str]


def findings(rows: list[Row]) -> Findings:
    """Return findings from (text, start, length, rule, column) rows."""
    columns = [np.array([row[place] for row in rows], np.int64) for place in range(4)]
    text, start, length, rule = columns
    column = np.array([row[4] for row in rows], object)
    return Findings(text, start, start + length, rule, np.ones(len(rows), np.int8), np.ones(len(rows)), column)


def rows_of(found: Findings) -> list[tuple[str, int, int, int, int]]:
    """Return (column, text, start, end, rule) of each finding."""
    return list(
        zip(*(getattr(found, name).tolist() for name in ("column", "text", "start", "end", "rule")), strict=True)
    )


def batch() -> Batch:
    """Return three documents, the first of which has two texts."""
    plain = Batch.of_texts(["a"] * TEXTS)
    return Batch(np.arange(3), plain.texts, np.array([0, 0, 1, 2]), plain.fields, plain.field_names)


@given(ROWS)
def test_settled_findings_are_sorted_and_whole(rows: list[Row]) -> None:
    """Sorted by document, column, text, start, end and rule; below the cap nothing is lost."""
    found = findings(rows)
    settled = settle(found, batch())
    keys = list(zip(document_of(settled, batch()).tolist(), rows_of(settled), strict=True))
    assert sorted(keys) == keys
    assert sorted(rows_of(found)) == sorted(rows_of(settled))
    assert rows_of(settled) == rows_of(settle(settled, batch()))


@pytest.mark.parametrize("many", [LIMIT_A_DOCUMENT, LIMIT_A_DOCUMENT + 1, 3 * LIMIT_A_DOCUMENT])
def test_a_rule_keeps_its_first_hundred_findings_of_a_document(many: int) -> None:
    """The cap is per document and rule, over all texts of the document."""
    rows: list[Row] = [(number % 2, number, 1, 0, "") for number in range(many)]
    others: list[Row] = [(0, 7, 1, 1, ""), (2, 7, 1, 0, "")]
    settled = settle(findings([*rows, *others]), batch())
    assert LIMIT_A_DOCUMENT + 2 == len(settled)
    first = [row for row in rows_of(settled) if row[1] < 2 and row[4] == 0]
    assert sorted((0, text, start) for text, start, _, _, _ in rows)[:LIMIT_A_DOCUMENT] == [
        (0, text, start) for _, text, start, _, _ in first
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_a_rank_counts_the_rows_before_it_in_its_group(pairs: list[tuple[int, int]]) -> None:
    """Whatever the order of the groups."""
    document, rule = (np.array([pair[place] for pair in pairs], np.int64) for place in (0, 1))
    expected = [pairs[:number].count(pair) for number, pair in enumerate(pairs)]
    assert expected == rank_in_group(document, rule).tolist()


def test_a_finding_in_a_column_names_its_document() -> None:
    """Its `text` is the document; elsewhere the text's document counts."""
    found = findings([(3, 0, 1, 0, ""), (2, 0, 1, 0, "licence"), (1, 0, 1, 0, "")])
    assert [2, 2, 0] == document_of(found, batch()).tolist()


@given(ROWS, ROWS)
def test_joined_findings_keep_their_order(first: list[Row], second: list[Row]) -> None:
    """`concat` is that of the rows; `take` picks rows."""
    joined = Findings.concat([findings(first), Findings.none(), findings(second)])
    assert rows_of(findings([*first, *second])) == rows_of(joined)
    assert rows_of(findings(first)) == rows_of(joined.take(np.arange(len(first))))

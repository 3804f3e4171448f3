"""Limits and risks of a standard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records import requirement, standard


@pytest.mark.parametrize(
    ("values", "expected"),
    [({"fail_above": 0}, 0), ({"fail_below": 0.98}, 0.98), ({"fail_above": 0.05}, 0.05), ({}, None)],
)
def test_the_limit_is_the_number_of_the_clause(values: dict[str, Any], expected: float | None) -> None:
    """Whichever way it cuts, and also when it is zero."""
    assert expected == requirement(**values).limit


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("A.1", "A.2", "A.3", "A.4"), 29),
        (("A.1", "A.2"), 17),
        (("A.5",), 2),
        (("A.1.a", "A.5"), 3),
        ((), 0),
        (("B",), 0),
    ],
)
def test_groups_and_ids_name_risks(names: tuple[str, ...], expected: int) -> None:
    """The annex has 31 risks; 29 of them count as illegal and unhealthy, 17 need keywords."""
    assert expected == len(standard().risks_under(names))

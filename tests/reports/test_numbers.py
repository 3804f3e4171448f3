"""Numbers as the page shows them."""

from __future__ import annotations

import pytest

from corpus_guard.reports.html import clipped, rate, size, speed, thousands


@pytest.mark.parametrize(
    ("shown", "got"),
    [
        ("1,234,567", thousands("1234567")), ("0", thousands(0)), ("–", thousands("")), ("–", thousands(None)), ("4.75 %", rate("0.0475")),
        ("0 %", rate(0.0)), ("–", rate("")), ("999 B", size(999)), ("1,000 kB", size(999_999)), ("1.15 MB", size(1_148_385)),
        ("2.5 TB", size(2_500_000_000_000)), ("1.7 MB/s", speed(1_148_385, 0.672)), ("–", speed(1, 0)), ("a", clipped("a")),
        ("x" * 299 + "…", clipped("x" * 301)),
    ],
)  # fmt: skip
def test_numbers_are_for_people(shown: str, got: str) -> None:
    """Counts have thousands separators, shares are percentages, and what is not there is a dash."""
    assert shown == got

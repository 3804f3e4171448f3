"""Excerpts show where a finding stands, and no number, address or name with it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_guard as cg
from corpus_guard.core.masking import one_line
from tests.detectors.identifiers import ANY

GUARD = cg.Guard(detectors=["keywords", "licensing"])
TERMS = st.sampled_from(
    ["代开发票请加", "代-开-发票请加微信", "SPDX-License-Identifier: MIT", "Copyright (c) 2019 Acme"]
)
BETWEEN = st.text("0123456789\n\t\u3000 .-:@代开x，１", max_size=24)
DIGITS = re.compile(r"\d{5}|[0-9](?:[ .:\-]?[0-9]){4}|[\w.]{3,}@[\w.]{3,}")


def _excerpts(text: str) -> list[str]:
    found: list[str] = GUARD.findings(GUARD.scan_texts([text]))["excerpt"].to_list()
    return found


@given(st.lists(st.one_of(TERMS, BETWEEN, BETWEEN, ANY), max_size=8).map("".join))
@settings(max_examples=300, deadline=None)
def test_excerpts_show_no_long_number(text: str) -> None:
    """Nor an e-mail: wherever white space goes, and whatever lies partly in the finding and partly beside it."""
    shown = _excerpts(text)

    assert [] == [one for one in shown if DIGITS.search(one) or one != one_line(one)]


@pytest.mark.parametrize(
    "text",
    ["1380\n0138\n000 代开发票请加 1380\t0138\t001", "1380  0138  000代开发票请加", "1380\u2028\n0138\n代开发票请加9"],
)
def test_a_number_over_several_lines_is_masked(text: str) -> None:
    """The excerpt is one line, so what it shows is masked as one line."""
    shown = _excerpts(text)

    assert shown
    assert [] == [one for one in shown if "0138" in one]


def test_a_number_that_a_finding_cuts_is_masked() -> None:
    """Digits before, in and after a finding are one number."""
    shown = _excerpts("电话138 SPDX-License-Identifier: 0138 000")

    assert [] == [one for one in shown if DIGITS.search(one)]

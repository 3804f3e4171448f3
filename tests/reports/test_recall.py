"""What reports say of the measured recall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus_guard.catalog.measured import Clean, Measured, Texts
from corpus_guard.reports.recall import recall_words
from tests.reports.folders import Page, facts, run_folder

KNOWN = Measured(
    "2026-01-31", "0.1.0", "abcdef0123456789" * 4,
    (Texts("zh_some", "zh", "x", True, 200, 25, 50), Texts("en_some", "en", "y", True, 100, 1, 2)),
    (Clean("wiki", "zh", 1000, 1, 5), Clean("statutes", "zh", 100, 90, 100)),
)  # fmt: skip


def test_the_page_states_what_was_measured(tmp_path: Path) -> None:
    """Recall by language, false alarms without statutes, and the day, in both languages, in the first sentence."""
    page = Page(run_folder(tmp_path), facts(measured=KNOWN.facts(KNOWN.rules))).text
    assert (
        "measured recall: en 1 % as violations, 2 % with suspects; zh 12.5 % as violations, 25 % with suspects; "
        "false alarms in clean documents 0.1 % as violations, 0.5 % with suspects; measured on 2026-01-31) found no breach"
    ) in page
    assert (
        "实测召回率：en 违规 1 %，含疑似 2 %；zh 违规 12.5 %，含疑似 25 %；干净文档误报 违规 0.1 %，含疑似 0.5 %；测于 2026-01-31）"
        in page
    )


def test_other_rules_are_named(tmp_path: Path) -> None:
    """Figures of other keyword rules than those that ran say so."""
    words = recall_words(KNOWN.facts("another"))
    assert words["en"].endswith("measured on 2026-01-31 with other keyword rules, digest abcdef012345")
    assert words["zh"].endswith("测于 2026-01-31，所测为另一版关键词规则，摘要 abcdef012345")


@pytest.mark.parametrize("measured", [None, {}, Measured("", "", "").facts("")])
def test_nothing_measured_is_said(measured: dict[str, Any] | None) -> None:
    """Also of a run of an earlier version, and of one without the detector."""
    assert {"en": "not measured", "zh": "未测"} == recall_words(measured)

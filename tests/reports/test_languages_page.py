"""The page says the languages of sources, and how well they were told."""

from __future__ import annotations

from pathlib import Path

from tests.reports.folders import Page, facts, run_folder, source


def test_languages_and_their_check_are_said(tmp_path: Path) -> None:
    """Each source has its languages, how many documents langdetect was asked of, and how often it agreed."""
    folder = run_folder(
        tmp_path, summary=[source("books", languages="zh-Hans 0.9;en 0.1"), source("web", languages="")]
    )
    known = facts()
    known["judging"]["languages"] = {"books": {"parts": {}, "uncovered": {}, "checked": 12, "agreed": 11}}

    assert [["books", "zh-Hans 0.9; en 0.1", "12", "11"]] == Page(folder, known).rows["languages"][1:]

"""What the page shows of nights and of duplicates, in which language, and where it goes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus_guard.reports.csv_tables import write_csv
from corpus_guard.reports.html import write_html
from corpus_guard.reports.tables import SUMMARY
from corpus_guard.runs import RunFolder, write_json
from tests.reports.folders import STANDARD, Page, facts, run_folder, source


def _nights(path: Path) -> RunFolder:
    """The third of three nights, beside their history, with duplicates and accepted findings."""
    rates = {"2026-01-01": 0.01, "2026-01-02": 0.02, "2026-01-03": 0.35, "2026-01-04": 0.9}
    rows = [
        {"night": night} | source("web", "FAIL" if rate > 0.05 else "PASS", illegal_rate=rate, illegal_documents=int(400 * rate))
        for night, rate in rates.items()
    ]  # fmt: skip
    write_csv(path / "history.csv", ("night", *SUMMARY), rows)
    folder = run_folder(
        path / "2026-01-03",
        summary=[source("web", "FAIL", illegal_documents=140, illegal_rate=0.35)],
        overlap=[
            {"kind": "exact", "source": "web", "other": "web", "documents": 12, "share": 0.03},
            {"kind": "exact", "source": "web", "other": "books", "documents": 4, "share": 0.01},
            {"kind": "exact", "source": "books", "other": "web", "documents": 4, "share": 0.8},
        ],
        groups=[{"kind": "exact", "group": "0f", "documents": 16, "sources": 2, "source": "web", "shard": "web/a.jsonl", "row": 7, "excerpt": "1*********0"}],
    )  # fmt: skip
    accepted = {"findings": 3, "documents": 2, "illegal_documents_without": {"web": 138}}
    alert = {"kind": "fails", "source": "web", "text": 'source "web" fails and was PASS last time'}
    write_json(
        folder.file("audit.json"),
        {"compared_with": "2026-01-02", "changed_sources": {"worse": ["web"]}, "accepted": accepted, "alerts": [alert]},
    )
    known = {"fingerprint": "ab" * 16, "state": "accepted", "expires": "2026-06-30", "author": "the reviewer", "reason": "a quotation",
             "rule": "gore-zh", "source": "web", "findings": 3, "documents": 2}  # fmt: skip
    write_csv(folder.file("accepted.csv"), tuple(known), [known])
    return folder


def test_trends_go_up_to_the_night(tmp_path: Path) -> None:
    """A line a source and one for the corpus, with the limit; later nights are not in an earlier night's page."""
    page = Page(_nights(tmp_path), facts("FAIL"))
    _, (name, first, _, last, _) = page.rows["trends"]

    assert ("web", "1 %", "35 %") == (name, first, last)
    labels = [attributes.get("aria-label") for tag, attributes in page.tags if tag == "svg"]
    assert {"1 %, 2 %, 35 %", "400, 400, 400", "PASS, PASS, FAIL"} <= set(labels)
    assert "2026-01-04" not in page.source


def test_a_first_night_and_a_scan_have_no_trends(tmp_path: Path) -> None:
    """There is nothing to draw a line between; a run that lies beside a history but is not in it is no night."""
    folder = _nights(tmp_path)
    folder.path.rename(tmp_path / "2026-01-01")
    assert "trends" not in Page(RunFolder(tmp_path / "2026-01-01"), facts("FAIL")).rows
    (tmp_path / "2026-01-01").rename(tmp_path / "scan")
    assert "trends" not in Page(RunFolder(tmp_path / "scan"), facts("FAIL")).rows


def test_accepted_findings_stand_apart_and_are_counted(tmp_path: Path) -> None:
    """The head says that they are part of every count; what would be left without them stands beside the source."""
    page = Page(_nights(tmp_path), facts("FAIL"))

    assert "3 findings in 2 documents were reviewed and accepted; they are still part of every count" in page.text
    assert "3 处发现经复核被接受；它们仍计入以上各数与结论。" in page.text
    row = page.rows["sources"][1]
    assert ("web 除已接受者违法不良 illegal without accepted : 138", "140") == (row[0], row[4])
    assert ["已接受 accepted", "gore-zh", "web", "3", "2", "a quotation", "the reviewer", "2026-06-30", "abababababab"] == page.rows["accepted"][1]  # fmt: skip
    assert "变差 worse : 1 web" in page.text
    assert "来源“web”不通过，上次为 PASS" in page.text


def test_sources_that_share_documents_are_a_matrix(tmp_path: Path) -> None:
    """Each way has its own share; below it the largest groups with what their documents begin with."""
    rows = Page(_nights(tmp_path), facts("FAIL")).rows["duplicates"]

    assert [["", "books", "web"], ["books", "·", "80 % 4"], ["web", "1 % 4", "3 % 12"]] == rows[:3]
    assert ["完全重复 Exact duplicates", "16", "2", "1*********0", "web/a.jsonl", "7"] == rows[4]


@pytest.mark.parametrize(("count", "sides"), [(3, 3), (16, 16), (40, 16)])
def test_a_matrix_has_as_many_sides_as_a_page_bears(tmp_path: Path, count: int, sides: int) -> None:
    """Those that share most; the others are counted."""
    overlap = [
        {"kind": "near", "source": f"s{number}", "other": f"s{number}", "documents": number + 1, "share": 0.5}
        for number in range(count)
    ]
    page = Page(run_folder(tmp_path, overlap=overlap), facts())

    assert sides == len(page.rows["duplicates"]) - 1
    assert ("more sources in overlap.csv" in page.text) == (count > sides)
    assert f"s{count - 1}" in page.rows["duplicates"][0]


def test_a_page_speaks_one_language_where_it_is_asked_to(tmp_path: Path) -> None:
    """All of its own words; what has no translation stays as it is. Both have a switch that needs no script."""
    both, zh, en = (Page(_nights(tmp_path), facts("FAIL"), language=language) for language in ("both", "zh", "en"))

    for page, own, other in ((zh, "zh", "en"), (en, "en", "zh")):
        classes = {attributes.get("class") for _, attributes in page.tags}
        assert own in classes
        assert not {other, f"sentence {other}"} & classes
    assert ("来源", "Sources") == (zh.rows["sources"][0][0], en.text[en.text.index("Sources") :][:7])
    assert not re.search("[\u4e00-\u9fff]", en.text)
    assert [False, True] == [any(tag == "input" for tag, _ in page.tags) for page in (zh, both)]
    assert both.source.count('class="zh"') == both.source.count('class="en"')


def test_the_page_can_go_elsewhere(tmp_path: Path) -> None:
    """With a path of its own the page is written there, and the run folder stays as it is."""
    folder = run_folder(tmp_path)
    before = sorted(tmp_path.iterdir())
    write_html(folder, facts(), [STANDARD], tmp_path / "elsewhere.html")

    assert sorted([*before, tmp_path / "elsewhere.html"]) == sorted(tmp_path.iterdir())

"""Judging again: `assess` over the folder of a run, without any text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from corpus_guard.errors import CatalogError, UsageError
from corpus_guard.results import Run, assess
from corpus_guard.scanning import scan

DAY = "2026-11-24"
PHONE = "联系人张三，电话13800138000，身份证号110101199003077416。"


def scanned(folder: Path, texts: dict[str, list[str]], **options: Any) -> Run:
    """Return the run over a table with a source column."""
    rows = [{"text": text, "source": source} for source, own in texts.items() for text in own]
    return scan(rows, out=folder, as_of=DAY, detectors=["keywords", "personal_info"], **options)


def tables(folder: Path) -> dict[str, str]:
    """Return the CSV files that judging writes."""
    return {name: (folder / name).read_text("utf-8-sig") for name in ("summary.csv", "risks.csv", "assessment.csv")}


def manifest(folder: Path, text: str) -> Path:
    """Return a manifest that holds *text*."""
    path = folder / "sources.toml"
    path.write_text(text)
    return path


def test_judging_again_changes_nothing(tmp_path: Path) -> None:
    """The folder alone is enough, manifest, names that look like formulas and all."""
    declared = manifest(
        tmp_path, "[[source]]\nid = '=web'\nkind = 'commercial'\nstage = 'raw'\n[[source]]\nid = 'ghost'\n"
    )
    texts = {"=web": ["今天天气很好", PHONE], "'=web": ["一"], "@b": ["好的", PHONE, "坏"]}
    run = scanned(tmp_path / "run", texts, sources=declared)
    before = tables(tmp_path / "run")
    assert run.verdict == assess(tmp_path / "run").verdict
    assert before == tables(tmp_path / "run")
    expected = {"=web": ("commercial", 2), "'=web": ("inferred", 1), "@b": ("inferred", 3), "ghost": ("", 0)}
    rows = Run(tmp_path / "run").summary
    assert expected == {row["source"]: (row["kind"], row["documents"]) for row in rows.iter_rows(named=True)}
    assert [1, 0, 1, 0] == [rows.filter(source=name)["personal_info_documents"].item() for name in expected]


def test_another_manifest_takes_the_place_of_the_first(tmp_path: Path) -> None:
    """Sources that only the old one named are gone; those of the new one are there."""
    scanned(tmp_path / "run", {"web": ["好的"]}, sources=manifest(tmp_path, "[[source]]\nid = 'old'\n"))
    run = assess(
        tmp_path / "run",
        sources=manifest(tmp_path, "[[source]]\nid = 'new'\n[[source]]\nid = 'web'\norigin = 'foreign'\n"),
    )
    assert [("new", ""), ("web", "foreign")] == run.summary.select("source", "origin").rows()


def test_without_a_manifest_a_clean_corpus_passes(tmp_path: Path) -> None:
    """Manifest clauses are MANUAL; with one they are INCONCLUSIVE until it holds their evidence."""
    run = scanned(tmp_path / "run", {"web": ["今天天气很好"]})
    assert ("PASS", 0) == (run.verdict, run.exit_code)
    again = assess(tmp_path / "run", sources=manifest(tmp_path, "[[source]]\nid = 'web'\n"))
    assert ("INCONCLUSIVE", 3) == (again.verdict, again.exit_code)


def test_another_standard_needs_no_scan(tmp_path: Path) -> None:
    """Two standards stand side by side, and one named twice stands once."""
    scanned(tmp_path / "run", {"web": ["今天天气很好"]})
    run = assess(tmp_path / "run", standards=["gbt-45654-2025", "tc260-003-2024", "gbt-45654-2025"])
    assert ["gbt-45654-2025", "tc260-003-2024"] == run.assessment["standard"].unique(maintain_order=True).to_list()
    assert 2 == run.assessment.filter(measure="illegal_rate").height


def test_filtered_data_is_judged_by_its_raw_run(tmp_path: Path) -> None:
    """5.1-a-2 is INCONCLUSIVE without it, and the raw run's with it, also where clauses share an id."""
    options = {"standards": ["gbt-45654-2025", "tc260-003-2024"]}
    scanned(tmp_path / "raw", {"web": ["今天天气很好", "好的"]}, **options)
    run = scanned(tmp_path / "run", {"web": ["今天天气很好"]}, stage="filtered", **options)
    assert "INCONCLUSIVE" == run.verdict
    tests = assess(tmp_path / "run", raw_run=tmp_path / "raw").assessment.filter(pl.col("measure") == "illegal_rate")
    assert [("PASS", 2), ("PASS", 2)] == tests.select("verdict", "denominator").rows()
    assert all("as judged on the raw run: 0 of 2 documents (0 %)" in reason for reason in tests["reason"])


def test_the_columns_have_their_types_also_when_empty(tmp_path: Path) -> None:
    """Numbers are numbers, text is text, and what did not run is null."""
    scan([{"text": "好的"}], out=tmp_path / "run", as_of=DAY, detectors=["personal_info"])
    run = Run(tmp_path / "run")
    expected = {"illegal_documents": pl.Int64(), "illegal_rate": pl.Float64(), "near_duplicate_documents": pl.Int64()}
    assert expected == {name: run.summary.schema[name] for name in expected}
    assert run.summary["illegal_documents"].item() is None
    assert pl.Float64 == run.assessment.schema["interval_low"]


def test_judging_again_is_written_down(tmp_path: Path) -> None:
    """run.json names the standards, the day and the verdict of the last judging."""
    scanned(tmp_path / "run", {"web": ["今天天气很好"]})
    run = assess(tmp_path / "run", standards=["gbt-45654-2025"], as_of="2026-12-31")
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (["gbt-45654-2025"], "2026-12-31", run.verdict) == (facts["standards"], facts["as_of"], facts["verdict"])


def test_a_folder_without_a_run_is_wrong_usage(tmp_path: Path) -> None:
    """Also as the raw run."""
    with pytest.raises(UsageError, match="holds no complete run"):
        assess(tmp_path)
    scanned(tmp_path / "run", {"web": ["好的"]})
    for given in ({"raw_run": tmp_path}, {"as_of": "soon"}, {"standards": ["zzz"]}):
        with pytest.raises(UsageError):
            assess(tmp_path / "run", **given)
    with pytest.raises(CatalogError):
        assess(tmp_path / "run", sources=tmp_path / "none.toml")


def test_a_document_without_text_is_outside_every_count(tmp_path: Path) -> None:
    """Also when one of its columns would be found wanting: flagged is never more than scanned."""
    pipeline = tmp_path / "p.toml"
    pipeline.write_text("[licensing]\ndeny = ['CC-BY-NC-4.0']\n")
    rows = [{"text": text, "license": "CC-BY-NC-4.0"} for text in ("好的", "", " ", None)]
    run = scan(rows, out=tmp_path / "run", as_of=DAY, detectors=["licensing"], pipeline=pipeline)
    assert [(1, 3, 1)] == run.summary.select("documents", "empty_documents", "ip_documents").rows()

"""One manifest in five formats, and what is no manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from xlsxwriter import Workbook

from corpus_guard.core.source import Manifest
from corpus_guard.manifests import read_manifest
from tests.catalog.complaints import complaints

TOML = """
[[source]]
id = "web"
kind = "self_collected"
languages = ["zh", "en"]
match = ["web/**"]
columns = { site = "n" }
synthetic = true
collected_from = 2025-01-31
pre_collection_sample = 400
pre_collection_rate = 0.02
log = { file = "log.txt", expires = 2027-01-01 }
"""
TABLE = {
    "id": "web", "kind": "self_collected", "languages": ["zh", "en"], "match": ["web/**"], "columns": {"site": "n"},
    "synthetic": True, "collected_from": "2025-01-31", "pre_collection_sample": 400, "pre_collection_rate": 0.02,
    "log": {"file": "log.txt", "expires": "2027-01-01"},
}  # fmt: skip
HEADER = [*TABLE, "log_expires"]
ROW = ["web", "self_collected", "zh; en", "web/**", "site=n", "是", "2025-01-31", "400", "2%", "log.txt", "2027-01-01"]


def _csv(path: Path) -> None:
    path.write_text(",".join(HEADER) + "\n" + ",".join(ROW) + "\n,,,,,,,,,,\n", encoding="utf-8-sig")


def _xlsx(path: Path) -> None:
    with Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROW)
        sheet.write_number(1, HEADER.index("pre_collection_sample"), 400)


WRITERS: dict[str, Callable[[Path], object]] = {
    "toml": lambda path: path.write_text(TOML),
    "yaml": lambda path: path.write_text(yaml.safe_dump({"source": [TABLE]}).replace("'2025-01-31'", "2025-01-31")),
    "yml": lambda path: path.write_text(yaml.safe_dump([TABLE])),
    "json": lambda path: path.write_text(json.dumps({"source": [TABLE]})),
    "csv": _csv,
    "xlsx": _xlsx,
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_format_says_the_same(tmp_path: Path, suffix: str) -> None:
    """Lists, pairs, days, flags and percentages come out alike."""
    found = []
    for kind in ("toml", suffix):
        path = tmp_path / f"sources.{kind}"
        WRITERS[kind](path)
        found.append(replace(read_manifest(path), digest=""))
    assert found[0] == found[1]
    assert isinstance(found[0], Manifest)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("s.yaml", "source: !!python/object/apply:os.system [ls]", "this YAML asks for objects in line 1; a manifest holds"),
        ("s.yaml", "source: [", "this is no valid YAML in line 1; see https://yaml.org for the syntax"),
        ("s.yaml", "- id: a\n  collected_from: 2025-02-31", "this YAML holds a day that is none"),
        ("s.yaml", "just words", 'the file holds no table; write a list of sources under "source"'),
        ("s.yaml", "", 'the field "source" is missing'),
        ("s.json", '[{"id": ]', "this is no valid JSON in line 1; check it with an editor"),
        ("s.csv", "id,kind\nweb,shop\n", '"kind" is "shop", expected one of open_source'),
        ("s.csv", "id,tokens\nweb,many\n", '"tokens" holds a string, a whole number was expected'),
        ("s.csv", "id\nweb,extra\n", 'unknown field "column 2"'),
        ("s.csv", "", "the manifest names no source"),
        ("s.xlsx", "no workbook", "this is no workbook that can be read"),
        ("s.txt", "id", 'it ends in ".txt"; a manifest is one of .toml, .yaml'),
        ("s.json", b"\xff\xfe", "this is no UTF-8; save the file as UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_said_in_a_sentence(tmp_path: Path, name: str, text: str | bytes, expected: str) -> None:
    """One complaint, without a traceback; objects are never made."""
    (found,) = complaints(read_manifest, tmp_path / name, text)
    assert expected in found

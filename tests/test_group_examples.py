"""Examples of the largest groups of duplicates: chosen by what is in the corpus alone, and masked."""

from __future__ import annotations

from pathlib import Path

import pytest

import corpus_guard as cg
from corpus_guard.group_examples import LARGEST, SHOWN
from tests.corpora import json_lines, rows

PERSONAL = "姓名：张伟，电话13800138000，寄到浙江省杭州市西湖区文三路90号东部软件园1号楼203室，请于周五前送达。"


def groups(folder: Path, texts: dict[str, list[str]], **options: object) -> list[dict[str, str]]:
    """Return groups.csv of a scan of these texts by shard."""
    for shard, own in texts.items():
        json_lines(folder / "data" / shard, [{"text": text} for text in own])
    return rows(cg.scan(folder / "data", out=folder / "run", **options).path, "groups.csv")


def test_the_largest_come_first(tmp_path: Path) -> None:
    """With how many documents and sources they have; the example is the member that is read soonest."""
    texts = {
        "web/a.jsonl": ["alone", "twice the same", "thrice the same"],
        "books/b.jsonl": ["thrice the same", "Twice the same!", "thrice the same"],
    }
    found = [
        (row["documents"], row["sources"], row["shard"], row["row"], row["excerpt"])
        for row in groups(tmp_path, texts, detectors=["exact_duplicates"])
    ]

    assert [
        ("3", "2", "books/b.jsonl", "0", "thrice the same"),
        ("2", "2", "books/b.jsonl", "1", "Twice the same!"),
    ] == found


def test_examples_are_masked_unless_the_scan_is_unmasked(tmp_path: Path) -> None:
    """Names and addresses by what the detector found in the whole document, numbers by their form."""
    (row,) = groups(tmp_path, {"a.jsonl": [PERSONAL, PERSONAL]}, detectors=["personal_info", "exact_duplicates"])

    assert "1*********0" in row["excerpt"]
    assert [] == [part for part in ("张伟", "138001", "杭州", "文三路") if part in row["excerpt"]]
    (row,) = groups(
        tmp_path, {"a.jsonl": [PERSONAL, PERSONAL]}, detectors=["exact_duplicates"], overwrite=True, unmasked=True
    )
    assert row["excerpt"] == PERSONAL[:SHOWN] + "…" * (len(PERSONAL) > SHOWN)


def test_without_the_detector_the_form_of_numbers_is_enough(tmp_path: Path) -> None:
    """As in every excerpt."""
    (row,) = groups(tmp_path, {"a.jsonl": [PERSONAL, PERSONAL]}, detectors=["exact_duplicates"])

    assert "13800138000" not in row["excerpt"]
    assert "张伟" not in row["excerpt"]


@pytest.mark.parametrize("split_bytes", [0, 40])
def test_splits_choose_no_other_example(tmp_path: Path, split_bytes: int) -> None:
    """A row is found in whichever split it lies, after records that could not be read too."""
    path = json_lines(tmp_path / "data" / "a.jsonl", [{"text": f"number {number}"} for number in range(9)])
    path.write_text("{\n" + path.read_text() + '{"text": "NUMBER 7"}\n')
    run = cg.scan(
        tmp_path / "data", out=tmp_path / "run", split_bytes=split_bytes or None, detectors=["exact_duplicates"]
    )

    assert [("8", "number 7")] == [(row["row"], row["excerpt"]) for row in rows(run.path, "groups.csv")]


def test_few_are_listed(tmp_path: Path) -> None:
    """Of equal size the first by their keys, whatever the order of the corpus."""
    texts = [f"text number {number} of many others" for number in range(LARGEST + 5)]
    found = groups(tmp_path, {"a.jsonl": texts, "b.jsonl": texts[::-1]}, detectors=["exact_duplicates"])

    assert LARGEST == len(found)
    assert sorted(row["group"] for row in found) == [row["group"] for row in found]


def test_texts_in_memory_have_no_example(tmp_path: Path) -> None:
    """They cannot be read again; the group is listed all the same."""
    run = cg.scan([{"text": "the same"}, {"text": "the same"}], out=tmp_path / "run", detectors=["exact_duplicates"])

    assert [("2", "")] == [(row["documents"], row["excerpt"]) for row in rows(run.path, "groups.csv")]

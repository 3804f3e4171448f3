"""An index of fingerprints, from scan to scan."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_guard as cg
from corpus_guard.duplicates import index as index_module
from corpus_guard.duplicates.index import opened
from corpus_guard.errors import UsageError
from tests.conftest import Done
from tests.corpora import DAY, digests, json_lines

LETTERS = [chr(code) for code in range(0x4E00, 0x5E00)]
KINDS = ["exact_duplicates", "near_duplicates"]


def author(seed: int, length: int = 300) -> str:
    """A text like no other."""
    return "".join(random.Random(seed).choices(LETTERS, k=length))


def edited(text: str, place: int = 100) -> str:
    """The text with another character at one place."""
    return f"{text[:place]}改{text[place + 1 :]}"


def written(folder: Path, name: str, texts: Sequence[str]) -> Path:
    """A shard of these texts."""
    json_lines(folder / name, [{"id": f"{name}-{row}", "text": text} for row, text in enumerate(texts)])
    return folder


def scan(data: Path, out: Path, index: Path | None, **options: Any) -> cg.Run:
    """Scan for duplicates alone."""
    return cg.scan(data, out=out, **{"detectors": KINDS, "as_of": DAY, "index": index} | options)


def listed(run: Path, table: str) -> set[tuple[str, str, int, bool]]:
    """Kind, shard, row and whether it leads, of the rows of a table."""
    frame = pl.read_parquet(run / table)
    return set(frame.select("kind", "shard", "row", "representative").iter_rows())


@pytest.fixture
def monday(tmp_path: Path) -> Path:
    """What was scanned first: four texts and a copy."""
    return written(tmp_path / "monday", "web/a.jsonl", [author(1), author(2), author(3), author(4), author(1)])


@pytest.fixture
def tuesday(tmp_path: Path) -> Path:
    """What comes later: a copy, an edited text, two versions of a new one, a new one."""
    texts = [author(2), edited(author(3)), author(7), edited(author(7)), author(8), author(8)]
    return written(tmp_path / "tuesday", "web/a.jsonl", texts)


def test_a_later_scan_is_compared_with_earlier_ones(monday: Path, tuesday: Path, tmp_path: Path) -> None:
    """What was there before leads its group, is listed apart and counted nowhere; new copies count."""
    first = scan(monday, tmp_path / "first", tmp_path / "index")
    second = scan(tuesday, tmp_path / "second", tmp_path / "index")

    assert {("exact", "web/a.jsonl", 0, True), ("exact", "web/a.jsonl", 4, False)} == listed(
        tmp_path / "first", "duplicates.parquet"
    )
    assert set() == listed(tmp_path / "first", "known_duplicates.parquet")
    assert {("exact", "web/a.jsonl", 1, True), ("near", "web/a.jsonl", 2, True)} == listed(
        tmp_path / "second", "known_duplicates.parquet"
    )
    own = {(kind, row, leads) for kind, _, row, leads in listed(tmp_path / "second", "duplicates.parquet")}
    near = {row: leads for kind, row, leads in own if kind == "near"}
    assert {("exact", 0, False), ("exact", 4, True), ("exact", 5, False), ("near", 1, False)} < own
    assert {1, 2, 3} == near.keys()
    assert 1 == near[2] + near[3]
    row = second.summary.row(0, named=True)
    assert (2, 2) == (row["exact_duplicate_documents"], row["near_duplicate_documents"])
    assert {"compared": 0, "added": 1, "shards": 1} == first.facts["index"]
    assert {"compared": 1, "added": 1, "shards": 2} == second.facts["index"]


def test_known_documents_are_named_with_their_own_place(monday: Path, tuesday: Path, tmp_path: Path) -> None:
    """Source, shard, row, id, and the day they were added; the group ties them to this scan's."""
    scan(monday, tmp_path / "first", tmp_path / "index", as_of="2026-01-01")
    scan(tuesday, tmp_path / "second", tmp_path / "index")
    known = pl.read_parquet(tmp_path / "second" / "known_duplicates.parquet").filter(pl.col("kind") == "near")
    groups = pl.read_parquet(tmp_path / "second" / "duplicates.parquet").filter(pl.col("row") == 1)

    assert [("web", "web/a.jsonl", 2, "web/a.jsonl-2", "2026-01-01")] == known.select(
        "source", "shard", "row", "document_id", "added"
    ).rows()
    assert known["group"].to_list() == groups["group"].to_list()
    assert all(0.9 < one < 1 for one in groups["similarity"])


@pytest.mark.parametrize("options", [{}, {"split_bytes": 700}])
def test_the_same_input_again_is_no_duplicate_of_itself(monday: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    """Shards are known by their bytes, whatever they are called and however they are cut."""
    scan(monday, tmp_path / "first", tmp_path / "index")
    monday.rename(tmp_path / "moved")
    again = scan(tmp_path / "moved", tmp_path / "second", tmp_path / "index", **options)

    assert digests(tmp_path / "first") == digests(tmp_path / "second")
    assert {"compared": 0, "added": 0, "shards": 1} == again.facts["index"]


def test_without_an_index_nothing_is_different(monday: Path, tmp_path: Path) -> None:
    """An empty index changes no byte of the tables there are without one."""
    scan(monday, tmp_path / "with", tmp_path / "index")
    plain = scan(monday, tmp_path / "without", None)

    assert digests(tmp_path / "with") == digests(tmp_path / "without")
    assert "index" not in plain.facts
    assert not (tmp_path / "without" / "known_duplicates.parquet").exists()


@pytest.mark.parametrize("options", [{"workers": 2}, {"split_bytes": 500, "batch_bytes": 300}])
def test_tables_do_not_depend_on_how_the_work_was_cut(
    monday: Path, tuesday: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    """Neither then nor now."""
    for name, cut in (("one", {}), ("other", options)):
        scan(monday, tmp_path / name / "first", tmp_path / name / "index", **cut)
        scan(tuesday, tmp_path / name / "second", tmp_path / name / "index", **cut)

    assert digests(tmp_path / "one" / "second") == digests(tmp_path / "other" / "second")
    known = [(tmp_path / name / "second" / "known_duplicates.parquet").read_bytes() for name in ("one", "other")]
    assert known[0] == known[1]


@pytest.mark.parametrize("parted", [(1, 7), (7, 3), (5, 5)])
def test_partitions_need_not_be_those_of_then(
    monday: Path, tuesday: Path, tmp_path: Path, parted: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small index beside a large scan, and the other way round."""
    for name, (then, now) in (("one", (1, 1)), ("other", parted)):
        monkeypatch.setattr("corpus_guard.scanning.partitions_for", lambda _, count=then: count)
        scan(monday, tmp_path / name / "first", tmp_path / name / "index", workers=1)
        monkeypatch.setattr("corpus_guard.scanning.partitions_for", lambda _, count=now: count)
        scan(tuesday, tmp_path / name / "second", tmp_path / name / "index", workers=1)

    for table in ("duplicates.parquet", "known_duplicates.parquet"):
        assert listed(tmp_path / "one" / "second", table) == listed(tmp_path / "other" / "second", table)


def test_data_in_memory_is_compared_too(monday: Path, tmp_path: Path) -> None:
    """And added, by the digest of its texts."""
    scan(monday, tmp_path / "first", tmp_path / "index")
    run = cg.scan([{"text": author(2)}], out=tmp_path / "run", detectors=KINDS, index=tmp_path / "index")

    assert [1] == run.summary["exact_duplicate_documents"].to_list()
    assert {"compared": 1, "added": 1, "shards": 2} == run.facts["index"]


REFUSED = [
    ({"threshold": 0.7}, {}, "made with other threshold 0.7 instead of 0.8"),
    ({}, {"shingles": "words"}, "made with other shingles characters instead of words"),
    ({}, {"simplified": True}, "made with other simplified False instead of True"),
]


@pytest.mark.parametrize(("then", "now", "said"), REFUSED)
def test_other_parameters_are_refused(
    monday: Path, tmp_path: Path, then: dict[str, Any], now: dict[str, Any], said: str
) -> None:
    """With the way to rebuild, and before anything is written."""
    options = [{"detector_options": {"near_duplicates": one}} for one in (then, now)]
    scan(monday, tmp_path / "first", tmp_path / "index", **options[0])
    with pytest.raises(UsageError, match=f"{said}.*scan again what it holds, with --index and a new folder"):
        scan(monday, tmp_path / "second", tmp_path / "index", **options[1])

    assert not (tmp_path / "second").exists()


def _other_version(head: dict[str, Any]) -> None:
    head["tool_version"] = "0.0.1"


def _other_format(head: dict[str, Any]) -> None:
    head["format"] = 9


def _other_rules(head: dict[str, Any]) -> None:
    head["parameters"]["rules"] = "0" * 64


def _no_entries(head: dict[str, Any]) -> None:
    del head["entries"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_other_version, "written by version 0.0.1"),
        (_other_format, "(format 9)"),
        (_other_rules, "made with other rules"),
        (_no_entries, "is damaged"),
    ],
)
def test_an_index_from_elsewhere_is_refused(
    monday: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None], said: str, command_line: Callable[..., Done]
) -> None:
    """Exit 2, one sentence, nothing scanned, the index as it was."""
    scan(monday, tmp_path / "first", tmp_path / "index")
    path = tmp_path / "index" / "index.json"
    head = json.loads(path.read_text(encoding="utf-8"))
    change(head)
    path.write_text(json.dumps(head), encoding="utf-8")
    before = path.read_bytes()
    words = ("--detector", "exact_duplicates", "--detector", "near_duplicates", "--index", tmp_path / "index")
    done = command_line("scan", monday, "--out", tmp_path / "second", *words)

    assert 2 == done.code
    assert 1 == len(done.err.strip().splitlines())
    assert said in done.err
    assert "scan again what it holds" in done.err
    assert before == path.read_bytes()
    assert not (tmp_path / "second").exists()


def test_a_damaged_index_is_refused(monday: Path, tmp_path: Path) -> None:
    """A file that is cut, or gone, is named."""
    scan(monday, tmp_path / "first", tmp_path / "index")
    file = min((tmp_path / "index").glob("*/*.sketches.arrow"))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(UsageError, match=f"is damaged: .*{file.name} is not as it was"):
        scan(monday, tmp_path / "second", tmp_path / "index")
    file.unlink()
    with pytest.raises(UsageError, match="is damaged"):
        scan(monday, tmp_path / "second", tmp_path / "index")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text("x"), "is a file"),
        (lambda path: (path.mkdir(), (path / "notes.txt").write_text("x")), "is no index: it holds notes.txt"),
    ],
)
def test_what_is_no_index_is_not_touched(
    monday: Path, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    """A folder of something else is refused."""
    make(tmp_path / "index")
    with pytest.raises(UsageError, match=said):
        scan(monday, tmp_path / "run", tmp_path / "index")


def test_it_needs_a_detector_of_duplicates(monday: Path, tmp_path: Path) -> None:
    """Others leave no fingerprints."""
    with pytest.raises(UsageError, match="add one of them to --detector"):
        scan(monday, tmp_path / "run", tmp_path / "index", detectors=["keywords"])


def test_two_scans_do_not_share_an_index_at_once(monday: Path, tmp_path: Path) -> None:
    """The second is told to wait."""
    from corpus_guard.jobs import prepare
    from corpus_guard.planning import index_parameters

    plan = prepare(paths=[monday], detectors=KINDS).plan
    with (
        opened(tmp_path / "index", index_parameters(plan)),
        pytest.raises(UsageError, match="another scan is at work with the index"),
    ):
        scan(monday, tmp_path / "run", tmp_path / "index")


@pytest.mark.parametrize("moment", ["write_text", "_link"])
def test_a_scan_that_is_stopped_while_it_adds_adds_nothing(
    monday: Path, tuesday: Path, tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index stays what it was; resumed, the scan ends as if nothing had happened, with the same bytes."""
    scan(monday, tmp_path / "first", tmp_path / "index")
    scan(monday, tmp_path / "x", tmp_path / "other")
    scan(tuesday, tmp_path / "whole", tmp_path / "other")
    before = (tmp_path / "index" / "index.json").read_bytes()
    real = getattr(index_module, moment)

    def stopped(path: Path, *rest: Any) -> None:
        if "earlier.json" not in str(path):
            raise KeyboardInterrupt
        real(path, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(index_module, moment, stopped)
        with pytest.raises(KeyboardInterrupt):
            scan(tuesday, tmp_path / "second", tmp_path / "index")
    assert before == (tmp_path / "index" / "index.json").read_bytes()
    run = scan(tuesday, tmp_path / "second", tmp_path / "index", resume=True)

    assert digests(tmp_path / "whole") == digests(tmp_path / "second")
    assert {"compared": 1, "added": 1, "shards": 2} == run.facts["index"]


def test_a_scan_that_is_stopped_after_it_added_is_not_compared_with_itself(
    monday: Path, tuesday: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resumed, it goes by what the index held when it began."""
    scan(monday, tmp_path / "first", tmp_path / "index")
    scan(monday, tmp_path / "x", tmp_path / "other")
    scan(tuesday, tmp_path / "whole", tmp_path / "other")

    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("corpus_guard.finishing.write_judgement", stopped)
        with pytest.raises(KeyboardInterrupt):
            scan(tuesday, tmp_path / "second", tmp_path / "index")
    run = scan(tuesday, tmp_path / "second", tmp_path / "index", resume=True)

    assert digests(tmp_path / "whole") == digests(tmp_path / "second")
    assert {"compared": 1, "added": 0, "shards": 2} == run.facts["index"]


def test_a_shard_that_could_not_be_read_to_its_end_is_compared_and_kept_as_far_as_it_was(
    monday: Path, tmp_path: Path
) -> None:
    """A malformed line loses itself alone."""
    path = monday / "web" / "a.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"text": "brok\n', encoding="utf-8")
    scan(monday, tmp_path / "first", tmp_path / "index")
    run = scan(written(tmp_path / "later", "b.jsonl", [author(4)]), tmp_path / "second", tmp_path / "index")

    assert [1] == run.summary["exact_duplicate_documents"].to_list()

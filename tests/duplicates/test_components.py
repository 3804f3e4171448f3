"""What is linked comes into one partition, and groups do not depend on how many there are."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import corpus_guard as cg
from corpus_guard.duplicates import components
from corpus_guard.duplicates.components import part_by_component
from corpus_guard.duplicates.fingerprints import DOCUMENTS, read_partition, write_partitioned
from corpus_guard.duplicates.near_pairs import EDGES
from corpus_guard.runs import Work
from tests.corpora import DAY
from tests.duplicates.test_near_duplicates import author, edited, groups, write

PARTITIONS, PARTS = 2, 3
Pairs = list[tuple[int, int]]
CHAIN = [(number, number + 1) for number in range(60)]


def in_order(partitions: int, task: Callable[[int], Any]) -> list[Any]:
    """A shuffle in this process."""
    return [task(number) for number in range(partitions)]


def written(work: Work, pairs: Pairs) -> None:
    """Write verified pairs of documents whose texts have keys in no order."""
    keys = np.random.default_rng(1).integers(0, 2**63, 64).astype(np.uint64)
    empty = {"length": [9] * 64, "shingles": [b""] * 64, "sketch": [b""] * 64, "row": range(64), "source": [""] * 64}
    about = pa.table({"high": keys, **empty, "document_id": [""] * 64}).select(DOCUMENTS.names).cast(DOCUMENTS)
    with pa.OSFile(str(work.sketches(0)), "wb") as sink, pa.ipc.new_file(sink, DOCUMENTS) as writer:
        writer.write_table(about)
    for number in range(PARTITIONS):
        some = pairs[number::PARTITIONS]
        columns = [[first for first, _ in some], [second for _, second in some], [0.9] * len(some)]
        table = pa.table(columns, schema=EDGES)
        write_partitioned(work.edges(number), table, np.zeros(len(table), np.int64))


def joined(pairs: Pairs) -> dict[int, int]:
    """The least document that each is linked to, by going through all pairs until nothing changes."""
    least = {document: document for pair in pairs for document in pair}
    before: dict[int, int] = {}
    while least != before:
        before = dict(least)
        for one, other in pairs:
            least[one] = least[other] = min(least[one], least[other])
    return least


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(31, 63)), max_size=60, unique=True))
@example(CHAIN)
@example([(0, number) for number in range(1, 60)])
def test_every_component_is_in_one_partition(pairs: Pairs) -> None:
    """With all of its pairs, each once."""
    with tempfile.TemporaryDirectory() as folder:
        work = Work(Path(folder))
        written(work, pairs)
        paths = part_by_component(work, PARTITIONS, PARTS, in_order)
        tables = [[read_partition(path, part) for path in paths] for part in range(PARTS)]
        found = [
            [pair for table in some if table is not None for pair in zip(*(table[name].to_pylist() for name in ("first", "second")), strict=True)]
            for some in tables
        ]  # fmt: skip

    least = joined(pairs)
    seen = [{least[first] for first, _ in some} for some in found]
    assert sorted(pairs) == sorted(pair for some in found for pair in some)
    assert len(set().union(*seen)) == sum(map(len, seen))


def test_a_large_component_is_one(tmp_path: Path) -> None:
    """A chain through all of the corpus ends in one partition."""
    written(Work(tmp_path), CHAIN)
    paths = part_by_component(Work(tmp_path), PARTITIONS, PARTS, in_order)

    assert 1 == sum(any(read_partition(path, part) is not None for path in paths) for part in range(PARTS))


@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 2, "split_bytes": 30_000, "batch_bytes": 5_000}])
def test_groups_are_the_same_in_any_number_of_partitions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    """Chains, stars and pairs of versions, in one partition and in many."""
    chain = [author(1, 400)]
    for step in range(12):
        chain.append(edited(chain[-1], range(step * 30, step * 30 + 30)))
    versions = [edited(author(2 + number // 3), [number % 3]) for number in range(60)]
    data = write(tmp_path / "data", {"web/a": chain + versions[:30], "books/b": versions[30:]})
    runs = []
    for name, many in (("one", components.PAIRS_AT_ONCE), ("many", 10)):
        monkeypatch.setattr(components, "PAIRS_AT_ONCE", many)
        runs.append(cg.scan(data, out=tmp_path / name, detectors=["near_duplicates"], as_of=DAY, **options).path)
    tables = [pl.read_parquet(run / "duplicates.parquet") for run in runs]

    assert groups(runs[0]) == groups(runs[1])
    assert tables[0].height > 60
    assert tables[0].sort(pl.all()).equals(tables[1].sort(pl.all()))

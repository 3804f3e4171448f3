"""Near duplicates of a whole corpus, from files to the tables of a run."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_guard as cg

LETTERS = [chr(code) for code in range(0x4E00, 0x5E00)]
KINDS = ["exact_duplicates", "near_duplicates"]


def author(seed: int, length: int = 300) -> str:
    """A text like no other."""
    return "".join(random.Random(seed).choices(LETTERS, k=length))


def edited(text: str, places: Sequence[int]) -> str:
    """The text with other characters at some places."""
    letters = list(text)
    for place in places:
        letters[place] = "改"
    return "".join(letters)


def write(folder: Path, shards: Mapping[str, Sequence[str]]) -> Path:
    """Write a corpus: a Parquet file a shard."""
    for name, texts in shards.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame({"text": texts}).write_parquet(path, row_group_size=3)
    return folder


def groups(run: Path, kind: str = "near") -> set[frozenset[tuple[str, int]]]:
    """The documents of each group, as (shard, row)."""
    table = pl.read_parquet(run / "duplicates.parquet").filter(pl.col("kind") == kind)
    found: dict[str, set[tuple[str, int]]] = {}
    for group, shard, row in table.select("group", "shard", "row").iter_rows():
        found.setdefault(group, set()).add((shard, row))
    return {frozenset(members) for members in found.values()}


def scan(data: Path, out: Path, **options: Any) -> Path:
    """Scan for duplicates alone."""
    cg.scan(data, out=out, detectors=KINDS, as_of="2026-01-31", **options)
    return out


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two sources with a text in three versions, an exact copy, and texts that share nothing."""
    text = author(1)
    return write(
        tmp_path / "data",
        {
            "web/a": [author(2), text, author(3), edited(text, [10])],
            "web/b": [author(4), author(5, 8)],
            "books/a": [edited(text, [10, 200]), author(6), text],
        },
    )


def test_versions_of_a_text_are_one_group_whatever_shard_they_are_in(corpus: Path, tmp_path: Path) -> None:
    """Of equal texts the first stands for all; texts that share nothing are in no group."""
    run = scan(corpus, tmp_path / "run")

    assert {frozenset({("books/a.parquet", 0), ("books/a.parquet", 2), ("web/a.parquet", 3)})} == groups(run)
    assert {frozenset({("books/a.parquet", 2), ("web/a.parquet", 1)})} == groups(run, "exact")


def test_copies_are_counted_by_source_and_representatives_are_not(corpus: Path, tmp_path: Path) -> None:
    """One document of each group is no copy; the columns of a detector that did not run are empty."""
    summary = pl.read_csv(scan(corpus, tmp_path / "run") / "summary.csv")
    without = cg.scan(corpus, out=tmp_path / "without", detectors=["exact_duplicates"]).summary
    near = dict(summary.select("source", "near_duplicate_documents").iter_rows())

    assert 2 == sum(near.values())
    assert 1 == summary["exact_duplicate_documents"].sum()
    assert [None, None] == without["near_duplicate_documents"].to_list()


def test_similarity_is_that_to_the_representative(corpus: Path, tmp_path: Path) -> None:
    """One changed character of 300 costs ten shingles of the union."""
    table = pl.read_parquet(scan(corpus, tmp_path / "run") / "duplicates.parquet").filter(pl.col("kind") == "near")
    leader = table.filter("representative")

    assert [1.0] == leader["similarity"].to_list()
    assert all(0.9 < similarity < 1 for similarity in table.filter(~pl.col("representative"))["similarity"])


def test_the_representative_comes_from_the_first_source_of_the_manifest(corpus: Path, tmp_path: Path) -> None:
    """Then the longest, then the smallest hash: never the first that happened to be read."""
    manifest = tmp_path / "sources.toml"
    for first, second in (("web", "books"), ("books", "web")):
        manifest.write_text(
            "".join(
                f'[[source]]\nid = "{name}"\nkind = "open_source"\norigin = "domestic"\nmatch = ["{name}/**"]\n'
                for name in (first, second)
            )
        )
        table = pl.read_parquet(
            scan(corpus, tmp_path / f"run-{first}", sources=str(manifest)) / "duplicates.parquet"
        ).filter(pl.col("kind") == "near", "representative")

        assert [first] == table["source"].to_list()


@pytest.mark.parametrize("options", [{"workers": 3}, {"batch_bytes": 700}, {"workers": 2, "batch_bytes": 1}])
def test_groups_do_not_depend_on_how_the_work_was_cut(corpus: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    """Workers and batches change no byte of duplicates.parquet."""
    one = scan(corpus, tmp_path / "one", workers=1) / "duplicates.parquet"
    other = scan(corpus, tmp_path / "other", **options) / "duplicates.parquet"

    assert one.read_bytes() == other.read_bytes()


def test_a_corpus_of_one_text_is_one_exact_group(tmp_path: Path) -> None:
    """Copies of one text are no near duplicates of each other, however many."""
    run = scan(write(tmp_path / "data", {"a": [author(1)] * 500, "b": [author(1)] * 500}), tmp_path / "run")

    assert [1000] == [len(group) for group in groups(run, "exact")]
    assert set() == groups(run)


@pytest.mark.parametrize("texts", [["啊" * 1000, "啊" * 990, "哦" * 1000], ["好", "好", "吗", "", None]])
def test_repeated_characters_and_short_texts_are_told_apart(tmp_path: Path, texts: list[str]) -> None:
    """A text of one character has one shingle; a short one has none and is compared exactly."""
    run = scan(write(tmp_path / "data", {"a": texts}), tmp_path / "run")

    assert [len(group) for group in (*groups(run), *groups(run, "exact"))] == [2]


@pytest.mark.parametrize("unit", ["啊", "哈哈哦", "好的收到谢谢"])
def test_repetitions_of_any_length_have_the_same_shingles(tmp_path: Path, unit: str) -> None:
    """However often it is repeated, a text has the shingles of one round: one group, each with an index of 1."""
    texts = [(unit * 6_000)[: 20 + length * length] for length in range(75)]
    run = scan(write(tmp_path / "data", {"a": texts}), tmp_path / "run")
    table = pl.read_parquet(run / "duplicates.parquet").filter(kind="near")

    assert [75] == [len(group) for group in groups(run)]
    assert {1.0} == set(table["similarity"])


def test_what_is_repeated_in_a_text_counts_once(tmp_path: Path) -> None:
    """A text and the same twice over have nearly the same set of shingles, on both sides of what is kept of a set."""
    for length in (500, 700, 900, 1_100, 1_300, 1_600):
        texts = [author(length, length), author(length, length) * 2, author(length + 1, length)]
        run = scan(write(tmp_path / f"data-{length}", {"a": texts}), tmp_path / f"run-{length}")

        assert {frozenset({("a.parquet", 0), ("a.parquet", 1)})} == groups(run), length


def test_a_corpus_without_documents_has_no_groups(tmp_path: Path) -> None:
    """Nothing is compared, and nothing fails."""
    assert set() == groups(scan(write(tmp_path / "data", {"a": [""]}), tmp_path / "run"))


def test_templates_do_not_chain_what_shares_nothing(tmp_path: Path) -> None:
    """A row of texts, each a little different from the one before, is no single group: two steps are similar."""
    texts = [author(1, 400)]
    for step in range(12):
        texts.append(edited(texts[-1], range(step * 30, step * 30 + 30)))
    run = scan(write(tmp_path / "data", {"a": texts}), tmp_path / "run")

    spans = [max(row for _, row in group) - min(row for _, row in group) for group in groups(run)]

    assert len(spans) > 1
    assert max(spans) <= 4


def test_a_lower_threshold_finds_more(tmp_path: Path) -> None:
    """The threshold is an option of the detector's own table."""
    text = author(1)
    data = write(tmp_path / "data", {"a": [text, edited(text, range(0, 300, 25))]})
    pipeline = tmp_path / "pipeline.toml"
    pipeline.write_text("[near_duplicates]\nthreshold = 0.6\n")

    assert set() == groups(scan(data, tmp_path / "usual"))
    assert {frozenset({("a.parquet", 0), ("a.parquet", 1)})} == groups(
        scan(data, tmp_path / "low", pipeline=str(pipeline))
    )

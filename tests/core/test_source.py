"""Which source a path says, and what globs match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.catalog.conventions import read_conventions
from corpus_guard.core.source import Manifest, SourceEntry, glob_expression, source_of_path

NUMBERING = read_conventions().numbering
_SPARK = "part-00003-1b2c3d4e-0f1a-4b2c-8d3e-9f0a1b2c3d4e-c000"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web/a.parquet", "web"),
        ("web/zh/a-00001.parquet", "web"),
        ("wiki.parquet", "wiki"),
        ("wiki-00000-of-00100.parquet", "wiki"),
        ("wiki_0_of_8.jsonl", "wiki"),
        ("c4-train.00000-of-01024.json.gz", "c4-train"),
        ("news-part-00012-of-00100.jsonl.zst", "news"),
        ("data.part3.jsonl.gz", "data"),
        ("wiki_shard_12.jsonl", "wiki"),
        ("x.p3.jsonl", "x"),
        ("x-00012.jsonl", "x"),
        ("law_001.txt", "law"),
        ("web-20240115.jsonl", "web"),
        ("train_17.jsonl", "train"),
        ("web_text_zh_train-3.json", "web_text_zh_train"),
        ("Test7.jsonl", "Test"),
        ("corpus-5.txt", "corpus"),
    ],
)
def test_first_folder_or_stem_without_shard_number_is_the_source(name: str, expected: str) -> None:
    """Shards of one data set have one source, however they are numbered and packed."""
    assert expected == source_of_path(name, "root", NUMBERING)


@pytest.mark.parametrize(
    "stem",
    ["zh_wiki_cmrc2018", "news_2024", "news_2023", "train_2024", "source_a", "source_1", "source_2", "gpt4", "covid19",
     "cc_2019-30", "CC-MAIN-2024-10", "v1.5", "belle_train_0.5M", "latest_2", "profile_3", "iphone_13", "part", "train",
     "web.12"],
)  # fmt: skip
def test_years_and_single_numbers_are_part_of_a_name(stem: str) -> None:
    """What may be two sources is not made one: a year, a version, a number without zeros before it."""
    for suffix in ("parquet", "jsonl", "jsonl.gz", "TXT.zst"):
        assert stem == source_of_path(f"{stem}.{suffix}", "root", NUMBERING)


@pytest.mark.parametrize(
    "name",
    ["part-0001.parquet", "part-00000-of-00010.parquet", "Part_7.jsonl", "000123.parquet", "0000.parquet", "7.txt",
     "shard-17.jsonl", "chunk12.jsonl", "file1.txt", "00001-of-00002.arrow", f"{_SPARK}.snappy.parquet",
     f"{_SPARK}.json.gz"],
)  # fmt: skip
def test_name_that_is_a_number_alone_says_nothing(name: str) -> None:
    """Then the root names the source."""
    assert "root" == source_of_path(name, "root", NUMBERING)


@given(stem=st.text(st.sampled_from("ab-_.019"), min_size=1, max_size=12))
def test_a_source_is_never_without_a_name(stem: str) -> None:
    """Whatever numbers take away, a name is left; and a stem that is a source stays one."""
    source = source_of_path(f"{stem}.parquet", "root", NUMBERING)

    assert source
    assert source in (source_of_path(f"{source}.parquet", "root", NUMBERING), "root")


@pytest.mark.parametrize(
    ("glob", "name", "expected"),
    [
        ("web/**", "web/a.parquet", True),
        ("web/**", "web/zh/a.parquet", True),
        ("web/**", "website/a.parquet", False),
        ("**/*.pdf", "a.pdf", True),
        ("**/*.pdf", "x/y/a.pdf", True),
        ("*.pdf", "x/a.pdf", False),
        ("a?.txt", "a1.txt", True),
        ("a?.txt", "a/.txt", False),
        ("a.txt", "abtxt", False),
        ("a.txt", "a.txt\n", False),
        ("a[1].txt", "a[1].txt", True),
        ("x/**/a.txt", "x/a.txt", True),
    ],
)
def test_two_stars_cross_folders_and_one_does_not(glob: str, name: str, expected: bool) -> None:
    """Every other character stands for itself."""
    import re

    assert expected == bool(re.match(glob_expression(glob), name))


def test_first_entry_whose_glob_matches_names_the_source() -> None:
    """The order of the manifest decides; entries without globs match no shard."""
    entries = SourceEntry("by-column", columns=(("lang", "zh"),)), SourceEntry("a", match=("x", "web/**"))
    manifest = Manifest((*entries, SourceEntry("b", match=("**",))), given=True)

    assert ["a", "b"] == [manifest.of_shard("web/1.txt"), manifest.of_shard("other/1.txt")]
    assert None is Manifest(entries).of_shard("other/1.txt")
    assert (entries[1], None) == (manifest.entry("a"), manifest.entry("c"))

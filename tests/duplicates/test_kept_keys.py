"""Search keys kept over nights: what several splits share tonight is among them, whatever came, went or broke."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.duplicates import kept_keys
from corpus_guard.duplicates.kept_keys import KeptKeys
from corpus_guard.duplicates.shared_keys import Keys, twice

SPLITS = st.dictionaries(st.sampled_from("abcdefghij"), st.lists(st.integers(0, 12), max_size=6), max_size=10)


def night(folder: Path, splits: dict[str, list[int]]) -> Keys:
    """Hold a night over these splits; return the keys that are looked at."""
    named = [f"{name}{sorted(keys)}" for name, keys in splits.items()]  # what changes has another name
    keys = {number: np.array(own, np.uint64) for number, own in enumerate(splits.values())}
    kept = KeptKeys.of(folder, dict(enumerate(named)), 1)
    kept.begin()
    likely = kept.shared(0, 1, keys)
    kept.keep(0, 1, twice([np.unique(own) for own in keys.values()]))
    return likely


@given(st.lists(SPLITS, min_size=2, max_size=4))
def test_all_that_is_shared_is_among_what_is_kept_and_what_is_new(nights: list[dict[str, list[int]]]) -> None:
    """Each night alike."""
    with tempfile.TemporaryDirectory() as folder:
        for splits in nights:
            likely = night(Path(folder), splits)
            shared = twice([np.unique(np.array(own, np.uint64)) for own in splits.values()])
            assert set(shared.tolist()) <= set(likely.tolist())


def test_little_is_looked_at_when_little_is_new(tmp_path: Path) -> None:
    """Keys of old splits that nobody shared are not: that is what the keeping is for."""
    old = {name: [place * 100 + number for number in range(20)] for place, name in enumerate("abcdef")}
    night(tmp_path, old | {"a": [1, 500, 501]})
    likely = night(tmp_path, old | {"a": [1, 500, 501], "new": [3, 7]})

    assert {500, 501, 3, 7} == set(likely.tolist())


def test_only_tonight_and_last_night_are_kept(tmp_path: Path) -> None:
    """Two folders, whatever else was there."""
    for number in range(4):
        night(tmp_path, {"a": [number], "b": [number, 1]})

    assert 2 == len(list(tmp_path.iterdir()))


@pytest.mark.parametrize("name", ["splits.txt", "00000-of-00001.parquet"])
def test_what_is_damaged_is_not_believed(tmp_path: Path, name: str) -> None:
    """All keys are looked through then, as on the first night."""
    splits = {name: [place, 77, 100 + place] for place, name in enumerate("abcdef")}
    night(tmp_path, splits)
    (path,) = tmp_path.glob(f"*/{name}")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    assert [77] == night(tmp_path, splits).tolist()


def test_another_number_of_partitions_begins_anew(tmp_path: Path) -> None:
    """Keys are parted otherwise then."""
    night(tmp_path, {"a": [1], "b": [1]})
    kept = KeptKeys.of(tmp_path, {0: "a[1]", 1: "b[1]"}, 2)

    assert [5] == kept.shared(0, 2, {0: np.array([5], np.uint64), 1: np.array([5], np.uint64)}).tolist()
    assert kept_keys.MANY > 1

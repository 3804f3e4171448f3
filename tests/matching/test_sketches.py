"""Sketches say how similar two documents are; signatures find those that may be."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.matching import similarity
from corpus_guard.matching.similarity import set_similarities, similarities, some_values
from corpus_guard.matching.sketches import (
    BINS,
    FEW,
    SIGNATURE,
    band_keys,
    bands_for,
    listed,
    registers_of,
    signatures_of,
    sketches_of,
)


def _pair(shared: int, only_first: int, only_second: int, seed: int) -> list[np.ndarray]:
    """Two sets of hashes that share some."""
    hashes = np.random.default_rng(seed).choice(2**32, shared + only_first + only_second, replace=False)
    common = hashes[:shared]
    return [
        np.concatenate([common, hashes[shared : shared + only_first]]).astype(np.uint32),
        np.concatenate([common, hashes[shared + only_first :]]).astype(np.uint32),
    ]


def _registers(sets: list[np.ndarray]) -> np.ndarray:
    return registers_of(np.concatenate(sets), np.array([len(one) for one in sets], np.int64))


def _of_bins(sketches: np.ndarray, some: list[int], others: list[int]) -> list[float]:
    """The similarity of pairs of rows."""
    ends = np.arange(len(sketches) + 1) * BINS
    found: list[float] = similarities(pa.py_buffer(sketches), ends, np.array(some), np.array(others)).tolist()
    return found


def _of_sets(first: list[int], second: list[int]) -> float:
    """The similarity of two sets of shingles."""
    data, ends = np.array([*first, *second], np.uint16), np.cumsum([0, 2 * len(first), 2 * len(second)])
    return float(set_similarities(pa.py_buffer(data), ends, np.array([0]), np.array([1]))[0])


@pytest.mark.parametrize("pairs", [[(0, 1), (0, 2), (1, 2)], [(2, 1), (2, 2), (0, 1), (0, 0)], []])
@given(
    sets=st.lists(st.lists(st.integers(0, 2**16 - 1) | st.integers(0, 5), max_size=90), min_size=3, max_size=3),
    seed=st.integers(0, 99),
)
def test_similarities_are_the_same_without_compiled_functions(
    pairs: list[tuple[int, int]], sets: list[list[int]], seed: int
) -> None:
    """Of sets whose members stand there several times, and of bins of which many are empty."""
    rows = np.random.default_rng(seed).integers(0, 4, (3, BINS)).astype(np.uint8)
    cells = np.array([member for members in sets for member in members], np.uint16)
    ends = np.cumsum([0, *(2 * len(members) for members in sets)])
    some, others = (np.array([pair[place] for pair in pairs], np.int64) for place in (0, 1))
    found = []
    for known in (similarity.library, lambda: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(similarity, "library", known)
            by_bins = similarities(pa.py_buffer(rows), np.arange(4) * BINS, some, others).tolist()
            found.append((set_similarities(pa.py_buffer(cells), ends, some, others).tolist(), by_bins))

    assert found[0] == found[1]


@given(values=st.lists(st.binary(max_size=9), max_size=12), begin=st.integers(0, 3), seed=st.integers(0, 99))
def test_some_values_are_the_same_without_compiled_functions(values: list[bytes], begin: int, seed: int) -> None:
    """Bytes of rows in any order, of a column that begins within another, of none, and of empty ones."""
    column = pa.array(values, pa.binary())[begin:]
    places = np.random.default_rng(seed).integers(0, max(len(column), 1), len(column), np.int64)
    expected = [column[place].as_py() for place in places.tolist()]
    for known in (similarity.library, lambda: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(similarity, "library", known)
            data, sizes = some_values(column, places)

        assert (data.tobytes(), sizes.tolist()) == (b"".join(expected), list(map(len, expected)))


@settings(max_examples=60)
@given(shared=st.integers(0, 3000), first=st.integers(0, 800), second=st.integers(1, 800), seed=st.integers(0, 99))
def test_the_estimate_is_close_to_the_jaccard_index(shared: int, first: int, second: int, seed: int) -> None:
    """Within five standard errors, for long documents and short ones."""
    true = shared / (shared + first + second)
    sketches = sketches_of(_registers(_pair(shared, first, second, seed)))
    error = 5 * max(0.1, np.sqrt(true * (1 - true))) / np.sqrt(min(BINS, shared + first + second))

    assert true == pytest.approx(_of_bins(sketches, [0], [1])[0], abs=error)


@given(first=st.sets(st.integers(0, 2**16 - 1), max_size=400), second=st.sets(st.integers(0, 2**16 - 1), max_size=400))
def test_sets_of_shingles_are_compared_almost_exactly(first: set[int], second: set[int]) -> None:
    """The correction for shingles that share their 16 bits costs less than two in a hundred."""
    true = len(first & second) / max(1, len(first | second))

    assert true == pytest.approx(_of_sets(sorted(first), sorted(second)), abs=0.02)


def test_what_is_kept_of_two_similar_documents_can_be_compared() -> None:
    """Over the threshold both have all their shingles kept, or both have bins."""
    assert listed(0.8) > FEW
    assert 0.8 * (listed(0.8) - 1) <= FEW


def test_a_sketch_is_entirely_similar_to_itself_and_an_empty_one_to_nothing() -> None:
    """Documents without shingles are not all duplicates of one another."""
    sketches = sketches_of(_registers([np.array([1, 2**31], np.uint32), np.zeros(0, np.uint32)]))

    assert [1.0, 0.0, 0.0] == _of_bins(sketches, [0, 0, 1], [0, 1, 1])


@settings(max_examples=40)
@given(size=st.integers(1, 2000), seed=st.integers(0, 99))
def test_every_value_of_a_signature_is_filled(size: int, seed: int) -> None:
    """Also that of a document with a single shingle; two documents do not meet in what both lack."""
    one, other = (registers[None] for registers in _registers(_pair(0, size, size, seed)))

    assert (signatures_of(one) != 0xFFFFFFFF).all()
    assert not (band_keys(signatures_of(one), 0.8) == band_keys(signatures_of(other), 0.8)).all()


@pytest.mark.parametrize("size", [20, 100, 500, 3000])
def test_similar_documents_share_a_search_key(size: int) -> None:
    """At a Jaccard index of 0.83, at least 97 of 100 pairs meet."""
    met = 0
    for seed in range(200):
        different = round(size * 0.17 / 1.83)
        signatures = signatures_of(_registers(_pair(size - different, different, different, seed)))
        keys = band_keys(signatures, 0.8)
        met += bool((keys[0] == keys[1]).any())

    assert 194 <= met


def test_bands_are_those_that_datasketch_would_choose() -> None:
    """They fit the signature, and a lower threshold looks at fewer values at a time."""
    bands, rows = bands_for(0.8)

    assert bands * rows <= SIGNATURE
    assert bands_for(0.6)[1] < rows


def test_signatures_can_be_loaded_into_datasketch() -> None:
    """Its index finds the same pair, its estimate agrees with ours."""
    registers = _registers(_pair(900, 50, 50, 7))
    sketches = sketches_of(registers)
    first, second = (
        MinHash(num_perm=SIGNATURE, hashvalues=row.astype(np.uint64), scheme="legacy")
        for row in signatures_of(registers)
    )
    index = MinHashLSH(threshold=0.8, num_perm=SIGNATURE, params=bands_for(0.8))
    index.insert("first", first)

    assert ["first"] == index.query(second)
    assert first.jaccard(second) == pytest.approx(_of_bins(sketches, [0], [1])[0], abs=0.15)

"""Shingles of many texts at once are those of each text by itself."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.shingles import WIDTH, different_of, shingle_hashes

_TEXTS = st.lists(st.text(st.characters(max_codepoint=0xD7FF), max_size=12), max_size=8)


def _units(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-16-le"), np.uint16)


def _hashes(texts: list[str], between: int) -> list[list[int]]:
    """The shingle hashes of each text, all worked out together."""
    gap = np.full(between, 0xFFFF, np.uint16)
    units = np.concatenate([np.zeros(0, np.uint16), *(part for text in texts for part in (_units(text), gap))])
    hashes, counts = shingle_hashes(units, np.array([len(text) for text in texts], np.int64), between=between)
    assert len(hashes) == counts.sum()
    return [part.tolist() for part in np.split(hashes, np.cumsum(counts)[:-1])] if texts else []


@given(texts=_TEXTS, between=st.integers(0, 2))
def test_no_shingle_reaches_into_the_next_text(texts: list[str], between: int) -> None:
    """However texts lie side by side, each has the shingles it has alone."""
    alone = [_hashes([text], 0)[0] for text in texts]

    assert alone == _hashes(texts, between)


@given(text=st.text(st.characters(max_codepoint=0xD7FF), min_size=WIDTH, max_size=30))
def test_equal_shingles_have_equal_hashes(text: str) -> None:
    """A shingle's hash depends on its five characters alone, wherever it stands."""
    by_shingle: dict[str, set[int]] = {}
    for place, value in enumerate(_hashes([text], 0)[0]):
        by_shingle.setdefault(text[place : place + WIDTH], set()).add(value)

    assert all(len(values) == 1 for values in by_shingle.values())


@pytest.mark.parametrize("text", ["", "一二三四", "abcd"])
def test_a_text_of_fewer_than_five_characters_has_no_shingle(text: str) -> None:
    """It is left to the exact comparison."""
    assert [[]] == _hashes([text], 1)


def test_hashes_are_spread_evenly() -> None:
    """Every bin of a sketch gets its share: a skewed hash would waste the others."""
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 20_000)))
    bins = np.bincount(np.array(_hashes([text], 0)[0]) >> 22, minlength=1024)

    assert 5 < bins.min()
    assert 45 > bins.max()


@given(row=st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 5), max_size=30))
def test_different_hashes_stand_in_their_first_order(row: list[int]) -> None:
    """Each once."""
    assert list(dict.fromkeys(row)) == different_of(np.array(row, np.uint32)).tolist()


@pytest.mark.skipif(library() is None, reason="the installation found no C compiler")
@given(units=st.lists(st.integers(0, 2**16 - 1), min_size=WIDTH, max_size=30), ways=st.integers(0, 2))
def test_compiled_functions_hash_the_same_however_many_at_once(units: list[int], ways: int) -> None:
    """One at a time, or four by either kind of multiplication, as the processor can."""
    functions = library()
    assert functions is not None
    known, found = np.array(units, np.uint16), np.zeros(len(units) - (WIDTH - 1), np.uint32)
    functions.shingle_hashes(pointer(known), number(len(found)), ctypes.c_int32(ways), pointer(found))

    assert shingle_hashes(known, np.array([len(known)]))[0].tolist() == found.tolist()

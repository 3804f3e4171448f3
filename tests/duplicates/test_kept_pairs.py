"""What nights keep of pairs: the same whichever way documents are numbered, and nothing that is damaged or gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.duplicates.kept_pairs import PLACE_BITS, KeptPairs

NAMES = [f"{number:032x}" for number in (7, 2**90 + 1, 2**127 + 3)]


def document(split: int, place: int) -> int:
    """Return the number of a document."""
    return (split << PLACE_BITS) + place


@given(st.permutations(range(3)), st.integers(0, 2), st.integers(0, 2), st.integers(0, 9), st.integers(0, 9))
def test_pairs_are_known_whatever_their_numbers(order: list[int], one: int, two: int, place: int, other: int) -> None:
    """Splits come and go before them, and either document may stand first."""
    before = KeptPairs(Path(), dict(enumerate(NAMES)))
    after = KeptPairs(Path(), {number: NAMES[name] for number, name in enumerate(order)})
    pair = [np.array([document(split, where)]) for split, where in ((one, place), (two, other))]
    again = [np.array([document(order.index(split), where)]) for split, where in ((two, other), (one, place))]

    assert [key.tolist() for key in before.keys(*pair)] == [key.tolist() for key in after.keys(*again)]


def test_pairs_differ_by_either_document() -> None:
    """Also where places or names are swapped."""
    kept = KeptPairs(Path(), dict(enumerate(NAMES)))
    pairs = [
        (document(a, p), document(b, q))
        for a in range(3)
        for b in range(a, 3)
        for p in range(20)
        for q in range(20)
        if (a, p) < (b, q)
    ]
    high, low = kept.keys(*(np.array(side) for side in zip(*pairs, strict=True)))

    assert len(pairs) == len(set(high.tolist())) == len(set(low.tolist()))


def test_what_is_kept_is_known_and_only_that(tmp_path: Path) -> None:
    """The file holds the pairs of the last night; those of the night before are gone."""
    kept = KeptPairs(tmp_path / "pairs", {0: NAMES[1]})
    first = [kept.keys(np.arange(0, 5), np.arange(10, 15)), np.linspace(0, 1, 5)]
    high, low = first[0]
    kept.keep(0, 4, high, low, first[1])
    assert first[1].tolist() == kept.known(0, 4, high, low).tolist()
    assert np.isnan(kept.known(1, 4, high, low)).all()
    assert np.isnan(kept.known(0, 8, high, low)).all()
    kept.keep(0, 4, high[3:], low[3:], first[1][3:])
    assert [True] * 3 + [False] * 2 == np.isnan(kept.known(0, 4, high, low)).tolist()
    kept.tidy(8)
    assert [] == list((tmp_path / "pairs").iterdir())


@pytest.mark.parametrize("place", [5, 200, -60])
def test_damage_is_noticed(tmp_path: Path, place: int) -> None:
    """A changed byte is a file that says nothing, or a page whose sum is wrong; never another similarity."""
    kept = KeptPairs(tmp_path, {0: NAMES[1]})
    high, low = kept.keys(np.arange(100), np.arange(100, 200))
    kept.keep(0, 1, high, low, np.full(100, 0.5))
    (path,) = tmp_path.iterdir()
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    found = kept.known(0, 1, high, low)

    assert (np.isnan(found) | (found == 0.5)).all()

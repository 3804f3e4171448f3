"""Signatures for other libraries."""

from __future__ import annotations

import random

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH

import corpus_guard as cg

LETTERS = [chr(code) for code in range(0x4E00, 0x5E00)]


def _loaded(row: np.ndarray) -> MinHash:
    return MinHash(num_perm=128, hashvalues=row, scheme="legacy")


def test_the_index_of_datasketch_takes_them() -> None:
    """It finds the edited text and no other, and estimates how similar the two are."""
    texts = ["".join(random.Random(seed).choices(LETTERS, k=2_000)) for seed in range(50)]
    edited = texts[7][:1_000] + "改" + texts[7][1_001:]
    rows = cg.signatures([*texts, edited])
    index = MinHashLSH(threshold=0.8, num_perm=128)
    for number, row in enumerate(rows[:-1]):
        index.insert(number, _loaded(row))

    assert [7] == index.query(_loaded(rows[-1]))
    assert _loaded(rows[7]).jaccard(_loaded(rows[-1])) > 0.95
    assert LeanMinHash(_loaded(rows[7])).jaccard(LeanMinHash(_loaded(rows[7]))) == 1.0


def test_a_text_without_a_shingle_is_an_empty_minhash() -> None:
    """It is similar to nothing that has one."""
    empty, full = cg.signatures(["好", "春天来了花开了"])

    assert _loaded(empty).is_empty()
    assert not _loaded(full).is_empty()


@pytest.mark.parametrize("options", [{"simplified": True}, {"shingles": "words", "simplified": True}])
def test_options_are_those_of_the_detector(options: dict[str, object]) -> None:
    """Spellings that the detector takes as equal make equal rows."""
    first, second = cg.signatures(["春天來了，花開了", "春天来了，花开了"], **options)  # type: ignore[arg-type]

    assert (first == second).all()

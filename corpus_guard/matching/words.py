"""Word shingles: every five words in a row, hashed. An ideograph is a word of its own, so Chinese needs no segmenter.

Words are runs of letters, marks and numbers after NFKC and lower case; where the words of a text end is lost in the
form that exact duplicates compare, so texts are taken as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import xxhash

from corpus_guard.core.arrays import numbers_of
from corpus_guard.core.batch import Integers

WORDS = 5
"""Words in a shingle."""

_WORD = r"[\p{Han}]|[\p{L}\p{M}\p{N}&&[^\p{Han}]]+"
_MIX, _LAST = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)


def word_shingle_hashes(
    texts: pa.LargeStringArray, spellings: Mapping[int, str]
) -> tuple[npt.NDArray[np.uint32], Integers]:
    """Return the hash of every shingle and how many each text has; a text of fewer than `WORDS` words has none.

    *spellings* are replacements of characters, as `str.translate` takes them. Hashes are uniform over 32 bits and the
    same on every machine.
    """
    words, lengths = _words(texts, spellings)
    counts = np.maximum(lengths - (WORDS - 1), 0)
    if not counts.any():
        return np.zeros(0, np.uint32), counts
    mixed = np.zeros(len(words) - (WORDS - 1), np.uint64)
    for step in range(WORDS):
        mixed = (mixed ^ words[step : step + len(mixed)]) * _MIX
        mixed ^= mixed >> _HALF
    within = np.ones(len(words), bool)
    ends = np.cumsum(lengths)
    for step in range(1, WORDS):  # a shingle that begins so near the end reaches into the next text
        within[ends[ends >= step] - step] = False
    hashes: npt.NDArray[np.uint32] = ((mixed * _LAST) >> _HALF).astype(np.uint32)
    return hashes[within[: len(hashes)]], counts


def _words(texts: pa.LargeStringArray, spellings: Mapping[int, str]) -> tuple[npt.NDArray[np.uint64], Integers]:
    """The hash of every word, and how many each text has; every different word is hashed once."""
    found = pl.Series(texts).str.normalize("NFKC").str.to_lowercase().str.extract_all(_WORD)
    lengths: Integers = found.list.len().to_numpy().astype(np.int64)
    words = found.filter(found.list.len() > 0).explode().to_arrow().cast(pa.large_string()).dictionary_encode()
    known = [xxhash.xxh3_64_intdigest(word.translate(spellings).encode()) for word in words.dictionary.to_pylist()]
    return np.array(known, np.uint64)[numbers_of(words.indices)], lengths

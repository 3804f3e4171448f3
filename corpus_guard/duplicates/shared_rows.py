"""Documents that share search keys, as numbers that sort by themselves: nothing is looked up by name, nothing grouped.

A shared key is known by its rank among all of them, a document by its place among all documents of the splits in the
order of their numbers; a row is one number made of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.duplicates.shared_keys import Keys

Block = tuple[int, Integers, Keys, Integers]
"""A split, ranks of keys, the first half of what the texts of their documents are known by, places of documents."""


@dataclass(frozen=True)
class SharedRows:
    """Rows of shared keys, ascending: the rank of the key, the number of the document; equal texts are one document.

    splits, begins  the splits in order, and the number of the first document of each
    """

    ranks: Integers
    numbers: Integers
    splits: Integers
    begins: Integers

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> SharedRows:
        """Return the rows of *blocks* without those of keys that only one text has."""
        splits = np.unique(np.array([split for split, *_ in blocks], np.int64))
        sizes = np.zeros(len(splits), np.int64)
        order = [int(np.searchsorted(splits, split)) for split, *_ in blocks]
        for place, (_, _, _, places) in zip(order, blocks, strict=True):
            sizes[place] = max(sizes[place], int(places.max(initial=-1)) + 1)
        begins = np.cumsum(sizes) - sizes
        none = np.zeros(0, np.int64)
        numbers = np.concatenate([none, *(begins[at] + block[3] for at, block in zip(order, blocks, strict=True))])
        ranks = np.concatenate([none, *(block[1] for block in blocks)])
        if len(splits) > 1:  # of one split no two documents have the same text
            numbers = _first_of_text(numbers, np.concatenate([block[2] for block in blocks]))
        documents = int(sizes.sum())
        rows = ranks * documents + numbers
        rows.sort()
        rows = rows[are_new(rows)]
        ranks, numbers = rows // max(documents, 1), rows % max(documents, 1)
        begin = are_new(ranks)
        several = ~(begin & np.append(begin[1:], True))
        return cls(ranks[several], numbers[several], splits, begins)

    def documents(self, numbers: Integers, place_bits: int) -> Integers:
        """Return documents by split and place instead of by number."""
        at = np.searchsorted(self.begins, numbers, "right") - 1
        found: Integers = (self.splits[at] << place_bits) + numbers - self.begins[at]
        return found

    def shared(self, keys: Keys) -> Keys:
        """Return those of *keys* that are still shared, given all of them by rank."""
        return keys[self.ranks[are_new(self.ranks)]]


def _first_of_text(numbers: Integers, texts: Keys) -> Integers:
    """The first document that has the text of each row: equal texts have the same keys, so it has the key as well."""
    order = np.argsort(numbers, kind="stable")
    first = order[are_new(numbers[order])]
    documents, known = numbers[first], texts[first]
    by_text = np.lexsort((documents, known))
    begins = are_new(known[by_text])
    leaders = np.empty(len(documents), np.int64)
    leaders[by_text] = documents[by_text][np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))]
    found: Integers = leaders[np.searchsorted(documents, numbers)]
    return found


def are_new(values: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Return which of *values* are not the one before."""
    fresh = np.ones(len(values), bool)
    fresh[1:] = values[1:] != values[:-1]
    return fresh

"""From labels of texts to documents: shares of their languages, and whether too much of one is not covered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.language import UNDETERMINED, WHOLE, Told

LANGUAGES = 4
"""A document is counted under at most so many languages, the largest ones."""


@dataclass
class Rows:
    """Letters of texts by label, an index into *names*: a row a text × label."""

    names: tuple[str, ...]
    parts: list[tuple[Integers, Integers, npt.NDArray[np.float64]]] = field(default_factory=list)

    def add_all(self, texts: Integers, label: str, weights: npt.NDArray[Any]) -> None:
        """Add letters of many texts under one label; texts without any are left out."""
        some = np.flatnonzero(weights > 0)
        if len(some):
            self.add(texts[some], np.full(len(some), self.names.index(label)), weights[some])

    def add(self, texts: Integers, labels: Integers, weights: npt.NDArray[Any]) -> None:
        """Add letters of many texts, each under its label."""
        self.parts.append((texts, labels, weights.astype(np.float64)))

    def arrays(self) -> tuple[Integers, Integers, npt.NDArray[np.float64]]:
        """Return texts, labels, and weights."""
        none = np.zeros(0, np.int64)
        texts, labels, weights = zip((none, none, np.zeros(0)), *self.parts, strict=True)
        return np.concatenate(texts), np.concatenate(labels), np.concatenate(weights)


def told_of(rows: Rows, batch: Batch, foreign: frozenset[str], share: float) -> Told:
    """Return what *rows* say of the documents of *batch*.

    A document is uncovered from a *share* of letters in *foreign* languages on.
    """
    (texts, codes, weights), names = rows.arrays(), rows.names
    count, width = len(batch.rows), len(names)
    keys, places = np.unique(batch.documents[texts] * width + codes, return_inverse=True)
    sums = np.bincount(places, weights, minlength=len(keys)).astype(np.float64)
    documents, codes = keys // width, keys % width
    undetermined = names.index(UNDETERMINED)
    told = np.bincount(documents, sums * (codes != undetermined), minlength=count).astype(np.float64)
    kept = (codes != undetermined) & (sums > 0)
    documents, codes, sums = documents[kept], codes[kept], sums[kept]
    is_foreign = np.array([name in foreign for name in names])[codes]
    strange = np.bincount(documents, sums * is_foreign, minlength=count)
    uncovered = (told > 0) & (strange >= share * told)
    blamed = np.full(count, -1, np.int64)
    some = np.flatnonzero(is_foreign & uncovered[documents])
    some = some[np.lexsort((-codes[some], sums[some]))]
    blamed[documents[some]] = codes[some]
    nothing = np.flatnonzero(told == 0)
    documents, codes, parts = _largest(documents, codes, sums, told)
    return Told(
        names,
        np.concatenate([documents, nothing]),
        np.concatenate([codes, np.full(len(nothing), undetermined, np.int64)]),
        np.concatenate([parts, np.full(len(nothing), WHOLE, np.int64)]),
        uncovered,
        blamed,
    )


def _largest(
    documents: Integers, codes: Integers, sums: npt.NDArray[np.float64], told: npt.NDArray[np.float64]
) -> tuple[Integers, Integers, Integers]:
    """The largest languages of each document, in parts that add up to `WHOLE`; what is left goes to the largest.

    *documents* are in ascending order; most have one language.
    """
    alone = np.ones(len(documents), bool)
    alone[1:] = documents[1:] != documents[:-1]
    alone[:-1] &= alone[1:]
    some = np.flatnonzero(~alone)
    some, parts = _several(some, documents[some], codes[some], sums[some], told)
    places = np.concatenate([np.flatnonzero(alone), some])
    order = np.argsort(documents[places], kind="stable")
    places, parts = places[order], np.concatenate([np.full(len(places) - len(some), WHOLE, np.int64), parts])[order]
    return documents[places], codes[places], parts


def _several(
    places: Integers, documents: Integers, codes: Integers, sums: npt.NDArray[np.float64], told: npt.NDArray[np.float64]
) -> tuple[Integers, Integers]:
    """The *places* of the largest languages of documents that have several, largest first, and their parts."""
    order = np.lexsort((codes, -sums, documents))
    documents, sums, places = documents[order], sums[order], places[order]
    first = np.flatnonzero(np.diff(documents, prepend=-1))
    rank = np.arange(len(documents)) - np.repeat(first, np.diff(first, append=len(documents)))
    parts = np.floor(WHOLE * sums / told[documents]).astype(np.int64)
    kept = (rank == 0) | ((rank < LANGUAGES) & (parts > 0))
    places, parts, rank = places[kept], parts[kept], rank[kept]
    lead = np.flatnonzero(rank == 0)
    if len(lead):
        parts[lead] += WHOLE - np.add.reduceat(parts, lead)
    return places, parts

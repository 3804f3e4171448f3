"""near_duplicates: documents that share most of their text, letters, marks and numbers only (NFKC, lower case).

It finds nothing in a single document. It leaves a sketch of the document's character 5-grams; the engine's shuffle
brings likely pairs of the whole corpus together, their sketches verify them. A text of fewer than five letters and
numbers has no 5-gram: it is compared exactly, and never shares an empty sketch with others.

Option: `threshold`, the least Jaccard index of two near duplicates (0.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.candidate import Candidates, Folded, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.detectors.exact_duplicates import document_keys, halves
from corpus_guard.errors import UsageError
from corpus_guard.matching.shingles import shingle_hashes
from corpus_guard.matching.sketches import (
    BINS,
    THRESHOLD,
    band_keys,
    bands_for,
    registers_of,
    signatures_of,
    sketches_of,
)
from corpus_guard.matching.views import View

_AT_ONCE = 128  # documents whose registers stay in the cache of a core


class NearDuplicates:
    """Leaves a sketch and search keys for each document."""

    name = "near_duplicates"
    columns: tuple[str, ...] = ()
    content = False
    options: tuple[str, ...] = ("threshold",)
    gates: Sequence[Gate] = ()

    def __init__(self, setting: Setting) -> None:
        threshold = setting.options.get("threshold", THRESHOLD)
        if isinstance(threshold, bool) or not isinstance(threshold, (int, float)) or not 0.5 <= threshold < 1:
            raise UsageError(f"[near_duplicates] threshold is {threshold!r}; give a number from 0.5 to below 1")
        self._threshold = float(threshold)
        bands_for(self._threshold)

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return nothing: a duplicate is a property of the corpus."""
        return Findings.none()

    def fingerprint(self, batch: Batch, views: Sequence[Folded]) -> pa.RecordBatch:
        """Return `high`, `length` (shingles), `sketch` and `bands` of each document; length 0: nothing to compare."""
        sketches, bands, counts = self._sketched(batch, cast("Sequence[View]", views))
        key, _ = halves(document_keys(batch, cast("Sequence[View]", views)))
        width = bands_for(self._threshold)[0]
        return pa.RecordBatch.from_pydict(
            {
                "high": pa.array(key), "length": pa.array(counts),
                "sketch": _fixed(pa.binary(BINS), sketches), "bands": _fixed(pa.binary(8 * width), bands),
            }
        )  # fmt: skip

    def _sketched(
        self, batch: Batch, views: Sequence[View]
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint64], Integers]:
        size = len(batch.rows)
        sketches = np.zeros((size, BINS), np.uint8)
        bands = np.zeros((size, bands_for(self._threshold)[0]), np.uint64)
        shingles = np.zeros(size, np.int64)
        for documents, hashes, counts in _shingles(batch, views):
            shingles[documents] = counts
            ends = np.concatenate([[0], np.cumsum(counts)])
            for start in range(0, len(documents), _AT_ONCE):
                some = documents[start : start + _AT_ONCE]
                stop = start + len(some)
                registers = registers_of(hashes[ends[start] : ends[stop]], counts[start:stop])
                sketches[some] = sketches_of(registers)
                bands[some] = band_keys(signatures_of(registers), self._threshold)
        return sketches, bands, shingles


def _shingles(batch: Batch, views: Sequence[View]) -> Iterator[tuple[Integers, npt.NDArray[np.uint32], Integers]]:
    """Yield documents, their shingles one after another, how many each has; no shingle reaches from field to field.

    A view is taken as it lies in memory, unless a document has texts in both or one that needs a view of its own.
    """
    normal = [view.normal for view in views]
    owners = [batch.documents[view.texts] for view in views]
    shared = len(views) > 1 and np.isin(owners[0], owners[1]).any()
    if shared or any(known.irregular for known in normal):
        yield _text_by_text(batch, views)
        return
    for known, documents in zip(normal, owners, strict=True):
        units = np.frombuffer(known.data, np.uint16)
        lengths = (np.array(known.ends, np.int64) - np.array(known.starts, np.int64)) // 2
        yield _of_documents(documents, *shingle_hashes(units, lengths, between=1))


def _text_by_text(batch: Batch, views: Sequence[View]) -> tuple[Integers, npt.NDArray[np.uint32], Integers]:
    texts = [b""] * len(batch.texts)
    for view in views:
        for text, part in zip(view.texts.tolist(), view.normal.each(bytes), strict=True):
            texts[text] = part
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) // 2
    return _of_documents(batch.documents, *shingle_hashes(np.frombuffer(b"".join(texts), np.uint16), lengths))


def _of_documents(
    documents: Integers, hashes: npt.NDArray[np.uint32], counts: Integers
) -> tuple[Integers, npt.NDArray[np.uint32], Integers]:
    """The counts of texts, whose documents are in order, as those of documents."""
    distinct, first = np.unique(documents, return_index=True)
    return distinct, hashes, np.add.reduceat(counts, first) if len(first) else counts


def _fixed(kind: pa.DataType, rows: npt.NDArray[np.generic]) -> pa.Array:
    return pa.FixedSizeBinaryArray.from_buffers(kind, len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])

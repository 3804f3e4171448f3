"""near_duplicates: documents that share most of their text, letters, marks and numbers only (NFKC, lower case).

It finds nothing in a single document. It leaves a sketch of the document's character 5-grams; the engine's shuffle
brings likely pairs of the whole corpus together, their sketches verify them. A text of fewer than five letters and
numbers has no 5-gram: it is compared exactly, and never shares an empty sketch with others.

Options: `threshold`, the least Jaccard index of two near duplicates (0.8); `shingles`, what is compared: five
"characters" in a row, or five "words", of which an ideograph is one; `simplified`, whether traditional spellings of
Chinese count as the simplified ones (false).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array
from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.candidate import Candidates, Folded, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.detectors.exact_duplicates import document_keys
from corpus_guard.errors import UsageError, did_you_mean
from corpus_guard.matching.shingles import different_of, shingle_hashes
from corpus_guard.matching.simplified import simplified_spellings, simplified_units
from corpus_guard.matching.sketches import (
    BINS,
    THRESHOLD,
    band_keys,
    bands_for,
    listed,
    registers_of,
    signatures_of,
    sketches_of,
)
from corpus_guard.matching.views import View
from corpus_guard.matching.words import word_shingle_hashes

SHINGLES = ("characters", "words")
_EMPTY = np.uint32(0xFFFFFFFF)
_AT_ONCE = 128  # documents whose registers stay in the cache of a core
_SKETCHED = 850
"""Shingles from which bins are kept: `FEW`, less the sixth that may be repetitions nobody counts."""
_SPREAD = 40  # four standard deviations of how many bins are filled by shingles that are all different


class NearDuplicates:
    """Leaves a sketch and search keys for each document."""

    name = "near_duplicates"
    columns: tuple[str, ...] = ()
    content = False
    options: tuple[str, ...] = ("threshold", "shingles", "simplified")
    gates: Sequence[Gate] = ()

    def __init__(self, setting: Setting) -> None:
        self._way = Way.of(setting.options)
        self._threshold = self._way.threshold
        bands_for(self._threshold)

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return nothing: a duplicate is a property of the corpus."""
        return Findings.none()

    def fingerprint(self, batch: Batch, views: Sequence[Folded]) -> pa.RecordBatch:
        """Return `high`, `length`, `shingles`, `sketch` and `bands` of each document.

        The length counts shingles: 0 means that there is nothing to compare. Of a document with few different ones
        `shingles` has them all, of one with many `sketch` has the bins, and between these limits both are kept.
        """
        kept = _Kept(len(batch.rows), bands_for(self._threshold)[0], listed(self._threshold))
        for documents, hashes, counts in shingles_of(batch, cast("Sequence[View]", views), self._way):
            kept.add(documents, hashes, counts, self._threshold)
        key = document_keys(batch, cast("Sequence[View]", views))[:, 0]
        return pa.RecordBatch.from_pydict({"high": arrow_array(key)} | kept.columns())


@dataclass(frozen=True)
class Way:
    """How documents are compared: the options of the detector, checked."""

    threshold: float = THRESHOLD
    shingles: str = SHINGLES[0]
    simplified: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Way:
        """Return the way that *options* describe; raise `UsageError` when they make no sense."""
        threshold = options.get("threshold", THRESHOLD)
        if isinstance(threshold, bool) or not isinstance(threshold, (int, float)) or not 0.5 <= threshold < 1:
            raise UsageError(f"[near_duplicates] threshold is {threshold!r}; give a number from 0.5 to below 1")
        shingles, simplified = options.get("shingles", SHINGLES[0]), options.get("simplified", False)
        if shingles not in SHINGLES:
            hint = did_you_mean(str(shingles), SHINGLES) or f"; it is {' or '.join(SHINGLES)}"
            raise UsageError(f"[near_duplicates] shingles is {shingles!r}{hint}")
        if not isinstance(simplified, bool):
            raise UsageError(f"[near_duplicates] simplified is {simplified!r}; it is true or false")
        return cls(float(threshold), shingles, simplified)


class _Kept:
    """What is kept of the documents of a batch, filled view by view."""

    def __init__(self, documents: int, bands: int, few: int) -> None:
        self._few, self._most = few, max(few, _SKETCHED)
        self._lengths = np.zeros(documents, np.int64)
        self._different = np.zeros(documents, np.int64)
        self._bands = np.zeros((documents, bands), np.uint64)
        self._sketches = np.zeros((documents, BINS), np.uint8)
        self._shingles: list[pa.Array] = []
        self._order: list[Integers] = []

    def add(self, documents: Integers, hashes: npt.NDArray[np.uint32], counts: Integers, threshold: float) -> None:
        """Take documents with all their shingles, those of each side by side."""
        self._lengths[documents] = counts
        different, sets = counts.copy(), dict[int, npt.NDArray[np.uint32]]()
        ends = np.concatenate([[0], np.cumsum(counts)])
        for start in range(0, len(documents), _AT_ONCE):
            some = documents[start : start + _AT_ONCE]
            stop = start + len(some)
            registers = registers_of(hashes[ends[start] : ends[stop]], counts[start:stop])
            self._bands[some] = band_keys(signatures_of(registers), threshold)
            rows = start + np.flatnonzero(_repeats(registers, counts[start:stop], self._few))
            for row, own in zip(rows.tolist(), different_of(hashes, ends, rows, self._most), strict=True):
                if own is not None:
                    sets[row], different[row] = own, len(own)
            long = different[start:stop] > _SKETCHED
            self._sketches[some[long]] = sketches_of(registers[long])
        self._different[documents] = different
        self._keep(documents, hashes, ends, different, sets)

    def _keep(
        self,
        documents: Integers,
        hashes: npt.NDArray[np.uint32],
        ends: Integers,
        different: Integers,
        sets: Mapping[int, npt.NDArray[np.uint32]],
    ) -> None:
        """Keep all shingles of documents that have few of them; *sets* has those of documents that repeat theirs."""
        short = different <= self._few
        kept = hashes
        if sets or not short.all():
            rows = np.flatnonzero(short).tolist()
            own = (sets[row] if row in sets else hashes[ends[row] : ends[row + 1]] for row in rows)
            kept = np.concatenate([hashes[:0], *own])
        self._shingles.append(_cut(kept.astype(np.uint16), np.where(short, different, 0) * 2))
        self._order.append(documents)

    def columns(self) -> dict[str, pa.Array]:
        """Return a value for each document of the batch, in order."""
        order = np.concatenate([np.zeros(0, np.int64), *self._order])
        place = np.full(len(self._lengths), len(order), np.int64)
        place[order] = np.arange(len(order))
        shingles = pa.concat_arrays([*self._shingles, arrow_array([b""], pa.binary())])
        long = self._different > _SKETCHED
        return {
            "length": arrow_array(self._lengths),
            "shingles": shingles.take(arrow_array(place)),
            "sketch": _cut(self._sketches[long], np.where(long, BINS, 0)),
            "bands": pa.FixedSizeBinaryArray.from_buffers(
                pa.binary(8 * self._bands.shape[1]), len(self._bands), [None, pa.py_buffer(self._bands)]
            ),
        }


def _repeats(registers: npt.NDArray[np.uint32], counts: Integers, few: int) -> npt.NDArray[np.bool_]:
    """Whether a document has far fewer different shingles than *counts* says, and may have as few as are kept."""
    filled = np.count_nonzero(registers != _EMPTY, axis=1)
    likely = BINS * -np.expm1(-counts / BINS)
    repeats: npt.NDArray[np.bool_] = (
        (counts > _SKETCHED)
        & (filled < likely - _SPREAD)
        & (filled < BINS * -np.expm1(-max(few, _SKETCHED) / BINS) + _SPREAD)
    )
    return repeats


def _cut(data: npt.NDArray[np.generic], sizes: Integers) -> pa.Array:
    """One value of so many bytes for each of *sizes*, cut from *data*."""
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.BinaryArray.from_buffers(pa.binary(), len(sizes), buffers)


def shingles_of(
    batch: Batch, views: Sequence[View], way: Way
) -> Iterator[tuple[Integers, npt.NDArray[np.uint32], Integers]]:
    """Yield documents, their shingles one after another, how many each has; no shingle reaches from field to field.

    A view is taken as it lies in memory, unless a document has texts in both or one that needs a view of its own.
    """
    if way.shingles == "words":
        spellings = simplified_spellings(views[0].folding) if views and way.simplified else {}
        yield _of_documents(batch.documents, *word_shingle_hashes(batch.texts, spellings))
        return
    normal = [view.normal for view in views]
    owners = [batch.documents[view.texts] for view in views]
    shared = len(views) > 1 and np.isin(owners[0], owners[1]).any()
    if shared or any(known.irregular for known in normal):
        yield _text_by_text(batch, views, way)
        return
    for view, known, documents in zip(views, normal, owners, strict=True):
        units = np.frombuffer(known.data, np.uint16)
        units = simplified_units(view.folding)[units] if way.simplified and view.codes is not None else units
        lengths = (np.array(known.ends, np.int64) - np.array(known.starts, np.int64)) // 2
        yield _of_documents(documents, *shingle_hashes(units, lengths, between=1))


def _text_by_text(batch: Batch, views: Sequence[View], way: Way) -> tuple[Integers, npt.NDArray[np.uint32], Integers]:
    texts = [b""] * len(batch.texts)
    for view in views:
        for text, part in zip(view.texts.tolist(), view.normal.each(bytes), strict=True):
            texts[text] = part
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) // 2
    units = np.frombuffer(b"".join(texts), np.uint16)
    units = simplified_units(views[0].folding)[units] if way.simplified else units
    return _of_documents(batch.documents, *shingle_hashes(units, lengths))


def _of_documents(
    documents: Integers, hashes: npt.NDArray[np.uint32], counts: Integers
) -> tuple[Integers, npt.NDArray[np.uint32], Integers]:
    """The counts of texts, whose documents are in order, as those of documents."""
    distinct, first = np.unique(documents, return_index=True)
    return distinct, hashes, np.add.reduceat(counts, first) if len(first) else counts

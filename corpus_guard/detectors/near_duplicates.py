"""near_duplicates: documents that share most of their text, letters, marks and numbers only (NFKC, lower case).

It finds nothing in a single document. It leaves a sketch of the document's character 5-grams; the engine's shuffle
brings likely pairs of the whole corpus together, their sketches verify them. A text of fewer than five letters and
numbers has no 5-gram: it is compared exactly, and never shares an empty sketch with others.

Options: `threshold`, the least Jaccard index of two near duplicates (0.8); `shingles`, what is compared: five
"characters" in a row, or five "words", of which an ideograph is one; `simplified`, whether traditional spellings of
Chinese count as the simplified ones (false).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from corpus_guard.matching.characters import Normal
from corpus_guard.matching.simplified import simplified_spellings, simplified_units
from corpus_guard.matching.sketches import BINS, THRESHOLD, bands_for
from corpus_guard.matching.sketching import Sketched, Texts, sketched
from corpus_guard.matching.views import View
from corpus_guard.matching.words import word_shingle_hashes

SHINGLES = ("characters", "words")


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
        documents, texts = shingles_of(batch, cast("Sequence[View]", views), self._way)
        key = document_keys(batch, cast("Sequence[View]", views))[:, 0]
        columns = _columns(documents, sketched(texts, self._threshold), len(batch.rows))
        return pa.RecordBatch.from_pydict({"high": arrow_array(key)} | columns)


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


def _columns(documents: Integers, kept: Sketched, count: int) -> dict[str, pa.Array]:
    """A value for each of *count* documents of a batch; *kept* is of those that have texts, *documents*."""
    lengths, keys = np.zeros(count, np.int64), np.zeros((count, kept.keys.shape[1]), np.uint64)
    shingles, bins = np.zeros(count, np.int64), np.zeros(count, np.int64)
    lengths[documents], keys[documents] = kept.counts, kept.keys
    shingles[documents], bins[documents] = kept.sizes * 2, kept.long * BINS
    bands = pa.FixedSizeBinaryArray.from_buffers(pa.binary(8 * keys.shape[1]), count, [None, pa.py_buffer(keys)])
    return {
        "length": arrow_array(lengths), "shingles": _cut(kept.shingles, shingles),
        "sketch": _cut(kept.bins, bins), "bands": bands,
    }  # fmt: skip


def _cut(data: npt.NDArray[Any], sizes: Integers) -> pa.Array:
    """One value of so many bytes for each of *sizes*, cut from *data*."""
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.BinaryArray.from_buffers(pa.binary(), len(sizes), buffers)


def shingles_of(batch: Batch, views: Sequence[View], way: Way) -> tuple[Integers, Texts]:
    """Return the documents that have texts, and these texts, in each of which shingles are looked for.

    One view is taken as it lies in memory, unless a text of it needs one of its own.
    """
    if way.shingles == "words":
        spellings = simplified_spellings(views[0].folding) if views and way.simplified else {}
        hashes, counts = word_shingle_hashes(batch.texts, spellings)
        return _of_documents(batch.documents, np.cumsum(counts) - counts, counts, hashes=hashes)
    if len(views) == 1 and not views[0].normal.irregular:
        view = views[0]
        return _of_documents(batch.documents[view.texts], *_spans(view.normal), units=_spelled(view, way))
    return _together(batch, views, way)


def _spelled(view: View, way: Way) -> npt.NDArray[np.uint16]:
    units = np.frombuffer(view.normal.data, np.uint16)
    return simplified_units(view.folding)[units] if way.simplified and view.codes is not None else units


def _spans(normal: Normal) -> tuple[Integers, Integers]:
    """Where the units of each text begin, and how many there are."""
    return normal.starts // 2, (normal.ends - normal.starts) // 2


def _together(batch: Batch, views: Sequence[View], way: Way) -> tuple[Integers, Texts]:
    """The texts of all views, in the order of the batch; those that need a view of their own behind the others."""
    starts, lengths = np.zeros(len(batch.texts), np.int64), np.zeros(len(batch.texts), np.int64)
    parts: list[npt.NDArray[np.uint16]] = []
    size = 0
    for view in views:
        begin, length = _spans(view.normal)
        known = [_spelled(view, way)]
        begin += size
        size += len(known[0])
        for local, data in view.normal.irregular.items():
            own = np.frombuffer(data, np.uint16)
            known.append(simplified_units(view.folding)[own] if way.simplified else own)
            begin[local], length[local] = size, len(own)
            size += len(own)
        starts[view.texts], lengths[view.texts] = begin, length
        parts += known
    return _of_documents(batch.documents, starts, lengths, units=np.concatenate([np.zeros(0, np.uint16), *parts]))


def _of_documents(
    documents: Integers,
    starts: Integers,
    lengths: Integers,
    *,
    units: npt.NDArray[np.uint16] | None = None,
    hashes: npt.NDArray[np.uint32] | None = None,
) -> tuple[Integers, Texts]:
    """Texts by document; the documents of texts are in order."""
    firsts = np.flatnonzero(np.diff(documents, prepend=-1))
    return documents[firsts], Texts(starts, lengths, np.append(firsts, len(documents)), units, hashes)

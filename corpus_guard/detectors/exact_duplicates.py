"""exact_duplicates: documents that are equal after NFKC and lower case, letters, marks and numbers only.

It finds nothing in a single document. It leaves a key of 128 bits (xxHash3) per document; the engine's shuffle brings
equal keys of the whole corpus together. A document without a letter or number is compared by its raw text, so that
documents of punctuation alone never fall into one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from corpus_guard.core.arrays import arrow_array
from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Folded, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.matching.views import View

_RAW = b"\x00raw"
_NOTHING = xxhash.xxh3_128_digest(b"")


class ExactDuplicates:
    """Leaves a key for each document."""

    name = "exact_duplicates"
    columns: tuple[str, ...] = ()
    content = False
    options: tuple[str, ...] = ()
    gates: Sequence[Gate] = ()

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return nothing: a duplicate is a property of the corpus."""
        return Findings.none()

    def fingerprint(self, batch: Batch, views: Sequence[Folded]) -> pa.RecordBatch:
        """Return the key of each document as two numbers, `high` and `low`."""
        high, low = document_keys(batch, cast("Sequence[View]", views)).T
        return pa.RecordBatch.from_pydict({"high": arrow_array(high), "low": arrow_array(low)})


def document_keys(batch: Batch, views: Sequence[View]) -> npt.NDArray[np.uint64]:
    """Return the first and the last eight bytes of a key for each document: equal for equal documents."""
    if np.array_equal(batch.documents, np.arange(len(batch.rows))):
        return _of_single_texts(batch, views)
    normal = [b""] * len(batch.texts)
    for view in views:
        for text, part in zip(view.texts.tolist(), view.normal.each(bytes), strict=True):
            normal[text] = part
    texts: list[list[int]] = [[] for _ in batch.rows]
    for text, document in enumerate(batch.documents.tolist()):
        texts[document].append(text)
    return _numbers([_key(batch, normal, own) for own in texts])


def _of_single_texts(batch: Batch, views: Sequence[View]) -> npt.NDArray[np.uint64]:
    keys = np.empty((len(batch.rows), 2), np.uint64)
    for view in views:
        keys[view.texts] = _numbers(view.normal.digests)
    bare = np.flatnonzero((keys == _numbers([_NOTHING])).all(axis=1))
    keys[bare] = _numbers([_raw_key(batch, [text]) for text in bare.tolist()])
    return keys


def _numbers(keys: Sequence[bytes]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(b"".join(keys), np.dtype(">u8")).reshape(-1, 2).astype(np.uint64)


def _key(batch: Batch, normal: Sequence[bytes], texts: list[int]) -> bytes:
    state = xxhash.xxh3_128()
    for text in texts:
        state.update(normal[text])
    return state.digest() if any(len(normal[text]) for text in texts) else _raw_key(batch, texts)


def _raw_key(batch: Batch, texts: list[int]) -> bytes:
    return xxhash.xxh3_128_digest(_RAW + "".join(batch.texts[text].as_py() for text in texts).encode())

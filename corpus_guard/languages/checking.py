"""A fixed sample of documents on which langdetect is asked as well, so that a run can say how often the two agree."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from corpus_guard.core.batch import Batch
from corpus_guard.core.language import CODE, UNDETERMINED, Told
from corpus_guard.languages.second import LONGEST, second_languages, second_opinion

_FIRST_ROWS, _OF_FIRST, _OF_OTHERS = 256, 32, 8192
"""Of the first rows of a split one in 32 is checked, of the others one in 8,192: 3 to 10 ms each."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MOSTLY = 900


def checked(told: Told, batch: Batch) -> list[tuple[int, bool]]:
    """Return the documents of *batch* that were checked, and whether langdetect agreed.

    Documents in several languages, of source code, and in languages that langdetect does not know are not checked.
    """
    chosen = np.flatnonzero(_chosen(batch.rows))
    answers = []
    for document in chosen.tolist():
        label, parts = next(iter(told.of(document).items()))
        base = label.partition("-")[0]
        if label in (UNDETERMINED, CODE) or parts < _MOSTLY or base not in second_languages():
            continue
        said = second_opinion(_text(batch, document))
        answers.append((document, said == base))
    return answers


def _chosen(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Rows by a hash of their number, which batches and workers do not change."""
    hashed = (rows.astype(np.uint64) * _MULTIPLIER) >> np.uint64(40)
    chosen: npt.NDArray[np.bool_] = hashed % np.where(rows < _FIRST_ROWS, _OF_FIRST, _OF_OTHERS).astype(np.uint64) == 0
    return chosen


def _text(batch: Batch, document: int) -> str:
    """The beginning of the longest text of a document."""
    texts = np.flatnonzero(batch.documents == document)
    longest = texts[np.argmax(np.diff(batch.text_offsets)[texts])]
    return str(pc.utf8_slice_codeunits(batch.texts.slice(int(longest), 1), 0, LONGEST)[0])

"""MinHash signatures of texts, for other libraries: the values by which `near_duplicates` searches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.core.batch import Batch
from corpus_guard.detectors.near_duplicates import Way, shingles_of
from corpus_guard.matching.sketches import SIGNATURE
from corpus_guard.matching.sketching import signatures as signatures_of
from corpus_guard.matching.views import views_of

_AT_ONCE = 1_000
_EMPTY = 0xFFFFFFFF


def signatures(
    texts: Sequence[str], *, shingles: str = "characters", simplified: bool = False
) -> npt.NDArray[np.uint32]:
    """Return a row of 128 values for each text, as near_duplicates makes them with these options.

    A row is what `datasketch.MinHash(num_perm=128, hashvalues=row, scheme="legacy")` takes, for its `MinHashLSH` and
    its `jaccard`. Rows compare with each other, not with signatures that datasketch makes itself: these come of 128
    permutations, ours of one. A text too short for a shingle has the row of datasketch's empty MinHash.

    >>> first, second = signatures(["the quick brown fox", "The quick, brown fox!"])
    >>> len(first), (first == second).all().item()
    (128, True)
    """
    way = Way.of({"shingles": shingles, "simplified": simplified})
    folding = read_folding(frozenset({"zh", "en"}))
    rows = np.full((len(texts), SIGNATURE), _EMPTY, np.uint32)
    for start in range(0, len(texts), _AT_ONCE):
        batch = Batch.of_texts(texts[start : start + _AT_ONCE])
        documents, some = shingles_of(batch, views_of(batch, folding), way)
        rows[start + documents] = signatures_of(some)
    return rows

"""From documents to sources: their languages as sums that merge in any order."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.labels import Labels
from corpus_guard.core.language import LanguageCount, Told


def count_languages(told: Told, sources: Labels, full: npt.NDArray[np.bool_]) -> dict[str, LanguageCount]:
    """Return the languages of each source that has documents marked True in *full*."""
    parts: dict[str, dict[str, int]] = defaultdict(dict)
    uncovered: dict[str, dict[str, int]] = defaultdict(dict)
    kept = full[told.documents]
    _add(parts, told, sources, told.documents[kept], told.codes[kept], told.parts[kept])
    blamed = np.flatnonzero((told.blamed >= 0) & full)
    _add(uncovered, told, sources, blamed, told.blamed[blamed], np.ones(len(blamed), np.int64))
    checked: dict[str, list[bool]] = defaultdict(list)
    for document, agreed in told.checked:
        if full[document]:
            checked[sources.names[sources.codes[document]]].append(agreed)
    return {
        name: LanguageCount(parts[name], uncovered.get(name, {}), len(checked[name]), sum(checked[name]))
        for name in sorted(parts)
    }


def _add(
    into: dict[str, dict[str, int]],
    told: Told,
    sources: Labels,
    documents: Integers,
    codes: Integers,
    weights: Integers,
) -> None:
    """Add weights by the source of the document and the label."""
    width = len(told.names)
    keys, places = np.unique(sources.codes[documents] * width + codes, return_inverse=True)
    sums = np.bincount(places, weights, minlength=len(keys)).astype(np.int64).tolist()
    for key, count in zip(keys.tolist(), sums, strict=True):
        known = into[sources.names[key // width]]
        label = told.names[key % width]
        known[label] = known.get(label, 0) + count

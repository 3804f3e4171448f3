"""One name per document, kept as a number each: most batches have one name for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.arrays import arrow_array, arrow_scalar, numbers_of
from corpus_guard.core.batch import Integers


@dataclass(frozen=True)
class Labels:
    """`codes` holds an index into `names` for each document."""

    names: tuple[str, ...]
    codes: Integers

    @classmethod
    def same(cls, name: str, count: int) -> Labels:
        """Return *name* for all of *count* documents."""
        return cls((name,), np.zeros(count, np.int64))

    def replaced(self, values: pa.Array) -> Labels:
        """Return these labels with the ones of *values* in their place, where they are neither null nor blank."""
        encoded = pc.utf8_trim_whitespace(values.cast(pa.large_string())).dictionary_encode()
        named = [str(name) for name in encoded.dictionary.to_pylist()]
        indices = encoded.indices.fill_null(arrow_scalar(-1, pa.int32())) if encoded.null_count else encoded.indices
        given = numbers_of(indices).astype(np.int64)
        blank = np.array([not name for name in named] + [True])
        codes = np.where(blank[given], self.codes, given + len(self.names))
        return Labels((*self.names, *named), codes)

    def set(self, where: Integers, name: str) -> Labels:
        """Return these labels with *name* for the documents at *where*."""
        codes = self.codes.copy()
        codes[where] = len(self.names)
        return Labels((*self.names, name), codes)

    def of(self, documents: Integers) -> list[str]:
        """Return the names of some documents."""
        return [self.names[code] for code in self.codes[documents].tolist()]

    def array(self) -> pa.Array:
        """Return the names of all documents as an Arrow array."""
        return pa.DictionaryArray.from_arrays(
            arrow_array(self.codes), arrow_array(self.names, pa.string())
        ).dictionary_decode()

    def sums(self, weights: Sequence[npt.NDArray[Any]]) -> dict[str, list[int]]:
        """Return, for each name that occurs, the sum of each of *weights* over its documents."""
        used = np.unique(self.codes) if len(self.names) > 1 else np.zeros(min(1, len(self.codes)), np.int64)
        columns = [np.bincount(self.codes, weight, minlength=len(self.names)).astype(np.int64) for weight in weights]
        sums: dict[str, list[int]] = {}
        for code in used.tolist():
            known = sums.get(self.names[code], [0] * len(weights))
            sums[self.names[code]] = [had + int(column[code]) for had, column in zip(known, columns, strict=True)]
        return sums

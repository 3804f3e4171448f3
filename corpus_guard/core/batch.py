"""A batch: consecutive documents of one split, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array, numbers_of
from corpus_guard.core.shard import Unscanned

Integers = npt.NDArray[np.int64]


def _no_integers() -> Integers:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Batch:
    """Documents, their texts, and the columns detectors asked for.

    rows       one per document: its record number in the split, 0-based, malformed records counted
    texts      one per text field of a document; never null, documents in order, fields in order
    documents  one per text: which document it belongs to (an index into `rows`)
    fields     one per text: an index into `field_names`
    columns    one array per column, one value per document; strings or null
    unscanned  records of this stretch that could not be read
    read       records consumed for this batch, malformed ones included
    """

    rows: Integers
    texts: pa.LargeStringArray
    documents: Integers
    fields: Integers
    field_names: tuple[str, ...]
    columns: Mapping[str, pa.Array] = field(default_factory=dict)
    unscanned: Sequence[Unscanned] = ()
    read: int = 0

    @property
    def size(self) -> int:
        """Bytes of text, as UTF-8."""
        offsets = self.text_offsets
        return int(offsets[-1] - offsets[0]) if len(offsets) else 0

    @property
    def text_offsets(self) -> Integers:
        """Byte offsets of the texts into their buffer; one more than there are texts."""
        buffer = self.texts.buffers()[1]
        if buffer is None or not len(self.texts):
            return np.zeros(1, np.int64)
        return np.frombuffer(buffer, np.int64, len(self.texts) + 1, self.texts.offset * 8)

    def keep(self, documents: npt.NDArray[np.bool_], unscanned: Sequence[Unscanned] = ()) -> Batch:
        """Return the batch with only the documents marked True; *unscanned* says what became of the others."""
        number = np.cumsum(documents) - 1
        texts = documents[self.documents]
        return replace(
            self,
            rows=self.rows[documents],
            texts=self.texts.filter(arrow_array(texts)),
            documents=number[self.documents[texts]],
            fields=self.fields[texts],
            columns={name: values.filter(arrow_array(documents)) for name, values in self.columns.items()},
            unscanned=(*self.unscanned, *unscanned),
        )

    @classmethod
    def of_texts(cls, texts: Sequence[str | None], field_name: str = "text") -> Batch:
        """Return a batch with one document per text; a null text makes a document without texts."""
        array = arrow_array(texts, pa.large_string())
        present = np.flatnonzero(numbers_of(array.is_valid()))
        return cls(
            rows=np.arange(len(texts), dtype=np.int64),
            texts=array.drop_null(),
            documents=present.astype(np.int64),
            fields=np.zeros(len(present), np.int64),
            field_names=(field_name,),
            read=len(texts),
        )

    @classmethod
    def nothing(cls, read: int, unscanned: Sequence[Unscanned] = ()) -> Batch:
        """Return a batch without documents that still accounts for *read* records."""
        empty = arrow_array([], pa.large_string())
        none = _no_integers()
        return cls(none, empty, none, none, (), {}, unscanned, read)

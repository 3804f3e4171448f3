"""Fingerprints: a key per document, kept by partition of the key, so that equal keys meet without one large table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.batch import Integers
from corpus_guard.core.labels import Labels

SCHEMA = pa.schema(
    [
        ("high", pa.uint64()), ("low", pa.uint64()), ("split", pa.int64()), ("row", pa.int64()),
        ("source", pa.string()), ("document_id", pa.string()),
    ]
)  # fmt: skip

DOCUMENT_BYTES = 1024
"""A guess at the size of a document, used to choose how many partitions a corpus needs."""

PARTITION_DOCUMENTS = 500_000


def partitions_for(size: int) -> int:
    """Return how many partitions a corpus of *size* bytes gets: a property of the input alone."""
    return max(1, min(4096, size // (DOCUMENT_BYTES * PARTITION_DOCUMENTS) + 1))


class FingerprintWriter:
    """Collects the fingerprints of a split; leaving it writes an Arrow file of one record batch a partition."""

    def __init__(self, path: Path, partitions: int) -> None:
        self._path = path
        self._partitions = partitions
        self._tables: list[pa.Table] = []

    def __enter__(self) -> Self:
        return self

    def write(
        self,
        keys: Sequence[bytes],
        rows: Integers,
        wanted: npt.NDArray[np.bool_],
        sources: Labels,
        document_ids: pa.Array,
    ) -> None:
        """Add the documents marked *wanted*."""
        halves = np.frombuffer(b"".join(keys), np.dtype(">u8")).reshape(-1, 2).astype(np.uint64)
        table = pa.table(
            [
                pa.array(halves[:, 0]), pa.array(halves[:, 1]), pa.nulls(len(rows), pa.int64()), pa.array(rows),
                sources.array(), document_ids.cast(pa.string()),
            ],
            SCHEMA,
        )  # fmt: skip
        self._tables.append(table.filter(pa.array(wanted)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        table = pa.concat_tables(self._tables) if self._tables else SCHEMA.empty_table()
        partition = partition_of(table["high"].to_numpy(), self._partitions)
        with pa.OSFile(str(self._path), "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
            for number in range(self._partitions):
                part = table.filter(pa.array(partition == number)).combine_chunks()
                writer.write_batch(pa.RecordBatch.from_struct_array(part.to_struct_array().combine_chunks()))


def partition_of(high: npt.NDArray[np.uint64], partitions: int) -> npt.NDArray[np.int64]:
    """Return the partition of each key: by its highest bits, so partitions in order are keys in order."""
    return ((high >> np.uint64(32)) * np.uint64(partitions) >> np.uint64(32)).astype(np.int64)

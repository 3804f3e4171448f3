"""What the tests of the readers share: a file in, everything that reading it said out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from corpus_guard.catalog.conventions import read_conventions
from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Shard, Split, Unscanned
from corpus_guard.errors import ShardError
from corpus_guard.readers import identify, read, splits_of

WANTED = Wanted(read_conventions(), columns={"document_id": ("doc_id", "id"), "source": ("source",)})
Document = tuple[int, list[tuple[str, str]]]

not_as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file, whatever its rights are"
)


@dataclass
class Reading:
    """Everything that was read: (row, [(field, text)]) of each document, what was lost, and what ended the reading."""

    documents: list[Document] = field(default_factory=list)
    lost: list[Unscanned] = field(default_factory=list)
    columns: dict[str, list[str | None]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    read: int = 0
    error: ShardError | None = None

    @property
    def texts(self) -> list[str]:
        """The first text of each document that has one."""
        return [texts[0][1] for _, texts in self.documents if texts]

    @property
    def rows(self) -> list[int]:
        """The record numbers of the documents."""
        return [row for row, _ in self.documents]

    @property
    def faults(self) -> list[tuple[int | None, int | None, str]]:
        """(row, byte offset, reason) of each record that was lost."""
        return [(lost.row, lost.byte_offset, lost.reason) for lost in self.lost]


def shard_of(path: Path) -> Shard:
    """Return the shard of a file of a known format."""
    form, problem = identify(path, path.name)
    assert not problem, problem
    return Shard(path.name, str(path), form, path.stat().st_size, 0, "source")


def read_all(path: Path, *, target_bytes: int = 128 * 2**20, **wanted: Any) -> Reading:
    """Return what reading all splits of a file says, rows counted through the shard."""
    shard = shard_of(path)
    whole = Reading()
    for number, (start, stop) in enumerate(splits_of(shard, target_bytes)):
        part = gathered(read(Split(number, shard, number, start, stop), replace(WANTED, **wanted)))
        shift = whole.read
        whole.documents += [(row + shift, texts) for row, texts in part.documents]
        whole.lost += [replace(lost, row=None if lost.row is None else lost.row + shift) for lost in part.lost]
        whole.sizes += part.sizes
        whole.read += part.read + (part.error.documents or 0 if part.error else 0)
        whole.error = whole.error or part.error
        for key, values in part.columns.items():
            whole.columns.setdefault(key, []).extend(values)
    return whole


def gathered(batches: Iterator[Batch]) -> Reading:
    """Return what *batches* hold, after checking that each is sound."""
    reading = Reading()
    try:
        for batch in batches:
            check(batch)
            reading.documents += documents_of(batch)
            reading.lost += batch.unscanned
            reading.sizes.append(batch.size)
            reading.read += batch.read
            for key, values in batch.columns.items():
                reading.columns.setdefault(key, []).extend(values.to_pylist())
    except ShardError as error:
        reading.error = error
    return reading


def documents_of(batch: Batch) -> list[Document]:
    """Return (row, [(field, text)]) of each document of a batch; bytes that are no UTF-8 come as surrogates."""
    found: list[Document] = [(row, []) for row in batch.rows.tolist()]
    values = batch.texts.cast(pa.large_binary()).to_pylist()
    for document, name, text in zip(batch.documents.tolist(), batch.fields.tolist(), values, strict=True):
        found[document][1].append((batch.field_names[name], text.decode("utf-8", "surrogateescape")))
    return found


def check(batch: Batch) -> None:
    """Every record is a document or lost; numbers ascend; each column has a value for each document."""
    lost = [one.row for one in batch.unscanned]
    assert batch.read == len(batch.rows) + len(lost)
    numbers = sorted([*batch.rows.tolist(), *lost])
    assert numbers == list(range(numbers[0], numbers[0] + batch.read)) if numbers else batch.read == 0
    assert pa.types.is_large_string(batch.texts.type)
    assert not batch.texts.null_count
    assert (np.diff(batch.documents) >= 0).all()
    assert len(batch.texts) == len(batch.documents) == len(batch.fields)
    assert all(len(values) == len(batch.rows) for values in batch.columns.values())


def texts_only(texts: Sequence[str], name: str = "text") -> list[Document]:
    """Return documents of one text each, from row 0 on."""
    return [(row, [(name, text)]) for row, text in enumerate(texts)]


def table_of(records: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return *records* as an Arrow table."""
    return pa.Table.from_pylist([dict(record) for record in records])

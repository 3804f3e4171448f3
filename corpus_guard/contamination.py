"""The tables of contamination: which works stand in which documents, and how much of each work stands in the corpus.

They are apart from duplicates: nothing here counts as a copy, and no verdict depends on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_guard.assembling import write_parquet
from corpus_guard.core.arrays import arrow_array, numbers_of
from corpus_guard.overlaps.works import Works
from corpus_guard.reports.csv_tables import write_csv
from corpus_guard.runs import RunFolder, atomic

CONTAMINATION_SCHEMA = pa.schema(
    [
        ("against", pa.string()), ("work", pa.string()), ("work_row", pa.int64()), ("work_id", pa.string()),
        ("source", pa.string()), ("shard", pa.string()), ("row", pa.int64()), ("document_id", pa.string()),
        ("share_of_work", pa.float64()), ("share_of_document", pa.float64()), ("characters", pa.int64()),
        ("longest", pa.int64()),
    ]
)  # fmt: skip
CONTAMINATION = (
    "against", "work", "work_row", "work_id", "work_characters", "documents", "sources", "share_of_work", "longest",
)  # fmt: skip
_SOURCES_SHOWN = 20


@dataclass
class _Counted:
    """What was found of the works so far; `found` marks the postings that stand somewhere in the corpus."""

    works: Works
    sources: dict[int, Counter[str]] = field(default_factory=dict)
    longest: dict[int, int] = field(default_factory=dict)
    documents: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.found = np.zeros(len(self.works.postings), bool)
        self._last: tuple[str, int] | None = None

    def add(self, rows: Mapping[str, list[Any]]) -> None:
        """Count overlaps; those of a document stand side by side."""
        names = ("work", "source", "longest", "found", "shard", "row")
        for work, source, longest, found, shard, row in zip(*(rows[name] for name in names), strict=True):
            self.sources.setdefault(work, Counter())[source] += 1
            self.longest[work] = max(longest, self.longest.get(work, 0))
            self.found[found] = True
            self.documents[source] += (shard, row) != self._last
            self._last = (shard, row)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each work that was found, in the order of the works."""
        about = self.works.about
        held = np.bincount(self.works.postings[self.found], minlength=len(about))
        for work in sorted(self.sources):
            known = about.slice(work, 1).to_pylist()[0]
            sources = sorted(self.sources[work])
            more = [f"and {len(sources) - _SOURCES_SHOWN} more"] if len(sources) > _SOURCES_SHOWN else []
            yield {
                "against": known["against"], "work": known["work"], "work_row": known["row"],
                "work_id": known["work_id"], "work_characters": known["characters"],
                "documents": sum(self.sources[work].values()), "sources": ";".join(sources[:_SOURCES_SHOWN] + more),
                "share_of_work": float(held[work] / known["shingles"]), "longest": self.longest[work],
            }  # fmt: skip


def write_contamination(folder: RunFolder, content: bytes, offsets: Mapping[int, tuple[str, int]]) -> dict[str, Any]:
    """Write contamination.parquet and contamination.csv; return what run.json says of it.

    *content* is the index of works; *offsets* are split -> (shard, rows of the shard before it), in plan order.
    """
    counted = _Counted(Works.from_bytes(content))
    with atomic(folder.file("contamination.parquet")) as draft:
        write_parquet(draft, CONTAMINATION_SCHEMA, _tables(folder, counted, offsets))
    write_csv(folder.file("contamination.csv"), CONTAMINATION, counted.rows())
    return dict(counted.works.facts) | {
        "found": len(counted.sources), "documents": sum(counted.documents.values()),
        "sources": dict(sorted(counted.documents.items())),
    }  # fmt: skip


def _tables(folder: RunFolder, counted: _Counted, offsets: Mapping[int, tuple[str, int]]) -> Iterator[pa.Table]:
    about, work = counted.works.about, folder.work
    for split, (shard, before) in offsets.items():
        path = work.overlaps(split)
        if not path.is_file():
            continue
        with pa.memory_map(str(path)) as source:
            reader = pa.ipc.open_file(source)
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                rows = arrow_array(numbers_of(batch["row"]) + before)
                named = arrow_array([shard] * len(batch))
                known = about.take(batch["work"])
                counted.add(
                    {
                        **{name: batch[name].to_pylist() for name in batch.schema.names},
                        "row": rows.to_pylist(),
                        "shard": named.to_pylist(),
                    }
                )
                columns = {name: known[name] for name in ("against", "work", "work_id")}
                columns |= {"work_row": known["row"], "row": rows, "shard": named}
                columns |= {name: batch[name] for name in CONTAMINATION_SCHEMA.names if name not in columns}
                yield pa.table({name: columns[name] for name in CONTAMINATION_SCHEMA.names})

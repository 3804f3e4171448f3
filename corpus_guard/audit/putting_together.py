"""From kept results to a run folder, by the same course as a scan; or from last night's, when nothing has changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from corpus_guard.assembling import ROW_GROUP, Seen
from corpus_guard.audit.units import Lent, Unit
from corpus_guard.core.arrays import arrow_scalar
from corpus_guard.finishing import Course
from corpus_guard.recording import read_record, read_run
from corpus_guard.results import Run
from corpus_guard.runs import WORK, RunFolder, Work, atomic

FINGERPRINTS = pa.schema(
    [
        ("fingerprint", pa.string()), ("source", pa.string()), ("shard", pa.string()), ("row", pa.int64()),
        ("field", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("rule", pa.string()),
        ("grade", pa.string()),
    ]
)  # fmt: skip
DATA = (
    "findings.parquet", "duplicates.parquet", "overlap.csv", "groups.csv", "shards.csv", "errors.csv",
    "fingerprints.parquet",
)  # fmt: skip
"""What a run folder holds that neither dates nor thresholds change."""
_ASKED_FOR = ("contamination.parquet", "contamination.csv", "repetition.csv", "known_duplicates.parquet")
"""The same, where a pipeline asks for it."""


@dataclass(frozen=True, slots=True)
class KeptFolder(RunFolder):
    """A run folder whose splits are kept results; *keys* gives the unit of every split, *found* what is in it."""

    units: Path
    found: Mapping[str, Unit]
    keys: Mapping[int, str]

    @property
    def work(self) -> Work:
        """The unfinished part: in the folder what is made of all splits, in the state what was kept of each."""
        silent = frozenset(
            number for number, key in self.keys.items() if key not in self.found or not self.found[key].findings
        )
        lost = {number: key if key in self.found else LOST for number, key in self.keys.items()}
        return Lent(self.path / WORK, self.units, lost, silent)


LOST = "00lost"
"""The key of no unit."""


def put_together(course: Course, folder: KeptFolder) -> Run:
    """Write the run folder of *course* from kept results."""
    folder.begin({"inputs": "audit"}, resume=False, overwrite=False)
    units = {number: folder.found.get(key) for number, key in folder.keys.items()}
    results = {number: None if unit is None else unit.result | {"number": number} for number, unit in units.items()}
    return replace(course, folder=folder, beside=partial(_fingerprints, folder)).finish(results)


@contextmanager
def _fingerprints(folder: RunFolder) -> Iterator[Seen]:
    """Write what every finding of weight is known by, so that it can be accepted."""
    with (
        atomic(folder.file("fingerprints.parquet")) as draft,
        pq.ParquetWriter(draft, FINGERPRINTS, compression="zstd") as writer,
    ):
        waiting: list[pa.Table] = []
        yield partial(_write_fingerprints, writer, waiting)
        _write_waiting(writer, waiting)


def _write_fingerprints(writer: pq.ParquetWriter, waiting: list[pa.Table], findings: pa.Table) -> None:
    """Write those of some *findings*, together with those that are *waiting* once they are many."""
    some = findings.select(FINGERPRINTS.names)
    waiting.append(some.filter(pc.not_equal(some["grade"], arrow_scalar("info", pa.string()))).cast(FINGERPRINTS))
    if sum(map(len, waiting)) >= ROW_GROUP:
        _write_waiting(writer, waiting)


def _write_waiting(writer: pq.ParquetWriter, waiting: list[pa.Table]) -> None:
    if any(map(len, waiting)):
        writer.write_table(pa.concat_tables(waiting))
    waiting.clear()


def judge_again(course: Course, last: Path) -> Run:
    """Write the run folder of *course* from that of *last*, whose input was the same."""
    folder = course.folder.path
    folder.mkdir(parents=True)
    for name in _data(last):
        shutil.copyfile(last / name, folder / name) if not _linked(last / name, folder / name) else None
    known, _ = read_record(last)
    facts = read_run(last)
    counted = facts | {"input": facts["digests"]["input"]}
    if "index" in counted:
        counted["index"] = counted["index"] | {"added": 0}
    return course.judge(course.record(known.sources, known.tally), counted)


def _linked(origin: Path, to: Path) -> bool:
    """Run folders are never written in place, so two may share what is the same."""
    with suppress(OSError):
        os.link(origin, to)
        return True
    return False


def table_digests(run: Path) -> dict[str, list[Any]]:
    """Return [size, xxh3] of the files that `judge_again` takes over, by name."""
    return {name: _digest(run / name) for name in (*_data(run), "summary.csv")}


def _data(run: Path) -> list[str]:
    return [*DATA, *(name for name in _ASKED_FOR if (run / name).is_file())]


def _digest(path: Path) -> list[Any]:
    digest = xxhash.xxh3_64()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return [path.stat().st_size, digest.hexdigest()]

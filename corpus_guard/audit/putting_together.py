"""From kept results to a run folder, by the same course as a scan; or from last night's, when nothing has changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from corpus_guard.audit.units import Lent, Unit
from corpus_guard.core.arrays import arrow_array, arrow_scalar, numbers_of
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
    course = replace(course, folder=folder)
    folder.begin({"inputs": "audit"}, resume=False, overwrite=False)
    units = {number: folder.found.get(key) for number, key in folder.keys.items()}
    results = {number: None if unit is None else unit.result | {"number": number} for number, unit in units.items()}
    _write_fingerprints(course, results)
    return course.finish(results)


def _write_fingerprints(course: Course, results: Mapping[int, Any]) -> None:
    """What every finding of weight is known by, so that it can be accepted."""
    work = course.folder.work
    before: dict[str, int] = {}
    with (
        atomic(course.folder.file("fingerprints.parquet")) as draft,
        pq.ParquetWriter(draft, FINGERPRINTS, compression="zstd") as writer,
    ):
        for split in course.job.splits:
            shard, result = split.shard.name, results[split.number]
            path = work.findings(split.number)
            if path.is_file():
                table = _read(path, [name for name in FINGERPRINTS.names if name != "shard"])
                table = table.filter(pa.compute.not_equal(table["grade"], arrow_scalar("info", pa.string())))
                if len(table):
                    rows = arrow_array(numbers_of(table["row"]) + before.get(shard, 0))
                    table = table.set_column(table.schema.get_field_index("row"), "row", rows)
                    table = table.append_column("shard", arrow_array([shard] * len(table)))
                    writer.write_table(table.select(FINGERPRINTS.names).cast(FINGERPRINTS))
            before[shard] = before.get(shard, 0) + (result["rows"] if result else 0)


def _read(path: Path, columns: list[str]) -> pa.Table:
    """Some columns of one file; `read_table` would import what data sets of many files need, and pandas."""
    with pq.ParquetFile(path) as file:
        return file.read(columns, use_threads=False)


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

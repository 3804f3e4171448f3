"""The pass: find shards, map splits over an engine, shuffle fingerprints, assemble, judge, write the run folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from corpus_guard.core.shard import Shard, Split
from corpus_guard.engines.local import LOST, LocalEngine
from corpus_guard.fingerprints import partitions_for
from corpus_guard.finishing import Course
from corpus_guard.inputs import Inputs
from corpus_guard.jobs import Job, prepare
from corpus_guard.planning import make_plan, resolve_options
from corpus_guard.readers import read_memory
from corpus_guard.results import Run
from corpus_guard.runs import RunFolder
from corpus_guard.split_scan import ScanSplit

SMALL = 8 * 2**20
"""Inputs of fewer bytes are scanned in this process: starting others would take longer."""

Progress = Callable[[int, int, int], None]
"""Called with (splits done, documents so far, bytes so far)."""


def scan(data: Any = None, *, out: str | Path | None = None, progress: Progress | None = None, **options: Any) -> Run:
    """Scan *data*, judge it, write the run folder *out*, return the run.

    *data* is a path, a list of paths, or a table in memory: `datasets.Dataset` or `IterableDataset`, an Arrow table,
    a polars or pandas frame, an iterable of dicts. Options are those of the command line with `_` for `-`. Without
    *out* the run folder is a temporary one. Raises `UsageError`, `CatalogError`, `EngineError`.

    >>> run = scan([{"text": "今天天气很好"}, {"text": "Nice weather today"}])
    >>> run.verdict, run.summary["documents"].to_list()
    ('PASS', [2])
    """
    folder = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="corpus_guard-")) / "run"
    paths = _as_paths(data)
    if data is not None and paths is None:
        return _scan_memory(data, folder, options)
    job = prepare(out=folder, **({"paths": paths} if paths else {}), **options)
    return run_job(job, job.options.out or folder, progress=progress)


def run_job(job: Job, out: Path, *, progress: Progress | None = None) -> Run:
    """Carry out a prepared job."""
    folder = RunFolder(out)
    engine = LocalEngine(1 if job.size < SMALL and not job.options.workers else job.options.workers)
    course = Course(job, folder, engine, partitions_for(job.size))
    folder.begin(job.identity, resume=job.options.resume, overwrite=job.options.overwrite)
    results: dict[int, Any] = {split.number: folder.work.result(split.number) for split in job.splits}
    waiting = [split for split in job.splits if results[split.number] is None]
    _report(progress, results)
    for index, result in engine.map(ScanSplit(job.plan, folder.work, course.partitions), waiting):
        number = waiting[index].number
        results[number] = None if result is LOST else result
        if result is LOST:
            folder.work.forget(number)
        _report(progress, results)
    return course.finish(results)


def _report(progress: Progress | None, results: Mapping[int, Any]) -> None:
    if progress is not None:
        done = [result for result in results.values() if result is not None]
        counts = [counted for result in done for counted in result["sources"].values()]
        progress(len(done), sum(c["documents"] for c in counts), sum(c["bytes"] for c in counts))


def _scan_memory(data: Any, out: Path, given: Mapping[str, Any]) -> Run:
    options = resolve_options(given)
    plan = make_plan(options)
    split = Split(0, Shard("memory", "", "memory", 0, 0, "memory"))
    course = Course(Job(options, plan, Inputs([split.shard]), [split]), RunFolder(out), LocalEngine(1))
    course.folder.begin({"inputs": "memory"}, resume=False, overwrite=options.overwrite)
    return course.finish({0: ScanSplit(plan, course.folder.work, 1).scan(split, read_memory(data, plan.wanted))})


def _as_paths(data: Any) -> list[Path] | None:
    if isinstance(data, (str, Path)):
        return [Path(data)]
    if isinstance(data, (list, tuple)) and data and all(isinstance(item, (str, Path)) for item in data):
        return [Path(item) for item in data]
    return None

"""The pass: find shards, map splits over an engine, shuffle fingerprints, assemble, judge, write the run folder."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus_guard.assembling import Assembly, assemble, write_duplicates, write_findings
from corpus_guard.core.library import library_of
from corpus_guard.core.plan import Plan
from corpus_guard.core.record import Record
from corpus_guard.core.shard import Shard, Split
from corpus_guard.duplicate_groups import GroupExact
from corpus_guard.engines.local import LOST, LocalEngine
from corpus_guard.errors import EngineError, UsageError
from corpus_guard.fingerprints import partitions_for
from corpus_guard.inputs import Inputs, find_inputs
from corpus_guard.options import Options
from corpus_guard.planning import make_plan, resolve_options
from corpus_guard.readers import read_memory, splits_of
from corpus_guard.recording import judging_facts, source_records
from corpus_guard.registry import detector_class
from corpus_guard.reports.csv_tables import write_csv
from corpus_guard.reports.tables import ERRORS, SHARDS
from corpus_guard.results import Run, raw_verdicts, write_judgement
from corpus_guard.runs import RunFolder, write_json
from corpus_guard.split_scan import ScanSplit, numbered_splits
from corpus_guard.tallying import duplicate_copies, tally_of

SMALL = 8 * 2**20
"""Inputs of fewer bytes are scanned in this process: starting others would take longer."""

Progress = Callable[[int, int, int], None]
"""Called with (splits done, documents so far, bytes so far)."""


@dataclass(frozen=True)
class Job:
    """Everything a scan is about to do."""

    options: Options
    plan: Plan
    inputs: Inputs
    splits: Sequence[Split]

    @property
    def size(self) -> int:
        """Bytes of all shards, as they lie on disk."""
        return sum(shard.size for shard in self.inputs.shards)


def prepare(**given: Any) -> Job:
    """Return the job that these options describe, without reading any text; raise `UsageError` or `CatalogError`."""
    options = resolve_options(given)
    plan = make_plan(options)
    if not options.paths:
        raise UsageError("no path was given; name files or folders to scan, or [input] paths in the pipeline file")
    inputs = find_inputs(options.paths, plan, include=options.include, exclude=options.exclude)
    return Job(options, plan, inputs, list(numbered_splits(inputs.shards, _parts)))


def _parts(shard: Shard) -> list[tuple[int, int]]:
    return [(0, -1)] if shard.problem else splits_of(shard)


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
    started = time.monotonic(), _now()
    folder.begin(_identity(job), resume=job.options.resume, overwrite=job.options.overwrite)
    partitions = partitions_for(job.size)
    engine = LocalEngine(1 if job.size < SMALL and not job.options.workers else job.options.workers)
    task = ScanSplit(job.plan, folder.work, partitions)
    results: dict[int, Any] = {split.number: folder.work.result(split.number) for split in job.splits}
    waiting = [split for split in job.splits if results[split.number] is None]
    _report(progress, results)
    for index, result in engine.map(task, waiting):
        results[waiting[index].number] = None if result is LOST else result
        if result is LOST:
            folder.work.forget(waiting[index].number)
        _report(progress, results)
    return _finish(job.plan, job.options, job.inputs, job.splits, results, folder, engine, partitions, started)


def _report(progress: Progress | None, results: Mapping[int, Any]) -> None:
    if progress is not None:
        done = [result for result in results.values() if result is not None]
        counts = [counted for result in done for counted in result["sources"].values()]
        progress(len(done), sum(c["documents"] for c in counts), sum(c["bytes"] for c in counts))


def _scan_memory(data: Any, folder: Path, given: Mapping[str, Any]) -> Run:
    options = resolve_options(given)
    plan = make_plan(options)
    run_folder, started = RunFolder(folder), (time.monotonic(), _now())
    run_folder.begin({"inputs": "memory"}, resume=False, overwrite=options.overwrite)
    shard = Shard("memory", "", "memory", 0, 0, "memory")
    split = Split(0, shard)
    result = ScanSplit(plan, run_folder.work, 1).scan(split, read_memory(data, plan.wanted))
    inputs = Inputs([shard])
    return _finish(plan, options, inputs, [split], {0: result}, run_folder, LocalEngine(1), 1, started)


def _finish(
    plan: Plan,
    options: Options,
    inputs: Inputs,
    splits: Sequence[Split],
    results: Mapping[int, Any],
    folder: RunFolder,
    engine: LocalEngine,
    partitions: int,
    started: tuple[float, str],
) -> Run:
    """Write every file of the run folder, run.json last."""
    digests = {split.shard.name: results[split.number]["digest"] for split in splits if split.part == 0 and results[split.number]}
    assembly = assemble(inputs.shards, splits, results, digests)
    write_findings(folder, folder.work, assembly.offsets)
    copies = _duplicates(plan, folder, assembly, engine, partitions)
    write_csv(folder.file("shards.csv"), SHARDS, assembly.shards)
    write_csv(folder.file("errors.csv"), ERRORS, assembly.errors)
    record = Record(
        sources=source_records(assembly, copies),
        tally=tally_of(folder.file("findings.parquet")),
        detectors=tuple(detector_class(name).name for name in plan.detector_names),
        content_detectors=frozenset(known.name for known in map(detector_class, plan.detector_names) if known.content),
        manifest=plan.manifest,
        stage=plan.stage,
        share=plan.share,
        as_of=plan.as_of,
        library=library_of(plan.rules),
        raw_verdicts=raw_verdicts(options.raw_run),
    )
    facts = _facts(plan, options, inputs, assembly, record, engine, started)
    run = write_judgement(folder, record, plan.standards, plan.judge, facts)
    write_json(folder.file("run.json"), facts)
    folder.finish()
    return run


def _duplicates(
    plan: Plan, folder: RunFolder, assembly: Assembly, engine: LocalEngine, partitions: int
) -> dict[str, int] | None:
    ran = any(detector_class(name).name == "exact_duplicates" for name in plan.detector_names)
    if ran:
        group = GroupExact(folder.work, assembly.offsets)
        for _, result in engine.shuffle(partitions, group):
            if result is LOST:
                raise EngineError("a worker died while it grouped duplicates; run again with --resume and fewer --workers")
    write_duplicates(folder, folder.work, partitions if ran else 0)
    return duplicate_copies(folder.file("duplicates.parquet")) if ran else None


def _facts(
    plan: Plan, options: Options, inputs: Inputs, assembly: Assembly, record: Record, engine: LocalEngine,
    started: tuple[float, str],
) -> dict[str, Any]:  # fmt: skip
    counts = assembly.sources.values()
    return {
        "tool_version": version("corpus-guard"), "started": started[1], "finished": _now(), "as_of": plan.as_of,
        "complete": True, "inputs": [str(path) for path in options.paths], "stage": plan.stage or "raw",
        "engine": engine.name, "workers": engine.workers, "seed": plan.seed, "sample": plan.share,
        "digests": {"input": _input_digest(assembly)} | dict(plan.digests),
        "shards": len(inputs.shards), "documents": sum(counted.documents for counted in counts),
        "bytes": sum(counted.bytes for counted in counts),
        "unscanned_documents": sum(counted.unscanned_documents for counted in counts),
        "seconds": round(time.monotonic() - started[0], 3), "passed_over": inputs.passed_over,
        "repeated_document_ids": assembly.repeated_ids, "standards": [standard.id for standard in plan.standards],
        "rule_changes": [asdict(change) for change in plan.changes], "unmasked": plan.unmasked,
        "judging": judging_facts(record, plan.judge),
    }  # fmt: skip


def _input_digest(assembly: Assembly) -> str:
    lines = "".join(f"{row['shard']}\0{row['digest']}\n" for row in assembly.shards)
    return sha256(lines.encode()).hexdigest()


def _identity(job: Job) -> dict[str, Any]:
    """What an interrupted run must share with the one that resumes it."""
    plan = job.plan
    return {
        "version": version("corpus-guard"),
        "inputs": [[shard.name, shard.size, shard.modified] for shard in job.inputs.shards],
        "rules": plan.digests["rules"],
        "sources": [plan.manifest.digest, plan.source_column],
        "reading": [plan.wanted.text_column, plan.wanted.text_records, plan.share, plan.seed, plan.unmasked],
    }


def _as_paths(data: Any) -> list[Path] | None:
    if isinstance(data, (str, Path)):
        return [Path(data)]
    if isinstance(data, (list, tuple)) and data and all(isinstance(item, (str, Path)) for item in data):
        return [Path(item) for item in data]
    return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")



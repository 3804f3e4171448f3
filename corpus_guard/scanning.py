"""The pass: find shards, map splits over an engine, shuffle fingerprints, assemble, judge, write the run folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_guard.against import with_works
from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Shard, Split
from corpus_guard.duplicates.fingerprints import partitions_for
from corpus_guard.duplicates.index import Index, opened
from corpus_guard.engines.choosing import Engine, engine_for
from corpus_guard.engines.local import LOST, LocalEngine
from corpus_guard.errors import ShardError, UsageError
from corpus_guard.finishing import Course
from corpus_guard.inputs import Inputs
from corpus_guard.jobs import Job, needed_paths, prepare
from corpus_guard.planning import index_parameters, make_plan, resolve_options
from corpus_guard.readers import read_memory
from corpus_guard.results import Run
from corpus_guard.runs import RunFolder
from corpus_guard.scanner import detectors_of
from corpus_guard.split_scan import ScanSplit

SMALL = 8 * 2**20
"""Inputs of fewer bytes are scanned in this process: starting others would take longer."""

_NEEDED = ("corpus_guard.split_scan", "corpus_guard.detectors.personal_info")
"""What a worker takes most of a second to import."""

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
    paths = _as_paths(data)
    if data is not None and paths is None:
        return _scan_memory(data, {"out": out, **options})
    given = {"out": out, **({"paths": paths} if paths else {}), **options}
    with begun_engine(given) as engine:
        job = prepare(engine, **given)
        return run_job(job, job.options.out or _temporary(), progress=progress, engine=engine)


@contextmanager
def begun_engine(given: Mapping[str, Any]) -> Iterator[LocalEngine | None]:
    """Begin an engine whose processes start while the job is prepared, where these options ask for several.

    Whatever becomes of the job, they are gone at the end.
    """
    engine = _engine_of_several(given)
    if engine is None:
        yield None
        return
    with closing(engine):
        engine.begin()
        yield engine if engine.workers > 1 else None


def _engine_of_several(given: Mapping[str, Any]) -> LocalEngine | None:
    options = resolve_options(given)
    if options.engine != LocalEngine.name or options.workers == 1:
        return None
    if not options.workers and not _are_large(options.paths):
        return None
    return LocalEngine(options.workers, _NEEDED)


def _are_large(paths: Iterable[Path]) -> bool:
    """Whether what is there has as many bytes as other processes are started for; a glance, for shards come later."""
    size = 0
    with suppress(OSError):  # whoever looks for shards says what cannot be read
        for file in (file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])):
            size += file.stat().st_size
            if size >= SMALL:
                return True
    return False


def _temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix="corpus_guard-")) / "run"


def run_job(job: Job, out: Path, *, progress: Progress | None = None, engine: LocalEngine | None = None) -> Run:
    """Carry out a prepared job; *engine* is a begun one, which is of use if the job does not name another."""
    if engine is not None and job.options.engine == engine.name:
        return _carry_out(job, RunFolder(out), progress, engine)
    if engine is not None:
        engine.close()
    return _carry_out(job, RunFolder(out), progress, engine_for(job.options, is_small=job.size < SMALL))


def _carry_out(job: Job, folder: RunFolder, progress: Progress | None, engine: Engine) -> Run:
    with closing(engine), opened_index(job) as index, folder.held():
        engine.connect()
        course = Course(job, folder, engine, partitions_for(job.size), index=index)
        folder.begin(job.identity, resume=job.options.resume, overwrite=job.options.overwrite)
        engine.share(folder.work.folder, needed_paths(job.options, job.inputs.shards))
        results: dict[int, Any] = {split.number: folder.work.result(split.number) for split in job.splits}
        waiting = [split for split in job.splits if results[split.number] is None]
        teller = _Teller(progress)
        teller.add(result for result in results.values() if result is not None)
        task = job.task or ScanSplit(job.plan, folder.work, course.partitions, job.detectors)
        for place, result in engine.map(task, waiting):
            known = None if result is LOST else result
            results[waiting[place].number] = known
            teller.add([known or {"sources": {}}])
        return course.finish(results)


@contextmanager
def opened_index(job: Job) -> Iterator[Index | None]:
    """Open the index that the job names, if it names one; raise `UsageError` when it does not fit the job."""
    folder = job.options.index
    if folder is None:
        yield None
        return
    with opened(folder, index_parameters(job.plan)) as index:
        yield index


@dataclass
class _Teller:
    """Adds up the results of splits and tells whoever watches."""

    progress: Progress | None
    splits: int = 0
    documents: int = 0
    bytes: int = 0

    def add(self, results: Iterable[Mapping[str, Any]]) -> None:
        """Count more splits."""
        for result in results:
            self.splits += 1
            self.documents += sum(counts["documents"] for counts in result["sources"].values())
            self.bytes += sum(counts["bytes"] for counts in result["sources"].values())
        if self.progress is not None:
            self.progress(self.splits, self.documents, self.bytes)


def _scan_memory(data: Any, given: Mapping[str, Any]) -> Run:
    options = resolve_options(given)
    if options.resume:
        raise UsageError("a scan of data in memory cannot be resumed; leave resume out, or scan the data from files")
    if options.engine != "local":
        raise UsageError("data in memory is scanned in this process; leave engine out, or scan the data from files")
    plan = with_works(make_plan(options), options)
    detectors = detectors_of(plan)
    batches = _Digested(_read(data, plan.wanted))
    split = Split(0, Shard("memory", "", "memory", 0, 0, "memory"))
    folder = RunFolder(options.out or _temporary())
    job = Job(options, plan, Inputs([split.shard]), [split])
    with opened_index(job) as index, folder.held():
        course = Course(job, folder, LocalEngine(1), index=index)
        folder.begin({"inputs": "memory"}, resume=False, overwrite=options.overwrite)
        result = ScanSplit(plan, folder.work, 1, detectors).scan(split, iter(batches))
        return course.finish({0: result | {"digest": batches.digest.hexdigest()}})


def _read(data: Any, wanted: Wanted) -> Iterator[Batch]:
    """The batches of *data*; where none can be read, the iterator says so as it would of a file."""
    try:
        return read_memory(data, wanted)
    except ShardError as error:
        return _refused(error)


def _refused(error: ShardError) -> Iterator[Batch]:
    yield from ()
    raise error


class _Digested:
    """Batches on their way, and the SHA-256 of all their texts so far, whatever batches these came in."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self.digest = sha256()

    def __iter__(self) -> Iterator[Batch]:
        for batch in self._batches:
            rows = batch.rows[batch.documents].tolist()
            for row, field, text in zip(rows, batch.fields.tolist(), batch.texts.cast(pa.large_binary()), strict=True):
                content = text.as_buffer()
                self.digest.update(f"{row}\0{batch.field_names[field]}\0{len(content)}\0".encode())
                self.digest.update(content)
            yield batch


def _as_paths(data: Any) -> list[Path] | None:
    if isinstance(data, (str, Path)):
        return [Path(data)]
    if isinstance(data, (list, tuple)) and data and all(isinstance(item, (str, Path)) for item in data):
        return [Path(item) for item in data]
    return None

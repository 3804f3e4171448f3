"""A job: options resolved, shards found, work cut into splits; nothing of any text read yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus_guard.against import with_works
from corpus_guard.core.detector import Detector
from corpus_guard.core.plan import Plan
from corpus_guard.core.shard import Shard, Split
from corpus_guard.duplicates.fingerprints import partitions_for
from corpus_guard.engines.local import LocalEngine
from corpus_guard.errors import UsageError, did_you_mean
from corpus_guard.inputs import Inputs, find_inputs
from corpus_guard.options import Options
from corpus_guard.planning import make_plan, resolve_options
from corpus_guard.readers import columns_of, splits_of
from corpus_guard.recording import read_run
from corpus_guard.runs import RunFolder
from corpus_guard.scanner import detectors_of
from corpus_guard.split_scan import ScanSplit, numbered_splits

_COLUMNS_SHOWN = 20
_SHARDS_LOOKED_AT = 100


@dataclass(frozen=True)
class Job:
    """Everything a scan is about to do.

    detectors  of the plan, where they have been made in this process;  task  what other processes have been handed
    """

    options: Options
    plan: Plan
    inputs: Inputs
    splits: Sequence[Split]
    detectors: Sequence[Detector] | None = None
    task: ScanSplit | None = None

    @property
    def size(self) -> int:
        """Bytes of all shards, as they lie on disk."""
        return sum(shard.size for shard in self.inputs.shards)

    @property
    def identity(self) -> dict[str, Any]:
        """What an interrupted run must share with the one that resumes it."""
        plan = self.plan
        return {
            "version": version("corpus-guard"),
            "inputs": [[shard.name, shard.size, shard.modified] for shard in self.inputs.shards],
            "rules": plan.digests["rules"],
            "index": str(self.options.index.resolve()) if self.options.index else "",
            "against": plan.digests.get("against", ""),
            "sources": [plan.manifest.digest, plan.source_column, plan.source_by],
            "split_bytes": self.options.split_bytes,
            "detector files": [
                sha256(Path(name).read_bytes()).hexdigest() for name in plan.detector_names if name.endswith(".py")
            ],
            "reading": [plan.wanted.text_column, plan.wanted.text_records, plan.share, plan.seed, plan.unmasked],
        }


def prepare(begun: LocalEngine | None = None, **given: Any) -> Job:
    """Return the job that these options describe, without reading any text; raise `UsageError` or `CatalogError`.

    Processes of an engine that has *begun* make ready for the job meanwhile.
    """
    options = resolve_options(given)
    plan = with_works(make_plan(options), options)
    if options.raw_run is not None:
        read_run(options.raw_run)  # so that what is wrong with it is said before anything is written
    if not options.paths:
        raise UsageError("no path was given; name files or folders to scan, or [input] paths in the pipeline file")
    shared = begun if options.out else None
    detectors = None if shared else detectors_of(plan)  # what one has against its options is said before all else
    own = [path for path in (options.out, options.sources, options.index) if path]
    inputs = find_inputs(options.paths, plan, include=options.include, exclude=options.exclude, own=own)
    task = _handed(shared, options, plan, inputs) if shared else None
    _check_source_column(options.source_column, inputs.shards)
    splits = list(numbered_splits(inputs.shards, partial(_parts, options.split_bytes)))
    if shared:
        shared.prepared()
    return Job(options, plan, inputs, splits, detectors, task)


def _handed(engine: LocalEngine, options: Options, plan: Plan, inputs: Inputs) -> ScanSplit:
    """Hand over what to do with splits before these are known; return it."""
    assert options.out is not None
    task = ScanSplit(plan, RunFolder(options.out).work, partitions_for(sum(shard.size for shard in inputs.shards)))
    engine.prepare(task)
    return task


def needed_paths(options: Options, shards: Sequence[Shard]) -> list[Path]:
    """Return what other machines must see as it is here: what the options name, and some of the shards."""
    named = [*options.paths, *options.against, *([options.index] if options.index else [])]
    named += [Path(name) for name in options.detectors if name.endswith(".py")]
    readable = [Path(shard.path) for shard in shards if shard.path and not shard.problem]
    return [*named, *readable[:: len(readable) // _SHARDS_LOOKED_AT + 1]]


def _check_source_column(name: str | None, shards: Sequence[Shard]) -> None:
    """Raise `UsageError` for a column of sources that no shard has: documents would be judged under other names."""
    known: dict[str, None] = {}
    for shard in shards if name else ():
        columns = [] if shard.problem else columns_of(shard)
        if name in columns:
            return
        known |= dict.fromkeys(columns)
    if known:
        shown = ", ".join(sorted(known)[:_COLUMNS_SHOWN])
        raise UsageError(
            f'no shard has the column "{name}" of --source-column{did_you_mean(str(name), known)}; there are: {shown}'
        )


def _parts(split_bytes: int, shard: Shard) -> list[tuple[int, int]]:
    return [(0, -1)] if shard.problem else splits_of(shard, *([split_bytes] if split_bytes else []))

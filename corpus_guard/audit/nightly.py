"""One night: what changed is scanned, what did not is taken over, all of it is judged, and the run gets its date."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from corpus_guard.against import with_works
from corpus_guard.audit.keys import Keys, digest_of, keys_of
from corpus_guard.audit.nights import Nights, read_facts
from corpus_guard.audit.putting_together import KeptFolder, judge_again, put_together, table_digests
from corpus_guard.audit.scanning_units import Counters, OutOfTimeError, Progress, Scanning
from corpus_guard.audit.settings import AuditSettings
from corpus_guard.audit.state import SEEN, Night, State, opened
from corpus_guard.audit.units import Units
from corpus_guard.audit.watching import Watched, read_entry, restless, signature_of, watch
from corpus_guard.core.plan import Plan
from corpus_guard.core.shard import Shard, Split
from corpus_guard.duplicates.fingerprints import partitions_for
from corpus_guard.duplicates.index import Index
from corpus_guard.duplicates.index import opened as opened_index
from corpus_guard.duplicates.kept_keys import KeptKeys
from corpus_guard.duplicates.kept_pairs import KeptPairs
from corpus_guard.engines.choosing import Engine, engine_for
from corpus_guard.engines.local import LocalEngine
from corpus_guard.errors import UsageError
from corpus_guard.finishing import Course, now
from corpus_guard.inputs import Inputs, find_inputs
from corpus_guard.jobs import Job, needed_paths
from corpus_guard.options import Options
from corpus_guard.planning import index_parameters, make_plan, resolve_options
from corpus_guard.readers import splits_of
from corpus_guard.reports.html import write_html
from corpus_guard.results import Run
from corpus_guard.runs import WORK, RunFolder, write_json
from corpus_guard.source_draft import shown_cards
from corpus_guard.split_scan import numbered_splits

RESTLESS = "the file changed while it was read, and again when it was read anew; audit when nothing writes it"
_LISTED = 1000


@dataclass
class Tonight:
    """A night under way."""

    settings: AuditSettings
    options: Options
    plan: Plan
    state: State
    inputs: Inputs
    watched: Watched
    keys: Keys
    deadline: float
    progress: Progress | None
    began: float
    started: str
    index: Index | None = None
    cluster: Engine | None = None
    counters: Counters = field(default_factory=Counters)

    @property
    def number(self) -> int:
        """The number of this night."""
        return self.state.last.number + 1

    @property
    def nights(self) -> Nights:
        """Where dated runs lie."""
        return Nights(self.settings.out)

    def engine(self, folder: Path, is_small: bool) -> Engine:  # noqa: FBT001 - handed on as a function of one argument
        """What carries tasks that write in *folder*: a cluster, or processes that live as long as their work."""
        engine = self.cluster or engine_for(self.options, is_small=is_small)
        engine.share(folder, needed_paths(self.options, self.inputs.shards))
        return engine


@dataclass(frozen=True)
class Audit:
    """What a night left: the run and what audit.json says; no run when the time was up before all was scanned."""

    run: Run | None
    facts: Mapping[str, Any]

    @property
    def exit_code(self) -> int:
        """That of the verdict; 3, inconclusive, when the time was up."""
        return 3 if self.run is None else self.run.exit_code


Finished = Callable[[Tonight, Run, dict[str, Any], Path | None], None]
"""Called with a run that is complete but for its name, with audit.json so far, and the folder of the run before."""


def hold_audit(
    pipeline: str | Path,
    settings: AuditSettings,
    *,
    max_hours: float | None = None,
    progress: Progress | None = None,
    finished: Finished | None = None,
    **given: Any,
) -> Audit:
    """Hold the audit that *pipeline* describes; *given* are options of `scan` that win over it."""
    began, started = time.monotonic(), now()
    options = resolve_options({"pipeline": Path(pipeline)} | given)
    if not options.paths:
        raise UsageError(f'{pipeline} names no "paths" in [input]; name the files or folders to audit')
    hours = settings.max_hours if max_hours is None else max_hours
    plan = with_works(make_plan(options), options)
    with opened(settings.state) as state, _opened_index(options, plan, state) as index, _cluster(options) as cluster:
        own = [path for path in (settings.out, settings.state, options.sources, options.index) if path]
        inputs = find_inputs(options.paths, plan, include=options.include, exclude=options.exclude, own=own)
        watched = watch(
            inputs.shards, state.shards(), state.shards(SEEN), night=state.last.number,
            verify_nights=settings.verify_nights,
        )  # fmt: skip
        state.write_shards(watched.known, SEEN)
        tonight = Tonight(
            settings, options, plan, state, inputs, watched, keys_of(plan, state.secret()),
            began + hours * 3600 if hours else 0.0, progress, began, started, index, cluster,
        )  # fmt: skip
        return _held(tonight, finished)


@contextmanager
def _cluster(options: Options) -> Iterator[Engine | None]:
    """The engine of a cluster, for all of a night: its processes take long to come up."""
    if options.engine == "local":
        yield None
        return
    with closing(engine_for(options)) as engine:
        yield engine


@contextmanager
def _opened_index(options: Options, plan: Plan, state: State) -> Iterator[Index | None]:
    """Open the index that the pipeline names, if it names one; what this audit adds to it is its own."""
    if options.index is None:
        yield None
        return
    holder = sha256(b"index" + state.secret()).hexdigest()[:16]
    with opened_index(options.index, index_parameters(plan), holder) as index:
        yield index


def _held(tonight: Tonight, finished: Finished | None) -> Audit:
    tonight.nights.begin()
    try:
        run, identity = _unchanged(tonight) or _scanned(tonight)
    except OutOfTimeError:
        return Audit(None, _facts(tonight, None) | {"out_of_time": True})
    facts = _facts(tonight, run) | {"out_of_time": False, "tables": table_digests(run.path)}
    before = tonight.nights.last(tonight.state.last.run)
    if finished is not None:
        finished(tonight, run, facts, before)
    write_html(RunFolder(run.path), dict(run.facts), tonight.plan.standards, audit=facts)
    return Audit(_named(tonight, run, facts, identity), facts)


def _named(tonight: Tonight, run: Run, facts: dict[str, Any], identity: str) -> Run:
    """Give the run its date, then say that the night is complete, then bring the history up to date."""
    name = tonight.nights.free_name(tonight.plan.as_of)
    facts["night"] = name
    write_json(run.path / "audit.json", facts)
    to = tonight.settings.out / name
    run.path.rename(to)
    tonight.state.write_shards(tonight.watched.known)
    tonight.state.close_night(Night(tonight.number, identity, name, tonight.plan.as_of))
    tonight.nights.write_history(tonight.state.notes)
    facts["removed_runs"] = tonight.nights.remove_old(tonight.settings.keep)
    return Run(to)


def _facts(tonight: Tonight, run: Run | None) -> dict[str, Any]:
    """What audit.json says of the night itself."""
    watched, last = tonight.watched, tonight.state.last
    if last.as_of and tonight.plan.as_of < last.as_of:
        tonight.state.notes.append(
            f"the day is {tonight.plan.as_of}, and that of the last audit was {last.as_of}: the clock went back; "
            "the order of runs is that of their numbers in audit.json"
        )
    lists = {"new": watched.new, "changed": watched.changed, "gone": watched.gone, "surprised": watched.surprised}
    return {
        "number": tonight.number, "as_of": tonight.plan.as_of, "verdict": run.verdict if run else "INCONCLUSIVE",
        "previous": last.run, "counters": tonight.counters.sum_up(tonight.keys.detectors),
        "shards": {name: len(listed) for name, listed in lists.items()} | {"moved": len(watched.moved)}
        | {"all": len(tonight.inputs.shards), "verified": watched.verified, "digested": watched.digested},
        "changes": {name: listed[:_LISTED] for name, listed in lists.items()} | {"moved": watched.moved[:_LISTED]},
        "notes": tonight.state.notes,
    }  # fmt: skip


def _identity(tonight: Tonight) -> str:
    """A digest of all that data files of a run depend on."""
    shards = [
        [shard.name, shard.format, shard.size, shard.source, shard.pinned, shard.problem, tonight.watched.digest(shard)]
        for shard in tonight.inputs.shards
    ]
    plan = tonight.plan
    ranks = [entry.id for entry in plan.manifest.entries]
    own = [tonight.keys.reading, dict(tonight.keys.detectors), list(plan.detector_names)]
    cards = {name: card.licences for name, card in shown_cards(tonight.inputs.shards, tonight.options.paths).items()}
    indexed = tonight.index.state if tonight.index else []
    return digest_of([own, shards, tonight.options.split_bytes, ranks, cards, indexed])


def _unchanged(tonight: Tonight) -> tuple[Run, str] | None:
    """The run of a night on which no content and no rule has changed, judged again; None on other nights."""
    last, identity = tonight.state.last, _identity(tonight)
    if not last.run or last.identity != identity:
        return None
    folder = tonight.settings.out / last.run
    facts = read_facts(folder)
    try:
        if facts is None or facts["tables"] != table_digests(folder):
            return None
    except (OSError, KeyError):
        return None
    job = Job(tonight.options, tonight.plan, tonight.inputs, [])
    run = judge_again(_course(tonight, job, LocalEngine(1)), folder)
    tonight.counters.splits = tonight.counters.reused = int(facts["counters"]["splits"])
    return run, identity


def _course(tonight: Tonight, job: Job, engine: Engine) -> Course:
    partitions = _partitions(job.size)
    folder = RunFolder(tonight.nights.draft)
    return Course(
        job, folder, engine, partitions, tonight.began, tonight.started, page=False, index=tonight.index
    )  # fmt: skip


def _partitions(size: int) -> int:
    """A power of two, so that kept fingerprints seldom have to be parted anew while a corpus grows."""
    return 1 << (partitions_for(size) - 1).bit_length()


def _scanned(tonight: Tonight) -> tuple[Run, str]:
    units = Units(tonight.state.units)
    size = sum(shard.size for shard in tonight.inputs.shards)
    scanning = Scanning(
        tonight.plan, tonight.keys, units, tonight.state.work, tonight.state.secret(), _partitions(size),
        partial(tonight.engine, tonight.state.work), partial(_is_still, tonight), tonight.deadline, tonight.progress,
        tonight.counters,
    )  # fmt: skip
    splits, keys = _update(tonight, scanning)
    for attempt in range(2):
        moving = restless([shard for shard in tonight.inputs.shards if not shard.problem], tonight.watched.known)
        if not moving:
            break
        _read_again(tonight, moving, give_up=attempt == 1)
        splits, keys = _update(tonight, scanning)
    job = Job(tonight.options, tonight.plan, tonight.inputs, splits)
    small = all(split.shard.size < 2**20 for split in splits)
    course = _course(tonight, job, tonight.engine(tonight.nights.draft / WORK, small))
    if "near_duplicates" in tonight.keys.detectors:
        course = _with_kept(course, tonight, scanning, keys)
    run = put_together(course, KeptFolder(course.folder.path, units.folder, scanning.found, keys))
    units.keep_only(set(keys.values()))
    return run, _identity(tonight) if _is_final(scanning, keys, splits) else ""


def _with_kept(course: Course, tonight: Tonight, scanning: Scanning, keys: Mapping[int, str]) -> Course:
    """The course with what earlier nights know of near duplicates.

    What could not be read to its end is known by another name every night.
    """
    own = tonight.keys.detectors["near_duplicates"]
    known = {key: digest_of([key, own])[:32] for key, unit in scanning.found.items() if not unit.is_broken}
    names = {number: known.get(key) or token_hex(16) for number, key in keys.items()}
    pairs = KeptPairs(tonight.state.pairs, names, digest_of([tonight.keys.reading, own]))
    pairs.tidy(course.partitions)
    shared = KeptKeys.of(tonight.state.keys, names, course.partitions)
    shared.begin()
    return replace(course, kept_pairs=pairs, kept_keys=shared)


def _is_final(scanning: Scanning, keys: Mapping[int, str], splits: Sequence[Split]) -> bool:
    """Whether the same input would give the same again: nothing was lost or broke off."""
    problems = {keys[split.number] for split in splits if split.shard.problem}
    units = {key: scanning.found.get(key) for key in keys.values()}
    return all(unit is not None and (not unit.is_broken or key in problems) for key, unit in units.items())


def _update(tonight: Tonight, scanning: Scanning) -> tuple[list[Split], dict[int, str]]:
    splits = list(numbered_splits(tonight.inputs.shards, partial(_parts, tonight)))
    keys = {
        split.number: tonight.keys.of(
            split.shard, tonight.watched.digest(split.shard), split.part, split.start, split.stop
        )
        for split in splits
    }
    turn, nights = tonight.state.last.number, tonight.settings.verify_nights
    needed = {keys[split.number]: split for split in splits}
    scanning.update(needed, thoroughly=lambda key: int(key[:8], 16) % nights == turn % nights)
    return splits, keys


def _parts(tonight: Tonight, shard: Shard) -> list[tuple[int, int]]:
    if shard.problem:
        return [(0, -1)]
    entry, by = tonight.watched.known[shard.name], [tonight.options.split_bytes, shard.format]
    if not entry["parts"] or entry["parts"]["by"] != by:
        own = [tonight.options.split_bytes] if tonight.options.split_bytes else []
        entry["parts"] = {"by": by, "of": splits_of(shard, *own)}
    return [(start, stop) for start, stop in entry["parts"]["of"]]


def _is_still(tonight: Tonight, split: Split) -> bool:
    if split.shard.problem:
        return True
    return bool(signature_of(split.shard.path) == tonight.watched.known[split.shard.name]["signature"])


def _read_again(tonight: Tonight, moving: Sequence[Shard], *, give_up: bool) -> None:
    """Look at shards that changed while they were read as they are now, or say that they cannot be read."""
    names = {shard.name for shard in moving}
    shards = []
    for shard in tonight.inputs.shards:
        if shard.name in names:
            tonight.watched.known[shard.name] = entry = read_entry(shard)
            size, modified = (entry["signature"] or [0, 0])[:2]
            shard = replace(shard, size=size, modified=modified, problem=RESTLESS if give_up else "")  # noqa: PLW2901
        shards.append(shard)
    tonight.inputs = replace(tonight.inputs, shards=shards)

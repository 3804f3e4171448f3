"""The end of a scan: what the splits left behind becomes the run folder, run.json last."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from corpus_guard.assembling import Assembly, Seen, assemble, write_duplicates, write_findings
from corpus_guard.catalog.measured import read_measured
from corpus_guard.catalog.repetition import read_repetition
from corpus_guard.contamination import write_contamination
from corpus_guard.core.library import library_of
from corpus_guard.core.plan import Plan
from corpus_guard.core.record import Record, SourceRecord
from corpus_guard.core.tally import Tally
from corpus_guard.duplicates.components import part_by_component, partitions_of_pairs
from corpus_guard.duplicates.earlier import Joined, joined
from corpus_guard.duplicates.exact_groups import DUPLICATES_SCHEMA, KINDS, KNOWN_SCHEMA, GroupExact
from corpus_guard.duplicates.index import Entry, Index, entry_of
from corpus_guard.duplicates.kept_keys import KeptKeys
from corpus_guard.duplicates.kept_pairs import KeptPairs
from corpus_guard.duplicates.near_groups import GroupNear
from corpus_guard.duplicates.near_pairs import FindPairs, VerifyPairs
from corpus_guard.duplicates.overlap import OVERLAP, overlap_rows
from corpus_guard.duplicates.repetition import REPETITION, CountLines, repetition_rows
from corpus_guard.engines.choosing import Engine
from corpus_guard.engines.local import LOST, Task
from corpus_guard.errors import EngineError
from corpus_guard.group_examples import GROUPS, GroupExamples
from corpus_guard.jobs import Job
from corpus_guard.manifests.cards import disagreement
from corpus_guard.matching.sketches import THRESHOLD
from corpus_guard.matching.tables import tables
from corpus_guard.planning import keywords_digest
from corpus_guard.recording import judging_facts, source_records
from corpus_guard.registry import detector_class
from corpus_guard.reports.csv_tables import write_csv
from corpus_guard.reports.tables import ERRORS, SHARDS
from corpus_guard.results import Run, raw_rows, write_judgement
from corpus_guard.runs import RunFolder, write_json
from corpus_guard.source_draft import shown_cards
from corpus_guard.tallying import Copies, duplicate_copies, tally_of

APART = ("contamination", "index")
"""What run.json says beside counts and verdicts, where it was asked for."""


def now() -> str:
    """Return the time as run.json gives it: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Course:
    """A job under way: where it writes, what carries it, how many partitions its fingerprints have, when it began.

    index  of the fingerprints of earlier scans
    page   whether report.html is written; an audit does so itself, when it knows what to add
    kept_pairs  of an audit: similarities that earlier nights have worked out;  kept_keys  search keys that texts shared
    beside  opened while findings are written; what it gives is told of every table of them
    """

    job: Job
    folder: RunFolder
    engine: Engine
    partitions: int = 1
    began: float = field(default_factory=time.monotonic)
    started: str = field(default_factory=now)
    page: bool = True
    index: Index | None = None
    kept_pairs: KeptPairs | None = None
    kept_keys: KeptKeys | None = None
    beside: Callable[[], AbstractContextManager[Seen | None]] = nullcontext

    def finish(self, results: Mapping[int, Any]) -> Run:
        """Write every file of the run folder from the *results* of the splits; None stands for a lost split."""
        splits, folder = self.job.splits, self.folder
        done = {split.shard.name: results[split.number] for split in splits if split.part == 0}
        digests = {name: result["digest"] for name, result in done.items() if result}
        assembly = assemble(self.job.inputs.shards, splits, results, digests)
        with self.beside() as seen:
            write_findings(folder, folder.work, assembly.offsets, seen)
        work = self._joined(digests)
        copies = self._copies(assembly, work)
        documents = {name: counted.documents for name, counted in assembly.sources.items()}
        write_csv(folder.file("overlap.csv"), OVERLAP, overlap_rows(folder.file("duplicates.parquet"), documents))
        examples = GroupExamples(self.job.plan, splits, assembly.offsets)
        groups = examples.rows(folder.file("duplicates.parquet"), folder.file("findings.parquet"))
        write_csv(folder.file("groups.csv"), GROUPS, groups)
        apart = self._apart(assembly)
        write_csv(folder.file("shards.csv"), SHARDS, assembly.shards)
        write_csv(folder.file("errors.csv"), ERRORS, assembly.errors)
        records = self._with_cards(source_records(assembly, copies), assembly)
        record = self.record(records, tally_of(folder.file("findings.parquet")))
        if self.index is not None:
            apart["index"] = self._indexed(self.index, assembly, results, digests, work)
        return self.judge(record, _counted(assembly) | apart)

    def judge(self, record: Record, counted: Mapping[str, Any]) -> Run:
        """Judge *record* and complete the run folder; *counted* is what run.json says of the input."""
        folder, facts = self.folder, self._facts(record, counted)
        run = write_judgement(folder, record, self.job.plan.standards, self.job.plan.judge, facts, page=self.page)
        write_json(folder.file("run.json"), facts)
        folder.finish()
        return run

    def _apart(self, assembly: Assembly) -> dict[str, Any]:
        """Write what is reported apart and turns no verdict; return what run.json says of it."""
        plan, folder = self.job.plan, self.folder
        if "repetition" in plan.detector_names:
            least = read_repetition(plan.options_of("repetition"))["documents"]
            task = CountLines(folder.work, tuple(assembly.offsets), least)
            write_csv(folder.file("repetition.csv"), REPETITION, repetition_rows(self._shuffle(task)))
        works = plan.options_of("contamination").get("works")
        return {"contamination": write_contamination(folder, works, assembly.offsets)} if works else {}

    def _joined(self, digests: Mapping[str, str]) -> Joined:
        """The work of this scan, and what the index knows of other shards."""
        work = self.folder.work
        keys = self.index.snapshot(work.earlier()) if self.index else []
        return joined(work, self.index.parts(keys, digests.values()) if self.index else {})

    def _indexed(
        self, index: Index, assembly: Assembly, results: Mapping[int, Any], digests: Mapping[str, str], work: Joined
    ) -> dict[str, Any]:
        """Add the shards of this scan that were read to the end of every split; return what run.json says of it."""
        plan = self.job.plan
        splits: dict[str, list[int]] = {shard.name: [] for shard in self.job.inputs.shards}
        for split in self.job.splits:
            splits[split.shard.name].append(split.number)
        reading = [plan.wanted.text_column, plan.wanted.text_records, plan.share, plan.seed]
        entries: dict[str, tuple[Entry, list[int]]] = {}
        for shard, numbers in splits.items():
            if digests.get(shard) and all(results[number] for number in numbers):
                places = [(number, assembly.offsets[number][1]) for number in numbers]
                entry = entry_of(digests[shard], reading, shard, plan.as_of, places, work, self.partitions)
                entries.setdefault(entry.key, (entry, numbers))
        added = index.add(list(entries.values()), work)
        compared = len({part.shard for part in work.parts.values()})
        return {"compared": compared, "added": added, "shards": len(index.entries)}

    def _copies(self, assembly: Assembly, work: Joined) -> Copies:
        """Group duplicates, write duplicates.parquet; return the copies of each source by kind."""
        detectors = _detectors(self.job.plan)
        paths, known = [], []
        if "exact_duplicates" in detectors:
            self._shuffle(GroupExact(work, assembly.offsets, self.partitions))
            paths += [work.duplicates(number) for number in range(self.partitions)]
            known += [work.known(number) for number in range(self.partitions)]
        if "near_duplicates" in detectors:
            parts = self._near_groups(assembly, work)
            paths += [work.near_duplicates(number) for number in range(parts)]
            known += [work.known_near(number) for number in range(parts)]
        write_duplicates(self.folder, "duplicates.parquet", DUPLICATES_SCHEMA, paths)
        if self.index is not None:
            write_duplicates(self.folder, "known_duplicates.parquet", KNOWN_SCHEMA, known)
        found = duplicate_copies(self.folder.file("duplicates.parquet"))
        return {kind: found.get(kind, {}) for kind in KINDS if f"{kind}_duplicates" in detectors}

    def _near_groups(self, assembly: Assembly, work: Joined) -> int:
        """Group near duplicates, in as many partitions as their pairs need; return how many these are."""
        plan = self.job.plan
        threshold = float(plan.options_of("near_duplicates").get("threshold", THRESHOLD))
        kept = self.kept_pairs.beside(work.parts) if self.kept_pairs else None
        self._shuffle(FindPairs(work, tuple(assembly.offsets), self.partitions, kept, self.kept_keys))
        parts = partitions_of_pairs(sum(self._shuffle(VerifyPairs(work, threshold, self.partitions, kept))))
        pairs = [work.edges(number) for number in range(self.partitions)]
        if parts > 1:
            pairs = part_by_component(work, self.partitions, parts, self._shuffled)
        ranks = {entry.id: number for number, entry in enumerate(plan.manifest.entries)}
        self._shuffled(parts, GroupNear(work, assembly.offsets, ranks, pairs))
        return parts

    def _shuffle(self, task: Task) -> list[Any]:
        """Do *task* for every partition of keys; return what it gave, in no order."""
        return self._shuffled(self.partitions, task)

    def _shuffled(self, partitions: int, task: Task) -> list[Any]:
        results = [result for _, result in self.engine.shuffle(partitions, task)]
        if LOST in results:
            raise EngineError("a worker died while it grouped duplicates; run again with --resume and fewer --workers")
        return results

    def record(self, sources: Mapping[str, SourceRecord], tally: Tally) -> Record:
        """Return the record of what was counted and found under this plan."""
        plan = self.job.plan
        return Record(
            sources=sources,
            tally=tally,
            detectors=tuple(_detectors(plan)),
            content_detectors=frozenset(name for name, is_content in _detectors(plan).items() if is_content),
            manifest=plan.manifest,
            stage=plan.stage,
            share=plan.share,
            as_of=plan.as_of,
            library=library_of(plan.rules, tables(plan.folding, 2).fold_text),
            raw_rows=raw_rows(self.job.options.raw_run),
        )

    def _with_cards(self, records: dict[str, SourceRecord], assembly: Assembly) -> dict[str, SourceRecord]:
        """The records with the licences that cards and licence files beside the shards name."""
        cards = shown_cards(self.job.inputs.shards, self.job.options.paths)
        for name, counted in assembly.sources.items() if cards else ():
            own = {cards[shard]: None for shard in sorted(counted.shards) if shard in cards}
            if any(card.ids for card in own):
                observed = records[name].licences
                licences = tuple(sorted({*observed, *(spdx for card in own for spdx in card.ids)}))
                said = disagreement(own, observed)
                records[name] = replace(records[name], licences=licences, disagreement=said)
        return records

    def _facts(self, record: Record, counted: Mapping[str, Any]) -> dict[str, Any]:
        plan = self.job.plan
        return {
            "tool_version": version("corpus-guard"), "started": self.started, "finished": now(), "as_of": plan.as_of,
            "complete": True, "inputs": [str(path) for path in self.job.options.paths], "stage": plan.stage or "raw",
            "engine": self.engine.name, "workers": self.engine.workers, "seed": plan.seed, "sample": plan.share,
            "digests": {"input": counted["input"]} | dict(plan.digests),
            **{name: counted[name] for name in ("shards", "documents", "bytes", "unscanned_documents")},
            "seconds": round(time.monotonic() - self.began, 3), "passed_over": self.job.inputs.passed_over,
            "repeated_document_ids": counted["repeated_document_ids"],
            "standards": [standard.id for standard in plan.standards],
            "rule_changes": [asdict(change) for change in plan.changes], "unmasked": plan.unmasked,
            "languages": _languages(plan, record), "language_check": counted["language_check"],
            **{name: counted[name] for name in APART if name in counted},
            "measured": _measured(plan), "judging": judging_facts(record, plan.judge),
        }  # fmt: skip


def _counted(assembly: Assembly) -> dict[str, Any]:
    """What run.json says of the input."""
    counts = assembly.sources.values()
    return {
        "input": _input_digest(assembly), "shards": len(assembly.shards),
        "documents": sum(counted.documents for counted in counts),
        "bytes": sum(counted.bytes for counted in counts),
        "unscanned_documents": sum(counted.unscanned_documents for counted in counts),
        "repeated_document_ids": assembly.repeated_ids, "language_check": _language_check(assembly),
    }  # fmt: skip


def _measured(plan: Plan) -> dict[str, Any] | None:
    """The accuracy of the keyword rules, and whether it was measured of these; None when they did not run."""
    measured = read_measured() if "keywords" in _detectors(plan) else None
    return measured.facts(keywords_digest(plan)) if measured else None


def _detectors(plan: Plan) -> dict[str, bool]:
    """Names of the detectors that ran, and whether their violations are illegal content."""
    classes = [detector_class(name) for name in plan.detector_names]
    return {known.name: bool(known.content) for known in classes}


def _languages(plan: Plan, record: Record) -> list[str]:
    """Languages that rules for illegal content are written in: what a PASS can speak of."""
    return sorted({code for rule in plan.rules if rule.detector in record.content_detectors for code in rule.languages})


def _language_check(assembly: Assembly) -> dict[str, int]:
    """Documents of which langdetect was asked as well, and how many it agreed on."""
    counts = [counted.languages for counted in assembly.sources.values()]
    return {"checked": sum(one.checked for one in counts), "agreed": sum(one.agreed for one in counts)}


def _input_digest(assembly: Assembly) -> str:
    lines = "".join(f"{row['shard']}\0{row['digest']}\n" for row in assembly.shards)
    return sha256(lines.encode()).hexdigest()

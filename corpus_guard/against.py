"""What a corpus is compared with: evaluation sets read from their files, works from an index of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus_guard.catalog.contamination import LEAST, read_contamination
from corpus_guard.catalog.conventions import read_conventions, read_folding
from corpus_guard.core.batch import Batch
from corpus_guard.core.plan import Plan
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Shard, Split
from corpus_guard.errors import ShardError, UsageError
from corpus_guard.inputs import find_inputs
from corpus_guard.matching.views import views_of
from corpus_guard.options import Options
from corpus_guard.overlaps.works import SUFFIX, Works, WorksBuilder, joined
from corpus_guard.readers import read
from corpus_guard.runs import atomic


def with_works(plan: Plan, options: Options) -> Plan:
    """Return *plan* with the detector contamination, where *options* name what to compare with.

    Raises `UsageError` when something of it cannot be read: what is not known cannot be looked for.
    """
    if not options.against:
        return plan
    settings = read_contamination(options.detector_options.get("contamination", {}))
    works = joined([_works_of(path, settings) for path in options.against])
    if not len(works.hashes):
        named = ", ".join(map(str, options.against))
        raise UsageError(f"in {named} there is nothing to compare with: no text is long enough to be told from chance")
    least = {name: settings[name] for name in (*LEAST, "ideographs", "letters")}
    content = works.to_bytes()
    detectors = (*plan.detectors, ("contamination", {"works": content} | least))
    return replace(plan, detectors=detectors, digests={**plan.digests, "against": sha256(content).hexdigest()})


def _works_of(path: Path, settings: dict[str, Any]) -> Works:
    if path.suffix == SUFFIX and path.is_file():
        return Works.from_bytes(path.read_bytes(), path)
    return build_works([path], settings, text_records="line")


def build_works(paths: Sequence[Path], settings: dict[str, Any], *, text_records: str) -> Works:
    """Return the works of all documents under *paths*; raise `UsageError` when one of them cannot be read."""
    conventions = read_conventions()
    columns = {"document_id": conventions.roles.get("document_id", ("id",))}
    plan = Plan(
        (), (), read_folding(frozenset({"zh", "en"})), Wanted(conventions, columns=columns, text_records=text_records)
    )
    builder = WorksBuilder(**{name: settings[name] for name in ("ideographs", "letters", "common", "fewest")})
    for path in paths:
        for shard in find_inputs([path], plan, include=(), exclude=()).shards:
            _add(builder, path, shard, plan)
    return builder.works()


def write_works(paths: Sequence[Path], to: Path, *, text_records: str) -> Mapping[str, int]:
    """Write the index of all works under *paths*, atomically; return how many there are and what of them is left out.

    Raises `UsageError` when one of them cannot be read.
    """
    if to.suffix != SUFFIX:
        raise UsageError(f'{to} ends in "{to.suffix}"; the name of an index ends in {SUFFIX}')
    if not to.parent.is_dir():
        raise UsageError(f"the folder {to.parent} does not exist; make it first")
    works = build_works(paths, read_contamination({}), text_records=text_records)
    if not len(works.hashes):
        raise UsageError("none of these works is long enough to be told from chance; nothing was written")
    with atomic(to) as draft:
        draft.write_bytes(works.to_bytes())
    return works.facts


def _add(builder: WorksBuilder, path: Path, shard: Shard, plan: Plan) -> None:
    fault = shard.problem
    try:
        for batch in () if fault else read(Split(0, shard), plan.wanted):
            fault = fault or (batch.unscanned[0].reason if batch.unscanned else "")
            names = {"against": path.name, "work": shard.name, "work_id": _ids(batch)}
            builder.add(batch, views_of(batch, plan.folding), names)
    except ShardError as error:
        fault = error.reason
    except UnicodeDecodeError:
        fault = "it holds invalid UTF-8"
    if fault:
        why = "what is not read cannot be looked for, so mend it or leave it out"
        raise UsageError(f"{shard.path} cannot be compared with: {fault}; {why}")


def _ids(batch: Batch) -> Any:
    values = batch.columns.get("document_id")
    return [""] * len(batch.rows) if values is None else values.cast(pa.string()).fill_null("")

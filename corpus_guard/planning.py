"""From options to a plan: reads the catalog, resolves names, applies what users changed, and digests it all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus_guard.annotating import ROLES
from corpus_guard.catalog.conventions import read_conventions, read_folding
from corpus_guard.catalog.languages import read_languages
from corpus_guard.catalog.licences import licence_options
from corpus_guard.catalog.pipelines import read_pipeline
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.rules import read_rules, rule_files
from corpus_guard.catalog.standards import DEFAULT_STANDARD, read_standard
from corpus_guard.catalog.toml_tables import Complaints
from corpus_guard.catalog.wordings import read_word_lists
from corpus_guard.core.collecting import uncollected
from corpus_guard.core.folding import Folding
from corpus_guard.core.plan import Plan, RuleChange
from corpus_guard.core.reading import BATCH_BYTES, Wanted
from corpus_guard.core.rule import Rule
from corpus_guard.core.source import STAGES, Manifest
from corpus_guard.detectors.model_folders import model_digest
from corpus_guard.detectors.near_duplicates import Way
from corpus_guard.errors import CatalogError, UsageError, did_you_mean
from corpus_guard.manifests import read_manifest
from corpus_guard.matching.matcher import gate_fault
from corpus_guard.matching.tables import tables
from corpus_guard.opt_outs.reading import refusal_options
from corpus_guard.options import Options, RuleEdit, as_of_date, options_from
from corpus_guard.registry import BY_OPTION, detector_class, known_detectors

_USUAL = frozenset({"zh", "en"})
"""Languages that texts are folded for while no rule says otherwise."""


def resolve_options(given: Mapping[str, Any]) -> Options:
    """Return the options of a call, over those of the pipeline file it names."""
    path = given.get("pipeline")
    pipeline = read_pipeline(Path(path), [*known_detectors(), *BY_OPTION]) if path else {}
    return options_from(given, pipeline)


@uncollected()
def make_plan(options: Options) -> Plan:
    """Return the plan of *options*; raise `CatalogError` or `UsageError`."""
    names = options.detectors or tuple(known_detectors())
    classes = {name: detector_class(name) for name in dict.fromkeys(names)}
    standards = tuple(read_standard(name) for name in dict.fromkeys(options.standards or (DEFAULT_STANDARD,)))
    folding = read_folding(_USUAL)
    running = {found.name for found in classes.values()}
    everything = read_rules(
        options.rules,
        risks=[risk.id for risk in standards[0].risks],
        detectors=sorted({*known_detectors(), *running}),
        fold=tables(folding, 2).fold_text,
        expressions=False,  # those of shipped rules are compiled by tests, and here when first needed
    )
    everything = _with_more(everything, classes.values(), options)
    _check_gates(everything, options.rules)
    asked = [("repetition", detector_class("repetition"))] if options.repetition else []
    _check_tables(options, [*classes.values(), *(detector_class(name) for name in BY_OPTION)])
    _check_accepted(options, running)
    rules, changes = _edited(everything, options.edits)
    rules = tuple(rule for rule in rules if rule.detector in running)
    content = {found.name for found in classes.values() if found.content}
    languages = frozenset(code for rule in rules if rule.detector in content for code in rule.languages) or _USUAL
    if languages != _USUAL:
        folding = read_folding(languages)
    as_of = as_of_date(options.as_of)
    manifest = read_manifest(options.sources, as_of=as_of) if options.sources else Manifest()
    wanted = _wanted(options, manifest, [column for found in classes.values() for column in found.columns])
    plan = Plan(
        rules=rules,
        detectors=tuple(
            (name, _detector_options(found.name, options, folding, languages))
            for name, found in (*classes.items(), *asked)
        ),
        folding=folding,
        wanted=wanted,
        standards=standards,
        manifest=manifest,
        source_column=options.source_column,
        source_by=options.source_by,
        stage=options.stage or _stage_of_cleaned(options.paths),
        share=float(options.sample),
        seed=options.seed,
        unmasked=options.unmasked,
        on_error="fail" if options.on_error == "fail" else "skip",
        judge=options.judge,
        as_of=as_of,
        changes=changes,
    )
    return replace(plan, digests=_digests(plan, options))


def _check_gates(rules: Sequence[Rule], folders: Sequence[Path]) -> None:
    """Complain of rules under *folders* that the matcher does not take; gates of shipped ones are compiled by tests."""
    complaints = Complaints()
    own = {shown for _, shown in rule_files(folders)}
    for rule in rules if own else ():
        if rule.file not in own:
            continue
        where = f'{rule.file}: rule "{rule.id}"'
        for fault in filter(None, map(gate_fault, rule.gates)):
            complaints.add(where, f'"gates": {fault}')
    complaints.raise_if_any()


def _with_more(rules: Sequence[Rule], classes: Iterable[Any], options: Options) -> tuple[Rule, ...]:
    """*rules*, and those that detectors make out of their tables of the pipeline file."""
    more = [
        rule
        for found in classes
        if hasattr(found, "more_rules")
        for rule in found.more_rules(options.detector_options.get(found.name, {}))
    ]
    return tuple(sorted([*rules, *more], key=lambda rule: rule.id))


def _check_accepted(options: Options, running: Iterable[str]) -> None:
    if options.judge.accept_uncovered and "language" not in running:
        named = ", ".join(options.judge.accept_uncovered)
        what = f"accept_uncovered names {named}, which only the detector language tells; add it to the detectors"
        raise CatalogError([f"[judge]: {what}"])


def _check_tables(options: Options, classes: Iterable[Any]) -> None:
    complaints = Complaints()
    for found in classes:
        known: tuple[str, ...] | None = getattr(found, "options", None)
        for key in options.detector_options.get(found.name, {}):
            if known is not None and key not in known:
                hint = did_you_mean(key, known) or f"; it takes {', '.join(known) or 'no options'}"
                complaints.add(f"pipeline [{found.name}]", f'unknown option "{key}"{hint}')
    complaints.raise_if_any()


def _stage_of_cleaned(paths: Sequence[Path]) -> str:
    """Return the stage that `clean` has noted beside what it wrote; empty when no path is a cleaned copy."""
    for path in paths:
        note = path / "_clean" / "clean.json"
        if os.path.isfile(note):  # noqa: PTH113 - Path.is_file raises where we may not look
            return _noted_stage(note)
    return ""


def _noted_stage(note: Path) -> str:
    try:
        stage = json.loads(note.read_text(encoding="utf-8"))["stage"]
    except (ValueError, KeyError, TypeError):
        stage = None
    if stage not in STAGES:
        raise CatalogError([f"{note}: it names no stage ({', '.join(STAGES)}); name it with --stage"])
    return str(stage)


def _edited(rules: Sequence[Rule], edits: Sequence[RuleEdit]) -> tuple[tuple[Rule, ...], tuple[RuleChange, ...]]:
    by_id = {rule.id: rule for rule in rules}
    complaints = [
        f'pipeline [rules]: no rule is called "{edit.change.rule}"{did_you_mean(edit.change.rule, by_id)}'
        for edit in edits
        if edit.change.rule not in by_id
    ]
    if complaints:
        raise CatalogError(complaints)
    disabled = {edit.change.rule for edit in edits if edit.change.change == "disabled"}
    for edit in edits:
        rule = by_id[edit.change.rule]
        grade = rule.grade if edit.grade is None else edit.grade
        by_id[rule.id] = replace(rule, grade=grade, allow=(*rule.allow, *edit.allow))
    kept = tuple(rule for rule in by_id.values() if rule.id not in disabled)
    return kept, tuple(edit.change for edit in edits)


def _wanted(options: Options, manifest: Manifest, columns: Sequence[str]) -> Wanted:
    conventions = read_conventions()
    asked = {"document_id", "source", *columns, *(name for entry in manifest.entries for name, _ in entry.columns)}
    own = {name for entry in manifest.entries for name in entry.annotation_columns}
    asked |= own | (set(ROLES) if manifest.given else set())
    refusals = options.detector_options.get("licensing", {}).keys() & {"blocked", "robots"}
    asked |= {"url"} if options.source_by or refusals else set()
    if options.source_column:
        asked.add(options.source_column)
    by_name = {name: conventions.roles.get(name, (name,)) for name in sorted(asked)}
    by_name |= {name: (name,) for name in own if name not in conventions.roles}
    if options.source_column:
        by_name[options.source_column] = (options.source_column,)
    return Wanted(
        conventions,
        text_column=options.text_column,
        columns=by_name,
        text_records=options.text_records,
        batch_bytes=options.batch_bytes or BATCH_BYTES,
    )


def _detector_options(name: str, options: Options, folding: Folding, languages: frozenset[str]) -> dict[str, Any]:
    own = dict(options.detector_options.get(name, {}))
    if name == "personal_info":  # names and places are judged by lists: a change of them is a change of the rules
        own["lists"] = _digest(read_word_lists())
        if own.get("presidio"):
            own["presidio_version"] = version("presidio-analyzer")
        if own.get("names_model"):
            own["names_model_digest"] = model_digest(own["names_model"])
    if name == "licensing":
        own |= licence_options(shipped_rules() / "licensing") | refusal_options(own)
    if name == "language":
        own |= {"data": read_languages(), "covered": tuple(sorted(languages)), "share": folding.uncovered_share}
    return own


def keywords_digest(plan: Plan) -> str:
    """Return the SHA-256 of the keyword rules of *plan* and of how text is folded for them: what a recall is of."""
    keywords = [_values(rule) for rule in plan.rules if rule.detector == "keywords"]
    return _digest([keywords, asdict(plan.folding)])


def index_parameters(plan: Plan) -> dict[str, Any]:
    """Return what fingerprints depend on, so that those of other scans are only compared when they are alike.

    Raises `UsageError` when the plan makes no fingerprints.
    """
    detectors = [name for name in ("exact_duplicates", "near_duplicates") if name in plan.detector_names]
    if not detectors:
        raise UsageError("--index keeps what exact_duplicates and near_duplicates leave; add one of them to --detector")
    folding = plan.folding
    normal = tables(folding, 2).normal.buffers()[1].to_pybytes()
    own = asdict(Way.of(plan.options_of("near_duplicates"))) if "near_duplicates" in detectors else {}
    return {"detectors": detectors, "rules": _digest([normal, folding.traditional, folding.simplified])} | own


def _digest(thing: Any) -> str:
    return sha256(json.dumps(thing, default=_plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(thing: Any) -> str:
    """Bytes by their own digest: written out, the hashes of ten million domains would take a gigabyte."""
    return sha256(thing).hexdigest() if isinstance(thing, bytes) else str(thing)


def _digests(plan: Plan, options: Options) -> dict[str, str]:
    folding = asdict(plan.folding)
    return {
        "rules": _digest([[_values(rule) for rule in plan.rules], folding, plan.detectors]),
        "standards": _digest([asdict(standard) for standard in plan.standards]),
        "pipeline": sha256(options.pipeline.read_bytes()).hexdigest() if options.pipeline else "",
        "manifest": plan.manifest.digest,
    }


def _values(rule: Rule) -> list[Any]:
    return [getattr(rule, field.name) for field in fields(rule)]

"""From options to a plan: reads the catalog, resolves names, applies what users changed, and digests it all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus_guard.catalog.conventions import read_conventions, read_folding
from corpus_guard.catalog.licences import licence_names
from corpus_guard.catalog.manifests import read_manifest
from corpus_guard.catalog.pipelines import read_pipeline
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.rules import read_rules
from corpus_guard.catalog.standards import DEFAULT_STANDARD, read_standard
from corpus_guard.core.plan import Plan, RuleChange
from corpus_guard.core.reading import BATCH_BYTES, Wanted
from corpus_guard.core.rule import Rule
from corpus_guard.core.source import Manifest
from corpus_guard.errors import CatalogError, UsageError, did_you_mean
from corpus_guard.matching.tables import tables
from corpus_guard.options import Options, RuleEdit, options_from
from corpus_guard.registry import detector_class, known_detectors


def resolve_options(given: Mapping[str, Any]) -> Options:
    """Return the options of a call, over those of the pipeline file it names."""
    path = given.get("pipeline")
    pipeline = read_pipeline(Path(path), known_detectors()) if path else {}
    return options_from(given, pipeline)


def make_plan(options: Options) -> Plan:
    """Return the plan of *options*; raise `CatalogError` or `UsageError`."""
    names = options.detectors or tuple(known_detectors())
    classes = {name: detector_class(name) for name in dict.fromkeys(names)}
    standards = tuple(read_standard(name) for name in options.standards or (DEFAULT_STANDARD,))
    folding = read_folding(frozenset({"zh", "en"}))
    everything = read_rules(
        options.rules, risks=[risk.id for risk in standards[0].risks], fold=tables(folding, 2).fold_text
    )
    rules, changes = _edited(everything, options.edits)
    running = {found.name for found in classes.values()}
    rules = tuple(rule for rule in rules if rule.detector in running)
    content = {found.name for found in classes.values() if found.content}
    languages = frozenset(code for rule in rules if rule.detector in content for code in rule.languages)
    folding = read_folding(languages or frozenset({"zh", "en"}))
    manifest = read_manifest(options.sources) if options.sources else Manifest()
    wanted = _wanted(options, manifest, [column for found in classes.values() for column in found.columns])
    plan = Plan(
        rules=rules,
        detectors=tuple((name, _detector_options(found.name, options)) for name, found in classes.items()),
        folding=folding,
        wanted=wanted,
        standards=standards,
        manifest=manifest,
        source_column=options.source_column,
        stage=options.stage,
        share=float(options.sample),
        seed=options.seed,
        unmasked=options.unmasked,
        on_error="fail" if options.on_error == "fail" else "skip",
        judge=options.judge,
        as_of=_as_of(options.as_of),
        changes=changes,
    )
    return replace(plan, digests=_digests(plan, options))


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
    if options.source_column:
        asked.add(options.source_column)
    by_name = {name: conventions.roles.get(name, (name,)) for name in sorted(asked)}
    if options.source_column:
        by_name[options.source_column] = (options.source_column,)
    return Wanted(
        conventions,
        text_column=options.text_column,
        columns=by_name,
        text_records=options.text_records,
        batch_bytes=options.batch_bytes or BATCH_BYTES,
    )


def _detector_options(name: str, options: Options) -> dict[str, Any]:
    own = dict(options.detector_options.get(name, {}))
    if name == "licensing":
        own["names"] = licence_names(shipped_rules() / "licensing" / "names.toml")
    return own


def _as_of(text: str) -> str:
    try:
        return (date.fromisoformat(text) if text else date.today()).isoformat()
    except ValueError:
        msg = f'--as-of is "{text}"; give a date such as 2026-01-31'
        raise UsageError(msg) from None


def _digests(plan: Plan, options: Options) -> dict[str, str]:
    def digest(thing: Any) -> str:
        return sha256(json.dumps(thing, default=str, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    folding = asdict(plan.folding) | {name: sorted(getattr(plan.folding, name)) for name in ("invisible", "covered")}
    return {
        "rules": digest([[asdict(rule) for rule in plan.rules], folding, plan.detectors]),
        "standards": digest([asdict(standard) for standard in plan.standards]),
        "pipeline": sha256(options.pipeline.read_bytes()).hexdigest() if options.pipeline else "",
        "manifest": plan.manifest.digest,
    }



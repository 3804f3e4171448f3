"""Reads pipeline files: every option of the command line as data. Relative paths are relative to the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus_guard.catalog.languages import read_languages
from corpus_guard.catalog.rules import GRADES
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked
from corpus_guard.core.plan import JudgeSettings, RuleChange
from corpus_guard.core.rule import Grade
from corpus_guard.core.source import STAGES
from corpus_guard.errors import did_you_mean
from corpus_guard.options import RuleEdit

_INPUT = {
    "paths": Field(list), "sources": Field(str), "include": Field(list), "exclude": Field(list),
    "text_column": Field(str), "source_column": Field(str), "source_by": Field(str, choices=("domain",)),
    "text_records": Field(str, choices=("line", "file")),
    "stage": Field(str, choices=STAGES), "raw_run": Field(str), "sample": Field(float), "seed": Field(int),
}  # fmt: skip
_SCAN = {
    "detectors": Field(list), "rules": Field(list), "standards": Field(list), "engine": Field(str),
    "workers": Field(int), "on_error": Field(str, choices=("skip", "fail")), "out": Field(str), "as_of": Field(str),
    "against": Field(list), "index": Field(str), "repetition": Field(bool),
    "unmasked": Field(bool), "resume": Field(bool), "overwrite": Field(bool), "batch_bytes": Field(int),
    "split_bytes": Field(int),
}  # fmt: skip
_JUDGE = {
    "suspects": Field(str, choices=("report", "stop_pass", "count")), "unscanned_max": Field(float),
    "uncovered_max": Field(float), "accept_uncovered": Field(list),
}  # fmt: skip
_RULES = {"disable": Field(list, dict), "regrade": Field(list, dict), "allow": Field(list, dict)}
_REASON = {"rule": Field(str, required=True), "reason": Field(str, required=True)}
_EDITS = {
    "disable": _REASON,
    "regrade": _REASON | {"grade": Field(str, required=True, choices=GRADES)},
    "allow": _REASON | {"terms": Field(list, required=True)},
}
AUDIT = {
    "state": Field(str), "out": Field(str), "keep": Field(int), "max_hours": Field(float),
    "verify_nights": Field(int), "baseline": Field(str), "prometheus": Field(str), "library_days": Field(int),
    "warn_days": Field(int), "alpha": Field(float), "timeout": Field(float), "tries": Field(int),
    "webhook": Field(list, dict), "email": Field(dict),
}  # fmt: skip
"""Fields of `[audit]`; `audit.settings` reads them."""

_PATHS = ("sources", "raw_run", "out", "index")
_PATH_LISTS = ("paths", "rules", "against")
_OWN_PATHS = ("names_model", "blocked", "robots")
"""Options of detectors that are files."""


def read_pipeline(path: Path, detectors: Sequence[str]) -> dict[str, Any]:
    """Return the options of a pipeline file by their names; raise `CatalogError`.

    *detectors* are the names that may have a table each.
    """
    complaints = Complaints()
    shown = str(path)
    tables = {"input": _INPUT, "scan": _SCAN, "judge": _JUDGE, "rules": _RULES, "audit": AUDIT}
    fields = {name: Field(dict) for name in (*tables, *detectors)}
    whole = read_checked(path, fields, shown, complaints)
    good = {
        name: check_table(whole.get(name, {}), known, f"{shown}: [{name}]", complaints)
        for name, known in tables.items()
    }
    options: dict[str, Any] = _resolved(good["input"] | good["scan"], path.parent)
    if good["judge"]:
        options["judge"] = _judge_settings(good["judge"], f"{shown}: [judge]", complaints)
    options["edits"] = tuple(_edits(good["rules"], shown, complaints))
    options["detector_options"] = {name: _own_paths(whole[name], path.parent) for name in detectors if name in whole}
    complaints.raise_if_any()
    return options


def _own_paths(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The table of a detector, its files found from the folder of the pipeline file."""
    found = {name: value for name, value in table.items() if name in _OWN_PATHS}
    if isinstance(own := table.get("recognizers"), list):
        table = table | {"recognizers": [str(folder / one) if str(one).endswith(".py") else one for one in own]}
    return table | {
        name: [str(folder / one) for one in value] if isinstance(value, list) else str(folder / str(value))
        for name, value in found.items()
    }


def _judge_settings(table: dict[str, Any], where: str, complaints: Complaints) -> JudgeSettings:
    accepted = table.get("accept_uncovered", [])
    known = read_languages().labels() if accepted else ()
    for label in accepted:
        if label not in known:
            hint = did_you_mean(label, known) or "; the labels stand in docs/concepts/languages.md"
            complaints.add(where, f'"accept_uncovered" names "{label}", which no language is labelled{hint}')
    for name in ("unscanned_max", "uncovered_max"):
        if not 0 <= table.get(name, 0) <= 1:
            complaints.add(where, f'"{name}" is {table[name]}, expected a share from 0 to 1')
    return JudgeSettings(**table | {"accept_uncovered": tuple(accepted)})


def _resolved(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    for name in _PATHS:
        if name in values:
            values[name] = folder / values[name]
    for name in _PATH_LISTS:
        if name in values:
            values[name] = [folder / item for item in values[name]]
    if "detectors" in values:
        values["detectors"] = [str(folder / name) if name.endswith(".py") else name for name in values["detectors"]]
    return values


def _edits(table: dict[str, Any], shown: str, complaints: Complaints) -> list[RuleEdit]:
    edits = []
    for kind, fields in _EDITS.items():
        for number, entry in enumerate(table.get(kind, [])):
            where = f"{shown}: $.rules.{kind}[{number}]"
            good = check_table(entry, fields, where, complaints)
            if not str(good.get("reason", "?")).strip():
                complaints.add(where, '"reason" is empty; every report lists why a rule was changed')
            if not all(term.strip() for term in good.get("terms", ())):
                complaints.add(where, '"terms" holds an empty phrase, which would stand everywhere')
            if len(good) == len(fields):
                edits.append(_edit(kind, good))
    return edits


def _edit(kind: str, entry: dict[str, Any]) -> RuleEdit:
    if kind == "regrade":
        change = RuleChange(entry["rule"], f"regraded to {entry['grade']}", entry["reason"])
        return RuleEdit(change, grade=Grade.parse(entry["grade"]))
    if kind == "allow":
        change = RuleChange(entry["rule"], f"{len(entry['terms'])} phrases allowed", entry["reason"])
        return RuleEdit(change, allow=tuple(entry["terms"]))
    return RuleEdit(RuleChange(entry["rule"], "disabled", entry["reason"]))

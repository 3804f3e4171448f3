"""The detectors of a scan over texts and tables in memory: what the Python API and `explain` use.

Compiled once; afterwards no input or output, so that it may run in `datasets.map`, Ray or a thread of a server.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array
from corpus_guard.core.batch import Batch
from corpus_guard.core.finding import LIMIT_A_DOCUMENT
from corpus_guard.core.labels import Labels
from corpus_guard.core.plan import Plan
from corpus_guard.core.rule import Grade
from corpus_guard.errors import ShardError, UsageError
from corpus_guard.evidence import findings_table
from corpus_guard.planning import make_plan, resolve_options
from corpus_guard.readers import read_memory
from corpus_guard.redaction import Span, redact
from corpus_guard.registry import detector_class, known_detectors
from corpus_guard.scanner import Scanned, Scanner
from corpus_guard.table_types import rows_of, with_columns

CHECK_COLUMNS = ("row", "field", "start", "end", "detector", "rule", "risk", "entity", "grade", "score")
_ALL = 2**62
_RISKS, _ENTITIES, _VIOLATION, _UNSCANNED = "guard_risks", "guard_entities", "guard_violation", "guard_unscanned"


class Guard:
    """Detectors, compiled once. Picklable with stable bytes, safe to call from several threads.

    >>> guard = Guard(detectors=["personal_info"])
    >>> guard.check(["电话13800138000。"]).select("start", "end", "entity").rows()
    [(2, 13, 'PHONE_NUMBER')]
    """

    def __init__(
        self,
        detectors: Sequence[str] | None = None,
        rules: Sequence[str | Path] = (),
        pipeline: str | Path | None = None,
        **options: Any,
    ) -> None:
        """Compile *detectors* (default: all that judge a document by itself) with the shipped rules and *rules*.

        Raises `UsageError` for unknown names and `CatalogError` for broken rules.
        """
        given = {"rules": tuple(rules) or None, "pipeline": pipeline, **options}
        resolved = resolve_options(given | {"detectors": tuple(detectors) if detectors else None})
        if not resolved.detectors:
            resolved = resolve_options(given | {"detectors": tuple(per_document_detectors())})
        plan = replace(make_plan(resolved), as_of="")  # findings have no date, and pickles must not change with the day
        self._pickled = pickle.dumps(plan)
        self._scanner  # noqa: B018 - compile now, not at the first text

    @cached_property
    def _scanner(self) -> Scanner:
        return _compiled(self._pickled)[1]

    @cached_property
    def _staying(self) -> Sequence[str]:
        """The rules whose findings are no personal information by themselves."""
        return [rule.id for rule in self.plan.rules if rule.stays]

    @cached_property
    def plan(self) -> Plan:
        """What this guard was made from."""
        return _compiled(self._pickled)[0]

    def __getstate__(self) -> dict[str, Any]:
        return {"_pickled": self._pickled}

    def check(self, texts: Sequence[str | None]) -> pl.DataFrame:
        """Return the findings in *texts* under `CHECK_COLUMNS`; `row` is the index of the text.

        Raises `UsageError` when a text could not be checked: an answer without it would be silent about it.
        """
        return self.findings(_whole(self.scan_texts(texts))).select(CHECK_COLUMNS)

    def findings(self, scanned: Scanned) -> pl.DataFrame:
        """Return findings with every column of findings.parquet, excerpts masked."""
        rows = len(scanned.batch.rows)
        table = findings_table(scanned, "", Labels.same("", rows), arrow_array([""] * rows), self.plan)
        return pl.DataFrame(pl.from_arrow(table))

    def redact(self, texts: Sequence[str], *, style: str = "mask", key: bytes = b"") -> list[str]:
        """Return *texts* with all personal information in them replaced, and nothing else changed.

        Addresses that every machine has, such as 127.0.0.1, and networks are none and stay.
        *style* is one of `redaction.STYLES`; hash and replace need a secret *key*. Raises `UsageError`, also when the
        guard was made without `personal_info`.
        """
        if "personal_info" not in self.plan.detector_names:
            raise UsageError('this guard has no detector "personal_info"; make one that has it to redact')
        scanned = self.scan_texts(texts, most=_ALL)
        texts = list(texts)
        _check_present(texts)
        found = self.findings(_whole(scanned)).filter(pl.col("detector") == "personal_info")
        found = found.filter(~pl.col("rule").is_in(self._staying))
        spans: dict[int, list[Span]] = {}
        for row, start, end, entity in found.select("row", "start", "end", "entity").iter_rows():
            spans.setdefault(row, []).append((start, end, entity))
        return [redact(text, spans.get(row, ()), style=style, key=key) for row, text in enumerate(texts)]

    def scan_texts(self, texts: Sequence[str | None], *, most: int = LIMIT_A_DOCUMENT) -> Scanned:
        """Return everything the detectors say about *texts*; raise `UsageError` for one that is no Unicode text.

        Of a document × rule at most *most* findings are listed.
        """
        if isinstance(texts, (str, bytes)):
            raise UsageError(f"texts is of type {type(texts).__name__}; give a list of texts, also for a single one")
        texts = list(texts)
        for number, text in enumerate(texts):
            if text is not None and (fault := _fault(text)):
                raise UsageError(f"text {number} could not be checked: {fault}")
        return self._scanner.scan(Batch.of_texts(texts), most=most)

    def annotate(self, batch: Any, text_column: str | None = None) -> Any:
        """Return *batch* (pyarrow, polars, pandas or a dict of lists) with four columns more.

        guard_risks: risks of its violations and suspects. guard_entities: kinds of personal information.
        guard_violation: whether a violation was found, null when unscanned. guard_unscanned: why, or null.
        Raises `UsageError` when *batch* is no such table or has no column of text.
        """
        wanted = replace(self.plan.wanted, text_column=text_column) if text_column else self.plan.wanted
        rows = rows_of(batch)
        if isinstance(batch, Mapping):
            batch = {name: batch[name] for name in batch}  # the lazy ones of `datasets` decode anew each time
        try:
            parts = [self._annotations(part) for part in read_memory(batch, wanted)]
        except ShardError as error:
            raise UsageError(f"this table cannot be checked: {error.reason}") from None
        return with_columns(batch, _columns(parts, rows))

    def _annotations(self, batch: Batch) -> Mapping[int, tuple[list[str], list[str], bool | None, str | None]]:
        scanned = self._scanner.scan(batch)
        answers: dict[int, tuple[list[str], list[str], bool | None, str | None]] = {
            int(row): ([], [], False, None) for row in scanned.batch.rows
        }
        columns = self.findings(scanned).select("row", "rule", "risk", "entity", "grade").iter_rows()
        grades = {Grade.VIOLATION.label, Grade.SUSPECT.label}
        for row, rule, risk, entity, grade in columns:
            risks, entities, violation, _ = answers[row]
            if risk and grade in grades and risk not in risks:
                risks.append(risk)
            if entity and entity not in entities and rule not in self._staying:
                entities.append(entity)
            answers[row] = (risks, entities, bool(violation) or grade == Grade.VIOLATION.label, None)
        for lost in scanned.batch.unscanned:
            if lost.row is not None:
                answers[lost.row] = ([], [], None, lost.reason)
        return {row: (sorted(risks), sorted(entities), *rest) for row, (risks, entities, *rest) in answers.items()}  # type: ignore[misc]


@lru_cache(maxsize=2)
def _compiled(pickled: bytes) -> tuple[Plan, Scanner]:
    """The plan of a guard, and what is compiled from it: once a process, for Ray unpickles a guard for every task."""
    plan: Plan = pickle.loads(pickled)  # noqa: S301 - made by a guard, which has no other state
    return plan, Scanner(plan)


def _whole(scanned: Scanned) -> Scanned:
    """*scanned*, unless a text could not be checked: an answer without it would be silent about it."""
    if scanned.batch.unscanned:
        lost = scanned.batch.unscanned[0]
        raise UsageError(f"text {lost.row} could not be checked: {lost.reason}")
    return scanned


def _check_present(texts: Sequence[str | None]) -> None:
    for number, text in enumerate(texts):
        if text is None:
            raise UsageError(f"text {number} could not be redacted: it is None, a string was expected")


def _fault(text: object) -> str:
    if not isinstance(text, str):
        return f"it is of type {type(text).__name__}, a string or None was expected"
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        return "it holds a lone surrogate, which is no Unicode"
    return ""


def per_document_detectors() -> list[str]:
    """Return the installed detectors that judge a document by itself; those that only count things judge none."""
    counting = ("fingerprint", "tell")
    return [name for name in known_detectors() if not any(hasattr(detector_class(name), does) for does in counting)]


def _columns(
    parts: Sequence[Mapping[int, tuple[list[str], list[str], bool | None, str | None]]], rows: int
) -> dict[str, pa.Array]:
    answers = {row: answer for part in parts for row, answer in part.items()}
    missing: tuple[list[str], list[str], bool | None, str | None] = ([], [], None, "the row was not read")
    ordered = [answers.get(row, missing) for row in range(rows)]
    strings = pa.list_(pa.string())
    return {
        _RISKS: arrow_array([answer[0] for answer in ordered], strings),
        _ENTITIES: arrow_array([answer[1] for answer in ordered], strings),
        _VIOLATION: arrow_array([answer[2] for answer in ordered], pa.bool_()),
        _UNSCANNED: arrow_array([answer[3] for answer in ordered], pa.string()),
    }

"""Findings as rows of findings.parquet: offsets, rule and a masked excerpt; never more of the text than that."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array, arrow_table
from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.finding import Findings, document_of
from corpus_guard.core.labels import Labels
from corpus_guard.core.masking import STAR, mask, mask_value, may_identify, one_line
from corpus_guard.core.plan import Plan
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.scanner import Scanned, column_value

FINDINGS_SCHEMA = pa.schema(
    [
        ("source", pa.string()), ("shard", pa.string()), ("row", pa.int64()), ("document_id", pa.string()),
        ("field", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("detector", pa.string()),
        ("rule", pa.string()), ("risk", pa.string()), ("entity", pa.string()), ("category", pa.string()),
        ("sensitive_by", pa.string()), ("grade", pa.string()), ("score", pa.float64()), ("excerpt", pa.string()),
    ]
)  # fmt: skip

AROUND = 16
"""Characters of text an excerpt shows before and after the finding."""

_LOOK = 48  # masked before it is cut, so that a number cut in half by the excerpt's edge is masked as a whole
_LONGEST = 80
_LONGEST_SPAN = 400  # code points that the longest of personal information may have


def findings_table(scanned: Scanned, shard: str, sources: Labels, document_ids: pa.Array, plan: Plan) -> pa.Table:
    """Return the findings of a batch as rows under `FINDINGS_SCHEMA`."""
    findings, batch = scanned.findings, scanned.batch
    documents = document_of(findings, batch)
    columns: dict[str, object] = {
        "source": sources.of(documents),
        "shard": _each([shard], np.zeros(len(findings), np.int64)),
        "row": batch.rows[documents],
        "document_id": document_ids.take(arrow_array(documents)),
        "field": _fields(findings, batch),
        "start": findings.start,
        "end": findings.end,
        "grade": _each([grade.label for grade in Grade], findings.grade.astype(np.int64)),
        "score": findings.score,
        "excerpt": excerpts(scanned, plan),
    }
    numbers, place = np.unique(findings.rule, return_inverse=True)
    rules = [plan.rules[number] for number in numbers.tolist()]
    for name in ("detector", "risk", "entity", "category", "sensitive_by"):
        columns[name] = _each([getattr(rule, name) for rule in rules], place)
    columns["rule"] = _each([rule.id for rule in rules], place)
    return arrow_table(columns, FINDINGS_SCHEMA)


def _fields(findings: Findings, batch: Batch) -> pa.Array:
    """The field of the text, or the column, that each finding lies in."""
    in_text = findings.column == ""
    if in_text.all():
        return _each(batch.field_names, batch.fields[findings.text])
    fields = [
        batch.field_names[batch.fields[text]] if inside else str(column)
        for text, inside, column in zip(findings.text.tolist(), in_text.tolist(), findings.column, strict=True)
    ]
    return arrow_array(fields, pa.string())


def _each(values: Sequence[str], places: npt.NDArray[np.int64]) -> pa.Array:
    """Which of *values* stands at each place."""
    return arrow_array(list(values), pa.string()).take(arrow_array(places))


def excerpts(scanned: Scanned, plan: Plan) -> list[str]:
    """Return the excerpt of each finding, masked unless the plan says otherwise."""
    findings = scanned.findings
    personal = _personal(scanned, plan)
    firsts = np.maximum(findings.start - _LOOK, 0)
    stretches = _stretches(scanned, firsts, findings.end + _LOOK)
    shown = []
    columns = (findings.rule, findings.text, findings.start - firsts, findings.end - firsts, firsts)
    for number, text, start, end, first, column, stretch in zip(
        *(values.tolist() for values in columns), findings.column, stretches, strict=True
    ):
        masked = stretch if plan.unmasked or column else hidden(stretch, personal.get(text, ()), first)
        shown.append(_excerpt(masked, start, end, plan.rules[number], unmasked=plan.unmasked))
    return shown


def _stretches(scanned: Scanned, starts: Integers, ends: Integers) -> list[str]:
    """What stands from *starts* to *ends* of the text or column value that each finding is in, as it was written."""
    findings = scanned.findings
    found = [""] * len(findings)
    in_column = findings.column != ""
    for place in np.flatnonzero(in_column).tolist():
        value = column_value(scanned.batch, str(findings.column[place]), int(findings.text[place]))
        found[place] = value[starts[place] : ends[place]]
    places = np.flatnonzero(~in_column)
    texts = findings.text[places]
    for view in scanned.views if len(places) else ():
        for place, written in view.raw_stretches(texts, starts[places], ends[places]):
            found[places[place]] = written
    return found


def _personal(scanned: Scanned, plan: Plan) -> dict[int, list[tuple[int, int]]]:
    """Where personal information stands in each text: names and addresses have no form that `mask` would know."""
    spans: dict[int, list[tuple[int, int]]] = {}
    findings = scanned.findings
    for text, start, end, rule, column in zip(
        findings.text.tolist(), findings.start.tolist(), findings.end.tolist(), findings.rule.tolist(),
        findings.column, strict=True,
    ):  # fmt: skip
        if not column and plan.rules[rule].detector == "personal_info":
            spans.setdefault(text, []).append((start, end))
    return {text: sorted(some) for text, some in spans.items()}


def hidden(stretch: str, spans: Sequence[tuple[int, int]], origin: int) -> str:
    """Return *stretch*, which begins at *origin* of its text, with *spans* masked, also where it cuts them."""
    if not spans:
        return stretch
    parts, last = [], 0
    for start, end in spans[bisect_left(spans, (origin - _LONGEST_SPAN, 0)) :]:
        if start >= origin + len(stretch):
            break
        first, stop = max(start - origin, last), min(end - origin, len(stretch))
        if first < stop:
            value = mask_value(stretch[first:stop])
            parts += [stretch[last:first], value if stop - first == end - start else STAR * (stop - first)]
            last = stop
    return "".join([*parts, stretch[last:]])


def matched_texts(scanned: Scanned) -> list[str]:
    """Return the text of each finding as it stands in its document: never to be written anywhere."""
    return _stretches(scanned, scanned.findings.start, scanned.findings.end)


def _excerpt(stretch: str, start: int, end: int, rule: Rule, *, unmasked: bool) -> str:
    before, value, after = stretch[:start], stretch[start:end], stretch[end:]
    bare = unmasked or not may_identify(stretch)
    if not unmasked and rule.entity and rule.detector == "personal_info":
        before, value, after = mask(before), mask_value(value), mask(after)
    elif not bare:
        before, value, after = mask(before), mask(value), mask(after)
    before, after = before[-AROUND:], after[:AROUND]
    if len(value) > _LONGEST:
        value = value[: _LONGEST - 1] + "…"
    shown = f"{before}{value}{after}"
    line = " ".join(shown.split())
    return line if unmasked or (bare and line == shown) else one_line(line)

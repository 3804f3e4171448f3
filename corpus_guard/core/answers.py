"""What detectors may answer, checked before it is used: whatever else one gives leaves its documents unscanned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.arrays import arrow_scalar, numbers_of
from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.candidate import Gate
from corpus_guard.core.finding import Findings
from corpus_guard.core.language import Told
from corpus_guard.core.rule import Grade

_KINDS = {"text": "iu", "start": "iu", "end": "iu", "rule": "iu", "grade": "iu", "score": "f", "column": "OU"}


class UnsoundError(Exception):
    """A detector gave what is no answer; the message goes on where its name ends, and quotes no text."""


def check_findings(findings: object, batch: Batch, lengths: Integers, own: npt.NDArray[np.bool_]) -> None:
    """Raise `UnsoundError` unless *findings* are some of *batch*, whose texts have *lengths* code points.

    *own* says of each rule of the plan whether it is one of the detector.
    """
    if not isinstance(findings, Findings):
        raise UnsoundError("gave no table of findings")
    columns = [getattr(findings, name) for name in _KINDS]
    if not all(map(_is_column, columns, _KINDS.values())) or len({len(values) for values in columns}) > 1:
        raise UnsoundError("gave findings whose columns do not fit together")
    if not len(findings):
        return
    _check_values(findings, own)
    in_text = findings.column == ""
    _check_spans(findings.take(in_text), lengths)
    for column in sorted({*findings.column[~in_text]}):
        if column not in batch.columns:
            raise UnsoundError("gave a finding in a text that there is not")
        values = pc.utf8_length(batch.columns[column].cast(pa.large_string())).fill_null(arrow_scalar(0, pa.int64()))
        _check_spans(findings.take(findings.column == column), numbers_of(values))


def _is_column(values: object, kinds: str) -> bool:
    return isinstance(values, np.ndarray) and values.dtype.kind in kinds and values.ndim == 1


def _check_values(findings: Findings, own: npt.NDArray[np.bool_]) -> None:
    if findings.rule.min() < 0 or findings.rule.max() >= len(own) or not own[findings.rule].all():
        raise UnsoundError("gave a finding of a rule that is not its own")
    graded = findings.grade.min() >= min(Grade) and findings.grade.max() <= max(Grade)
    if not graded or not ((findings.score >= 0) & (findings.score <= 1)).all():
        raise UnsoundError("gave a grade or a score that is none")


def _check_spans(findings: Findings, lengths: Integers) -> None:
    if not len(findings):
        return
    if findings.text.min() < 0 or findings.text.max() >= len(lengths):
        raise UnsoundError("gave a finding in a text that there is not")
    ends_within = findings.end <= lengths[findings.text]
    if not ((findings.start >= 0) & (findings.start <= findings.end) & ends_within).all():
        raise UnsoundError("gave a finding outside its text")


def check_abilities(fingerprints: object, observed: object, told: object, documents: int) -> None:
    """Raise `UnsoundError` unless what a detector tells besides findings is about that many *documents*."""
    fits = fingerprints is None or (isinstance(fingerprints, pa.RecordBatch) and fingerprints.num_rows == documents)
    fits &= told is None or (isinstance(told, Told) and len(told.uncovered) == documents)
    if not fits or not isinstance(observed, Sequence) or not all(_is_observed(one, documents) for one in observed):
        raise UnsoundError("gave fingerprints, counts or languages of other documents")


def _is_observed(one: object, documents: int) -> bool:
    match one:
        case (int() | np.integer() as document, str()):
            return 0 <= int(document) < documents
    return False


def check_reasons(reasons: Mapping[int, str], documents: int) -> None:
    """Raise `UnsoundError` unless *reasons* name at least one of that many *documents*, and no others."""
    known = all(isinstance(one, (int, np.integer)) and 0 <= one < documents for one in reasons)
    if not reasons or not known or not all(isinstance(reason, str) for reason in reasons.values()):
        raise UnsoundError("named no documents, or others than it was given, as unchecked")


def gates_fault(gates: object) -> str:
    """Return what is wrong with the *gates* of a detector; empty when nothing is."""
    if not isinstance(gates, Sequence) or not all(isinstance(gate, Gate) for gate in gates):
        return "its gates are no sequence of Gate"
    if not all(isinstance(gate.expression, str) and gate.expression for gate in gates):
        return "one of its gates is empty"
    words = [gate.expression for gate in gates if gate.words]
    if not all(word.isascii() and word[0].isalnum() and not word[0].isupper() for word in words):
        return "one of its gates of words does not begin with an ASCII letter or digit in lower case"
    return ""

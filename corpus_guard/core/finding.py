"""Findings are columns: rule + document + field + span. Objects exist only at the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Batch, Integers

LIMIT_A_DOCUMENT = 100
"""Findings kept of one rule in one document; document counts stay exact all the same."""


@dataclass(frozen=True)
class Findings:
    """Findings in one batch, one row each.

    text   which text of the batch
    start  code points into that text;  end  exclusive
    rule   an index into the plan's rules
    grade  a `Grade`;  score  0…1
    column which column of the batch the span lies in when it is not a text, "" otherwise; `text` is then the document
    """

    text: Integers
    start: Integers
    end: Integers
    rule: Integers
    grade: npt.NDArray[np.int8]
    score: npt.NDArray[np.float64]
    column: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.rule)

    @classmethod
    def of(
        cls,
        text: Integers,
        start: Integers,
        end: Integers,
        rule: Integers,
        grade: npt.NDArray[np.int8],
        score: npt.NDArray[np.float64],
        column: str = "",
    ) -> Findings:
        """Return findings whose spans all lie in texts, or all in *column*."""
        return cls(text, start, end, rule, grade, score, np.full(len(rule), column, object))

    @classmethod
    def none(cls) -> Findings:
        """Return no findings."""
        whole = np.zeros(0, np.int64)
        return cls.of(whole, whole, whole, whole, np.zeros(0, np.int8), np.zeros(0, np.float64))

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Findings:
        """Return the findings at *index*, or where it is True."""
        return Findings(
            self.text[index], self.start[index], self.end[index], self.rule[index], self.grade[index],
            self.score[index], self.column[index],
        )  # fmt: skip

    @classmethod
    def concat(cls, parts: Sequence[Findings]) -> Findings:
        """Return all findings of *parts*, in that order."""
        parts = [part for part in parts if len(part)]
        if not parts:
            return cls.none()
        names = ("text", "start", "end", "rule", "grade", "score", "column")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def document_of(findings: Findings, batch: Batch) -> Integers:
    """Return, for each finding, the document of *batch* it lies in."""
    in_text = findings.column == ""
    document = findings.text.copy()
    document[in_text] = batch.documents[findings.text[in_text]]
    return document


def settle(findings: Findings, batch: Batch, *, most: int = LIMIT_A_DOCUMENT) -> Findings:
    """Sort by document, column, text, start, end, rule; keep at most *most* of a document × rule."""
    if not len(findings):
        return findings
    document = document_of(findings, batch)
    column = findings.column.astype(str)
    order = np.lexsort((findings.rule, findings.end, findings.start, findings.text, column, document))
    findings, document = findings.take(order), document[order]
    return findings.take(rank_in_group(document, findings.rule) < most)


def rank_in_group(document: Integers, rule: Integers) -> Integers:
    """Return, for each row, how many rows before it share its document and rule."""
    order = np.lexsort((np.arange(len(rule)), rule, document))
    new = np.ones(len(rule), bool)
    new[1:] = (np.diff(document[order]) != 0) | (np.diff(rule[order]) != 0)
    first = np.maximum.accumulate(np.where(new, np.arange(len(rule)), 0))
    rank = np.empty(len(rule), np.int64)
    rank[order] = np.arange(len(rule)) - first
    return rank

"""Rows of errors.csv: one a record, and one for many of the same reason where records without end cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LISTED = 1_000
"""Unscanned records of a split that are listed one by one; a file without a text column must not fill memory."""

Error = dict[str, Any]
"""An `Unscanned` as plain values."""


def gathered(errors: Iterable[Error], listed: int = LISTED) -> list[Error]:
    """Return *errors* by row; of those beyond the first *listed*, one of each reason that counts the documents of all.

    What ended the split has no row and comes last. Errors of a split may be gathered as they come, batch after batch.
    """
    ordered = sorted(errors, key=_place)
    reasons: dict[str, Error] = {}
    for error in ordered[listed:]:
        known = reasons.setdefault(error["reason"], dict(error, documents=0))
        lost = known["documents"], error["documents"]
        known["documents"] = None if None in lost else sum(lost)
    return [*ordered[:listed], *sorted(reasons.values(), key=_place)]


def _place(error: Error) -> tuple[bool, int]:
    return error["row"] is None, error["row"] or 0

"""contamination: documents that hold evaluation sets or protected works, given with `--against`.

It finds nothing in a single document that counts: what it finds is reported apart. It leaves, of each document, which
works stand in it and how much of them. It runs only where works are given.

Options: `least_share`, `least_ideographs`, `least_letters`: from how much on an overlap is reported
(rules/contamination.toml).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pyarrow as pa

from corpus_guard.catalog.contamination import LEAST
from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Folded, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.errors import UsageError
from corpus_guard.matching.views import View
from corpus_guard.overlaps.finding import Least, overlaps_of
from corpus_guard.overlaps.works import Works


class Contamination:
    """Leaves the works that stand in each document."""

    name = "contamination"
    columns: tuple[str, ...] = ()
    content = False
    options: tuple[str, ...] = LEAST
    gates: Sequence[Gate] = ()

    def __init__(self, setting: Setting) -> None:
        options = setting.options
        if "works" not in options:
            raise UsageError("the detector contamination compares with works; name them with --against")
        self._works = Works.from_bytes(options["works"], "--against")
        least = {options["ideographs"]: options["least_ideographs"], options["letters"]: options["least_letters"]}
        self._least = Least(float(options["least_share"]), least)

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return nothing: what is found is reported apart."""
        return Findings.none()

    def fingerprint(self, batch: Batch, views: Sequence[Folded]) -> pa.RecordBatch:
        """Return the list `overlaps` of each document."""
        found = overlaps_of(batch, cast("Sequence[View]", views), self._works, self._least)
        return pa.RecordBatch.from_pydict({"overlaps": found})

"""What a detector is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Folded, Gate
from corpus_guard.core.finding import Findings
from corpus_guard.core.language import Told
from corpus_guard.core.rule import Rule


@dataclass(frozen=True, slots=True)
class Setting:
    """What a detector is built from: its rules with their numbers in the plan, and its table of the pipeline file.

    `fold` folds text as the shared pass does; literal gates must be folded with it. `spellings` are words with other
    ways to write them; `invisible` are the code points that text is read without.
    """

    rules: Sequence[tuple[int, Rule]]
    options: Mapping[str, Any] = field(default_factory=dict)
    fold: Callable[[str], str] = str
    spellings: Sequence[tuple[str, Sequence[str]]] = ()
    invisible: Sequence[int] = ()


class UncheckedError(Exception):
    """What `detect` raises when it knows which documents of a batch it could not check.

    `reasons` says why, by the number of the document in the batch; they never quote its text.
    """

    def __init__(self, reasons: Mapping[int, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__(f"{len(self.reasons)} documents could not be checked")


@runtime_checkable
class Detector(Protocol):
    """Finds things in documents. Pure: no state between batches, no input or output.

    Built as `Class(setting)`. `columns` names the roles of `rules/input.toml` (or plain columns) it reads besides text.
    `content` says that its violations of A.1–A.4 are illegal content (keywords, classifier). A class that also has
    `options`, the names its table of a pipeline file may hold, has that table checked before anything is scanned.
    """

    name: str
    columns: tuple[str, ...]
    content: bool
    gates: Sequence[Gate]

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return the findings of one batch, given the hits of this detector's gates in it."""
        ...


@runtime_checkable
class Fingerprints(Protocol):
    """An optional ability: something small per document, by which the corpus is asked afterwards what is equal."""

    def fingerprint(self, batch: Batch, views: Sequence[Folded]) -> pa.RecordBatch:
        """Return one row for each document, in their order."""
        ...


@runtime_checkable
class Observes(Protocol):
    """An optional ability: counts of things per document that are no findings, such as licence tags."""

    def observe(self, batch: Batch) -> Sequence[tuple[int, str]]:
        """Return (document, value) pairs."""
        ...


@runtime_checkable
class Tells(Protocol):
    """An optional ability: the languages of documents, which say what no content rule covers."""

    def tell(self, batch: Batch, views: Sequence[Folded]) -> Told:
        """Return the languages of each document; they depend on its own texts and its row alone."""
        ...


@runtime_checkable
class Prepares(Protocol):
    """An optional ability: to begin what takes long and may be needed, beside other work."""

    def prepare(self) -> None:
        """Begin it and return at once; called once, before the first batch, in the process that scans."""
        ...

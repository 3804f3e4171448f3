"""Errors, named by what the run does about them.

    CorpusGuardError
    ├── UsageError      refuse to start; exit 2
    ├── CatalogError    a rules, standard, pipeline or manifest file is broken; refuse to start; exit 2
    ├── ShardError      one shard, or the rest of it, is unscanned; its source cannot pass
    └── EngineError     the machine failed (disk full, engine gone); exit 70

Messages say what, where, what was expected and the next step, in one sentence. They never quote text of the corpus.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class CorpusGuardError(Exception):
    """Base of every error that this package raises on purpose."""


class UsageError(CorpusGuardError):
    """The call cannot be carried out as it was written."""


class CatalogError(CorpusGuardError):
    """One or more files of rules, standards, pipelines or manifests are broken.

    `complaints` holds every complaint found, not only the first.
    """

    def __init__(self, complaints: Sequence[str]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(self.complaints))


class ShardError(CorpusGuardError):
    """A shard could not be read from some point on.

    `byte_offset` counts in the decompressed stream; `documents` is the number of documents lost, None when unknown.
    """

    def __init__(self, reason: str, *, byte_offset: int | None = None, documents: int | None = None) -> None:
        self.reason = reason
        self.byte_offset = byte_offset
        self.documents = documents
        super().__init__(reason)

    def __reduce__(self) -> tuple[object, ...]:
        return _shard_error, (self.reason, self.byte_offset, self.documents)


class EngineError(CorpusGuardError):
    """The machine or the program, not the input, failed. `trace` is for the log, never for the screen."""

    def __init__(self, message: str, trace: str = "") -> None:
        self.trace = trace
        super().__init__(message, trace)

    def __str__(self) -> str:
        return str(self.args[0])


def _shard_error(reason: str, byte_offset: int | None, documents: int | None) -> ShardError:
    return ShardError(reason, byte_offset=byte_offset, documents=documents)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the closest known name, or an empty string."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""

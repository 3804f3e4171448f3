"""Shards, the splits they are worked in, and what could not be read of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["scanned", "partly", "unscanned"]


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of the input, as the plan found it.

    `name` is the path below the scanned root with `/`; `source` is the source its path says, used where no column
    says better; `pinned` says that the manifest names it, and no column is asked. `modified` is a time in nanoseconds
    that only `--resume` looks at. `problem` is a sentence when the file cannot be read at all.
    """

    name: str
    path: str
    format: str
    size: int
    modified: int
    source: str
    pinned: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """A part of a shard that one worker reads: the unit of work and of resumption.

    `start` and `stop` count row groups, record batches or bytes, as the format has it; `stop` -1 means to the end.
    """

    number: int
    shard: Shard
    part: int = 0
    start: int = 0
    stop: int = -1

    @property
    def name(self) -> str:
        """A file-safe name, in plan order."""
        return f"{self.number:07d}"


@dataclass(frozen=True, slots=True)
class Unscanned:
    """One row of errors.csv. `reason` is a sentence that never quotes content; None means unknown."""

    reason: str
    row: int | None = None
    byte_offset: int | None = None
    documents: int | None = 1

"""Tasks that show what an engine does with its processes."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_guard.errors import ShardError


def process(_: Any) -> tuple[int, int, str]:
    """Return the process that works, the threads of its pools, and where its memory comes from."""
    import polars as pl
    import pyarrow as pa

    return os.getpid(), pl.thread_pool_size(), pa.default_memory_pool().backend_name


def broken(kind: str) -> None:
    """Raise what *kind* says."""
    if kind == "shard":
        raise ShardError("the file ends in the middle of a page", byte_offset=7, documents=3)
    if kind == "disk":
        raise OSError(28, "No space left on device")
    raise ValueError("words of the text")


@dataclass(frozen=True)
class Mortal:
    """Kills its process the first *lives* times that it sees 3; returns the double of other numbers."""

    folder: Path
    lives: int

    def __call__(self, number: int) -> int:
        """Work on one number."""
        died = len(list(self.folder.iterdir()))
        if number == 3 and died < self.lives:
            (self.folder / str(died)).touch()
            os.kill(os.getpid(), 9)
        return number * 2


@dataclass(frozen=True)
class Watched:
    """Leaves a file while it works, and returns how many of them it saw."""

    folder: Path

    def __call__(self, number: int) -> int:
        """Work on one number."""
        own = self.folder / str(number)
        own.touch()
        time.sleep(0.1)
        seen = len(list(self.folder.iterdir()))
        own.unlink()
        return seen


@dataclass(frozen=True)
class Together:
    """Ends when so many are at work at once."""

    folder: Path
    count: int

    def __call__(self, number: int) -> None:
        """Wait for the others."""
        (self.folder / str(number)).touch()
        end = time.monotonic() + 120
        while len(list(self.folder.iterdir())) < self.count and time.monotonic() < end:
            time.sleep(0.02)

"""From the name of an engine to the engine: the one place that knows which there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from corpus_guard.engines.local import LocalEngine, Task
from corpus_guard.errors import UsageError
from corpus_guard.options import Options


class Engine(Protocol):
    """What carries tasks to processes.

    name     as `--engine` takes it
    workers  how many processes work at once; 0 for as many as there are cores, until it is known how many these are
    """

    name: str
    workers: int

    def connect(self) -> None:
        """Find what will carry the tasks; raise `UsageError` or `EngineError` when it is not there."""

    def share(self, folder: Path, needed: Sequence[Path]) -> None:
        """Say where the next tasks write, and some of what they read."""

    def map(self, task: Task, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield (index, result) as items are done, in any order; `LOST` where a worker died on an item twice."""

    def shuffle(self, partitions: int, task: Task) -> Iterator[tuple[int, Any]]:
        """Yield (partition, result) of *task* over the numbers of all partitions."""

    def close(self) -> None:
        """End what it has started."""


def engine_for(options: Options, *, is_small: bool = False) -> Engine:
    """Return the engine that *options* name; what *is_small* stays in this process unless they ask for workers.

    Raises `UsageError` when what it needs is not installed.
    """
    if options.engine == "local":
        return LocalEngine(1 if is_small and not options.workers else options.workers)
    try:
        from corpus_guard.engines.on_ray import RayEngine
    except ImportError:
        raise UsageError('--engine ray needs Ray; install it with: pip install "corpus_guard[ray]"') from None
    return RayEngine(options.workers)

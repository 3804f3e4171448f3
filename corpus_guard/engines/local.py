"""Processes on this machine.

Workers are fresh interpreters that talk over their own pipes, so a scan works in notebooks and in scripts without a
`__main__` guard: nothing of the caller's main module is run again. Each worker works on one item at a time, so that
when a worker dies it is known what it was working on: that item is tried once more, then reported as lost.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

from corpus_guard.engines.memory import kept_memory, settle
from corpus_guard.errors import CorpusGuardError, EngineError

Task = Callable[[Any], Any]
TRIES = 2
FEW_PARTITIONS = 4
"""Partitions that are gone through sooner than other processes have started."""


class Lost:
    """Stands for the result of an item whose worker died each time."""


LOST = Lost()


class LocalEngine:
    """Runs tasks in this process when *workers* is 1, else in that many processes."""

    name = "local"

    def __init__(self, workers: int = 0, modules: Sequence[str] = ()) -> None:
        """Use *workers* processes, as many as there are cores when 0; they import *modules* before they are asked."""
        self.workers = workers or os.cpu_count() or 1
        self._modules = tuple(modules)
        self._idle: list[_Worker] = []

    def begin(self) -> None:
        """Start the processes that `map` will need: what they import takes as long as the plan of a scan."""
        if self.workers > 1:
            self._idle += [_Worker(self._modules) for _ in range(self.workers)]

    def connect(self) -> None:
        """This machine is there."""

    def share(self, folder: Path, needed: Sequence[Path]) -> None:
        """Processes of one machine see the same files."""

    def prepare(self, task: Task) -> None:
        """Hand *task* to the processes that have begun: each makes ready for it beside what is still to be done here.

        A task that needs much to begin with has a method `prepare`, which is called once in each process.
        """
        message = _message(task)
        for worker in self._idle:
            worker.take(task, message)

    def prepared(self) -> None:
        """Wait until one process is ready for its task; raise what `prepare` raised there."""
        while self._idle:
            first = wait([worker.from_worker for worker in self._idle])[0]
            worker = next(one for one in self._idle if one.from_worker is first)
            try:
                answer = worker.from_worker.recv()
            except (EOFError, OSError):  # it died: those that take its place say why, or work
                self._idle.remove(worker)
                worker.stop()
                continue
            try:
                _check(answer)
            except CorpusGuardError:
                self.close()
                raise
            return

    def close(self) -> None:
        """End the processes that wait for work."""
        while self._idle:
            self._idle.pop().stop()

    def map(self, task: Task, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield (index, result) as items are done, in any order; `LOST` where a worker died on an item twice.

        A single item goes to a worker too: what it does to its process must not end the run.
        """
        if self.workers == 1:
            with kept_memory():
                for index, item in enumerate(items):
                    yield index, task(item)
                    if not index and len(items) > 1:
                        settle()
            return
        idle, self._idle = self._idle, []
        yield from _Pool(task, items, min(self.workers, len(items)), idle).results()

    def shuffle(self, partitions: int, task: Task) -> Iterator[tuple[int, Any]]:
        """Yield (partition, result) of *task* over the numbers of all partitions; each sees all keys of its own."""
        if partitions <= FEW_PARTITIONS:
            for partition in range(partitions):
                yield partition, task(partition)
            return
        yield from self.map(task, range(partitions))


def _message(task: Task) -> memoryview:
    """A task as it is sent: pickled once for all processes."""
    return ForkingPickler.dumps(("task", task))


def _check(answer: tuple[str, Any]) -> None:
    """Raise what a worker says went wrong."""
    kind, value = answer
    if kind == "error":
        raise value
    if kind == "fault":
        raise EngineError(*value)


_START = "import sys; sys.path[:] = {path!r}; from corpus_guard.engines.worker import main; main({modules!r})"
"""The caller may have found this package by a path of its own, and what the task needs likewise."""


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back: a process begun meanwhile does so too, and says nothing of it while it still imports."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """One process and the item it is working on."""

    def __init__(self, modules: Sequence[str]) -> None:
        command = [sys.executable, "-P", "-c", _START.format(path=sys.path, modules=modules)]
        environment = os.environ | {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "CORPUS_GUARD_WORKER": "1"}
        with _no_interrupt():
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.to_worker = Connection(os.dup(self.process.stdin.fileno()), readable=False)
        self.from_worker = Connection(os.dup(self.process.stdout.fileno()), writable=False)
        self.process.stdin.close()
        self.process.stdout.close()
        self.task: Task | None = None
        self.index: int | None = None

    def take(self, task: Task, message: memoryview) -> None:
        """Hand over what to do with every item."""
        self.task = task
        self._send(message)

    def give(self, index: int, item: Any) -> None:
        """Hand over an item."""
        self.index = index
        self._send(ForkingPickler.dumps(("item", item)))

    def _send(self, message: memoryview) -> None:
        try:
            self.to_worker.send_bytes(message)
        except OSError:
            """The worker is dead already; its closed pipe says so to `wait`."""

    def stop(self) -> None:
        """End the process."""
        self.to_worker.close()
        self.from_worker.close()
        self.process.kill()
        self.process.wait()


class _Pool:
    def __init__(self, task: Task, items: Sequence[Any], workers: int, idle: list[_Worker]) -> None:
        self._task = task
        self._items = items
        self._waiting = deque(range(len(items)))
        self._tries = [0] * len(items)
        self._count = workers
        self._idle = idle
        self._workers: dict[Connection, _Worker] = {}

    @cached_property
    def _message(self) -> memoryview:
        return _message(self._task)

    def results(self) -> Iterator[tuple[int, Any]]:
        try:
            for _ in range(self._count):
                self._start()
            while self._workers:
                for connection in wait(list(self._workers)):
                    yield from self._hear(connection)  # type: ignore[arg-type]
        finally:
            for worker in (*self._workers.values(), *self._idle):
                worker.stop()

    def _start(self) -> None:
        """Start a worker, or take one that is idle, and give it the next item."""
        worker = self._idle.pop() if self._idle else _Worker(())
        if worker.task is not self._task:
            worker.take(self._task, self._message)
        self._workers[worker.from_worker] = worker
        self._give_next(worker)

    def _give_next(self, worker: _Worker) -> None:
        if not self._waiting:
            self._workers.pop(worker.from_worker).stop()
            return
        index = self._waiting.popleft()
        self._tries[index] += 1
        worker.give(index, self._items[index])

    def _hear(self, connection: Connection) -> Iterable[tuple[int, Any]]:
        worker = self._workers[connection]
        try:
            kind, value = connection.recv()
        except (EOFError, OSError):
            return self._died(worker)
        _check((kind, value))
        if kind == "ready":
            return ()
        index = worker.index
        assert index is not None
        self._give_next(worker)
        return [(index, value)]

    def _died(self, worker: _Worker) -> Iterable[tuple[int, Any]]:
        index = worker.index
        self._workers.pop(worker.from_worker).stop()
        lost: list[tuple[int, Any]] = []
        if index is not None and self._tries[index] < TRIES:
            self._waiting.appendleft(index)
        elif index is not None:
            lost.append((index, LOST))
        if self._waiting:
            self._start()
        return lost

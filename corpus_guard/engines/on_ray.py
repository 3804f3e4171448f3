"""Processes of a Ray cluster, or of one on this machine: the only file that knows Ray.

A worker is an actor with one core to itself. It works on one item at a time, so that when it dies it is known what it
was working on, and it stays from one `map` to the next. Items and results are small: what tasks leave behind lies in
files that all machines see, which every worker proves before it takes an item.
"""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError

from corpus_guard.engines.local import LOST, TRIES, Task
from corpus_guard.engines.sharing import Shared, differing, marked, program
from corpus_guard.errors import EngineError, UsageError

PATIENCE = 600.0
"""Seconds until some worker must have come up: clusters that grow with their work take minutes."""

_STORE = 256 * 2**20
"""Bytes of shared memory for what tasks are told; what they read and write goes through files."""

_THREADS = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "CORPUS_GUARD_WORKER": "1"}
_INSTALL = 'pip install "corpus_guard[ray]"'
_VARIABLES = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}
"""Nothing is reported to anybody, and the folder we are in is not copied to other machines."""

_CONNECT = 10.0
"""Seconds until a cluster must have answered."""

_MODE, _TOKEN = "RAY_AUTH_MODE", "RAY_AUTH_TOKEN"
_LONGEST = 60
"""Ray puts sockets below its folder, and the path of a socket has at most 107 bytes."""


class RayEngine:
    """Runs tasks in the cluster that `RAY_ADDRESS` names, in that of the caller, or in one of its own."""

    name = "ray"

    def __init__(self, workers: int = 0, patience: float = PATIENCE) -> None:
        """Use *workers* processes, as many as the cluster has cores when 0.

        Nothing is started before there is something to do. Of a cluster that has fewer cores free, as many as there are
        work; when none has come up after *patience* seconds, it is an `EngineError`.
        """
        self.workers = workers
        self.patience = patience
        self._folder: Path | None = None
        self._needed: tuple[Path, ...] = ()
        self._stack = ExitStack()
        self._hand: Any = None
        self._greeting: tuple[Any, ...] = ()
        self._started: list[_Worker] = []
        self.idle: list[_Worker] = []

    def share(self, folder: Path, needed: Sequence[Path]) -> None:
        """Say where the next tasks write, and some of what they read: every worker looks whether it sees the same."""
        self._folder, self._needed = folder, tuple(needed)

    def connect(self) -> None:
        """Connect to the cluster, or start one; raise `UsageError` or `EngineError` when that fails."""
        if self._hand is not None:
            return
        is_own = self._stack.enter_context(_connected(self.workers))
        self.workers = self.workers or int(ray.cluster_resources().get("CPU", 1)) or 1
        self._hand = _hand()
        self._greeting = (sys.path if is_own else None, _strangers(), str(Path.cwd()), _THREADS)

    def map(self, task: Task, items: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield (index, result) as items are done, in any order; `LOST` where a worker died on an item twice."""
        if not len(items):
            return
        self.connect()
        with marked(self._folder, self._needed) if self._folder else nullcontext() as shared:
            yield from _Pool(self, ray.put(pickle.dumps(task)), shared, items).results()

    def shuffle(self, partitions: int, task: Task) -> Iterator[tuple[int, Any]]:
        """Yield (partition, result) of *task* over the numbers of all partitions.

        Keys have changed machine when it begins: every split left them in a file, parted.
        """
        yield from self.map(task, range(partitions))

    def close(self) -> None:
        """End the workers, and the cluster if it is our own."""
        while self._started:
            self._started.pop().stop()
        self.idle.clear()
        self._hand = None
        self._stack.close()

    def worker(self) -> _Worker:
        """Return a worker that nobody uses, or a new one."""
        if self.idle:
            return self.idle.pop()
        self._started.append(_Worker(self._hand.remote()))
        return self._started[-1]

    def greet(self, worker: _Worker) -> Any:
        """Ask a worker who it is; what it will answer."""
        return worker.actor.hello.remote(*self._greeting)


def _hand() -> Any:
    """The class of actors. It stands in a function so that Ray sends it as it is, and asks nobody to import it."""

    class Hand:
        """Waits for the path of modules to be that of the caller before it loads any; then a `Server` does the rest."""

        def hello(self, path: list[str] | None, strangers: set[str], folder: str, variables: dict[str, str]) -> Any:
            import os
            import sys

            os.environ.update(variables)
            sys.path[:] = path or [entry for entry in sys.path if entry not in strangers]
            try:
                os.chdir(folder)
            except OSError:
                """Paths that are relative will not be found, and the worker says so."""
            try:
                from corpus_guard.engines.serving import Server

                self.server = Server()
            except Exception as error:  # noqa: BLE001 - an older one, or none
                return type(error).__name__, {}
            return self.server.hello()

        def take(self, task: bytes, shared: Any) -> Any:
            return self.server.take(task, shared)

        def work(self, item: Any) -> Any:
            return self.server.work(item)

    options = {"num_cpus": 1, "max_restarts": 0, "max_task_retries": 0, "scheduling_strategy": "SPREAD"}
    return ray.remote(Hand).options(**options)


def _strangers() -> set[str]:
    """Folders that Ray puts before all others in the path of workers, and that are not in ours.

    A file of data that is called like a module must not become one.
    """
    known = {os.path.abspath(entry) for entry in sys.path}  # noqa: PTH100 - "" stands for the folder we are in
    return {str(Path.cwd()), os.path.dirname(os.path.realpath(sys.argv[0]))} - known  # noqa: PTH120


@dataclass(eq=False)
class _Worker:
    """One actor, and the item it is working on."""

    actor: Any
    greeted: bool = False
    index: int | None = None

    def stop(self) -> None:
        """End it, also in the midst of an item: nobody will ask for what it does any more."""
        with suppress(RayError, ValueError):
            ray.kill(self.actor)


class _Pool:
    def __init__(self, engine: RayEngine, task: Any, shared: Shared | None, items: Sequence[Any]) -> None:
        self._engine = engine
        self._task = task
        self._shared = shared
        self._items = items
        self._waiting = deque(range(len(items)))
        self._tries = [0] * len(items)
        self._left = len(items)
        self._stillborn = 0
        self._is_up = False
        self._pending: dict[Any, _Worker] = {}

    def results(self) -> Iterator[tuple[int, Any]]:
        try:
            for _ in range(min(self._engine.workers, len(self._items))):
                self._start()
            while self._left:
                patience = None if self._is_up else self._engine.patience
                ready, _ = ray.wait(list(self._pending), num_returns=1, timeout=patience)
                if not ready:
                    raise EngineError(
                        f"no worker came up on the Ray cluster in {self._engine.patience:.0f} seconds; "
                        "it has no free core, see ray status"
                    )
                yield from self._hear(ready[0])
        except RayError as error:
            raise EngineError(f"Ray failed ({type(error).__name__})", traceback.format_exc()) from None
        finally:
            for worker in self._pending.values():
                worker.stop()

    def _start(self) -> None:
        """Start a worker, or take one that is idle."""
        worker = self._engine.worker()
        self._pending[self._take(worker) if worker.greeted else self._engine.greet(worker)] = worker

    def _take(self, worker: _Worker) -> Any:
        worker.index = None
        return worker.actor.take.remote(self._task, self._shared)

    def _hear(self, answer: Any) -> Iterator[tuple[int, Any]]:
        worker = self._pending[answer]
        try:
            said = ray.get(answer)
        except RayActorError as error:
            del self._pending[answer]
            yield from self._died(worker, error)
            return
        if not worker.greeted:
            _check_program(*said)
            del self._pending[answer]
            worker.greeted = True
            self._pending[self._take(worker)] = worker
            return
        value = _checked(said)
        del self._pending[answer]
        self._is_up = True
        index = worker.index
        self._give_next(worker)
        if index is not None:
            self._left -= 1
            yield index, value

    def _give_next(self, worker: _Worker) -> None:
        if not self._waiting:
            self._engine.idle.append(worker)
            return
        worker.index = index = self._waiting.popleft()
        self._tries[index] += 1
        self._pending[worker.actor.work.remote(self._items[index])] = worker

    def _died(self, worker: _Worker, error: RayActorError) -> Iterator[tuple[int, Any]]:
        worker.stop()
        index = worker.index
        if index is None:
            self._stillborn += 1
            if self._stillborn > TRIES * self._engine.workers:
                raise EngineError("workers on the Ray cluster die before they take anything", str(error))
        elif self._tries[index] < TRIES:
            self._waiting.appendleft(index)
        else:
            self._left -= 1
            yield index, LOST
        if self._waiting:
            self._start()


def _check_program(node: str, found: dict[str, str]) -> None:
    if not found:
        raise UsageError(f"a node of the Ray cluster cannot load corpus_guard ({node}); on every node: {_INSTALL}")
    if other := differing(program(), found):
        raise UsageError(f"{node} of the Ray cluster runs {other}; install the same on every node")


def _checked(said: tuple[str, Any]) -> Any:
    """The result that a worker gave, or what it could not do, raised."""
    kind, value = said
    if kind == "unseen":
        raise UsageError(
            f"a node of the Ray cluster does not see {value} as it is here; "
            "inputs and run folder must lie where all nodes see them, under the same path"
        )
    if kind == "error":
        raise value
    if kind == "fault":
        raise EngineError(*value)
    return value


@contextmanager
def _connected(workers: int) -> Iterator[bool]:
    """Be connected to a cluster; whether it is one of our own, which ends with the block."""
    address = os.environ.get("RAY_ADDRESS", "local") or "local"
    if ray.is_initialized():
        yield False
        return
    if address.startswith("ray://"):
        raise UsageError(
            f"RAY_ADDRESS is {address}, that of a Ray client; run on a node of the cluster, with RAY_ADDRESS=auto"
        )
    _check_reachable(address)
    with ExitStack() as stack:
        own = stack.enter_context(_own_cluster(workers)) if address == "local" else {}
        stack.callback(ray.shutdown)
        try:
            with _unnoticed():
                if own and not os.environ.get(_MODE):
                    os.environ[_TOKEN] = _token()
                ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **own)
        except Exception as error:  # noqa: BLE001 - Ray has no class of its own for these
            what = "could not be started" if own else f"could not be reached at {address}"
            raise EngineError(f"Ray {what}: {_said(error)}", traceback.format_exc()) from None
        yield bool(own)


def _check_reachable(address: str) -> None:
    """Raise `EngineError` where nobody listens: Ray itself tries for a quarter of an hour."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT).close()
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise EngineError(f"Ray could not be reached at {address} (RAY_ADDRESS): {said}") from None


@cache
def _token() -> str:
    """What nobody else knows: without it Ray takes commands from whoever reaches its ports."""
    return token_hex(32)


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


@contextmanager
def _own_cluster(workers: int) -> Iterator[dict[str, Any]]:
    """What starts a cluster on this machine that nobody else can use and that leaves nothing behind."""
    root = tempfile.gettempdir()
    folder = tempfile.mkdtemp(prefix="ray-", dir=root if len(root) < _LONGEST else "/tmp")  # noqa: S108 - a random name
    try:
        yield {
            "num_cpus": workers or os.cpu_count(), "include_dashboard": False, "object_store_memory": _STORE,
            "_temp_dir": folder, "_system_config": {"worker_niceness": 0},
        }  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _unnoticed() -> Iterator[None]:
    """Leave to the caller what Ray would take: what its variables were, what SIGTERM does, and standard output.

    Ray prints there what becomes of its processes; we hear it as errors.
    """
    worker = ray._private.worker  # noqa: SLF001 - there is no other way to it
    in_main = threading.current_thread() is threading.main_thread()
    listen, terminate = worker.listen_error_messages, signal.getsignal(signal.SIGTERM)
    before = {name: os.environ.get(name) for name in (*_VARIABLES, _TOKEN, _MODE)}
    os.environ.update(_VARIABLES)
    worker.listen_error_messages = lambda *_: None
    try:
        yield
    finally:
        worker.listen_error_messages = listen
        if in_main:
            signal.signal(signal.SIGTERM, terminate)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value

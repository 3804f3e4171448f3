"""The other end of an engine that calls its workers: takes a task, then does items of it, one at a time."""

from __future__ import annotations

import gc
import pickle
import platform
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from corpus_guard.engines.memory import kept_memory, settle
from corpus_guard.engines.sharing import Shared, program
from corpus_guard.engines.worker import answer, fault


class Server:
    """Lives as long as its process, which does nothing else."""

    def __init__(self) -> None:
        self._kept = ExitStack()
        self._kept.enter_context(kept_memory())
        self._task: Callable[[Any], Any] | None = None
        self._fresh = True

    def hello(self) -> tuple[str, Mapping[str, str]]:
        """Return the name of this machine, and what it runs."""
        return platform.node(), program()

    def take(self, task: bytes, shared: Shared | None) -> tuple[str, Any]:
        """Get ready to do *task*, which came pickled from the caller; ("unseen", path) where files are not shared."""
        self._task, self._fresh = None, True
        gc.unfreeze()
        unseen = shared.unseen() if shared else ""
        if unseen:
            return "unseen", unseen
        try:
            self._task = pickle.loads(task)  # noqa: S301 - made by the caller, and never on disk
        except Exception as error:  # noqa: BLE001 - what the task needs cannot be loaded here
            return fault(error)
        return "ready", None

    def work(self, item: Any) -> tuple[str, Any]:
        """Do one item; ("result", it), or what went wrong, as a local worker says it."""
        assert self._task is not None
        done = answer(self._task, item)
        if self._fresh:
            settle()
            self._fresh = False
        return done

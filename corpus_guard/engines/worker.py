"""A worker process: reads a task and then items from its own pipe, writes results back, ends when the pipe closes."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

from corpus_guard.engines.memory import kept_memory, settle
from corpus_guard.errors import CorpusGuardError


def main(modules: Sequence[str] = ()) -> None:
    """Serve until the other end hangs up; meanwhile import *modules*, which tasks are going to need."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    receiver = Connection(os.dup(0), writable=False)
    sender = Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # whatever a library prints must not get between the results
    try:
        for module in modules:
            import_module(module)
        with kept_memory():
            _serve(receiver, sender)
    except (EOFError, BrokenPipeError):
        return


def _serve(receiver: Connection, sender: Connection) -> None:
    task: Callable[[Any], Any] | None = None
    for number in count():
        try:
            kind, value = receiver.recv()
        except EOFError:
            raise
        except Exception as error:  # noqa: BLE001 - what the task needs cannot be loaded here
            sender.send(fault(error))
            return
        if kind == "task":
            task = value
            said, why = answer(_prepared, task)
            sender.send(("ready", None) if said == "result" else (said, why))
        else:
            assert task is not None
            sender.send(answer(task, value))
        if number == 1:
            settle()


def _prepared(task: Any) -> None:
    """Have a task make ready for work, if it asks for that."""
    if hasattr(task, "prepare"):
        task.prepare()


def answer(task: Callable[[Any], Any], item: Any) -> tuple[str, Any]:
    """Return ("result", what *task* gives for *item*), ("error", an error made on purpose), or a fault."""
    try:
        return "result", task(item)
    except CorpusGuardError as error:
        return "error", error
    except Exception as error:  # noqa: BLE001 - the parent reports it and logs the trace
        return fault(error)


def fault(error: Exception) -> tuple[str, Any]:
    """Return ("fault", (what to say of *error*, its trace))."""
    said = f"{type(error).__name__} in a worker process"
    if isinstance(error, OSError):
        said = f"the system refused ({error.strerror or type(error).__name__})"
    return "fault", (said, traceback.format_exc())

"""A process of its own for recognisers that users wrote: whatever they do, a scan goes on.

An expression that backtracks without end holds the interpreter, and no thread or signal handler of the same process
gets it back. So each recogniser has so many seconds of processor time for a text, kept by the kernel
(`ITIMER_PROF`, whose signal ends the process), and twenty times as long by the clock, for what only waits. Processor
time does not depend on what else the machine does, so that the same texts are cut off everywhere. A process that was
ended is begun anew with the next text.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

_START = (
    "import sys; sys.path[:] = {path!r}; from corpus_guard.detectors.recognizer_process import main; "
    "main({names!r}, {seconds!r})"
)
_BY_THE_CLOCK, _TO_BEGIN = 20, 120.0


class Result(NamedTuple):
    """What a recogniser found: code points *start* to *end* (exclusive) of the text."""

    entity: str
    start: int
    end: int
    score: float


class RecognizerError(Exception):
    """A recogniser gave no answer about a text; the message says which and why, and quotes nothing."""


class RecognizerProcess:
    """Recognisers at work in another process; may be asked from several threads, which then take turns."""

    def __init__(self, names: Sequence[str], titles: Sequence[str], seconds: float) -> None:
        """Name recognisers as a pipeline file does, and for reasons; the process begins with the first text."""
        self._names, self._titles, self._seconds = tuple(names), tuple(titles), seconds
        self._turn = threading.Lock()
        self._child: _Child | None = None

    def results(self, text: str, asked: Sequence[int]) -> list[Result]:
        """Return what the recognisers numbered *asked* find in *text*.

        Raises `RecognizerError` when one of them fails, takes too long, or ends its process.
        """
        with self._turn:
            if self._child is None or self._child.owner != os.getpid():
                self._child = _Child(self._names, self._seconds)
            found: list[Result] = []
            for number in asked:
                found += self._results_of(self._child, text, number)
            return found

    def _results_of(self, child: _Child, text: str, number: int) -> list[Result]:
        try:
            kind, answer = child.ask(text, number)
        except (EOFError, OSError, TimeoutError) as error:
            self._child = None
            status = child.end()
            cut_off = isinstance(error, TimeoutError) or status == -signal.SIGPROF
            fault = f"took more than {self._seconds:g} s of processor time" if cut_off else "ended its process"
            fault = "did not answer" if isinstance(error, TimeoutError) else fault
            raise RecognizerError(f"the recogniser {self._titles[number]} {fault}") from None
        if kind == "fault":
            raise RecognizerError(f"the recogniser {self._titles[number]} raised {answer}")
        return [Result(*found) for found in answer]


class _Child:
    """The process, from the side of whoever asks."""

    def __init__(self, names: Sequence[str], seconds: float) -> None:
        command = [sys.executable, "-P", "-c", _START.format(path=sys.path, names=list(names), seconds=seconds)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        self.owner = os.getpid()  # one that is forked off must not talk into the same pipe
        self._seconds = seconds
        self._process = process
        self._to = Connection(os.dup(process.stdin.fileno()), readable=False)
        self._from = Connection(os.dup(process.stdout.fileno()), writable=False)
        process.stdin.close()
        process.stdout.close()
        self._finalizer = weakref.finalize(self, _stop, process)
        self._wait(_TO_BEGIN)

    def ask(self, text: str, number: int) -> tuple[str, Any]:
        """Return the kind of the answer and the answer of one recogniser; raise EOFError, OSError, TimeoutError."""
        self._to.send((number, text))
        return self._wait(self._seconds * _BY_THE_CLOCK)

    def _wait(self, seconds: float) -> tuple[str, Any]:
        if not self._from.poll(seconds):
            raise TimeoutError
        kind, answer = self._from.recv()
        return str(kind), answer

    def end(self) -> int | None:
        """End the process; return how it ended."""
        self._to.close()
        self._from.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._finalizer()
        return self._process.returncode


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def main(names: Sequence[str], seconds: float) -> None:
    """Serve the recognisers called *names* until the other end hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    receiver, sender = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # whatever a recogniser prints must not get between the answers
    from corpus_guard.detectors.own_recognizers import load, results_of

    recognizers = [one for name in names for one in load(name)]
    sender.send(("ready", len(recognizers)))
    while True:
        try:
            number, text = receiver.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            answer: tuple[str, Any] = "results", results_of(recognizers[number], text)
        except Exception as error:  # noqa: BLE001 - whatever it raises, its text is named
            answer = "fault", type(error).__name__
        signal.setitimer(signal.ITIMER_PROF, 0)
        sender.send(answer)

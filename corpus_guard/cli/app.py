"""The program `corpus-guard`: its commands, and what becomes of errors."""

from __future__ import annotations

import atexit
import gc
import io
import sys
import tempfile
import traceback
from pathlib import Path

import typer

from corpus_guard.cli import audit, explain, report, rules, scan, sources, standards, works
from corpus_guard.errors import CatalogError, EngineError, ShardError, UsageError

app = typer.Typer(
    name="corpus-guard",
    help="Scan training corpora and judge every source against China's generative-AI security standards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("scan")(scan.scan)
app.command("assess")(scan.assess)
app.command("report")(report.report)
app.command("audit")(audit.audit)
app.command("compare")(audit.compare)
app.command("explain")(explain.explain)
app.add_typer(rules.app, name="rules")
app.add_typer(sources.app, name="sources")
app.add_typer(standards.app, name="standards")
app.add_typer(works.app, name="works")

USAGE, FAULT, INTERRUPTED = 2, 70, 130


def _version(*, wanted: bool) -> None:
    if wanted:
        from corpus_guard import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False,
        "--version",
        help="Print the version and exit.",
        callback=lambda value: _version(wanted=value),
        is_eager=True,
    ),
) -> None:
    """Scan training corpora and judge every source against China's generative-AI security standards."""


_OBJECTS = 50_000
"""New objects after which garbage is looked for: most of what a command makes stays, and little of it is garbage."""

_AFTER = {
    "scan": "; a run that was under way can go on with --resume",
    "audit": "; what was scanned is kept, and the next audit goes on from there",
}
"""What is left to do after a fault, by command."""


def main() -> None:
    """Run the program; every error becomes one sentence and an exit code."""
    gc.set_threshold(_OBJECTS)
    atexit.register(gc.freeze)  # everything ends with the process: nothing is looked for once more
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except (UsageError, ShardError) as error:
        _say(str(error))
        sys.exit(USAGE)
    except CatalogError as error:
        for complaint in error.complaints:
            _say(complaint)
        sys.exit(USAGE)
    except KeyboardInterrupt:
        _say("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence and a log instead of a traceback
        after = _AFTER.get(next(iter(sys.argv[1:]), ""), "")
        _say(f"{_fault(error)}; details are in {_log(error)}{after}")
        sys.exit(FAULT)


def _fault(error: Exception) -> str:
    if isinstance(error, EngineError):
        return str(error)
    if isinstance(error, OSError):
        where = f" at {error.filename}" if error.filename else ""
        return f"the system refused{where}: {error.strerror or type(error).__name__}"
    return f"a fault of the program itself ({type(error).__name__})"


def _log(error: Exception) -> Path | str:
    text = error.trace if isinstance(error, EngineError) and error.trace else ""
    text = text or "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="corpus-guard-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write(text)
            return Path(log.name)
    except OSError:
        return "no log, for none could be written"


def _say(message: str) -> None:
    typer.echo(f"corpus-guard: {message}", err=True)

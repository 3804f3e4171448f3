"""`corpus-guard audit`: the nightly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from corpus_guard.audit.nightly import Audit


def audit(
    pipeline: Annotated[Path, typer.Argument(help="A pipeline file with [audit].")],
    max_hours: Annotated[float | None, typer.Option(help="Stop after so many hours; the next audit goes on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; 0 for one per core.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The date ages are counted to; default today.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no talk.")] = False,
) -> None:
    """Scan what changed since the last audit, judge all of it, compare it with last time. Exit codes as for scan."""
    from corpus_guard.audit.auditing import audit as hold

    try:
        with _progress(quiet=quiet) as progress:
            held = hold(pipeline, max_hours=max_hours, workers=workers, as_of=as_of, progress=progress)
    except KeyboardInterrupt:
        typer.echo("corpus-guard: interrupted; what was scanned is kept, the next audit goes on from there", err=True)
        raise typer.Exit(130) from None
    _print(held, as_json=as_json, quiet=quiet)
    raise typer.Exit(held.exit_code)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Count splits on the terminal; nothing when quiet or when nobody watches."""
    from corpus_guard.cli import show

    console = show.talk()
    if quiet or not console.is_terminal:
        yield None
        return
    with console.status("looking for what changed") as status:
        yield lambda done, splits: status.update(f"{done:,} of {splits:,} splits that changed are scanned")


def _print(held: Audit, *, as_json: bool, quiet: bool) -> None:
    from corpus_guard.cli import show

    if as_json:
        facts: dict[str, Any] = dict(held.facts) | {"run": str(held.run.path) if held.run else None}
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    if held.run is None:
        typer.echo("the time was up before all was scanned; what was scanned is kept, and the next audit goes on")
    else:
        show.summary(held.run)
    if not quiet:
        _notes(held)


def _notes(held: Audit) -> None:
    from corpus_guard.cli import show

    console, shards, counters = show.talk(), held.facts["shards"], held.facts["counters"]
    changes = ", ".join(f"{shards[name]:,} {name}" for name in ("new", "changed", "moved", "gone"))
    console.print(f"{shards['all']:,} shards: {changes}", highlight=False)
    asked = ", ".join(f"{name} {count:,}" for name, count in sorted(counters["scanned"].items())) or "none"
    console.print(f"{counters['reused']:,} of {counters['splits']:,} splits as before; asked: {asked}", highlight=False)
    for note in held.facts["notes"]:
        console.print(note, highlight=False, markup=False)
    if held.run is not None:
        show.notes(held.run)

"""`corpus-guard audit`: the nightly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus_guard.core.wording import counted

if TYPE_CHECKING:
    from corpus_guard.audit.comparing import Comparison
    from corpus_guard.audit.nightly import Audit

_CAUSES = 3


def audit(
    pipeline: Annotated[Path, typer.Argument(help="A pipeline file with [audit].")],
    max_hours: Annotated[float | None, typer.Option(help="Stop after so many hours; the next audit goes on.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; 0 for one per core.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="local: processes of this machine; ray: those of a Ray cluster.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="The date ages are counted to; default today.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no talk.")] = False,
) -> None:
    """Scan what changed since the last audit, judge all of it, compare it with last time. Exit codes as for scan."""
    from corpus_guard.audit.auditing import audit as hold

    try:
        with _progress(quiet=quiet) as progress:
            held = hold(pipeline, max_hours=max_hours, workers=workers, engine=engine, as_of=as_of, progress=progress)
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
    console.print(f"{counted(shards['all'], 'shard')}: {changes}", highlight=False)
    asked = ", ".join(f"{name} {count:,}" for name, count in sorted(counters["scanned"].items())) or "none"
    reused = f"{counters['reused']:,} of {counted(counters['splits'], 'split')} as before"
    console.print(f"{reused}; asked: {asked}", highlight=False)
    silent = ", ".join(sorted(counters["kept"].keys() - counters["scanned"].keys()))
    if counters["scanned"] and silent:
        console.print(f"not asked, for nothing of theirs changed: {silent}", highlight=False)
    for alert in held.facts.get("alerts", ()):
        console.print(f"alert: {alert['text']}", highlight=False, markup=False)
    accepted = held.facts.get("accepted", {})
    if accepted.get("findings") or accepted.get("expired"):
        findings, expired = accepted["findings"], accepted["expired"]
        console.print(
            f"{counted(findings, 'finding')} in {counted(accepted['documents'], 'document')} "
            f"{'is' if findings == 1 else 'are'} accepted, and counted all the same; "
            f"{expired:,} accepted {'one has' if expired == 1 else 'ones have'} expired; see accepted.csv",
            highlight=False,
        )
    for note in held.facts["notes"]:
        console.print(note, highlight=False, markup=False)
    if held.run is not None:
        show.notes(held.run)


def compare(
    run_a: Annotated[Path, typer.Argument(help="The run folder of before.")],
    run_b: Annotated[Path, typer.Argument(help="The run folder of after.")],
    to: Annotated[Path | None, typer.Option(help="A file to write: .csv (sources; causes beside it) or .json.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Show what got better or worse, appeared or vanished, per source, and which rules or shards caused it."""
    from corpus_guard.audit.comparing import compare as compare_runs
    from corpus_guard.errors import UsageError
    from corpus_guard.runs import write_text

    found = compare_runs(run_a, run_b)
    text = json.dumps(found.facts, ensure_ascii=False, indent=2)
    if to is not None and to.suffix.lower() not in (".csv", ".json"):
        raise UsageError(f'{to} ends in "{to.suffix}"; a comparison is written as .csv or .json')
    if to is not None and to.suffix.lower() == ".json":
        write_text(to, text + "\n")
    elif to is not None:
        found.write(to, to.with_name(f"{to.stem}.causes{to.suffix}"))
    if as_json:
        typer.echo(text)
    else:
        _show(found)


def _show(found: Comparison) -> None:
    """Print the sources that changed, each with what caused the most of it."""
    from rich.console import Console
    from rich.markup import escape

    from corpus_guard.cli import show

    console = Console() if Console().is_terminal else Console(width=200)
    facts = found.facts
    console.print(f"{show.verdict(facts['verdict_before'])} to {show.verdict(facts['verdict_after'])}")
    changed = [row for row in facts["sources"] if row["change"] != "same"]
    for row in changed:
        verdicts = f"{row['verdict_before'] or '–'} to {row['verdict_after'] or '–'}"
        illegal = f"illegal {row['illegal_documents_before'] or 0:,} to {row['illegal_documents_after'] or 0:,}"
        console.print(f"{escape(row['source'])}: {row['change']}, {verdicts}, {illegal}", highlight=False)
        causes = [cause for cause in facts["causes"] if cause["source"] == row["source"]]
        for cause in causes[:_CAUSES]:
            what = f"{cause['cause']} {cause['name']} ({cause['grade']})"
            text = f"  {what}: {cause['difference']:+,} documents {cause['note']}"
            console.print(text.rstrip(), highlight=False, markup=False)
    if not changed:
        console.print("no source has changed", highlight=False)

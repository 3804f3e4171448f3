"""`corpus-guard scan` and `corpus-guard assess`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from corpus_guard.results import Run

Paths = Annotated[
    list[Path] | None, typer.Argument(help="Files or folders to scan.", show_default=False, readable=False)
]
Folder = Annotated[Path | None, typer.Option("--out", help="The run folder to write.", show_default=False)]


def scan(
    paths: Paths = None,
    out: Folder = None,
    pipeline: Annotated[Path | None, typer.Option(help="A pipeline file with any of these options.")] = None,
    sources: Annotated[Path | None, typer.Option(help="The manifest, sources.toml.")] = None,
    standard: Annotated[list[str] | None, typer.Option(help="A standard to judge by; repeatable.")] = None,
    detector: Annotated[
        list[str] | None, typer.Option(help="A detector to run, by name or file; repeatable; default all.")
    ] = None,
    rules: Annotated[list[Path] | None, typer.Option(help="A folder of rules to add; repeatable.")] = None,
    text_column: Annotated[str | None, typer.Option(help="The column that holds the text.")] = None,
    source_column: Annotated[str | None, typer.Option(help="The column that names the source.")] = None,
    source_by: Annotated[str | None, typer.Option(help="domain: the registrable domain of a URL column.")] = None,
    text_records: Annotated[str | None, typer.Option(help="A document of a plain text file: line or file.")] = None,
    include: Annotated[list[str] | None, typer.Option(help="Only shards that match this glob; repeatable.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="No shards that match this glob; repeatable.")] = None,
    stage: Annotated[str | None, typer.Option(help="raw, filtered or training.")] = None,
    raw_run: Annotated[
        Path | None, typer.Option(help="The run over what was collected, when this is the filtered data.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; 0 for one per core.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="local: processes of this machine; ray: those of a Ray cluster.")
    ] = None,
    sample: Annotated[float | None, typer.Option(help="Read only this share of the documents, such as 0.1.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sample.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The date ages are counted to; default today.")] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="An evaluation set or an index of works that must not be inside; repeatable."),
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="A folder of fingerprints: compare with earlier scans, and add this one.")
    ] = None,
    repetition: Annotated[
        bool, typer.Option("--repetition", help="Also count lines and paragraphs that many documents share.")
    ] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be scanned, and read no text.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier run.")] = False,
    on_error: Annotated[str | None, typer.Option(help="skip: count and go on; fail: stop at the first fault.")] = None,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Show excerpts unmasked.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no talk.")] = False,
) -> None:
    """Scan files, judge every source, write the run folder.

    Exit codes: 0 every requirement met, 1 one failed, 2 wrong usage, 3 inconclusive, 70 a fault of the program.
    """
    given: dict[str, Any] = {
        "paths": tuple(paths) if paths else None, "out": out, "pipeline": pipeline, "sources": sources,
        "standards": tuple(standard or ()) or None, "detectors": tuple(detector or ()) or None,
        "rules": tuple(rules or ()) or None, "text_column": text_column, "source_column": source_column,
        "source_by": source_by, "text_records": text_records,
        "include": tuple(include or ()) or None, "exclude": tuple(exclude or ()) or None,
        "stage": stage, "raw_run": raw_run, "workers": workers, "engine": engine, "sample": sample, "seed": seed,
        "as_of": as_of, "resume": resume or None, "overwrite": overwrite or None, "on_error": on_error,
        "unmasked": unmasked or None, "against": tuple(against or ()) or None, "index": index,
        "repetition": repetition or None,
    }  # fmt: skip
    try:
        if plan:
            _show_plan(given, as_json=as_json)
            return
        run = _scanned(given, quiet=quiet)
    except KeyboardInterrupt:
        kept = f" (kept in {out})" if out and out.is_dir() else ""
        typer.echo(f"corpus-guard: interrupted; go on with the same command and --resume{kept}", err=True)
        raise typer.Exit(130) from None
    _print(run, as_json=as_json, quiet=quiet)
    raise typer.Exit(run.exit_code)


def _show_plan(given: dict[str, Any], *, as_json: bool) -> None:
    from corpus_guard.cli import show
    from corpus_guard.jobs import prepare

    show.plan(prepare(**given), as_json=as_json)


def _scanned(given: dict[str, Any], *, quiet: bool) -> Run:
    from corpus_guard.cli import show
    from corpus_guard.jobs import prepare
    from corpus_guard.scanning import begun_engine, run_job

    with begun_engine(given) as begun:
        job = prepare(begun, **given)
        if job.options.out is None:
            _usage("no run folder was given; name one with --out")
        assert job.options.out is not None
        with show.progress(job, quiet=quiet) as report:
            return run_job(job, job.options.out, progress=report, engine=begun)


def assess(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    standard: Annotated[list[str] | None, typer.Option(help="A standard to judge by; repeatable.")] = None,
    sources: Annotated[Path | None, typer.Option(help="The manifest, sources.toml.")] = None,
    raw_run: Annotated[Path | None, typer.Option(help="The run over what was collected.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The date ages are counted to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No talk.")] = False,
) -> None:
    """Judge a run again, by another standard or with a manifest; reads no text. Exit codes as for scan."""
    from corpus_guard.results import assess as judge_again

    judged = judge_again(run, standards=tuple(standard or ()), sources=sources, raw_run=raw_run, as_of=as_of)
    _print(judged, as_json=as_json, quiet=quiet)
    raise typer.Exit(judged.exit_code)


def _print(run: Run, *, as_json: bool, quiet: bool) -> None:
    from corpus_guard.cli import show

    if as_json:
        facts = run.facts | {"run": str(run.path), "sources": run.summary.to_dicts()}
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    show.summary(run)
    if not quiet:
        show.notes(run)


def _usage(message: str) -> None:
    typer.echo(f"corpus-guard: {message}", err=True)
    raise typer.Exit(2)

"""`corpus-guard sources`: the manifest of where data came from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from corpus_guard.core.wording import counted
from corpus_guard.errors import UsageError

app = typer.Typer(help="The manifest of sources: where data came from.", no_args_is_help=True)


@app.command("init")
def init(
    folder: Annotated[Path, typer.Argument(help="A folder of data.", metavar="DIR")],
    out: Annotated[
        Path | None, typer.Option(help="The manifest to write; default sources.toml in the folder.", show_default=False)
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a manifest that is there.")] = False,
) -> None:
    """Write a draft of a manifest: the folder's sources, with what cards and licence files say of them."""
    from corpus_guard.runs import write_text
    from corpus_guard.source_draft import draft_manifest

    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; give the folder that holds the data")
    out = out or folder / "sources.toml"
    if out.suffix != ".toml":
        raise UsageError(f'{out} ends in "{out.suffix}"; a draft is written as .toml')
    if out.exists() and not overwrite:
        raise UsageError(f"{out} exists; use --overwrite, or name another file with --out")
    if not out.parent.is_dir():
        raise UsageError(f"the folder {out.parent} does not exist; make it first")
    write_text(out, draft_manifest(folder, out))
    typer.echo(str(out))


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The manifest: .toml, .yaml, .json, .csv or .xlsx.")],
    data: Annotated[
        list[Path] | None, typer.Argument(help="The data it is about.", metavar="[DIR]...", show_default=False)
    ] = None,
    as_of: Annotated[str, typer.Option(help="The day to judge by; default today.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Check a manifest and its evidence; with data, also which of it has no source, or two.

    Exit codes: 0 nothing is missing, 1 something is, 2 the manifest is broken.
    """
    from corpus_guard.source_check import check_sources

    manifest, gaps = check_sources(file, tuple(data or ()), as_of=as_of)
    if as_json:
        facts = {"sources": len(manifest.entries), "digest": manifest.digest, "gaps": [asdict(gap) for gap in gaps]}
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        for gap in gaps:
            typer.echo(str(gap))
        typer.echo(f"{counted(len(manifest.entries), 'source')}, {counted(len(gaps), 'gap')}", err=True)
    raise typer.Exit(1 if gaps else 0)

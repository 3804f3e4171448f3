"""`corpus-guard standards`: what a corpus is judged by."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

app = typer.Typer(help="Standards a corpus is judged by.", no_args_is_help=True)


@app.command("list")
def list_standards(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List the standards this version knows."""
    from corpus_guard.catalog.standards import known_standards, read_standard

    known = [read_standard(name) for name in known_standards()]
    if as_json:
        rows = [{"id": one.id, "title": one.title_en, "requirements": len(one.requirements)} for one in known]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in known:
        typer.echo(f"{one.id}  {one.title_zh}  {one.title_en}  ({len(one.requirements)} requirements)")


@app.command("show")
def show_standard(
    name: Annotated[str, typer.Argument(metavar="ID", help="A standard, such as tc260-003-2024.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show every clause of a standard with its method, its limit and how well its wording is known."""
    from corpus_guard.catalog.standards import read_standard

    standard = read_standard(name)
    if as_json:
        typer.echo(json.dumps(asdict(standard), ensure_ascii=False, indent=2))
        return
    typer.echo(f"{standard.title_zh}\n{standard.title_en}\n{standard.note}\n")
    for one in standard.requirements:
        limit = f"  fails above {one.fail_above}" if one.fail_above is not None else ""
        limit = f"  fails below {one.fail_below:g}" if one.fail_below is not None else limit
        typer.echo(f"{one.clause:9} {one.method:11} {one.wording:10} {one.title_zh}  {one.title_en}{limit}")

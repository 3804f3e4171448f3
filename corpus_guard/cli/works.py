"""`corpus-guard works`: what must not be in the corpus, kept as hashes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_guard.core.wording import counted
from corpus_guard.errors import UsageError

app = typer.Typer(help="Works that must not be in the corpus, kept as hashes.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Works that must not be in the corpus, kept as hashes."""


@app.command("index")
def index(
    files: Annotated[list[Path], typer.Argument(help="Files or folders of works.", metavar="FILES...")],
    out: Annotated[Path, typer.Option(help="The index to write; its name ends in .index.")] = Path("works.index"),
    text_records: Annotated[str, typer.Option(help="A work of a plain text file: file or line.")] = "file",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an index that is there.")] = False,
) -> None:
    """Write an index of works for scan --against; it holds hashes and names, and no word of the works.

    A work is a plain text file, or a record of any other file that scan reads. Exit codes: 0 written, 2 wrong usage,
    or something could not be read.
    """
    from corpus_guard.against import write_works

    if text_records not in ("file", "line"):
        raise UsageError(f'--text-records is "{text_records}"; it is file or line')
    if out.exists() and not overwrite:
        raise UsageError(f"{out} exists; use --overwrite, or name another file with --out")
    facts = write_works(files, out, text_records=text_records)
    typer.echo(str(out))
    left = [f"{facts['copies']:,} cop{'y' if facts['copies'] == 1 else 'ies'}" if facts["copies"] else ""]
    left += [f"{facts['too_short']:,} too short to be told from chance" if facts["too_short"] else ""]
    left += [f"{facts['not_their_own']:,} with nothing of their own" if facts["not_their_own"] else ""]
    shown = "; ".join([counted(facts["works"], "work"), *filter(None, left)])
    typer.echo(f"corpus-guard: {shown}", err=True)

"""`corpus-guard report`: a run in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_guard.errors import UsageError


def report(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    to: Annotated[Path, typer.Option("--to", help="The file to write: .html, .xlsx, .csv or .json by its suffix.")],
    language: Annotated[str, typer.Option(help="Of the page: zh, en, or both with a switch.")] = "both",
) -> None:
    """Write a report: .html the page, .xlsx a filing's source table, .csv the sources, .json run and sources.

    Each begins with what a PASS says; a table of .csv has no room for it, so that it is said on the terminal.
    """
    import json
    import shutil

    from corpus_guard.catalog.standards import read_standard
    from corpus_guard.reports.html import LANGUAGES, write_html
    from corpus_guard.reports.statement import statement
    from corpus_guard.results import Run
    from corpus_guard.runs import RunFolder, atomic, write_text

    if not to.parent.is_dir():
        raise UsageError(f"the folder {to.parent} does not exist; make it, or write the report elsewhere")
    known = Run(run)
    if language not in LANGUAGES:
        raise UsageError(f'no page speaks "{language}"; --language is {", ".join(LANGUAGES)}')
    suffix = to.suffix.lower()
    if suffix == ".html":
        standards = [read_standard(name) for name in known.facts["standards"]]
        write_html(RunFolder(run), known.facts, standards, to, language=language)
    elif suffix == ".csv":
        said = statement(known.facts)
        with atomic(to) as draft:
            shutil.copyfile(run / "summary.csv", draft)
        typer.echo(said["zh"] if language == "zh" else said["en"], err=True)
    elif suffix == ".xlsx":
        from corpus_guard.catalog.conventions import read_conventions
        from corpus_guard.reports.source_table import write_source_table

        write_source_table(to, known.facts, known.summary.to_dicts(), read_conventions().bytes_per_token)
    elif suffix == ".json":
        facts = {"statement": statement(known.facts)} | known.facts
        facts |= {"sources": known.summary.to_dicts(), "assessment": known.assessment.to_dicts()}
        write_text(to, json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    else:
        raise UsageError(f'{to} ends in "{suffix}"; this version writes .html, .xlsx, .csv and .json')
    typer.echo(str(to))

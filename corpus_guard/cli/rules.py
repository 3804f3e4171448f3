"""`corpus-guard rules`: what is looked for, and whether the rules do what they say."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from corpus_guard.core.wording import counted
from corpus_guard.errors import UsageError, did_you_mean

app = typer.Typer(help="Rules: what is looked for.", no_args_is_help=True)
Folders = Annotated[list[Path] | None, typer.Option("--rules", help="A folder of rules to add; repeatable.")]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command("list")
def list_rules(
    rules: Folders = None,
    risk: Annotated[str | None, typer.Option(help="Only rules of this risk or group, such as A.1.")] = None,
    detector: Annotated[str | None, typer.Option(help="Only rules of this detector.")] = None,
    as_json: Json = False,
) -> None:
    """List the rules: id, detector, risk, grade, number of terms, title."""
    from corpus_guard.catalog.rules import read_rules
    from corpus_guard.catalog.standards import DEFAULT_STANDARD, read_standard, risks_called

    wanted = risks_called(risk, read_standard(DEFAULT_STANDARD)) if risk else None
    known = [
        rule
        for rule in read_rules(tuple(rules or ()))
        if (wanted is None or rule.risk in wanted) and detector in (None, rule.detector)
    ]
    if as_json:
        rows = [asdict(rule) | {"grade": rule.grade.label} for rule in known]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for rule in known:
        what, terms = rule.risk or rule.entity, counted(len(rule.phrases), "term")
        typer.echo(f"{rule.id}  {rule.detector}  {what}  {rule.grade.label}  {terms}  {rule.title}")


@app.command("show")
def show_rule(name: Annotated[str, typer.Argument(metavar="ID")], rules: Folders = None, as_json: Json = False) -> None:
    """Show one rule with its terms or pattern and its examples."""
    from corpus_guard.catalog.rules import read_rules

    known = {rule.id: rule for rule in read_rules(tuple(rules or ()))}
    if name not in known:
        raise UsageError(f'no rule is called "{name}"{did_you_mean(name, known) or "."} See: corpus-guard rules list')
    table = asdict(known[name]) | {"grade": known[name].grade.label}
    if as_json:
        typer.echo(json.dumps(table, ensure_ascii=False, indent=2))
        return
    for key, value in table.items():
        if value not in ("", ()):
            typer.echo(f"{key}: {', '.join(value) if isinstance(value, tuple) else value}")


@app.command("check")
def check(
    rules: Folders = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 also when the newest update is too old.")] = False,
    as_of: Annotated[str, typer.Option(help="The day to count the age up to; default today.")] = "",
    as_json: Json = False,
) -> None:
    """Count the keywords by risk as clause 8.1 asks; exit 1 when a count falls short."""
    from corpus_guard.rule_check import check_rules

    checked = check_rules(tuple(rules or ()), as_of=as_of)
    if as_json:
        typer.echo(json.dumps(checked.facts(), ensure_ascii=False, indent=2))
    else:
        for line in checked.lines():
            typer.echo(line)
    if checked.too_old:
        typer.echo(f"{'error' if strict else 'warning'}: {checked.too_old}", err=True)
    raise typer.Exit(1 if checked.shortfalls or (strict and checked.too_old) else 0)


@app.command("test")
def run_tests(
    path: Annotated[Path | None, typer.Argument(help="A rules file or folder; default the shipped rules.")] = None,
    as_json: Json = False,
) -> None:
    """Run every rule over its own examples; exit 1 when one does not behave."""
    from corpus_guard.rule_tests import run_examples

    tested, failures = run_examples(path)
    if as_json:
        typer.echo(json.dumps({"rules": tested, "failures": failures}, ensure_ascii=False, indent=2))
    else:
        for failure in failures:
            typer.echo(failure)
        behave = "does" if len(failures) == 1 else "do"
        typer.echo(f"{counted(tested, 'rule')} tested, {counted(len(failures), 'example')} {behave} not behave")
    raise typer.Exit(1 if failures else 0)


@app.command("export")
def export_rules(
    file: Annotated[Path, typer.Argument(help="The file to write: .xlsx or .csv.")],
    rules: Folders = None,
    risk: Annotated[str | None, typer.Option(help="Only phrases of this risk or group, such as A.1.")] = None,
) -> None:
    """Write the keyword library as a filing's annex: 关键词, 一级分类, 二级分类."""
    from corpus_guard.rule_export import export_terms

    typer.echo(f"{counted(export_terms(file, tuple(rules or ()), risk=risk), 'keyword')} written to {file}")


@app.command("import")
def import_rules(
    file: Annotated[Path, typer.Argument(help="A list of terms: .txt (one a line), .csv or .xlsx (column 关键词).")],
    out: Annotated[Path, typer.Option(help="The rules folder to write.")],
    risk: Annotated[
        str | None, typer.Option(help="The risk the terms belong to, such as A.1.h; default what 二级分类 says.")
    ] = None,
    grade: Annotated[str, typer.Option(help="violation or suspect.")] = "suspect",
) -> None:
    """Turn an outside list of terms into a rules folder that --rules takes; exit 3 when some were dropped."""
    from corpus_guard.rule_import import import_terms

    written, dropped = import_terms(file, risk=risk, out=out, grade=grade)
    for reason, count in dropped.items():
        typer.echo(f"dropped {count}: {reason}", err=True)
    number = counted(written, "term").replace(",", "")  # a program may read it
    typer.echo(f"{number} written to {out}")
    raise typer.Exit(3 if dropped else 0)

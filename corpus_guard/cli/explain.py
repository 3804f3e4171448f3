"""`corpus-guard explain`: what every detector says about one text."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_guard.errors import UsageError

if TYPE_CHECKING:
    from corpus_guard.core.language import Told


def _unicode(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"the text is no UTF-8 at byte {error.start}; give it as UTF-8") from None


def _languages(told: Told | None) -> dict[str, float]:
    """Languages of the one text with their shares; nothing when they were not asked for."""
    from corpus_guard.core.language import WHOLE

    return {} if told is None else {label: parts / WHOLE for label, parts in told.of(0).items()}


def explain(
    text: Annotated[
        str | None, typer.Argument(help="The text; - or nothing reads standard input.", show_default=False)
    ] = None,
    detector: Annotated[list[str] | None, typer.Option(help="A detector to run; repeatable; default all.")] = None,
    rules: Annotated[list[Path] | None, typer.Option(help="A folder of rules to add; repeatable.")] = None,
    pipeline: Annotated[Path | None, typer.Option(help="A pipeline file.")] = None,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Show excerpts unmasked.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Show what every detector says about one text; spans are code points into it."""
    from corpus_guard.guard import Guard

    whole = _unicode(sys.stdin.buffer.read() if text is None or text == "-" else os.fsencode(text))
    guard = Guard(detectors=detector, rules=rules or [], pipeline=pipeline, unmasked=unmasked or None)
    scanned = guard.scan_texts([whole])
    findings = guard.findings(scanned)
    languages = _languages(scanned.told)
    if as_json:
        columns = [name for name in findings.columns if name not in ("source", "shard", "document_id")]
        rows = findings.select(columns).to_dicts()
        typer.echo(
            json.dumps(
                {"findings": rows} | ({"languages": languages} if languages else {}), ensure_ascii=False, indent=2
            )
        )
        return
    for lost in scanned.batch.unscanned:
        typer.echo(f"not checked: {lost.reason}")
    if not len(findings) and not scanned.batch.unscanned:
        typer.echo("nothing found")
    for label, share in languages.items():
        typer.echo(f"language {label}  {share:.0%}")
    titles = {rule.id: rule.title for rule in guard.plan.rules}
    for row in findings.iter_rows(named=True):
        what = row["risk"] or row["entity"]
        named = f"{row['entity']} " if row["entity"] and row["risk"] else ""
        typer.echo(
            f"{row['start']}–{row['end']}  {row['grade']}  {row['detector']}  {what} {named}{row['rule']}  "
            f"{row['excerpt']}"
        )
        typer.echo(f"    {titles[row['rule']]}")

"""What the terminal shows: results on stdout, talk and progress on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from corpus_guard.core.verdict import percent
from corpus_guard.core.wording import counted
from corpus_guard.jobs import Job
from corpus_guard.readers import columns_of
from corpus_guard.results import Run
from corpus_guard.scanning import Progress as Report

_COLOURS = {"PASS": "green", "FAIL": "bold red", "INCONCLUSIVE": "yellow", "MANUAL": "dim", "NOT_APPLICABLE": "dim"}
MEGABYTE = 1e6


def _result() -> Console:
    """The console for results: as wide as they are where no terminal sets the width."""
    console = Console()
    return console if console.is_terminal else Console(width=200)


def talk() -> Console:
    """Return the console for what is no result."""
    return Console(stderr=True)


def verdict(word: str) -> str:
    """Return a verdict in its colour."""
    return f"[{_COLOURS.get(word, '')}]{word}[/]" if word in _COLOURS else word


@contextmanager
def progress(job: Job, *, quiet: bool) -> Iterator[Report | None]:
    """Show documents, MB/s and time left while a job runs; nothing when quiet or when nobody watches."""
    console = talk()
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.fields[documents]} documents"),
        BarColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("scan", total=len(job.splits), documents="0", speed="")

        def report(done: int, documents: int, size: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            speed = f"{size / MEGABYTE / elapsed:.0f} MB/s" if elapsed else ""
            bar.update(task, completed=done, documents=f"{documents:,}", speed=speed)

        yield report


def summary(run: Run) -> None:
    """Print the table of sources and the verdict of the run."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("source", overflow="fold", min_width=12)
    for name in ("documents", "illegal", "rate", "suspect", "PI", "copies", "unread"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in run.summary.iter_rows(named=True):
        rate = row["illegal_rate"]
        numbers = (
            row["documents"], row["illegal_documents"], None if rate is None else percent(float(rate)),
            row["suspect_documents"], row["personal_info_documents"], row["exact_duplicate_documents"],
            row["unscanned_documents"],
        )  # fmt: skip
        table.add_row(escape(str(row["source"])), *map(_cell, numbers), verdict(row["verdict"]))
    console = _result()
    console.print(table)
    console.print(f"{verdict(run.verdict)}  {escape(str(run.path / 'report.html'))}")


def notes(run: Run) -> None:
    """Say on stderr why sources fail or are in doubt, and what else a reader should know."""
    console, facts = talk(), run.facts
    rows = run.assessment.filter(run.assessment["verdict"].is_in(["FAIL", "INCONCLUSIVE"]))
    turning = [row for row in rows.iter_rows(named=True) if not row["reason"].startswith("Clause")]
    for row in turning[:20]:
        console.print(escape(row["reason"]), highlight=False)
    if len(turning) > 20:
        console.print(f"… and {len(turning) - 20} more in {run.path / 'assessment.csv'}", highlight=False)
    for name, said in facts["judging"].get("disagreements", {}).items():
        console.print(f'Source "{name}": licences disagree: {said}', highlight=False, markup=False)
    if "contamination" in facts:
        console.print(_contamination(facts["contamination"], run), highlight=False)
    if facts["repeated_document_ids"]:
        repeated = facts["repeated_document_ids"]
        occur = "occurs again within its" if repeated == 1 else "occur again within their"
        text = f"{counted(repeated, 'document id')} {occur} shard; shard and row name a document"
        console.print(text, highlight=False)


def _contamination(facts: dict[str, Any], run: Run) -> str:
    short = facts["too_short"] + facts["not_their_own"]
    blind = f"; {short:,} could not be compared, too short or with nothing of their own" if short else ""
    stand = f"of {counted(facts['works'], 'work')} stand{'s' if facts['found'] == 1 else ''} in"
    found = f"{facts['found']:,} {stand} {counted(facts['documents'], 'document')}"
    return f"{found}: {run.path / 'contamination.csv'}{blind}"


def plan(job: Job, *, as_json: bool) -> None:
    """Print shards, sources, columns, bytes and rules of a job; no text has been read."""
    shards: list[dict[str, Any]] = [
        {"shard": shard.name, "source": shard.source, "format": shard.format, "bytes": shard.size,
         "columns": [] if shard.problem else columns_of(shard), "problem": shard.problem}
        for shard in job.inputs.shards
    ]  # fmt: skip
    rules: dict[str, int] = {}
    for rule in job.plan.rules:
        rules[rule.detector] = rules.get(rule.detector, 0) + 1
    facts: dict[str, Any] = {
        "shards": shards, "sources": sorted({shard.source for shard in job.inputs.shards}), "bytes": job.size,
        "splits": len(job.splits), "passed_over": job.inputs.passed_over, "rules": rules,
        "detectors": list(job.plan.detector_names), "standards": [known.id for known in job.plan.standards],
    }  # fmt: skip
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))  # noqa: T201 - the result
        return
    table = Table("shard", "source", "format", "bytes", "columns", header_style="bold")
    for shard in shards:
        detail = ", ".join(shard["columns"]) or shard["problem"]
        table.add_row(
            *(
                escape(str(text))
                for text in (shard["shard"], shard["source"], shard["format"], f"{shard['bytes']:,}", detail)
            )
        )
    console = _result()
    console.print(table)
    console.print(
        f"{counted(len(shards), 'shard')} in {counted(len(facts['sources']), 'source')} by path, "
        f"{counted(job.size, 'byte')}, {counted(len(job.splits), 'split')}; {counted(sum(rules.values()), 'rule')}; "
        f"{counted(job.inputs.passed_over, 'file')} passed over", highlight=False,
    )  # fmt: skip


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else str(value)

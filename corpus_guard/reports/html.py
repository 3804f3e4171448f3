"""report.html: one page that needs nothing else, no network and no script, for people who read Chinese or English.

It formats what the run folder holds and never judges. Everything that comes from data is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from corpus_guard.core.standard import Standard
from corpus_guard.core.verdict import percent
from corpus_guard.reports.audited import read_audited
from corpus_guard.reports.chinese import chinese
from corpus_guard.reports.clauses import read_chapters
from corpus_guard.reports.overlaps import heat, read_overlaps
from corpus_guard.reports.page import (
    bar,
    limit_of,
    read_examples,
    read_risk_totals,
    read_risks,
    read_sources,
    read_unscanned,
)
from corpus_guard.reports.recall import recall_words
from corpus_guard.reports.trends import read_trends
from corpus_guard.runs import RunFolder, write_text

NOTHING = "–"
"""What stands where there is no number: a detector did not run, nothing was scanned. It is not 0."""

LANGUAGES = ("both", "zh", "en")
"""What a page speaks: both languages, with a switch that needs no script, or one alone."""

_TEMPLATE = "report.html.j2"
_LONGEST = 300
_MEGABYTE = 1e6


def write_html(
    folder: RunFolder,
    facts: dict[str, Any],
    standards: Sequence[Standard],
    to: Path | None = None,
    *,
    language: str = "both",
    audit: dict[str, Any] | None = None,
) -> None:
    """Write the page of a run to report.html of its folder or to *to*, atomically.

    *facts* is what run.json holds, with the verdict. The first of *standards* names risks and limits. *language* is one
    of `LANGUAGES`; *audit* stands for audit.json where that is not written yet.
    """
    sources = read_sources(folder.file("summary.csv"))
    limit = limit_of(standards, "illegal_rate")
    page = _template().render(
        facts=facts,
        language=language,
        standards=standards,
        recall=recall_words(facts.get("measured")),
        sources=sources,
        limit=limit,
        audited=read_audited(folder.path, audit),
        trends=read_trends(folder, sources.names, limit),
        risk_totals=read_risk_totals(folder.file("risks.csv"), standards[0], facts["documents"]),
        risks=read_risks(folder.file("risks.csv"), sources.names, standards[0]),
        overlaps=read_overlaps(folder.file("overlap.csv"), folder.file("groups.csv")),
        unscanned=read_unscanned(folder.file("errors.csv"), folder.file("shards.csv")),
        chapters=read_chapters(folder.file("assessment.csv"), standards),
        examples=read_examples(folder.file("findings.parquet"), sources.names),
        unknown_shards=sum(doubt["unknown"] for doubt in facts["judging"]["doubts"].values()),
    )  # fmt: skip
    write_text(to or folder.file("report.html"), page)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {
        "thousands": thousands,
        "rate": rate,
        "clipped": clipped,
        "speed": speed,
        "size": size,
        "heat": heat,
    }
    environment.filters["chinese"] = chinese
    environment.globals |= {"bar": bar}
    return environment.get_template(_TEMPLATE)


def thousands(number: str | int | None) -> str:
    """Return a count as people read it.

    >>> thousands("1234567"), thousands(0), thousands("")
    ('1,234,567', '0', '–')
    """
    return NOTHING if number in ("", None) else f"{int(number or 0):,}"


def rate(share: str | float | None) -> str:
    """Return a share of documents as people read it.

    >>> rate("0.0475"), rate("")
    ('4.75 %', '–')
    """
    return NOTHING if share in ("", None) else percent(float(share or 0))


def size(count: int) -> str:
    """Return a number of bytes in the unit that suits it.

    >>> size(999), size(999_999), size(1_148_385)
    ('999 B', '1,000 kB', '1.15 MB')
    """
    for factor, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= factor:
            return f"{count / factor:,.2f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{count} B"


def speed(count: int, seconds: float) -> str:
    """Return bytes in seconds as MB/s.

    >>> speed(1_148_385, 0.672), speed(0, 0)
    ('1.7 MB/s', '–')
    """
    return f"{count / _MEGABYTE / seconds:,.1f} MB/s" if seconds else NOTHING


def clipped(text: str) -> str:
    """Return *text*, cut where it would fill the page: a name may be anything that a column of the corpus holds."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

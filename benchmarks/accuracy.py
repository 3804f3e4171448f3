"""How much of outside harmful text the keyword rules find, and how often they are wrong about clean text.

    python benchmarks/accuracy.py [--data ../shared/data] [--as-of 2026-01-31] [--set en_hatecheck]

The data lies beside the project and is no part of it. Writes counts, never a text, to rules/measured.toml, and the page
docs/reference/accuracy.md from it; with --set, some sets only, and nothing is written. Exit 1 when a rule of grade violation is too often wrong, 2 when data is missing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from corpus_guard import Guard, __version__  # noqa: E402 - found beside this folder, also when not installed
from corpus_guard.catalog.measured import FILE, STATUTES, Alarms, Clean, Measured, Texts  # noqa: E402
from corpus_guard.core.masking import mask  # noqa: E402
from corpus_guard.planning import keywords_digest  # noqa: E402
from corpus_guard.runs import write_text  # noqa: E402

HARM = {
    "zh_chineseharm_30pct": "category", "zh_teleantifraud_a": "category", "zh_cold_train_dev": "category",
    "zh_swsr_sexism": "category", "en_hatecheck": "category", "en_davidson_half": "cls", "en_sms_spam_a": "category",
}  # fmt: skip
"""Sets of harmful and harmless texts, and the column that says of what kind a text is."""

DOMAINS = {"law": STATUTES, "case": f"{STATUTES} (judicial interpretations)"}
SMALL = 500
"""Domains with fewer clean documents are judged together: one document would be more than the limit by itself."""
LIMIT = 1 / 1000
"""Clean documents of a domain in which a rule may find a violation."""

CHUNK = 4000
WORST, EXAMPLES, AROUND = 10, 3, 20


@dataclass(frozen=True, slots=True)
class Alarm:
    """What one rule finds in one clean document, at its first place, with what stands around it, masked."""

    domain: str
    rule: str
    violation: bool
    example: str


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, write the figures; return the exit code."""
    parser = argparse.ArgumentParser(description="Measures recall and false alarms of the keyword rules.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="the folder of outside data")
    parser.add_argument("--out", type=Path, default=ROOT / "rules" / FILE, help="the file of figures to write")
    parser.add_argument("--as-of", default=date.today().isoformat(), help="the day to write down")  # noqa: DTZ011
    parser.add_argument("--set", action="append", help="measure this file of harm/ or clean/ only; may be repeated")
    options = parser.parse_args(words)
    missing = [path for path in _inputs(options.data, options.set) if not path.is_file()]
    if missing:
        print(f"{missing[0]} is missing; give the folder that holds harm/ and clean/ with --data", file=sys.stderr)
        return 2
    measured, alarms = measure(options.data, options.as_of, options.set)
    for line in (*summary(measured), *worst(alarms)):
        print(line)
    if options.set:
        return 0
    write_text(options.out, toml_of(measured))
    if options.out == ROOT / "rules" / FILE:
        subprocess.run([sys.executable, str(ROOT / "docs" / "generate.py")], check=True)
    faults = gate(measured, alarms)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _inputs(data: Path, only: Sequence[str] | None = None) -> list[Path]:
    """The files of all sets under *data*, or of those called *only*."""
    clean = sorted((data / "clean").glob("*.parquet")) or [data / "clean"]
    paths = [*(data / "harm" / f"{name}.parquet" for name in HARM), *clean]
    known = {path.stem: path for path in paths}
    return paths if only is None else [known.get(name, data / "clean" / f"{name}.parquet") for name in only]


def measure(data: Path, as_of: str, only: Sequence[str] | None = None) -> tuple[Measured, list[Alarm]]:
    """Return the figures of all sets under *data*, or of those called *only*, and every false alarm."""
    guard = Guard(detectors=["keywords"])
    texts: list[Texts] = []
    clean: Counter[tuple[str, str, str]] = Counter()
    alarms: list[Alarm] = []
    for path in _inputs(data, only):
        if path.stem in HARM:
            texts += _texts(guard, path, HARM[path.stem])
        else:
            alarms += _clean(guard, pl.read_parquet(path), clean)
    figures = Measured(
        as_of,
        __version__,
        keywords_digest(guard.plan),
        tuple(texts),
        tuple(_by_domain(clean)),
        tuple(_by_rule(alarms, guard)),
    )
    return figures, alarms


def check(guard: Guard, texts: Sequence[str]) -> pl.DataFrame:
    """Return the findings in *texts*, a chunk at a time."""
    parts = [
        guard.check(texts[start : start + CHUNK]).with_columns(pl.col("row") + start)
        for start in range(0, max(len(texts), 1), CHUNK)
    ]
    return pl.concat(parts)


def _texts(guard: Guard, path: Path, column: str) -> Iterator[Texts]:
    frame = pl.read_parquet(path)
    found = check(guard, frame["text"].to_list())
    violating = found.filter(pl.col("grade") == "violation")["row"].unique()
    row = pl.int_range(pl.len(), dtype=violating.dtype)
    counted = (
        frame.with_columns(violation=row.is_in(violating.implode()), found=row.is_in(found["row"].unique().implode()))
        .group_by(pl.col("lang").alias("language"), pl.col(column).alias("category"), pl.col("label"))
        .agg(pl.len().alias("documents"), pl.col("violation").sum(), pl.col("found").sum())
        .sort("label", "category", descending=[True, False])
    )
    for one in counted.iter_rows(named=True):
        harmful = one.pop("label") == 1
        yield Texts(set=path.stem, harmful=harmful, **one | {"category": one["category"] or "none"})


def _clean(guard: Guard, frame: pl.DataFrame, clean: Counter[tuple[str, str, str]]) -> Iterator[Alarm]:
    """Count the documents of *frame* in *clean* by domain, language and what was found; yield what was found."""
    texts = frame["text"].to_list()
    domains = [DOMAINS.get(domain, domain) for domain in frame["domain"].to_list()]
    found = check(guard, texts)
    graded = {"found": set(found["row"]), "violation": set(found.filter(pl.col("grade") == "violation")["row"])}
    for row, (domain, language) in enumerate(zip(domains, frame["lang"].to_list(), strict=True)):
        clean[domain, language, "documents"] += 1
        for name, rows in graded.items():
            clean[domain, language, name] += row in rows
    worst_first = found.sort(pl.col("grade") != "violation", maintain_order=True)
    for one in worst_first.unique(["row", "rule"], keep="first", maintain_order=True).iter_rows(named=True):
        text, start, end = mask(texts[one["row"]]), one["start"], one["end"]  # as a whole: half a number looks harmless
        around = f"{text[max(0, start - AROUND) : start]}[{text[start:end]}]{text[end : end + AROUND]}"
        yield Alarm(domains[one["row"]], one["rule"], one["grade"] == "violation", " ".join(around.split()))


def _by_domain(clean: Counter[tuple[str, str, str]]) -> Iterator[Clean]:
    for domain, language in sorted({key[:2] for key in clean}):
        yield Clean(domain, language, *(clean[domain, language, name] for name in ("documents", "violation", "found")))


def _by_rule(alarms: Iterable[Alarm], guard: Guard) -> Iterator[Alarms]:
    grades = {rule.id: rule.grade.label for rule in guard.plan.rules}
    outside = [one for one in alarms if not one.domain.startswith(STATUTES)]
    documents = Counter(one.rule for one in outside)
    violations = Counter(one.rule for one in outside if one.violation)
    for rule, count in sorted(documents.items(), key=lambda pair: (-pair[1], pair[0])):
        yield Alarms(rule, grades[rule], count, violations[rule])


def gate(measured: Measured, alarms: Iterable[Alarm]) -> list[str]:
    """Return a sentence for each rule that finds violations in more than `LIMIT` of the clean documents of a domain."""
    sizes: Counter[str] = Counter()
    for one in measured.clean:
        sizes[one.domain] += one.documents
    judged = {domain: domain if size >= SMALL else "small domains together" for domain, size in sizes.items()}
    pools: Counter[str] = Counter()
    for domain, size in sizes.items():
        pools[judged[domain]] += size if not domain.startswith(STATUTES) else 0
    wrong = Counter(
        (judged[one.domain], one.rule) for one in alarms if one.violation and not one.domain.startswith(STATUTES)
    )
    return [
        f'rule "{rule}": violations in {count} of {pools[pool]:,} clean documents of {pool}, more than 1 in 1,000'
        for (pool, rule), count in sorted(wrong.items())
        if count > LIMIT * pools[pool]
    ]


def summary(measured: Measured) -> Iterator[str]:
    """Yield the lines that people read first."""
    for name in measured.sets():
        yield f"{name:24} {_shown('mean category recall', measured.recall(name))}  {_shown('false positives', measured.false_positives(name))}"
        for one in measured.texts:
            if one.set == name:
                kind = "harmful " if one.harmful else "harmless"
                shares = (one.violation / one.documents, one.found / one.documents)
                yield f"    {kind} {one.category:24} {one.documents:6,} {_shown('', shares)} passed {one.passed:6.1%}"
    yield "clean documents, in 1,000:"
    for known in measured.clean:
        rates = f"violation {1000 * known.violation / known.documents:5.1f}  found {1000 * known.found / known.documents:5.1f}"
        yield f"    {known.domain:40} {known.language} {known.documents:6,}  {rates}"


def _shown(what: str, shares: tuple[float, float] | None) -> str:
    return f"{what} violation {shares[0]:6.1%} found {shares[1]:6.1%}" if shares else ""


def worst(alarms: Sequence[Alarm]) -> Iterator[str]:
    """Yield the rules with the most false alarms outside statutes, with masked examples."""
    outside = [one for one in alarms if not one.domain.startswith(STATUTES)]
    for rule, count in Counter(one.rule for one in outside).most_common(WORST):
        own = sorted((one for one in outside if one.rule == rule), key=lambda one: not one.violation)
        yield f"{rule}: {count} clean documents, {sum(one.violation for one in own)} of them with a violation"
        yield from (f"    {one.domain}: {one.example}" for one in own[:EXAMPLES])


def toml_of(measured: Measured) -> str:
    """Return the figures as the text of rules/measured.toml."""
    lines = [
        "# Written by `make accuracy`: counts, no text. No rule file, and no part of the digest of the rules it states."
    ]
    lines += [f"{name} = {_value(getattr(measured, name))}" for name in ("measured", "tool_version", "rules")]
    for name in ("texts", "clean", "alarms"):
        lines += [f"{name} = [", *(f"    {_inline(row)}," for row in getattr(measured, name)), "]"]
    return "\n".join(lines) + "\n"


def _inline(row: Any) -> str:
    pairs = zip((known.name for known in fields(row)), astuple(row), strict=True)
    return f"{{ {', '.join(f'{name} = {_value(value)}' for name, value in pairs)} }}"


def _value(value: str | int) -> str:
    return str(value).lower() if isinstance(value, int) else f'"{value}"'


if __name__ == "__main__":
    sys.exit(main())

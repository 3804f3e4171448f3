"""Writes the generated pages of docs/reference; `--check` names the stale ones instead and exits 1.

Everything comes from the program itself: the help of every command, the rules, the standards, the docstrings of the
front door. Rules are listed without their terms.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer.main

import corpus_guard
from corpus_guard.catalog import pipelines
from corpus_guard.catalog.measured import Clean, Texts, read_measured
from corpus_guard.catalog.rules import read_rules
from corpus_guard.catalog.standards import DEFAULT_STANDARD, known_standards, read_standard
from corpus_guard.cli.app import app
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.core.standard import Requirement
from corpus_guard.manifests.schema import manifest_schema
from corpus_guard.options import Options

REFERENCE = Path(__file__).parent / "reference"
WIDTH = "100"
PLAIN = {"COLUMNS": WIDTH, "TERMINAL_WIDTH": WIDTH, "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
COLOURFUL = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS")
HELPS = """
import json, sys
from typer.testing import CliRunner
from corpus_guard.cli.app import app
ask = lambda words: CliRunner().invoke(app, [*words.split(), "--help"], prog_name="corpus-guard").stdout
print(json.dumps([ask(words) for words in sys.argv[1:]]))
"""
NOT_ON_THE_COMMAND_LINE = {
    "batch_bytes": "upper bound of the text worked on at once, in bytes; 0: the usual 16 MiB",
    "split_bytes": "about how much of a shard is one unit of work, in bytes; 0: the usual 64 MiB",
    "judge": "suspects, unscanned_max, uncovered_max",
    "edits": "rules switched off, regraded, or given more allowed phrases, each with a reason",
    "detector_options": "a table a detector, such as `[licensing]` with `deny` and `review`",
}
TABLES = {"judge": "`[judge]`", "edits": "`[rules]`", "detector_options": "`[licensing]` …"}


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table of Markdown; a column whose name begins with `#` is one of numbers."""
    lines = [
        " | ".join(name.removeprefix("#") for name in header),
        "|".join("---:" if name.startswith("#") else "---" for name in header),
        *(" | ".join(str(cell).replace("|", "\\|") for cell in row) for row in rows),
    ]
    return "\n".join([f"| {lines[0]} |", f"|{lines[1]}|", *(f"| {line} |" for line in lines[2:])]) + "\n"


def commands(group: Any, path: str = "") -> Iterator[str]:
    """Yield the words of every command below *group*, itself included."""
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{path} {name}".strip())


def command_line() -> Iterator[str]:
    """Yield the parts of the page of the command line: the help of every command, and all options of a scan."""
    yield "# Command line\n"
    every = list(commands(typer.main.get_command(app)))
    for command, shown in zip(every, _helps(every), strict=True):
        text = re.sub(r"(?m) +$", "", shown.strip())
        yield f"## corpus-guard {command}".rstrip() + f"\n\n```text\n{text}\n```\n"
    yield "## The options of a scan\n"
    yield "Every option has one name; the command line goes before the pipeline file, which goes before the default.\n"
    yield table(("Python", "command line", "pipeline file", "default", "what it says"), _options())
    yield "`[judge]` holds:\n"
    yield table(("key", "default"), [(f"`{known.name}`", f"`{known.default!r}`") for known in fields(JudgeSettings)])


def _helps(every: Sequence[str]) -> list[str]:
    """Return what `--help` prints for each command, by a process of its own: the width is read when typer is loaded."""
    environment = {name: value for name, value in os.environ.items() if name not in COLOURFUL} | PLAIN
    words = [sys.executable, "-c", HELPS, *every]
    shown = subprocess.run(words, capture_output=True, encoding="utf-8", check=True, env=environment).stdout
    helps: list[str] = json.loads(shown)
    return helps


def _options() -> Iterator[tuple[str, ...]]:
    flags: dict[str, Any] = {known.name: known for known in typer.main.get_command(app).commands["scan"].params}  # type: ignore[attr-defined]
    keys = {"[input]": pipelines._INPUT, "[scan]": pipelines._SCAN}  # noqa: SLF001 - these keys are what is shown
    for known in fields(Options):
        flag = flags.get(known.name) or flags.get(known.name.removesuffix("s"))
        key = next((f"`{name} {known.name}`" for name, held in keys.items() if known.name in held), "")
        default = "" if known.default in (MISSING, None, "", ()) else f"`{known.default!r}`"
        meaning = NOT_ON_THE_COMMAND_LINE.get(known.name) or (flag.help if flag else "")
        shown = (f"`{flag.opts[0]}`" if flag.opts[0].startswith("-") else "`PATH…`") if flag else ""
        yield f"`{known.name}`", shown, key or TABLES.get(known.name, ""), default, meaning


def rules() -> Iterator[str]:
    """Yield the parts of the page of the rules: what each looks for, not its terms."""
    known = read_rules()
    yield "# Rules\n"
    yield "Every shipped rule, without its terms; `corpus-guard rules show ID` prints one with terms and examples.\n"
    yield "## Keywords by risk\n"
    yield (
        "Distinct terms by grade. A risk with none is not looked for by `keywords`; of these, `licensing` looks for "
        "A.3.a and `personal_info` for A.4.f.\n"
    )
    yield table(("risk", "", "", "#violation", "#suspect"), _coverage(known))
    for detector in sorted({rule.detector for rule in known}):
        own = [rule for rule in known if rule.detector == detector]
        yield f"## {detector}\n"
        yield f"{len(own)} rules.\n"
        yield table(
            ("rule", "risk or entity", "grade", "#terms", "title"),
            (
                (f"`{one.id}`", one.entity or one.risk, one.grade.label, len(one.phrases) or "", one.title)
                for one in own
            ),
        )


def _coverage(known: Sequence[Rule]) -> Iterator[tuple[object, ...]]:
    for risk in read_standard(DEFAULT_STANDARD).risks:
        of_risk = [rule for rule in known if rule.detector == "keywords" and rule.risk == risk.id]
        counts = [
            len({term for rule in of_risk if rule.grade == grade for term in rule.phrases})
            for grade in (Grade.VIOLATION, Grade.SUSPECT)
        ]
        yield risk.id, risk.zh, risk.en, *(f"{count:,}" if count else "–" for count in counts)


def accuracy() -> Iterator[str]:
    """Yield the parts of the page of the accuracy of the keyword rules, as `make accuracy` last measured it."""
    yield "# Accuracy\n"
    known = read_measured()
    if known is None:
        yield "Nothing was measured yet; `make accuracy` does it.\n"
        return
    yield (
        f"The keyword rules (digest `{known.rules[:12]}`) on outside data, measured on {known.measured} by "
        "`make accuracy`. The data is no part of this project, and none of its text is kept. *Violation* is the share "
        "of texts with a violation, *found* that with a violation or a suspect. Labels are those of the sets; what "
        "they call harmful is not what the standards call so.\n"
    )
    yield "## Recall\n"
    yield "The mean of the recalls of the categories of each set, and in how many of its harmless texts it is wrong.\n"
    header = ("set", "#recall, violation", "#recall, found", "#harmless, violation", "#harmless, found")
    yield table(
        header, ((name, *_shares(known.recall(name)), *_shares(known.false_positives(name))) for name in known.sets())
    )
    yield "## Recall by category\n"
    yield "*Passed* are the texts taken for what they are: found where harmful, not found where harmless.\n"
    yield table(
        ("set", "category", "", "#texts", "#violation", "#found", "#passed"),
        (
            (one.set, one.category, "harmful" if one.harmful else "harmless", *_counts(one), f"{one.passed:.2%}")
            for one in known.texts
        ),
    )
    yield "## False alarms in clean documents\n"
    yield "Statutes name every crime there is; they are counted, and no rule is judged by them.\n"
    yield table(
        ("domain", "language", "#documents", "#violation", "#found"),
        ((one.domain, one.language, *_counts(one)) for one in known.clean),
    )
    yield "The rules with the most, statutes left out:\n"
    yield table(
        ("rule", "grade", "#documents", "#with a violation"),
        ((f"`{one.rule}`", one.grade, one.documents, one.violation) for one in known.alarms[:10]),
    )


def _shares(pair: tuple[float, float] | None) -> tuple[str, str]:
    return (f"{pair[0]:.1%}", f"{pair[1]:.1%}") if pair else ("–", "–")


def _counts(one: Texts | Clean) -> tuple[str, str, str]:
    return f"{one.documents:,}", f"{one.violation / one.documents:.2%}", f"{one.found / one.documents:.2%}"


def standards() -> Iterator[str]:
    """Yield the parts of the page of the standards: how each clause is judged, its limit, how well it is known."""
    yield "# Standards\n"
    yield (
        "Titles are this project's own words, never the official wording. *Wording* says how well a clause is known: "
        "`verified` in a text or near-verbatim copy of the standard, `secondary` as others state it, `unverified` from "
        "memory, from a draft, or conflicting. What the methods mean stands in [Verdicts](../concepts/verdicts.md).\n"
    )
    for name in known_standards():
        standard = read_standard(name)
        yield f"## {standard.id}\n"
        yield f"{standard.title_zh} · {standard.title_en}\n\n{standard.note}\n"
        header = ("clause", "", "", "method", "scope", "limit", "wording")
        yield table(header, map(_clause, standard.requirements))


def _clause(one: Requirement) -> tuple[str, ...]:
    limit = f"fails above {one.fail_above:g}" if one.fail_above is not None else ""
    limit = f"fails below {one.fail_below:g}" if one.fail_below is not None else limit
    return one.clause, one.title_zh, one.title_en, one.method, one.scope, limit, one.wording


def python() -> Iterator[str]:
    """Yield the parts of the page of the front door: what `import corpus_guard` gives."""
    yield "# Python\n"
    yield "Everything that `import corpus_guard as cg` gives. Options are those of [the command line](cli.md).\n"
    for name in sorted(corpus_guard.__all__, key=lambda name: (name.endswith("Error"), name.lower())):
        thing = getattr(corpus_guard, name)
        yield f"## {name}\n"
        if not name.endswith("Error"):
            yield f"```text\n{name}{_signature(thing)}\n```\n"
        yield _docstring(thing)
        if inspect.isclass(thing) and not issubclass(thing, Exception):
            yield from _members(thing)


def _members(kind: type) -> Iterator[str]:
    made = vars(kind).get("__init__")
    if inspect.getdoc(made) and not is_dataclass(kind):
        yield _docstring(made)
    for name, member in vars(kind).items():
        if name.startswith("_") or not inspect.getdoc(member):
            continue
        yield f"### {kind.__name__}.{name}\n"
        if inspect.isfunction(member):
            yield f"```text\n{name}{_signature(member)}\n```\n"
        yield _docstring(member)


def _signature(thing: Any) -> str:
    known = inspect.signature(thing)
    parts, starred = [], False
    for one in known.parameters.values():
        if one.name == "self":
            continue
        starred = starred or one.kind == one.VAR_POSITIONAL
        if one.kind == one.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        default = "" if one.default is one.empty else f" = {one.default!r}"
        parts.append(f"{stars}{one.name}: {one.annotation}{default}")
    returned = "" if known.return_annotation in (known.empty, None, "None") else f" -> {known.return_annotation}"
    whole = f"({', '.join(parts)}){returned}"
    return whole if len(whole) < int(WIDTH) - 20 else "(\n    " + ",\n    ".join(parts) + f",\n){returned}"


def _docstring(thing: Any) -> str:
    """Return the docstring of *thing*, its examples fenced, what it emphasises as code."""
    text = re.sub(r"(?<!\*)\*(\w+)\*(?!\*)", r"`\1`", inspect.getdoc(thing) or "")
    parts = re.split(r"(?m)^(?=>>> )", text, maxsplit=1)
    return parts[0].rstrip() + "\n" + (f"\n```text\n{parts[1].rstrip()}\n```\n" if len(parts) > 1 else "")


PAGES = {
    "accuracy.md": accuracy,
    "cli.md": command_line,
    "rules.md": rules,
    "standards.md": standards,
    "python.md": python,
}


def schema() -> str:
    """Return the JSON Schema of a manifest."""
    return json.dumps(manifest_schema(), indent=2, ensure_ascii=False) + "\n"


SCHEMAS = {"sources.schema.json": schema}


def _page(parts: Callable[[], Iterator[str]]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts())).rstrip() + "\n"


def main() -> int:
    """Write the pages, or name the stale ones."""
    stale = []
    written: dict[str, Callable[[], str]] = SCHEMAS | {name: partial(_page, page) for name, page in PAGES.items()}
    for name, made in written.items():
        path, text = REFERENCE / name, made()
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"docs/reference/{name} is stale; run make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

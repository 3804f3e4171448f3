"""Writes the generated pages of docs/reference; `--check` says which are stale instead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from corpus_guard.catalog.rules import read_rules
from corpus_guard.catalog.standards import known_standards, read_standard

REFERENCE = Path(__file__).parent / "reference"
COMMANDS = (
    "", "scan", "assess", "report", "explain", "rules", "rules list", "rules show", "rules test",
    "rules import", "standards", "standards list", "standards show",
)  # fmt: skip
PLAIN = {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}


def command_line() -> str:
    """Return the page of the command line: the help of every command."""
    environment = os.environ | PLAIN
    parts = ["# Command line\n"]
    for command in COMMANDS:
        words = [sys.executable, "-c", "from corpus_guard.cli import main; main()", *command.split(), "--help"]
        shown = subprocess.run(words, capture_output=True, text=True, check=True, env=environment).stdout
        text = "\n".join(line.rstrip() for line in shown.strip().splitlines())
        text = text.replace("Usage: -c", "Usage: corpus-guard")
        parts.append(f"## corpus-guard {command}".rstrip() + f"\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def rules() -> str:
    """Return the page of the rules: what each looks for, not its terms."""
    parts = ["# Rules\n"]
    known = read_rules()
    for detector in sorted({rule.detector for rule in known}):
        parts.append(f"## {detector}\n\n| rule | risk or entity | grade | terms | title |\n|---|---|---|---:|---|")
        own = [rule for rule in known if rule.detector == detector]
        parts += [
            f"| `{one.id}` | {one.entity or one.risk} | {one.grade.label} | {len(one.terms) or ''} | {one.title} |"
            for one in own
        ]
        parts.append("")
    return "\n".join(parts)


def standards() -> str:
    """Return the page of the standards: every clause, how it is judged, its limit, how well it is known."""
    parts = ["# Standards\n"]
    for name in known_standards():
        standard = read_standard(name)
        parts.append(f"## {standard.id}\n\n{standard.title_zh} · {standard.title_en}\n\n{standard.note}\n")
        parts.append("| clause | | method | limit | wording |\n|---|---|---|---|---|")
        for one in standard.requirements:
            limit = f"fails above {one.fail_above:g}" if one.fail_above is not None else ""
            limit = f"fails below {one.fail_below:g}" if one.fail_below is not None else limit
            parts.append(f"| {one.clause} | {one.title_zh} {one.title_en} | {one.method} | {limit} | {one.wording} |")
        parts.append("")
    return "\n".join(parts)


PAGES = {"cli.md": command_line, "rules.md": rules, "standards.md": standards}


def main() -> int:
    """Write the pages, or name the stale ones."""
    stale = []
    for name, page in PAGES.items():
        path, text = REFERENCE / name, re.sub(r"\n{3,}", "\n\n", page()).rstrip() + "\n"
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"docs/reference/{name} is stale; run make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

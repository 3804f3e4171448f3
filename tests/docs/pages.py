"""Pages of the documentation, taken apart: links, code blocks, and a folder in which their examples run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpus_guard.cli.app import app

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
WRITTEN = [page for page in PAGES if page.parent.name != "reference" and page.name != "CHANGELOG.md"]

LANGUAGES = ("sh", "python", "toml", "text")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FILE = re.compile(r"# ([\w./-]+\.(?:toml|py))\n")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `file` is the path that its first line names, or empty."""

    language: str
    text: str

    @property
    def file(self) -> str:
        """The file that the block is the content of."""
        known = _FILE.match(self.text)
        return known[1] if known else ""


def name_of(page: Path) -> str:
    """Return the path of a page within the project, as an id of tests."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    return [Block(*found) for found in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def links(page: Path) -> list[str]:
    """Return what a page links to, blocks left out."""
    return _LINK.findall(_BLOCK.sub("", page.read_text(encoding="utf-8")))


def headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    lines = re.findall(r"^#+ (.+)$", _BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def commands(block: Block) -> Iterator[list[str]]:
    """Yield the words of each line of a block of shell commands."""
    for line in block.text.splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield words


def corpus(folder: Path) -> None:
    """Write what the examples suppose: `data/` with three sources, `samples/`, a word list."""
    texts = [f"第{number}篇：今天天气很好，我们去图书馆读书。" for number in range(20)]
    for name in ("data/web", "data/forum", "data/books", "samples"):
        (folder / name).mkdir(parents=True)
    for number in range(2):
        shard = folder / "data" / "web" / f"web-{number:05}-of-00002.jsonl"
        records = [{"text": f"{number}{text}"} for text in texts]
        shard.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    letters = "".join(f"{number},{text}\n" for number, text in enumerate(texts))
    (folder / "data" / "forum" / "forum.csv").write_text("id,text\n" + letters, encoding="utf-8")
    (folder / "data" / "books" / "books.txt").write_text("\n".join(reversed(texts)) + "\n", encoding="utf-8")
    turns = [{"messages": [{"role": "user", "content": text}]} for text in texts]
    samples = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in turns)
    (folder / "samples" / "chat.jsonl").write_text(samples, encoding="utf-8")
    (folder / "words.txt").write_text("样例词语甲乙\n样例词语丙丁\n", encoding="utf-8")


def walk_through(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Carry out a page from top to bottom in *folder*; return what did not work, a sentence each.

    Files that blocks name are written; Python runs, block after block in one namespace; `corpus-guard` runs for real.
    """
    corpus(folder)
    monkeypatch.chdir(folder)
    names: dict[str, object] = {"__name__": "__page__"}
    faults: list[str] = []
    for block in blocks(page):
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        if block.language == "python":
            exec(compile(block.text, name_of(page), "exec"), names)
        elif block.language == "sh":
            faults += [fault for words in commands(block) if (fault := _fault(words))]
    return faults


def _fault(words: list[str]) -> str:
    """Return what is wrong with a command; empty when it works. A verdict that is no PASS is a result like any other."""
    if words[0] == "make":
        known = f"\n{words[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
        return "" if known else f"make knows no {words[1]}"
    if words[0] != "corpus-guard":
        return f"{words[0]} is no command of this project"
    done = CliRunner().invoke(app, words[1:])
    failed = done.exception is not None and not isinstance(done.exception, SystemExit)
    return (
        f"{shlex.join(words)}: {done.exit_code} {done.exception}" if failed or done.exit_code not in (0, 1, 3) else ""
    )

"""The documentation is true: links lead somewhere, examples run, generated pages are fresh, nothing is left out."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main

import corpus_guard as cg
from corpus_guard.catalog.pipelines import read_pipeline
from corpus_guard.cli.app import app
from corpus_guard.core.plan import JudgeSettings
from corpus_guard.options import Options
from corpus_guard.registry import known_detectors
from tests.docs.pages import (
    DOCS,
    LANGUAGES,
    PAGES,
    ROOT,
    WRITTEN,
    blocks,
    corpus,
    headings,
    links,
    name_of,
    walk_through,
)

FORBIDDEN = re.compile(
    r"\b(assistants?|sessions?|tickets?|TODO|FIXME|pypi\.org|index-url|registry\.npmjs)\b|/work/|/tmp/|/home/",
    re.IGNORECASE,
)
DEMO = """
from pathlib import Path
from corpus_guard.demo import main
main(Path("demo"))
"""


def every_page(test: Any) -> Any:
    """Run a test for each page."""
    return pytest.mark.parametrize("page", PAGES, ids=name_of)(test)


def written_docs() -> str:
    """Return the text of all pages that people wrote."""
    return "\n".join(page.read_text(encoding="utf-8") for page in WRITTEN)


@every_page
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    """Every relative link resolves, its anchor too."""
    lost = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if "://" not in link and (not target.exists() or (anchor and anchor not in headings(target))):
            lost.append(link)

    assert [] == lost


@every_page
def test_pages_speak_of_the_project_alone(page: Path) -> None:
    """No unfinished marks, machine paths or registry addresses."""
    assert None is FORBIDDEN.search(page.read_text(encoding="utf-8"))


@every_page
def test_every_block_says_what_it_is(page: Path) -> None:
    """Blocks are shell, Python, TOML, or text, which is not run."""
    assert set() == {block.language for block in blocks(page)} - set(LANGUAGES)


@every_page
def test_toml_is_well_formed(page: Path) -> None:
    """Every block of TOML parses."""
    for block in blocks(page):
        if block.language == "toml":
            assert tomllib.loads(block.text)


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_a_page_works_from_top_to_bottom(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written, Python runs, and every command ends with a result, in a folder with a small corpus."""
    assert [] == walk_through(page, tmp_path, monkeypatch)


def test_generated_pages_are_fresh() -> None:
    """The reference says what the program says."""
    words = [sys.executable, str(DOCS / "generate.py"), "--check"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)


def test_stale_pages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` exits 1 and says which page is stale."""
    generate = runpy.run_path(str(DOCS / "generate.py"))
    main = generate["main"]
    pages = {"stale.md": lambda: ["new"], "fresh.md": lambda: ["same"]}
    monkeypatch.setitem(main.__globals__, "REFERENCE", tmp_path)
    monkeypatch.setitem(main.__globals__, "PAGES", pages)
    monkeypatch.setitem(main.__globals__, "SCHEMAS", {})
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    (tmp_path / "stale.md").write_text("old\n", encoding="utf-8")
    (tmp_path / "fresh.md").write_text("same\n", encoding="utf-8")

    assert (1, "docs/reference/stale.md is stale; run make docs\n") == (main(), capsys.readouterr().err)


def test_every_command_has_a_place() -> None:
    """Each command is named in a page that somebody wrote, with the words that call it."""
    text = written_docs()
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    names = {f"{name} {sub}" for name, group in known.items() for sub in getattr(group, "commands", {})}
    names |= {name for name, command in known.items() if not hasattr(command, "commands")}

    assert [] == sorted(name for name in names if f"corpus-guard {name}" not in text and f"`{name}`" not in text)


@pytest.mark.parametrize("option", [known.name for known in (*fields(Options), *fields(JudgeSettings))])
def test_every_option_has_a_place(option: str) -> None:
    """Each option is named in a page that somebody wrote: as a flag, a key, or a table of a pipeline file."""
    text = written_docs()
    flag = re.escape(option.replace("_", "-"))
    tables = {
        "judge": r"\[judge\]",
        "edits": r"\[\[rules\.",
        "detector_options": r"\[licensing\]",
        "paths": "PATH|paths =",
    }
    places = (rf"--{flag}\b", rf"--{flag.removesuffix('s')}\b", rf"\b{option} = ", rf"`{option}`")

    assert re.search("|".join((*places, tables.get(option, "(?!)"))), text)


@pytest.mark.parametrize("detector", known_detectors())
def test_every_detector_has_a_place(detector: str) -> None:
    """The first page names each detector."""
    assert f"| `{detector}` |" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_page_shows_what_the_demo_prints(tmp_path: Path) -> None:
    """Each row of the example is one that the built-in corpus gives, and so is each sentence."""
    done = subprocess.run([sys.executable, "-c", DEMO], cwd=tmp_path, capture_output=True, text=True, check=True)
    said = " ".join(f"{done.stdout} {done.stderr}".split())
    example = next(block.text for block in blocks(ROOT / "README.md") if block.language == "text")
    rows, _, sentences = example.partition("Source ")
    parts = [*rows.splitlines(), f"Source {sentences}"]

    assert [] == [part for part in parts if " ".join(part.split()) not in said]


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_first_page_names_the_two_commands(command: str) -> None:
    """Each stands in a block of its own."""
    assert f"{command}\n" in [block.text for block in blocks(ROOT / "README.md") if block.language == "sh"]


@pytest.mark.parametrize("path", sorted((ROOT / "pipelines").glob("*.toml")), ids=lambda path: path.name)
def test_pipelines_work(path: Path, tmp_path: Path) -> None:
    """Every example pipeline loads, and carries a scan beside the folders it names."""
    corpus(tmp_path)
    shutil.copytree(tmp_path / "data", tmp_path / "corpus")
    shutil.copy(path, tmp_path)
    given = read_pipeline(tmp_path / path.name, known_detectors())
    if "raw_run" in given:
        cg.scan(tmp_path / "samples", out=tmp_path / "run-raw")

    run = cg.scan(pipeline=tmp_path / path.name)

    assert ("PASS", given["out"]) == (run.verdict, run.path)

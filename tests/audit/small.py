"""A corpus, a detector and rules so small that a night takes no time."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import corpus_guard as cg
from corpus_guard.audit.auditing import audit
from corpus_guard.audit.nightly import Audit
from tests.corpora import TABLES, json_lines

DAY = "2026-01-31"

WORDS = '''
import numpy as np
from corpus_guard.core.finding import Findings

class Words:
    """Finds the terms of its rules wherever they stand."""

    name = "words"
    columns = ()
    content = True
    gates = ()

    def __init__(self, setting):
        self.rules = setting.rules

    def detect(self, batch, candidates):
        found = [
            (place, start, start + len(term), number, int(rule.grade))
            for place, text in enumerate(batch.texts.to_pylist())
            for number, rule in self.rules
            for term in rule.terms
            for start in range(len(text))
            if text.startswith(term, start)
        ]
        if any("RAISE" in text for text in batch.texts.to_pylist()):
            raise ValueError
        if not found:
            return Findings.none()
        text, start, end, rule, grade = (np.array(column) for column in zip(*found))
        return Findings.of(text, start, end, rule, grade.astype(np.int8), np.ones(len(found)))
'''


def rule(detector: str, name: str, terms: Iterable[str], grade: str = "violation", risk: str = "A.1.a") -> str:
    """Return a file of one rule."""
    listed = list(terms)
    return (
        f"detector = '{detector}'\n[[rule]]\nid = '{name}'\ntitle = '{name}'\nrisk = '{risk}'\ngrade = '{grade}'\n"
        f"languages = ['zh', 'en']\nterms = {listed!r}\nmust_match = {[listed[0], listed[-1] + '.']!r}\n"
        "must_not_match = ['fine', 'good']\n"
    )


def place(folder: Path, audit_keys: str = "", more: str = "") -> Path:
    """Write a pipeline with two detectors of its own beside `data/`; return it."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "rules").mkdir(exist_ok=True)
    for name in ("words", "marks"):
        text = WORDS.replace('"words"', f'"{name}"').replace("content = True", f"content = {name == 'words'}")
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / "rules" / "words.toml").write_text(rule("words", "words-1", ["forbidden", "verboten"]), encoding="utf-8")
    (folder / "rules" / "marks.toml").write_text(
        rule("marks", "marks-1", ["mark"], "suspect", "A.2.a"), encoding="utf-8"
    )
    path = folder / "pipeline.toml"
    path.write_text(
        f"[input]\npaths = ['data']\n[scan]\nas_of = '{DAY}'\nrules = ['rules']\nworkers = 1\nsplit_bytes = 700\n"
        "detectors = ['words.py', 'marks.py', 'licensing', 'exact_duplicates', 'near_duplicates']\n"
        f"[audit]\nout = 'nights'\n{audit_keys}\n{more}\n",
        encoding="utf-8",
    )
    return path


def documents(seed: int, count: int = 12) -> list[dict[str, str]]:
    """Return documents of which some are found wanting, equal, similar, or licensed."""
    pick = random.Random(seed)
    long = "the quick brown fox jumps over the lazy dog and runs away into the deep dark wood " * 2
    kinds = [
        "all is well", "forbidden words", "a mark and forbidden things", "verboten mark mark", "", long + str(pick.randint(0, 3)),
        "RAISE" if seed % 10 == 4 else "fine", f"unique {pick.random()}",
    ]  # fmt: skip
    return [
        {"id": f"{seed}-{n}", "text": pick.choice(kinds), "license": pick.choice(["mit", "cc0-1.0"])}
        for n in range(count)
    ]


def shard(path: Path, seed: int, count: int = 12) -> Path:
    """Write a shard, in place of one that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return json_lines(path, documents(seed, count))


def night(pipeline: Path, **options: Any) -> Audit:
    """Hold an audit."""
    return audit(pipeline, **options)


def differing(run: Path, full: Path) -> list[str]:
    """Return the tables in which two run folders differ."""
    return [name for name in TABLES if (run / name).read_bytes() != (full / name).read_bytes()]


def full_scan(pipeline: Path, to: Path) -> Path:
    """Return the folder of a fresh scan of everything."""
    return cg.scan(pipeline=pipeline, out=to, overwrite=True).path


def settle(folder: Path) -> None:
    """Make every file look long written, as those of a real corpus are."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (1_700_000_000, 1_700_000_000 + path.stat().st_size % 1000))

"""Corpora, runs and command lines for the tests that go from end to end."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.readers.splits import SPLIT_BYTES
from corpus_guard.reports.csv_tables import read_rows

DAY = "2026-01-31"
ILLEGAL = "找我代开发票请加微信"
PHONE = "电话13800138000"
RESIDENT = "联系人身份证号110101199003077416"
TABLES = (
    "summary.csv", "risks.csv", "assessment.csv", "shards.csv", "errors.csv", "findings.parquet", "duplicates.parquet",
    "overlap.csv", "groups.csv",
)  # fmt: skip
PROGRAM = [sys.executable, "-c", "from corpus_guard.cli import main; main()"]
assert SPLIT_BYTES > 2**20, "the corpora here are cut by the option split_bytes alone"

DETECTOR = """
import os
from corpus_guard.core.finding import Findings

class Trap:
    name = "trap"
    columns = ()
    content = False
    gates = ()

    def __init__(self, setting):
        pass

    def detect(self, batch, candidates):
        texts = batch.texts.to_pylist()
        if any("KILL" in text for text in texts):
            os.kill(os.getpid(), 9)
        if any("RAISE" in text for text in texts):
            raise ValueError("words of the text: " + " ".join(texts))
        return Findings.none()
"""


def trap(folder: Path) -> str:
    """Write a detector that dies on KILL and raises on RAISE; return its file as an option takes it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "trap.py"
    path.write_text(DETECTOR, encoding="utf-8")
    return str(path)


def texts(count: int, seed: int, padding: int = 0) -> list[str]:
    """Return texts of which some are illegal, personal, copies, empty or in a script that no rule covers."""
    pick = random.Random(seed)
    filler = "春天来了，花开了。" * (padding // 27)
    kinds = (ILLEGAL, PHONE, RESIDENT, "Добрый день, дорогие читатели", "copyright © example", "")
    made = []
    for number in range(count):
        draw = pick.random()
        if draw < 0.02:
            made.append(pick.choice(["", "  ", "\u3000\n"]))
        elif draw < 0.05:
            made.append(f"同一篇文章{pick.randint(0, 9)}。{filler}")
        else:
            made.append(f"第{seed}批第{number}篇。{filler}{pick.choice(kinds) if draw < 0.2 else ''}")
    return made


def json_lines(path: Path, records: Sequence[Any]) -> Path:
    """Write a JSON Lines file; a record that is a string goes in as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records]
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


def corpus(folder: Path, documents: int = 400, padding: int = 0) -> Path:
    """Write five shards of three sources with findings, copies and faults; the first is many splits' worth."""
    records: list[Any] = [
        {"id": f"a{n % (documents * 4 - 10)}", "text": text} for n, text in enumerate(texts(documents * 4, 1, padding))
    ]
    records[7], records[documents] = '{"text": "broken', {"text": 3}
    json_lines(folder / "web" / "long.jsonl", records)
    table = pa.table({"text": texts(documents, 2, padding), "license": ["mit"] * documents})
    (folder / "books").mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "books" / "a-00000.parquet", row_group_size=max(1, documents // 8))
    pq.write_table(table.slice(5), folder / "books" / "a-00001.parquet")
    mixed = [{"text": text, "source": f"=cell{n % 3}"} for n, text in enumerate(texts(documents, 3, padding))]
    json_lines(folder / "mixed.jsonl.gz", mixed)
    (folder / "lines.txt").write_text("\n".join(texts(documents, 4, padding)), encoding="utf-8")
    return folder


def pipeline(folder: Path, text: str) -> Path:
    """Write a pipeline file of *text*."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pipeline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def digests(run: Path) -> dict[str, str]:
    """Return the SHA-256 of every table of a run folder."""
    return {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in TABLES}


def rows(run: Path, table: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of a run folder."""
    return list(read_rows(run / table))


def program(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run([*PROGRAM, *map(str, words)], capture_output=True, text=True, check=False, **options)


def started(*words: object) -> subprocess.Popen[str]:
    """Start the command line as the head of a process group of its own."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def children(process: int) -> list[int]:
    """Return the ids of the processes that a process has started and that live."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = entry.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == process and after_name[0] != "Z":
            found.append(int(entry.parent.name))
    return sorted(found)


def python(code: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, **options)


def is_root() -> bool:
    """Whether nothing on this system is closed to us."""
    return os.geteuid() == 0

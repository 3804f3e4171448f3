"""Nights: what a small change, a night without one and a changed rule cost, beside the first night.

    python benchmarks/audit.py [--megabytes 40] [--shards 100] [--tiny 2000]

Every night is a process of its own, as a schedule starts it. Writes benchmarks/audit.json.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.duplicates import _document

HERE = Path(__file__).parent
SEED = 20240229
PIECE, PIECES = 60, 16
"""Characters of a piece of text, and pieces of a document: documents have little in common."""
NEAR = 0.02
TURNS = 3
"""Nights on which one shard has changed: machines that others use take a third longer from one minute to the next."""
FOUR = ("keywords", "personal_info", "licensing", "exact_duplicates")
"""What `throughput.py` measures."""
PROGRAM = [sys.executable, "-c", "from corpus_guard.cli import main; main()"]
RULE = """detector = "keywords"
[[rule]]
id = "nightly-benchmark"
title = "a rule that changes"
risk = "A.1.a"
grade = "suspect"
terms = {terms}
must_match = ["{first}", "{first}。"]
must_not_match = ["天气", "fine"]
"""


def write_shards(folder: Path, count: int, size: int, seed: int) -> None:
    """Write *count* shards of about *size* bytes each, in five sources; one document in fifty is nearly another's."""
    pick = random.Random(seed)
    texts = [_document(pick, number) for number in range(400)]
    pieces = [text[start : start + PIECE] for text in texts for start in range(0, len(text), PIECE)]
    for number in range(count):
        path = folder / f"source{number % 5}" / f"{number:05d}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines, written, text = [], 0, ""
        while written < size:
            many = min(PIECES, max(1, (size - written) // PIECE))
            again = text and pick.random() < NEAR
            text = f"{pick.random()} {text}" if again else f"{pick.random()} {''.join(pick.choices(pieces, k=many))}"
            lines.append(json.dumps({"text": text}, ensure_ascii=False))
            written += len(lines[-1].encode())
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_pipeline(folder: Path, workers: int, detectors: Sequence[str] = ()) -> Path:
    """Write the pipeline of an audit of `data/`, by all detectors unless some are named."""
    (folder / "rules").mkdir()
    write_rule(folder, ["量子土豆测试词"])
    path = folder / "pipeline.toml"
    chosen = f"detectors = {list(detectors)}\n" if detectors else ""
    scan = f"[scan]\nrules = ['rules']\nworkers = {workers}\n{chosen}"
    path.write_text(f"[input]\npaths = ['data']\n{scan}[audit]\nout = 'nights'\n", encoding="utf-8")
    return path


def write_rule(folder: Path, terms: Sequence[str]) -> None:
    """Write the one rule that changes."""
    text = RULE.format(terms=json.dumps(list(terms), ensure_ascii=False), first=terms[0])
    (folder / "rules" / "own.toml").write_text(text, encoding="utf-8")


def night(pipeline: Path) -> dict[str, Any]:
    """Hold a night in a process of its own; return how long it took and what it had to do."""
    began, before = time.perf_counter(), _processor_time()
    done = subprocess.run([*PROGRAM, "audit", str(pipeline), "--json", "--quiet"], capture_output=True, text=True,
                          check=False)  # fmt: skip
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr)
    facts = json.loads(done.stdout)
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(_processor_time() - before, 2),
        "scanned": facts["counters"]["scanned"],
        "splits": facts["counters"]["splits"],
    }


def _processor_time() -> float:
    """Seconds of all processes that have ended: on a shared machine they say more than the clock does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def nights(shards: int, size: int, workers: int, detectors: Sequence[str] = ()) -> dict[str, Any]:
    """Return the nights over one corpus: the first, one without a change, one changed shard, one changed rule."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_shards(folder / "data", shards, size, SEED)
        pipeline = write_pipeline(folder, workers, detectors)
        time.sleep(2.5)  # what has just been written may still change without a trace
        found = {"first": night(pipeline), "nothing changed": night(pipeline)}
        for turn in range(1, TURNS + 1):
            write_shards(folder / "data", 1, size, SEED + turn)
            time.sleep(2.5)
            found[f"one shard changed, turn {turn}"] = night(pipeline)
        write_rule(folder, ["量子土豆测试词", "量子番茄测试词"])
        found["a keyword rule changed"] = night(pipeline)
        state = sum(path.stat().st_size for path in (folder / "nights" / "_state").rglob("*") if path.is_file())
        return {"shards": shards, "bytes": shards * size, "state_bytes": state, "nights": found}


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=40)
    parser.add_argument("--shards", type=int, default=100)
    parser.add_argument("--tiny", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    size = given.megabytes * 10**6 // given.shards
    figures = {
        "large": nights(given.shards, size, given.workers),
        "large, four detectors": nights(given.shards, size, given.workers, FOUR),
    }
    if given.tiny:
        figures["tiny"] = nights(given.tiny, 300, given.workers)
    text = json.dumps(figures, indent=2)
    print(text)
    (HERE / "audit.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Speed and memory of a scan, beside the limit of the libraries and the straight-line loop, all in the same run.

    python benchmarks/throughput.py [--megabytes 500] [--rounds 3] [--growth]

Every measurement is a process of its own with all thread pools at one. The machine may be noisy: measurements take
turns, the best of all rounds is quoted, and ratios count for more than figures. Writes benchmarks/throughput.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.corpus import write_corpus, write_real

HERE = Path(__file__).parent
DATA = HERE / "data"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "ARROW_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PROBES = HERE / "probes.py"
AT_ONCE = "scan, twice at once"
SHARED = HERE.parent.parent / "shared" / "data"
"""Outside data; what needs it is left out where there is none."""


def measured(probe: str, *arguments: object) -> dict[str, Any]:
    """Run one probe in a process of its own and return what it reports."""
    command = [sys.executable, str(PROBES), probe, *map(str, arguments)]
    done = subprocess.run(command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return {"missing": done.stderr.strip().rpartition("\n")[2]}
    result: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return result


def at_once(probe: str, *arguments: object) -> dict[str, Any]:
    """Run one probe twice at the same time, each in a folder of its own: what the machine lets two processes do."""
    folder, out, *more = arguments
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda which: measured(probe, folder, f"{out}-{which}", *more), ("a", "b")))
    if any("missing" in one for one in both):
        return next(one for one in both if "missing" in one)
    slowest = max(both, key=lambda one: one["seconds"])
    return slowest | {"mb_per_s": round(2 * slowest["mb_per_s"], 1)}


def best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the fastest of several measurements."""
    known = [one for one in rounds if "missing" not in one]
    return max(known, key=lambda one: one["mb_per_s"]) if known else rounds[0]


def throughput(megabytes: int, rounds: int) -> dict[str, Any]:
    """Return the figures of every way to do the work."""
    paths = write_corpus(DATA, megabytes)
    ways: dict[str, tuple[object, ...]] = {
        "scan Parquet, 1 worker": ("scan", paths["parquet"] / "corpus", DATA / "run", 1),
        "scan Parquet, 1 worker, 10,400 phrases": ("scan", paths["parquet"] / "corpus", DATA / "run", 1, 10_400),
        "limit: decode + one pass + one hash": ("limit", paths["parquet"] / "corpus"),
        "default scan of Parquet, 1 worker": ("default", paths["parquet"] / "corpus", DATA / "run", 1),
        "scan JSON Lines, 1 worker": ("scan", paths["jsonl"] / "corpus", DATA / "run", 1),
        "straight-line loop over JSON Lines": ("loop", paths["jsonl"] / "corpus"),
        "two scans of Parquet at once, 1 worker each": (AT_ONCE, paths["parquet"] / "corpus", DATA / "run", 1),
        "scan Parquet, 2 workers": ("scan", paths["parquet"] / "corpus", DATA / "run", 2),
        "scan JSON Lines, 2 workers": ("scan", paths["jsonl"] / "corpus", DATA / "run", 2),
    }
    for language, folder in write_real(DATA, SHARED, min(megabytes, 200)).items():
        ways[f"scan real text ({language}), 1 worker"] = ("scan", folder, DATA / "run", 1)
        ways[f"default scan of real text ({language})"] = ("default", folder, DATA / "run", 1)
        ways[f"limit on real text ({language})"] = ("limit", folder)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (probe, *arguments) in ways.items():
            found[name].append(at_once("scan", *arguments) if probe == AT_ONCE else measured(str(probe), *arguments))
    return {name: best(some) for name, some in found.items()}


def growth() -> list[dict[str, Any]]:
    """Return the peak memory of one worker from 100 MB to 10 GB: the same shard under many names."""
    shard = write_corpus(DATA, 500)["parquet"] / "corpus" / "shard-00000-of-00001.parquet"
    rows = []
    for copies in (1, 2, 20):
        folder = DATA / "growth"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for number in range(copies):
            os.link(shard, folder / f"shard-{number:05d}-of-{copies:05d}.parquet")
        rows.append({"copies": copies} | measured("scan", folder, DATA / "run", 1))
    return rows


def main() -> None:
    """Measure, print a table, write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true", help="also scan 0.5, 1 and 10 GB and watch the memory")
    options = parser.parse_args()
    figures: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "megabytes": options.megabytes,
        "throughput": throughput(options.megabytes, options.rounds),
        "start": {"help": measured("help"), "1 MB": measured("small", DATA)},
        "compile": {f"{terms:,} terms besides": measured("compile", DATA, terms) for terms in (0, 60_000)},
    }
    if options.growth:
        figures["growth"] = growth()
    (HERE / "throughput.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, one in figures["throughput"].items():
        running = f"{one['once_it_runs']} once it runs" if "once_it_runs" in one else ""
        figure = f"{one.get('mb_per_s', 0):7.1f} MB/s  {one.get('peak_mb', 0):6.0f} MB"
        print(f"{name:44} {figure}  {running}{one.get('missing', '')}")
    print(
        json.dumps({key: figures[key] for key in figures if key not in ("throughput", "machine")}, ensure_ascii=False)
    )


if __name__ == "__main__":
    main()

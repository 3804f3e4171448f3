"""Nights one after another over a corpus that changes at random: `python -m tests.audit.simulated [NIGHTS] [SEED]`.

Prints what differs between each night and a fresh scan of all of it, and ends with 1 where something does.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.audit.small import differing, full_scan, night, place, rule, shard
from tests.corpora import rows, started


def change(data: Path, pick: random.Random) -> None:
    """Add, edit, delete, rename or copy a shard, within its source or to another."""
    shards = sorted(data.rglob("*.jsonl"))
    for _ in range(pick.randint(1, 3)):
        kind, some = pick.choice(["add", "edit", "delete", "rename", "copy", "break"]), pick.choice(shards)
        to = data / pick.choice(["web", "books"]) / f"{pick.randint(0, 99):02d}.jsonl"
        if kind == "edit" or not some.exists():
            shard(some, pick.randint(0, 999))
        elif kind == "add":
            shard(to, pick.randint(0, 999), pick.randint(0, 30))
        elif kind == "delete" and len(shards) > 3:
            some.unlink()
        elif kind == "rename":
            some.rename(to)
        elif kind == "copy":
            to.write_bytes(some.read_bytes())
        else:
            some.write_bytes(some.read_bytes()[:-9] + b'\n{"text": "\xff"}\n{"text": "brok')


def killed(pipeline: Path, pick: random.Random) -> None:
    """Begin an audit and kill it and all its processes, sooner or later."""
    process = started("audit", pipeline, "--quiet")
    state = pipeline.parent / "nights" / "_state" / "audit-work"
    until = time.monotonic() + 60
    while process.poll() is None and not state.is_dir() and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(pick.random())
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def simulate(folder: Path, nights: int, seed: int) -> list[str]:
    """Hold so many nights; return a line for every table in which one differs from a fresh scan."""
    pipeline, pick = place(folder), random.Random(seed)
    for number in range(5):
        shard(folder / "data" / ("web" if number % 2 else "books") / f"{number:02d}.jsonl", number, 20)
    (folder / "data" / "notes.xyz").write_bytes(b"\0\1\2")
    found = []
    for number in range(nights):
        if number:
            change(folder / "data", pick)
        if number % 4 == 2:
            terms = ["forbidden", f"w{number}", "fine"]
            (folder / "rules" / "words.toml").write_text(rule("words", "words-1", terms), encoding="utf-8")
        if number % 3 == 1:
            night(pipeline, max_hours=1e-9)
        if number % 5 == 3:
            killed(pipeline, pick)
        held = night(pipeline)
        assert held.run is not None
        found += [f"night {number}: {name}" for name in differing(held.run.path, full_scan(pipeline, folder / "full"))]
    held_nights = {row["night"] for row in rows(folder / "nights", "history.csv")}
    return found + [f"{len(held_nights)} nights in the history"] * (len(held_nights) < nights)


def main(arguments: Sequence[str]) -> int:
    """Simulate, print, and say with the exit code whether every night was right."""
    nights, seed = (int(one) for one in [*arguments, *("30", "7")[len(arguments) :]])
    with tempfile.TemporaryDirectory() as folder:
        found = simulate(Path(folder), nights, seed)
    said = found or [f"{nights} nights, each equal to a fresh scan in every table"]
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

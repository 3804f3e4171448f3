"""What `throughput.py` measures, one probe a process: prints one line of JSON with MB/s and peak memory."""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

MEGA = 1e6


def peak_mb() -> float:
    """Return the peak memory of this process or of its largest child, in MB."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def report(size: int, seconds: float, **more: Any) -> None:
    """Print the figures."""
    print(
        json.dumps(
            {
                "mb_per_s": round(size / MEGA / seconds, 1),
                "seconds": round(seconds, 2),
                "peak_mb": round(peak_mb()),
                **more,
            }
        )
    )


_LIGHT = ["keywords", "personal_info", "licensing", "exact_duplicates"]


def scan(folder: str, out: str, workers: str, phrases: str = "") -> None:
    """The main job with keywords, personal_info, licensing and exact_duplicates; seconds from plan to report.

    With *phrases* keyword rules are disabled until no more than so many phrases are left.
    """
    import pyarrow as pa

    import corpus_guard as cg

    pa.set_cpu_count(1)
    cg.scan([{"text": "warm 中文 👍"}])  # imports and tables are not what is measured
    fewer = {"pipeline": _fewer(Path(out).parent / "fewer.toml", int(phrases))} if phrases else {}
    before = time.perf_counter()
    run = cg.scan(folder, out=out, overwrite=True, workers=int(workers), detectors=_LIGHT, **fewer)
    seconds = time.perf_counter() - before
    found = {"documents": run.facts["documents"], "illegal": int(run.summary["illegal_documents"].sum())}
    terms = run.facts["judging"]["library"]["total"]
    report(run.facts["bytes"], seconds, **found, terms=terms)


def default(folder: str, out: str, workers: str) -> None:
    """A scan by all detectors; `once_it_runs` is the speed from the end of the first split to that of the last."""
    import pyarrow as pa

    import corpus_guard as cg

    pa.set_cpu_count(1)
    cg.scan([{"text": "warm 中文 👍"}])
    seen: list[tuple[float, int]] = []
    before = time.perf_counter()
    run = cg.scan(
        folder, out=out, overwrite=True, workers=int(workers),
        progress=lambda _splits, _documents, size: seen.append((time.perf_counter(), size)),
    )  # fmt: skip
    seconds = time.perf_counter() - before
    (first, begun), (last, done) = next(one for one in seen if one[1]), seen[-1]
    running = {"once_it_runs": round((done - begun) / MEGA / (last - first), 1)} if done > begun else {}
    report(run.facts["bytes"], seconds, documents=run.facts["documents"], **running)


def _fewer(path: Path, phrases: int) -> Path:
    """Write a pipeline that disables keyword rules, in an order that says nothing, until *phrases* are left."""
    from corpus_guard.catalog.rules import read_rules

    rules = sorted(
        (rule for rule in read_rules() if rule.detector == "keywords"),
        key=lambda rule: sha256(rule.id.encode()).digest(),
    )
    left, disabled = phrases, []
    for rule in rules:
        if len(rule.phrases) <= left:
            left -= len(rule.phrases)
        else:
            disabled.append(f'[[rules.disable]]\nrule = "{rule.id}"\nreason = "measuring with fewer phrases"\n')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(disabled), encoding="utf-8")
    return path


def compile_(folder: str, terms: str) -> None:
    """Processor seconds in which the four detectors are made and compiled, with so many imported terms besides."""
    from corpus_guard.planning import make_plan, resolve_options
    from corpus_guard.rule_import import import_terms
    from corpus_guard.scanner import Scanner

    given: dict[str, Any] = {"detectors": _LIGHT}
    if int(terms):
        listed = Path(folder) / "terms.txt"
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_text("\n".join(_made_up(int(terms))), encoding="utf-8")
        rules = Path(folder) / "imported"
        shutil.rmtree(rules, ignore_errors=True)
        import_terms(listed, risk="A.1.h", out=rules)
        given["rules"] = [rules]
    plan = make_plan(resolve_options(given))
    before = time.process_time()
    Scanner(plan)
    seconds = time.process_time() - before
    print(json.dumps({"seconds": round(seconds, 2), "phrases": sum(len(rule.phrases) for rule in plan.rules)}))


def _made_up(count: int) -> list[str]:
    """Different strings of four to six Chinese characters, the same on any machine."""
    random = Random(count)
    terms: dict[str, None] = {}
    while len(terms) < count:
        terms["".join(chr(random.randrange(0x4E00, 0x9FA0)) for _ in range(random.randint(4, 6)))] = None
    return list(terms)


def limit(folder: str) -> None:
    """What the libraries cost alone: Parquet decode, one Hyperscan pass over the raw bytes, one hash pass."""
    import hyperscan
    import pyarrow as pa
    import pyarrow.parquet as pq
    import xxhash

    from corpus_guard.catalog.rules import read_rules

    pa.set_cpu_count(1)
    terms = [term.encode() for rule in read_rules() if rule.detector == "keywords" for term in rule.phrases]
    database = hyperscan.Database()
    escaped = [b"".join(b"\\x%02x" % byte for byte in term) for term in terms]
    database.compile(expressions=escaped, ids=list(range(len(terms))), elements=len(terms), flags=[0] * len(terms))
    before, size, hits = time.perf_counter(), 0, 0

    def on_match(*_: object) -> None:
        nonlocal hits
        hits += 1

    for path in sorted(Path(folder).glob("*.parquet")):
        with pq.ParquetFile(path, pre_buffer=False) as file:
            for batch in file.iter_batches(8000, columns=["text"], use_threads=False):
                data = batch.column("text").buffers()[2]
                database.scan(memoryview(data), match_event_handler=on_match)
                xxhash.xxh3_128_digest(data)
                size += data.size
    report(size, time.perf_counter() - before, terms=len(terms), hits=hits)


def loop(folder: str) -> None:
    """The straight-line way: a line of JSON, Aho-Corasick, five regular expressions, a hash, document by document."""
    import orjson
    import xxhash
    from ahocorasick_rs import AhoCorasick, Implementation

    from corpus_guard.catalog.rules import read_rules

    terms = [term for rule in read_rules() if rule.detector == "keywords" for term in rule.phrases]
    automaton = AhoCorasick(terms, implementation=Implementation.DFA)
    patterns = [
        re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
        re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"),
        re.compile(r"(?<!\d)\d{16,19}(?!\d)"),
        re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
        re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"),
    ]
    seen, hits, size = set(), 0, 0
    before = time.perf_counter()
    for path in sorted(Path(folder).glob("*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                text = orjson.loads(line)["text"]
                lowered = text.lower()
                hits += len(automaton.find_matches_as_indexes(lowered, overlapping=True))
                hits += sum(1 for pattern in patterns for _ in pattern.finditer(text))
                data = text.encode()
                seen.add(xxhash.xxh3_64_intdigest(data))
                size += len(data)
    report(size, time.perf_counter() - before, terms=len(terms), hits=hits)


def started(command: list[str]) -> float:
    """Return the best of five times of a whole command, in seconds."""
    times = []
    for _ in range(5):
        before = time.perf_counter()
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - before)
    return min(times)


def help_() -> None:
    """`corpus-guard --help`, as a whole process."""
    program = str(Path(sys.executable).parent / "corpus-guard")
    print(json.dumps({"seconds": round(started([program, "--help"]), 3)}))


def small(folder: str) -> None:
    """A corpus of 1 MB, as a whole process."""
    from benchmarks.corpus import write_corpus

    path = write_corpus(Path(folder), 1)["parquet"] / "corpus"
    program = str(Path(sys.executable).parent / "corpus-guard")
    command = [program, "scan", str(path), "--out", f"{folder}/small-run", "--overwrite", "--quiet"]
    print(json.dumps({"seconds": round(started(command), 3)}))


PROBES: dict[str, Callable[..., None]] = {
    "scan": scan, "default": default, "limit": limit, "loop": loop, "help": help_, "small": small, "compile": compile_,
}  # fmt: skip

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    PROBES[sys.argv[1]](*sys.argv[2:])

"""Near duplicates: recall and precision on planted and on real pairs, speed beside datasketch and rensa, growth.

    python benchmarks/duplicates.py [--data ../shared/data] [--growth]

Recall and precision count pairs: two documents in one group against a Jaccard index of character 5-grams of at least
the threshold, worked out for every pair by brute force. Peers are measured in the same run where they are installed.
Writes benchmarks/duplicates.json.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import polars as pl

from benchmarks.corpus import Writer

HERE = Path(__file__).parent
THRESHOLD = 0.8
DOCUMENTS, EXACT, NEAR = 20_000, 572, 989
SEED = 20240229
Pairs = set[tuple[int, int]]


def planted() -> tuple[list[str], Pairs, Pairs]:
    """Return documents, the planted near duplicates (2 % of characters replaced) and the planted copies."""
    rng = random.Random(SEED)
    texts = [_document(rng, number) for number in range(DOCUMENTS - EXACT - NEAR)]
    originals = rng.sample(range(len(texts)), EXACT + NEAR)
    near: Pairs = set()
    exact: Pairs = set()
    for number, original in enumerate(originals):
        (exact if number < EXACT else near).add((original, len(texts)))
        texts.append(texts[original] if number < EXACT else replaced(texts[original], rng))
    return texts, near, exact


def _document(rng: random.Random, number: int) -> str:
    """About 880 characters, six in ten Chinese; words are drawn evenly, so that a text does not repeat itself."""
    if number % 10 < 6:
        letters = [chr(code) for code in range(0x4E00, 0x5600)]
        return "，".join("".join(rng.choices(letters, k=rng.randint(5, 20))) for _ in range(70))
    words = ("".join(rng.choices("abcdefghiklmnoprstuvwy", k=rng.randint(2, 9))) for _ in range(150))
    return " ".join(words) + "."


def replaced(text: str, rng: random.Random) -> str:
    """Return *text* with 2 % of its characters replaced by others of the text."""
    letters = list(text)
    for place in rng.sample(range(len(letters)), max(1, len(letters) // 50)):
        letters[place] = rng.choice(text)
    return "".join(letters)


def groups_of(texts: Sequence[str]) -> tuple[Pairs, float]:
    """Return every pair of documents that a scan puts into one group, and the seconds it took."""
    import corpus_guard as cg

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        pl.DataFrame({"text": texts}).write_parquet(data / "texts.parquet", row_group_size=5_000)
        before = time.perf_counter()
        cg.scan(data, out=Path(folder) / "run", detectors=["exact_duplicates", "near_duplicates"], workers=1)
        seconds = time.perf_counter() - before
        table = pl.read_parquet(Path(folder) / "run" / "duplicates.parquet")
    exact, near = (_members(table.filter(pl.col("kind") == kind)) for kind in ("exact", "near"))
    copies = {rows[0]: rows for rows in exact}
    whole = [sorted(copy for row in rows for copy in copies.get(row, [row])) for rows in near] + exact
    return {pair for rows in whole for pair in combinations(rows, 2)}, seconds


def _members(table: pl.DataFrame) -> list[list[int]]:
    return [sorted(rows) for rows in table.group_by("group").agg("row")["row"].to_list()]


def similar_pairs(texts: Sequence[str], threshold: float) -> Pairs:
    """Return every pair with a Jaccard index of at least *threshold*: by brute force, over shared shingles."""
    from corpus_guard.matching.tables import normalise

    normal = [normalise(text) for text in texts]
    shingles = [{text[place : place + 5] for place in range(len(text) - 4)} for text in normal]
    found = set()
    for first, second in combinations(range(len(texts)), 2):
        one, other = shingles[first], shingles[second]
        smaller, larger = sorted((len(one), len(other)))
        if smaller and smaller >= threshold * larger:
            shared = len(one & other)
            if shared >= threshold * (smaller + larger - shared):
                found.add((first, second))
    return found


def quality(found: Pairs, true: Pairs) -> dict[str, Any]:
    """Return recall and precision of pairs."""
    right = len(found & true)
    return {
        "pairs": len(true), "found": len(found),
        "recall": round(right / len(true), 4) if true else None,
        "precision": round(right / len(found), 4) if found else None,
    }  # fmt: skip


def on_planted() -> dict[str, Any]:
    """Return the figures on planted documents; what is similar by chance counts as right when it truly is."""
    texts, near, exact = planted()
    found, seconds = groups_of(texts)
    chance = {pair for pair in found - near - exact if similar_pairs([texts[number] for number in pair], THRESHOLD)}
    return {
        "near": quality(found - exact - chance, near), "planted pairs over the threshold": _over(texts, near), "exact recall": len(found & exact) / len(exact),
        "seconds": round(seconds, 1), "mb_per_s": round(sum(len(text.encode()) for text in texts) / 1e6 / seconds, 1),
    }  # fmt: skip


def _over(texts: Sequence[str], pairs: Pairs) -> float:
    """The share of *pairs* whose Jaccard index reaches the threshold."""
    return round(
        sum(bool(similar_pairs([texts[number] for number in pair], THRESHOLD)) for pair in pairs) / len(pairs), 4
    )


def on_real(data: Path) -> dict[str, Any]:
    """Return the figures on every set of real documents."""
    figures = {}
    for path in sorted((data / "dup").glob("*.docs.parquet")):
        texts = pl.read_parquet(path)["text"].to_list()
        figures[path.name.partition(".")[0]] = quality(groups_of(texts)[0], similar_pairs(texts, THRESHOLD))
    return figures


def speed() -> dict[str, Any]:
    """Return MB/s of signatures alone, ours and those of peers, over the same documents."""
    texts = list(Writer().documents(4_000))
    size = sum(len(text.encode()) for text in texts) / 1e6
    ways = {"corpus_guard": _ours, "datasketch": _datasketch, "rensa, document by document": _rensa}
    figures: dict[str, Any] = {}
    for name, way in ways.items():
        few = texts if name == "corpus_guard" else texts[:400]
        try:
            figures[name] = round(size * len(few) / len(texts) / min(_timed(way, few) for _ in range(3)), 2)
        except ImportError:
            figures[name] = "missing: not installed"
    return figures


def _timed(way: Callable[[Sequence[str]], None], texts: Sequence[str]) -> float:
    before = time.process_time()
    way(texts)
    return time.process_time() - before


def _ours(texts: Sequence[str]) -> None:
    from corpus_guard.catalog.conventions import read_folding
    from corpus_guard.core.batch import Batch
    from corpus_guard.core.detector import Setting
    from corpus_guard.detectors.near_duplicates import NearDuplicates
    from corpus_guard.matching.views import views_of

    batch = Batch.of_texts(list(texts))
    NearDuplicates(Setting(())).fingerprint(batch, views_of(batch, read_folding(frozenset({"zh", "en"}))))


def _shingled(text: str) -> set[str]:
    from corpus_guard.matching.tables import normalise

    normal = normalise(text)
    return {normal[place : place + 5] for place in range(len(normal) - 4)}


def _datasketch(texts: Sequence[str]) -> None:
    from datasketch import MinHash

    for text in texts:
        MinHash(num_perm=128).update_batch([shingle.encode() for shingle in _shingled(text)])


def _rensa(texts: Sequence[str]) -> None:
    from rensa import RMinHash

    for text in texts:
        one = RMinHash(num_perm=128, seed=1)
        one.update(list(_shingled(text)))
        one.digest()


def growth() -> list[dict[str, Any]]:
    """Return seconds and peak memory for 0.1, 1 and 5 million documents of 500 characters, a process each."""
    rows = []
    for millions in (0.1, 1, 5):
        command = [sys.executable, __file__, "--grown", str(int(millions * 1e6))]
        environment = os.environ | {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout.strip().rpartition("\n")[2]))
    return rows


def grown(count: int) -> dict[str, Any]:
    """Scan so many documents for near duplicates; every tenth is a version of the one before."""
    import resource

    import corpus_guard as cg

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        rng = np.random.default_rng(SEED)
        for shard in range(0, count, 50_000):
            size = min(50_000, count - shard)
            units = rng.integers(0x4E00, 0x9000, (size, 500)).astype(np.uint16)
            units[9::10] = units[8::10][: len(units[9::10])]
            units[9::10, ::60] = 0x4E00
            texts = [row.tobytes().decode("utf-16-le") for row in units]
            pl.DataFrame({"text": texts}).write_parquet(data / f"shard-{shard // 50_000:05d}.parquet")
        before, busy = time.perf_counter(), time.process_time()
        run = cg.scan(data, out=Path(folder) / "run", detectors=["near_duplicates"], workers=1)
        seconds, busy = time.perf_counter() - before, time.process_time() - busy
        copies = int(run.summary["near_duplicate_documents"].sum())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "documents": count, "seconds": round(seconds, 1), "processor seconds": round(busy, 1), "peak_mb": round(peak),
        "copies": copies,
    }  # fmt: skip


def main() -> None:
    """Measure, print, write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--growth", action="store_true", help="also 0.1, 1 and 5 million documents")
    parser.add_argument("--grown", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.grown:
        print(json.dumps(grown(options.grown)))
        return
    figures: dict[str, Any] = {"planted": on_planted(), "MB/s of signatures": speed()}
    figures["real"] = on_real(options.data) if options.data.is_dir() else f"missing: {options.data}"
    if options.growth:
        figures["growth"] = growth()
    (HERE / "duplicates.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""A seeded corpus to measure with: half Chinese, half English, documents of about 2 KB, the same bytes on any machine.

Chinese words are drawn from the characters of GB 2312 level 1, English ones from syllables, both by Zipf's law. Two
documents in a hundred hold a phone number, one in a hundred an example sentence of a shipped rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus_guard.catalog.rules import read_rules
from corpus_guard.core.rule import Grade

DOCUMENT_BYTES = 2048
ROW_GROUP = 20_000
SEED = 20240229

_SYLLABLES = "ba be bi bo ca ce co da de di do en er es fa fi ga go ha he in ka la le li lo ma me mi na ne no on or pa pe ra re ri ro sa se si so ta te ti to un va ve".split()


class Writer:
    """Writes documents from a seed."""

    def __init__(self, seed: int = SEED) -> None:
        self._random = np.random.default_rng(seed)
        han = [bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFE)]
        self._chinese = self._words(han, 6000, (1, 2, 2, 2, 3), "")
        self._english = self._words(_SYLLABLES, 6000, (1, 2, 2, 3), "")
        self._marked = [
            text
            for rule in read_rules()
            if rule.detector == "keywords" and rule.grade == Grade.VIOLATION
            for text in rule.must_match
        ]

    def documents(self, count: int) -> Iterator[str]:
        """Yield *count* documents."""
        for number in range(count):
            text = self._document(chinese=number % 2 == 0)
            if number % 50 == 7:
                text = f"{text[:200]}电话1{self._random.integers(30, 99)}{self._random.integers(10**7, 10**8)}。{text[200:]}"
            if number % 100 == 13:
                text = f"{text[:300]}。{self._marked[number % len(self._marked)]}。{text[300:]}"
            yield text

    def _words(self, parts: list[str], count: int, lengths: tuple[int, ...], joint: str) -> list[str]:
        sizes = self._random.choice(lengths, count)
        return [joint.join(self._random.choice(parts, size)) for size in sizes]

    def _document(self, *, chinese: bool) -> str:
        words = self._chinese if chinese else self._english
        ranks = np.minimum(self._random.zipf(1.15, 340 if chinese else 420), len(words)) - 1
        sentences = [" ".join(words[rank] for rank in part) for part in np.array_split(ranks, len(ranks) // 14)]
        if chinese:
            return "，".join(sentence.replace(" ", "") for sentence in sentences) + "。"
        return ". ".join(sentence.capitalize() for sentence in sentences) + "."


def write_corpus(folder: Path, megabytes: int) -> dict[str, Path]:
    """Write the corpus as Parquet and as JSON Lines, unless it is there; return the folder of each."""
    paths = {"parquet": folder / f"parquet-{megabytes}", "jsonl": folder / f"jsonl-{megabytes}"}
    if all((path / "done").exists() for path in paths.values()):
        return paths
    for path in paths.values():
        (path / "corpus").mkdir(parents=True, exist_ok=True)
    count = megabytes * 1_000_000 // DOCUMENT_BYTES
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    writer = Writer()
    with (
        pq.ParquetWriter(paths["parquet"] / "corpus" / "shard-00000-of-00001.parquet", schema) as parquet,
        (paths["jsonl"] / "corpus" / "shard-00000-of-00001.jsonl").open("w", encoding="utf-8") as lines,
    ):
        for start in range(0, count, ROW_GROUP):
            texts = list(writer.documents(min(ROW_GROUP, count - start)))
            ids = [str(start + number) for number in range(len(texts))]
            parquet.write_table(pa.table({"id": ids, "text": texts}, schema))
            lines.writelines(
                json.dumps({"id": one, "text": text}, ensure_ascii=False) + "\n"
                for one, text in zip(ids, texts, strict=True)
            )
    for path in paths.values():
        (path / "corpus" / "done").unlink(missing_ok=True)
        (path / "done").touch()
    return paths


def write_real(folder: Path, shared: Path, megabytes: int) -> dict[str, Path]:
    """Write real text of each language as Parquet, repeated with a number behind it; return the folder of each.

    Nothing where *shared* has no such data.
    """
    paths = {}
    for language in ("en", "zh"):
        files = sorted((shared / "clean").glob(f"{language}_*.parquet"))
        target = folder / f"real-{language}-{megabytes}" / "corpus"
        if not files:
            continue
        paths[language] = target
        if target.exists():
            continue
        texts = [text for file in files for text in pq.read_table(file, columns=["text"])["text"].to_pylist() if text]
        copies = max(1, megabytes * 1_000_000 // sum(len(text.encode()) for text in texts))
        target.mkdir(parents=True)
        with pq.ParquetWriter(target / "shard-00000-of-00001.parquet", pa.schema([("text", pa.string())])) as parquet:
            for copy in range(copies):
                parquet.write_table(pa.table({"text": [f"{text}\n{copy}" for text in texts]}), row_group_size=ROW_GROUP)
    return paths

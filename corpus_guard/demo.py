"""The built-in example corpus, and the main job run on it: `python -m corpus_guard.demo FOLDER`.

Seven sources in six formats. One is over the 5 % line, one exactly on it, one clean, one has a shard that was cut off,
one holds fine-tuning samples, one personal information. Every text is made here from a seed; sentences that must be
found are the shipped rules' own examples.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather

from corpus_guard.catalog.rules import read_rules
from corpus_guard.core.rule import Grade

SEED = 20240229
DOCUMENTS = 400
OVER, ON_THE_LINE = 36, 20
"""Documents with illegal content in the source that is over the 5 % line, and in the one exactly on it."""

_PLACES = "江边 山脚下 老城区 图书馆 实验室 村口 车站旁 海岛上 校园里 工地旁 植物园 博物馆".split()
_PEOPLE = "老师 工程师 学生 农民 医生 司机 厨师 画家 志愿者 研究员 邻居".split()
_DEEDS = (
    "记录了一周的气温 整理了旧书 修好了一台水泵 种下了三棵银杏 讨论了论文的提纲 绘制了新的地图 测量了水位 准备了一堂课 "
    "观察了候鸟 翻译了一首诗 校对了数据 试验了新的配方"
).split()
_PLACES_EN = ("by the river", "at the foot of the hill", "in the old town", "in the library", "near the station")
_PEOPLE_EN = ("teacher", "engineer", "student", "farmer", "painter", "volunteer", "researcher", "neighbour")
_DEEDS_EN = (
    "measured the water level",
    "repaired a pump",
    "planted three trees",
    "drew a new map",
    "watched the birds",
)


class Author:
    """Writes innocent documents, no two alike, from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nothing here is a secret
        self._number = 0

    def document(self) -> str:
        """Return a document of a few sentences, Chinese or English."""
        self._number += 1
        chinese = self._random.random() < 0.7
        sentences = [self._chinese() if chinese else self._english() for _ in range(self._random.randint(3, 8))]
        head = f"第{self._number}篇。" if chinese else f"Note {self._number}. "
        return head + ("" if chinese else " ").join(sentences)

    def documents(self, count: int) -> list[str]:
        """Return *count* documents."""
        return [self.document() for _ in range(count)]

    def _chinese(self) -> str:
        pick = self._random.choice
        return f"{self._random.randint(1, 12)}月的一天，{pick(_PLACES)}，一位{pick(_PEOPLE)}{pick(_DEEDS)}。"

    def _english(self) -> str:
        pick = self._random.choice
        return f"One morning {pick(_PLACES_EN)} a {pick(_PEOPLE_EN)} {pick(_DEEDS_EN)}."


def build(folder: Path) -> Path:
    """Write the example corpus into *folder* and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    author = Author(SEED)
    bad = [
        text
        for rule in read_rules()
        if rule.detector == "keywords" and rule.grade == Grade.VIOLATION
        for text in rule.must_match
    ]
    planted = [bad[number * len(bad) // (OVER + ON_THE_LINE)] for number in range(OVER + ON_THE_LINE)]
    _parquet(folder / "web" / "web-00000-of-00001.parquet", _mixed(author, planted[:OVER]))
    _jsonl_gz(folder / "forum" / "forum.part0.jsonl.gz", _mixed(author, planted[OVER:]))
    _arrow(folder / "encyclopedia" / "articles.arrow", author.documents(DOCUMENTS))
    _samples(folder / "assistant" / "samples.jsonl", author)
    _csv(folder / "letters" / "letters.csv", author)
    _text(folder / "books" / "books.txt", author)
    _cut(folder / "crawl", author)
    return folder


def _mixed(author: Author, planted: Sequence[str]) -> list[str]:
    """Innocent documents, and in their midst the *planted*, each by itself: a sentence beside it could clear it."""
    texts = author.documents(DOCUMENTS)
    for number, text in enumerate(planted):
        texts[number * (DOCUMENTS // len(planted))] = text
    return texts


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _parquet(path: Path, texts: Sequence[str]) -> None:
    table = pa.table(
        {"id": [f"doc-{n}" for n in range(len(texts))], "text": texts, "license": ["cc-by-4.0"] * len(texts)}
    )
    pq.write_table(table, _made(path), row_group_size=100)


def _jsonl_gz(path: Path, texts: Sequence[str]) -> None:
    with gzip.open(_made(path), "wt", encoding="utf-8") as file:
        file.writelines(json.dumps({"content": text}, ensure_ascii=False) + "\n" for text in texts)


def _arrow(path: Path, texts: Sequence[str]) -> None:
    feather.write_feather(pa.table({"text": texts}), str(_made(path)), compression="zstd")


def _samples(path: Path, author: Author) -> None:
    with _made(path).open("w", encoding="utf-8") as file:
        for number in range(DOCUMENTS):
            turns = [
                {"role": "user", "content": f"请续写第{number}段：{author.document()}"},
                {"role": "assistant", "content": author.document()},
            ]
            file.write(json.dumps({"messages": turns}, ensure_ascii=False) + "\n")


def _csv(path: Path, author: Author) -> None:
    """Letters, of which every tenth holds an e-mail address."""
    with _made(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        for number in range(DOCUMENTS):
            contact = f"来信请寄 reader{number}@example.com。" if number % 10 == 0 else ""
            writer.writerow([number, author.document() + contact])


def _text(path: Path, author: Author) -> None:
    lines = author.documents(DOCUMENTS)
    _made(path).write_text("\n".join([*lines, *lines[:20]]) + "\n", encoding="utf-8")


def _cut(folder: Path, author: Author) -> None:
    """Two shards, one of them cut off in the middle as by a broken download."""
    _parquet(folder / "crawl-00000-of-00002.parquet", author.documents(DOCUMENTS))
    broken = folder / "crawl-00001-of-00002.parquet"
    _parquet(broken, author.documents(DOCUMENTS))
    broken.write_bytes(broken.read_bytes()[: broken.stat().st_size // 2])


def main(folder: Path) -> None:
    """Build the corpus and scan it, as `corpus-guard scan FOLDER/corpus --out FOLDER/run --overwrite` does."""
    from corpus_guard.cli import show
    from corpus_guard.scanning import scan

    corpus = build(folder / "corpus")
    print(f"corpus-guard scan {corpus} --out {folder / 'run'} --overwrite", file=sys.stderr)  # noqa: T201
    run = scan(corpus, out=folder / "run", overwrite=True)
    show.summary(run)
    show.notes(run)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))

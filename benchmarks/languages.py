"""Languages: accuracy and speed on labelled texts, one thread, with langdetect's own figures beside them.

    python benchmarks/languages.py [--data ../shared/data] [--rounds 5] [--skip-langdetect]

Labels are ISO 639-1; `zh-Hans`, `zh-Hant` and `zh` count as Chinese except where simplified and traditional are what is
measured. What langdetect does not know (Tagalog is `tl`, Norwegian `no`) counts against it as against anybody.
Prints a table in Markdown; speeds are documents a second of processor time, the best of the rounds, the model loaded.
Rows are numbered as in the middle of a split, where one document in 8,192 is checked by langdetect.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import polars as pl

from corpus_guard.catalog.languages import read_languages
from corpus_guard.core.batch import Batch
from corpus_guard.core.folding import Folding
from corpus_guard.languages.telling import Teller
from corpus_guard.matching.views import views_of

BATCH, MIDDLE = 2_000, 100_000
LISTED = dict(
    pair.split(":")
    for pair in (
        "ara:ar ben:bn bul:bg cat:ca ces:cs cmn:zh dan:da deu:de ell:el eng:en est:et fin:fi fra:fr heb:he hin:hi hun:hu "
        "ind:id ita:it jpn:ja kor:ko lit:lt mar:mr mkd:mk nld:nl nob:no pes:fa pol:pl por:pt ron:ro rus:ru spa:es swe:sv "
        "tam:ta tel:te tgl:tl tha:th tur:tr ukr:uk urd:ur vie:vi"
    ).split()
)
Tell = Callable[[Sequence[str]], tuple[list[str], float]]


@dataclass(frozen=True)
class Case:
    """Texts with the labels they should get; `base` says that forms of Chinese are one language."""

    name: str
    texts: Sequence[str]
    labels: Sequence[str]
    base: bool = True

    def accuracy(self, told: Sequence[str]) -> float:
        """Return the share of right labels."""
        shown = [label.partition("-")[0] if self.base else label for label in told]
        return sum(one == other for one, other in zip(self.labels, shown, strict=True)) / len(self.labels)


def cases(data: Path) -> list[Case]:
    """Return everything that is measured."""
    tatoeba = pl.read_parquet(data / "langid/tatoeba_112lang_a.parquet")
    listed = tatoeba.filter(pl.col("lang3").is_in(list(LISTED)))
    xquad = pl.read_parquet(data / "langid/xquad_12lang_a.parquet")
    poems = pl.read_parquet(data / "clean/zh_poetry.parquet")
    forms = poems["lang"].replace({"zh": "zh-Hans"}).to_list()
    cantonese = tatoeba.filter(pl.col("lang3").is_in(["yue", "cmn"]))
    return [
        Case("xquad, 12 languages, paragraphs", xquad["text"].to_list(), xquad["lang"].to_list()),
        Case("Tatoeba, 40 languages, sentences", listed["text"].to_list(), [LISTED[code] for code in listed["lang3"]]),
        Case("poems, simplified or traditional", poems["text"].to_list(), forms, base=False),
        Case("xquad, Chinese: simplified", *_only(xquad, "lang", "zh", "zh-Hans"), base=False),
        Case(
            "Tatoeba, Cantonese or Mandarin", cantonese["text"].to_list(),
            ["yue" if code == "yue" else "zh" for code in cantonese["lang3"]],
        ),
    ]  # fmt: skip


def _only(frame: pl.DataFrame, column: str, value: str, label: str) -> tuple[list[str], list[str]]:
    texts = frame.filter(pl.col(column) == value)["text"].to_list()
    return texts, [label] * len(texts)


def teller() -> Tell:
    """Return the detector's way: batches, views made beforehand as in a scan."""
    known, folding = Teller(read_languages(), frozenset({"zh", "en"})), Folding()

    def tell(texts: Sequence[str]) -> tuple[list[str], float]:
        batches = [_batch(texts, start) for start in range(0, len(texts), BATCH)]
        seen = [(batch, views_of(batch, folding)) for batch in batches]
        began = time.process_time()
        told = [known.tell(*pair) for pair in seen]
        seconds = time.process_time() - began
        return [
            next(iter(one.of(number)))
            for one, pair in zip(told, seen, strict=True)
            for number in range(len(pair[0].rows))
        ], seconds

    return tell


def _batch(texts: Sequence[str], start: int) -> Batch:
    batch = Batch.of_texts(texts[start : start + BATCH])
    return replace(batch, rows=batch.rows + MIDDLE + start)


def langdetect(texts: Sequence[str]) -> tuple[list[str], float]:
    """Return what langdetect says, text by text."""
    from langdetect import DetectorFactory, LangDetectException, detect

    DetectorFactory.seed = 0
    told = []
    began = time.process_time()
    for text in texts:
        try:
            told.append(detect(text).partition("-")[0])
        except LangDetectException:
            told.append("")
    return told, time.process_time() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skip-langdetect", action="store_true")
    given = parser.parse_args()
    tell = teller()
    print("| texts | documents | accuracy | documents/s | langdetect | documents/s |\n|---|---:|---:|---:|---:|---:|")
    for case in cases(given.data):
        results = [tell(case.texts) for _ in range(given.rounds + 1)][1:]
        cells = f"{case.accuracy(results[0][0]):.4f} | {len(case.texts) / min(seconds for _, seconds in results):,.0f}"
        theirs = "– | –"
        if not given.skip_langdetect:
            told, seconds = langdetect(case.texts)
            right = f"{case.accuracy(told):.4f}" if case.base else "–"
            theirs = f"{right} | {len(case.texts) / seconds:,.0f}"
        print(f"| {case.name} | {len(case.texts):,} | {cells} | {theirs} |", flush=True)


if __name__ == "__main__":
    main()

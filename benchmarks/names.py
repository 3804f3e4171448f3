"""How many names of persons and addresses are found in labelled texts, and how often one is seen in clean text.

Part of `benchmarks/personal_info.py`. A surname with a title (王先生) names a person, but most labelled data leaves it
out: such findings are counted apart and are no part of the precision. Spans are compared exactly, those of addresses
also where they overlap.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from corpus_guard import Guard
from corpus_guard.catalog.wordings import read_word_lists
from corpus_guard.detectors.name_model import people

CHUNK = 500
MODES = ("labelled", "all")
LABELLED_PRECISION, ALL_F1, ADDRESS_RECALL = 0.9, 0.5, 0.7
NAMES = {"zh_multipriv_a": "name", "en_presidio_synth_v2": "PERSON", "zh_cluener_dev": "name"}
"""Data sets, and what they call a person."""
PLACES = frozenset({"CN_ADDRESS", "LOCATION"})
Span = tuple[int, int]


def measure(data: Path) -> list[str]:
    """Print what is found in the outside data under *data*; return what falls short."""
    faults: list[str] = []
    for mode in MODES:
        guard = guard_with(mode)
        faults += _names(guard, mode, data / "pii")
        _clean(guard, mode, data / "clean")
    return faults + _addresses(guard_with("off"), data / "pii")


def guard_with(names: str) -> Guard:
    """Return a guard whose pipeline says `names`."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Path(folder) / "pipeline.toml"
        pipeline.write_text(f'[personal_info]\nnames = "{names}"\n', encoding="utf-8")
        return Guard(detectors=["personal_info"], pipeline=pipeline)


def found_in(guard: Guard, texts: Sequence[str], entities: frozenset[str]) -> Iterator[set[Span]]:
    """Yield the spans of *entities* found in each text."""
    for begin in range(0, len(texts), CHUNK):
        part = texts[begin : begin + CHUNK]
        spans: list[set[Span]] = [set() for _ in part]
        columns = guard.check(part).select("row", "entity", "start", "end")
        for row, entity, start, end in columns.iter_rows():
            if entity in entities:
                spans[row].add((start, end))
        yield from spans


def _names(guard: Guard, mode: str, folder: Path) -> list[str]:
    print(f'Names, names = "{mode}" (exact spans)')
    faults: list[str] = []
    for name, kind in NAMES.items():
        path = folder / f"{name}.parquet"
        if path.is_file():
            precision, f1, line = _of_set(guard, pl.read_parquet(path), kind)
            print(f"  {name:22} {line}")
            if mode == "labelled" and name != "zh_cluener_dev" and precision < LABELLED_PRECISION:
                faults.append(f"{name}: labelled names have a precision of {precision:.3f}")
            if mode == "all" and name == "zh_cluener_dev" and f1 < ALL_F1:
                faults.append(f"{name}: names have an F1 of {f1:.3f}")
    return faults


def _of_set(guard: Guard, frame: pl.DataFrame, kind: str) -> tuple[float, float, str]:
    found = missed = false = titled = 0
    spans = found_in(guard, frame["text"].to_list(), frozenset({"PERSON"}))
    for text, wanted, seen in zip(frame["text"], frame["spans"], spans, strict=True):
        expected = {(span["start"], span["end"]) for span in wanted if span["type"] == kind}
        others = [text[start:end] for start, end in seen - expected]
        only_titled = sum(is_titled(other) for other in others)
        found, missed, titled = found + len(expected & seen), missed + len(expected - seen), titled + only_titled
        false += len(seen - expected) - only_titled
    precision, recall = found / max(1, found + false), found / max(1, found + missed)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    line = f"found {found}, missed {missed}, false {false}, surname with a title {titled}"
    return precision, f1, f"{line}: precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}"


def is_titled(span: str) -> bool:
    """Say whether *span* is a surname with a title, and no name."""
    return span[people().surname(span) :] in read_word_lists()["titles"]


def _clean(guard: Guard, mode: str, folder: Path) -> None:
    print(f'Documents with a name, an address, a place and a violation in 1,000 of clean text, names = "{mode}"')
    for path in sorted(folder.glob("*.parquet")):
        texts = pl.read_parquet(path)["text"].to_list()
        seen: Counter[str] = Counter()
        for begin in range(0, len(texts), CHUNK):
            found = guard.check(texts[begin : begin + CHUNK])
            seen.update(found.select("row", "entity").unique()["entity"].to_list())
            seen["violation"] += found.filter(pl.col("grade") == "violation")["row"].n_unique()
        rates = (1000 * seen[name] / len(texts) for name in ("PERSON", "CN_ADDRESS", "LOCATION", "violation"))
        print(f"  {path.stem:28}", *(f"{rate:7.1f}" for rate in rates))


def _addresses(guard: Guard, folder: Path) -> list[str]:
    path = folder / "zh_addresses_dev.parquet"
    if not path.is_file():
        return []
    frame = pl.read_parquet(path)
    spans = list(found_in(guard, frame["text"].to_list(), PLACES))
    texts = sum(1 for some in spans if some)
    characters = sum(end - start for some in spans for start, end in some)
    recall = texts / len(frame)
    print(f"Addresses, zh_addresses_dev: {texts} of {len(frame)} texts, recall {recall:.3f};", end=" ")
    print(f"{characters / sum(frame['text'].str.len_chars()):.3f} of their characters")
    _full_addresses(guard, folder / "zh_multipriv_a.parquet")
    return [f"zh_addresses_dev: a recall of {recall:.3f}"] if recall < ADDRESS_RECALL else []


def _full_addresses(guard: Guard, path: Path) -> None:
    if path.is_file():
        frame = pl.read_parquet(path)
        exact = wanted = false = 0
        seen = found_in(guard, frame["text"].to_list(), frozenset({"CN_ADDRESS"}))
        for spans, some in zip(frame["spans"], seen, strict=True):
            expected = {(span["start"], span["end"]) for span in spans if span["type"] == "address"}
            exact, wanted, false = exact + len(expected & some), wanted + len(expected), false + len(some - expected)
        print(f"Addresses, zh_multipriv_a: {exact} of {wanted} exact, {false} false")

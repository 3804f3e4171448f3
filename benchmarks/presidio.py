"""Our findings beside those of the whole Presidio: what it finds and we do not, and how fast each is.

    python benchmarks/presidio.py [--documents 20000] [--seed 1] [--rounds 5] [--data ../shared/data]

Presidio runs as it comes: `AnalyzerEngine` with the `no_op` engine, on whole texts. Documents are made up: identifiers
with correct check digits and what only looks like some, in Chinese and English sentences, so that it is known what is
true. Every true finding of Presidio must be one of ours; its false ones are counted by what they are, and by whether
ours count them or only tell of them (info). With outside data also the cases of Presidio's own tests and labelled
sentences. Exit 1 when a true one is missing, when we are less than `TIMES` as fast, find less in the sentences, or less
than `CASES` of the cases agree. The same texts, entities and run for both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import Writer  # noqa: E402 - found beside this folder, also when not installed
from benchmarks.identifiers import POSITIVES, digits, resident_id, with_luhn  # noqa: E402
from corpus_guard import Guard  # noqa: E402

ENTITIES = (
    "EMAIL_ADDRESS",
    "CREDIT_CARD",
    "IBAN_CODE",
    "IP_ADDRESS",
    "CRYPTO",
    "PHONE_NUMBER",
    "MAC_ADDRESS",
    "US_SSN",
    "UK_NINO",
)
"""Those both look for by default."""

CARRIERS = (
    "请登记{}以便核对。",
    "He wrote {} on the form. ",
    "资料 {} 已存档；",
    "- {}\n",
    "（{}），",
    "Please note: {}, thanks. ",
    "<td>{}</td>",
)
TIMES = 50
"""How many times as fast as Presidio the rules are."""

CASES = 0.97
"""Share of the cases of Presidio's tests that agree with the rules that are on."""

WARM = 64

LOOK_ALIKES = {
    "order number": lambda r: digits(r, r.choice((10, 12, 16)), "123456789"),
    "time stamp": lambda r: r.choice(("1", "17")) + digits(r, 9),
    "date and time": lambda r: f"20{r.randint(10, 25)}-{r.randint(1, 12):02}-{r.randint(1, 28):02} {r.randint(10, 23)}:{r.randint(10, 59)}:{r.randint(10, 59)}",
    "version": lambda r: f"version {r.randint(1, 9)}.{r.randint(0, 30)}.{r.randint(0, 30)}.{r.randint(0, 250)}",
    "loopback, netmask or group address": lambda r: r.choice(("127.0.0.1", "255.255.255.0", "0.0.0.0", "::1", "224.0.0.251", "ff02::fb")),
    "network with its prefix": lambda r: r.choice(("10.0.0.0/8", "192.168.0.0/16", "2001:db8::/32", "fe80::/10")),
    "filler device address": lambda r: r.choice(("00:00:00:00:00:01", "01:00:5e:00:00:fb", "00:11:22:33:44:55", "01-02-03-04-05-06")),
    "book number": lambda r: f"ISBN 978-{r.randint(1, 9)}-{digits(r, 3)}-{digits(r, 5)}-{digits(r, 1)}",
    "nine bare digits": lambda r: digits(r, 9, "123456789"),
    "part number like an insurance number": lambda r: f"{r.choice(('AB', 'JG', 'SX'))}{digits(r, 6)}{r.choice('ABCD')}",
    "number of a social security that was never issued": lambda r: r.choice(("000-12-3456", "666-12-3456", "912-34-5678", "078-05-1120")),
    "card number of one digit": lambda r: " ".join([r.choice("01") * 4] * 4),
    "card number inside a longer number": lambda r: digits(r, 4) + with_luhn("4539" + digits(r, 11)),
    "coordinates": lambda r: f"{r.uniform(18, 53):.6f}, {r.uniform(73, 135):.6f}",
    "sum of money": lambda r: f"{r.randint(1_000, 99_999_999):,}.{digits(r, 2)}",
    "file name": lambda r: f"icon{r.randint(1, 9)}@2x.png",
    "resident id": resident_id,
    "hash": lambda r: r.randbytes(r.choice((16, 20))).hex(),
}  # fmt: skip
"""What is none of the entities, by what it is."""


Spans = AbstractSet[tuple[str, int, int]]
"""(entity, start, end), in code points."""


@dataclass(frozen=True)
class Plant:
    """What was put into a text, and where: an entity, or "" and what it is instead."""

    start: int
    end: int
    entity: str
    what: str


@dataclass
class Comparison:
    """Findings of Presidio by what they are, and which of them are ours too."""

    true: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    more: Counter[str] = field(default_factory=Counter)
    false: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, plants: Sequence[Plant], theirs: Spans, ours: Spans, *, only_told: Spans = frozenset()) -> None:
        """Count one text: (entity, start, end) of either side; those of ours that are info are also in *only_told*."""
        for plant in plants:
            if plant.entity in ENTITIES:
                found = _on(plant.entity, plant.start, plant.end, theirs)
                mine = _covered(plant, ours)
                self.true[plant.entity] += found
                self.missing[plant.entity] += found and not mine
                self.more[plant.entity] += mine and not found
        for entity, start, end in theirs:
            around = [plant for plant in plants if plant.start < end and start < plant.end]
            if entity not in {plant.entity for plant in around}:
                what = around[0].what if around else "other text"
                self.false[entity, what] += 1
                told = _on(entity, start, end, only_told)
                self.told[entity, what] += told
                self.kept[entity, what] += not told and _on(entity, start, end, ours)

    def lines(self) -> Iterator[str]:
        """Yield what is printed."""
        yield f"  {'entity':16} {'true ones of Presidio':>22} {'not ours':>9} {'true ones only ours':>20}"
        for entity in ENTITIES:
            yield f"  {entity:16} {self.true[entity]:22} {self.missing[entity]:9} {self.more[entity]:20}"
        yield "False findings of Presidio, by what they are"
        yield f"  {'entity':16} {'of Presidio':>12} {'ours too':>9} {'info':>6}  what"
        for (entity, what), count in sorted(self.false.items()):
            yield f"  {entity:16} {count:12} {self.kept[entity, what]:9} {self.told[entity, what]:6}  {what}"


def _on(entity: str, start: int, end: int, found: Spans) -> bool:
    return any(kind == entity and first < end and start < last for kind, first, last in found)


def _covered(plant: Plant, found: Spans) -> bool:
    return any(kind == plant.entity and first <= plant.start and plant.end <= last for kind, first, last in found)


def documents(count: int, seed: int) -> Iterator[tuple[str, list[Plant]]]:
    """Yield *count* texts with what stands in them."""
    random = Random(seed)
    for _ in range(count):
        text, plants = "", []
        for _ in range(random.randint(1, 4)):
            before, _, after = random.choice(CARRIERS).partition("{}")
            if random.random() < 0.6:
                entity = random.choice(ENTITIES)
                label, value = POSITIVES[entity](random)
                if label and label[-1] not in " :":
                    label += random.choice((" ", "：", ": "))
                what = entity
            else:
                what = random.choice(list(LOOK_ALIKES))
                entity, label, value = "", "", LOOK_ALIKES[what](random)
            text += before + label
            plants.append(Plant(len(text), len(text) + len(value), entity, what))
            text += value + after
        yield text, plants


def presidio() -> Any:
    """Return the whole Presidio without a model, and without the network."""
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NoOpNlpEngine
    from presidio_analyzer.predefined_recognizers import UkNinoRecognizer

    from corpus_guard.detectors.recognizers import without_network

    without_network()
    engine = AnalyzerEngine(nlp_engine=NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}]))
    engine.registry.add_recognizer(UkNinoRecognizer())  # not among those that Presidio loads by itself
    return engine


def compared(guard: Guard, count: int, seed: int) -> Comparison:
    """Return how the findings in *count* documents compare."""
    engine, comparison = presidio(), Comparison()
    made = list(documents(count, seed))
    ours: list[set[tuple[str, int, int]]] = [set() for _ in made]
    told: list[set[tuple[str, int, int]]] = [set() for _ in made]
    found = guard.check([text for text, _ in made])
    for row, entity, start, end, grade in found.select("row", "entity", "start", "end", "grade").iter_rows():
        ours[row].add((entity, start, end))
        if grade == "info":
            told[row].add((entity, start, end))
    for (text, plants), mine, only_told in zip(made, ours, told, strict=True):
        theirs = engine.analyze(text, "en", entities=list(ENTITIES))
        comparison.add(plants, {(one.entity_type, one.start, one.end) for one in theirs}, mine, only_told=only_told)
    return comparison


def cases(frame: pl.DataFrame) -> dict[str, float]:
    """Print how many cases of Presidio's own tests agree, and why others do not; return the shares.

    "on": with its recognisers switched on; "default": with the rules as they are.
    """
    default, agreed, failed = Guard(detectors=["personal_info"]), Counter[str](), Counter[str]()
    by_default = {entity for entity in ENTITIES if entity in frame["entity"]}
    for entity in sorted(set(frame["entity"])):
        own = frame.filter(pl.col("entity") == entity)
        guards = {"on": _with_recognizers_of(entity)} | ({"default": default} if entity in by_default else {})
        for name, guard in guards.items():
            found = guard.check(own["text"].to_list()).filter(pl.col("entity") == entity)
            counts = Counter(found["row"].to_list())
            for row, (case, text, expected) in enumerate(own.select("id", "text", "expected_count").iter_rows()):
                if counts[row] == expected:
                    agreed[name] += 1
                else:
                    failed[name] += 1
                    print(f"  {name:8} {case:34} {expected} expected, {counts[row]} found: {reason(entity, text)}")
    shares = {name: agreed[name] / (agreed[name] + failed[name]) for name in ("on", "default")}
    for name, share in shares.items():
        print(f"  {name:8} {agreed[name]} of {agreed[name] + failed[name]} cases agree, {share:.3f}")
    return shares


def _with_recognizers_of(entity: str) -> Guard:
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Path(folder) / "pipeline.toml"
        pipeline.write_text(f'[personal_info]\npresidio = ["{entity}"]\n', encoding="utf-8")
        return Guard(detectors=["personal_info"], pipeline=pipeline)


def reason(entity: str, text: str) -> str:
    """Return why the rules of this project pass over a case that Presidio expects."""
    if entity == "US_SSN":
        return (
            "nine bare digits, or digits in two groups as postal codes have them, are none without a word that says so"
        )
    if text.count(".") > 3:
        return "five groups of digits are a version or a heading"
    return "not known: look at it"


def f_scores(frame: pl.DataFrame) -> tuple[float, float]:
    """Return F1 (exact spans, entities of `ENTITIES` that are labelled there) of the rules and of Presidio."""
    engine, guard = presidio(), Guard(detectors=["personal_info"])
    texts = frame["text"].to_list()
    wanted = {
        (row, span["type"], span["start"], span["end"])
        for row, spans in enumerate(frame["spans"].to_list())
        for span in spans
        if span["type"] in ENTITIES
    }
    kinds = {entity for _, entity, *_ in wanted}
    ours = {row for row in guard.check(texts).select("row", "entity", "start", "end").rows() if row[1] in kinds}
    theirs = {
        (row, one.entity_type, one.start, one.end)
        for row, text in enumerate(texts)
        for one in engine.analyze(text, "en", entities=sorted(kinds))
    }
    return _f_score(ours, wanted), _f_score(theirs, wanted)


def _f_score(found: set[tuple[int, str, int, int]], wanted: set[tuple[int, str, int, int]]) -> float:
    return 2 * len(found & wanted) / (len(found) + len(wanted))


def speeds(guard: Guard, rounds: int) -> tuple[float, float]:
    """Return megabytes a second of processor time of the rules and of Presidio, each the best of *rounds* in turns.

    Two documents in a hundred hold a telephone number. The rules see `WARM` megabytes before: literals begin with an
    automaton, and a database takes over.
    """
    texts = list(Writer().documents(4000))
    few, engine = texts[:100], presidio()
    for _ in range(WARM // 8):
        guard.scan_texts(texts)
    time.sleep(1)
    ours = theirs = 0.0
    for _ in range(rounds):
        ours = max(ours, _speed(texts, lambda: guard.scan_texts(texts)))
        theirs = max(theirs, _speed(few, lambda: [engine.analyze(text, "en", entities=[*ENTITIES]) for text in few]))
    return ours, theirs


def _speed(texts: Sequence[str], work: Callable[[], object]) -> float:
    size = sum(len(text.encode()) for text in texts) / 1_000_000
    begun = time.process_time()
    work()
    return size / (time.process_time() - begun)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description="Compares the rules of personal information with Presidio.")
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="the folder of outside data; default ../shared/data when it is there")
    parser.add_argument("--rounds", type=int, default=5, help="of measuring the speed of each; 0: not at all")
    options = parser.parse_args(words)
    data = options.data or ROOT.parent / "shared" / "data"
    faults = outside(data) if (data / "pii").is_dir() else []
    guard = Guard(detectors=["personal_info"])
    comparison = compared(guard, options.documents, options.seed)
    print(f"{options.documents} made-up documents", *comparison.lines(), sep="\n")
    faults += (
        [f"{comparison.missing.total()} true findings of Presidio are not ours"] if comparison.missing.total() else []
    )
    if options.rounds:
        ours, theirs = speeds(guard, options.rounds)
        print(f"MB a second of processor time: {ours:.0f} here, {theirs:.2f} Presidio: {ours / theirs:.0f} times")
        faults += [f"{ours / theirs:.0f} times as fast as Presidio, at least {TIMES}"] if ours < TIMES * theirs else []
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return 1 if faults else 0


def outside(data: Path) -> list[str]:
    """Print what outside data say; return the faults."""
    print("Cases of Presidio's own tests, with its recognisers on, and by default")
    shares = cases(pl.read_parquet(data / "pii_cases" / "presidio_recognizer_cases_a.parquet"))
    faults = [f"{share:.3f} of the cases agree ({name})" for name, share in shares.items() if share < CASES]
    ours, theirs = f_scores(pl.read_parquet(data / "pii" / "en_presidio_synth_v2.parquet"))
    print(f"en_presidio_synth_v2, identifiers, exact spans: F1 {ours:.3f} here, {theirs:.3f} Presidio")
    return faults + ([] if ours >= theirs else [f"F1 {ours:.3f} on en_presidio_synth_v2, Presidio has {theirs:.3f}"])


if __name__ == "__main__":
    sys.exit(main())

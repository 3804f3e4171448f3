"""How many identifiers of people the rules find, and how often they see one where there is none.

    python benchmarks/personal_info.py [--data ../shared/data] [--each 60] [--seed 1]

Made-up identifiers in four positions; with --data also labelled texts, test vectors of other projects, and false alarms
in clean text. Source files of the running environment, but for packages about identifiers, are always scanned. Prints counts, never a text. Exit 1 when an
entity raises too many false alarms or too few documents are without a violation, 2 when the data is missing.
"""

from __future__ import annotations

import argparse
import re
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import polars as pl

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.identifiers import POSITIVES, negatives  # noqa: E402 - found beside this folder, also when not installed
from benchmarks.names import measure  # noqa: E402
from corpus_guard import Guard  # noqa: E402

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
POSITIONS = ("请登记{}以便核对", "资料 {} 已存档", "《{}》", "（{}），“完”。")
FULL_WIDTH = 2
"""Which of the positions is written full width."""

TYPES = {
    "CN_USCC": "CN_USCC", "BANK_CARD": "CN_BANK_CARD", "CN_PLATE": "CN_VEHICLE_PLATE", "CN_MOBILE": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS", "CN_LANDLINE": "PHONE_NUMBER", "CN_ID_CARD": "CN_RESIDENT_ID", "CN_PASSPORT": "CN_PASSPORT",
    "QQ": "CN_QQ", "IPV4": "IP_ADDRESS", "IPV6": "IP_ADDRESS", "WECHAT": "CN_WECHAT_ID", "MAC": "MAC_ADDRESS",
    "stdnum.cn.ric": "CN_RESIDENT_ID", "stdnum.cn.uscc": "CN_USCC", "stdnum.bitcoin": "CRYPTO", "stdnum.iban": "IBAN_CODE",
    "stdnum.us.ssn": "US_SSN", "stdnum.mac": "MAC_ADDRESS", "id_card": "CN_RESIDENT_ID", "mobile": "PHONE_NUMBER",
    "email": "EMAIL_ADDRESS",
}  # fmt: skip
"""What outside data calls our entities, where it uses another name."""

LABELS = {
    "CN_RESIDENT_ID": "身份证号",
    "CN_PASSPORT": "护照号",
    "CN_QQ": "QQ",
    "CN_WECHAT_ID": "微信号",
    "US_SSN": "SSN ",
    "PHONE_NUMBER": "电话",
    "EMAIL_ADDRESS": "邮箱",
    "CN_BANK_CARD": "卡号",
}
ON_CLEAN, ON_SOURCE = 1.0, 3.0
"""False alarms in 1,000 documents that an entity may raise."""
APART = frozenset({"EMAIL_ADDRESS", "PERSON", "CN_ADDRESS"})
"""Addresses of authors in source files are real, so are addresses of hotels; of names only records of persons count."""
WITHOUT_VIOLATION = 0.98
FILES, CHUNK = 3000, 500
INFO = "info"
ABOUT_IDENTIFIERS = frozenset({"phonenumbers", "stdnum", "presidio_analyzer"})
"""Packages whose source files are full of identifiers because these are what they are about."""


class Counts:
    """Of each entity: what was there, what of it was found, what was found besides."""

    def __init__(self) -> None:
        self.there: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.false: Counter[str] = Counter()

    def add(
        self, expected: set[tuple[str, int, int]], found: set[tuple[str, int, int]], *, exhaustive: bool = True
    ) -> None:
        """Count one text: (entity, start, end) that stand there and that were found."""
        self.there.update(entity for entity, *_ in expected)
        self.found.update(entity for entity, *_ in expected & found)
        if exhaustive:
            self.false.update(entity for entity, *_ in found - expected)

    def lines(self) -> Iterator[str]:
        """Yield a table row an entity."""
        for entity in sorted(self.there | self.false):
            there, found, false = self.there[entity], self.found[entity], self.false[entity]
            recall = f"{found / there:7.1%}" if there else "      -"
            precision = f"{found / (found + false):7.1%}" if found + false else "      -"
            yield f"  {entity:20} {there:6} {found:6} {false:6} {recall} {precision}"


HEAD = f"  {'entity':20} {'there':>6} {'found':>6} {'false':>6}  recall precision"


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(
        description="Measures recall, precision and false alarms of the personal information rules."
    )
    parser.add_argument("--data", type=Path, help="the folder of outside data; default ../shared/data when it is there")
    parser.add_argument("--each", type=int, default=60, help="identifiers an entity and position")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(words)
    if options.data and not (options.data / "clean").is_dir():
        print(f"{options.data} holds no folder clean/; give the folder of outside data with --data", file=sys.stderr)
        return 2
    data = options.data or ROOT.parent / "shared" / "data"
    guard = Guard(detectors=["personal_info"])
    print(f"Made up, {options.each} an entity in each of {len(POSITIONS)} positions, and look-alikes\n{HEAD}")
    print(*made_up(guard, options.each, options.seed).lines(), sep="\n")
    faults = []
    if (data / "clean").is_dir():
        outside(guard, data)
        faults += measure(data)
        texts = [text for path in sorted((data / "clean").glob("*.parquet")) for text in pl.read_parquet(path)["text"]]
        faults += alarms(guard, "clean documents", texts, ON_CLEAN)
    faults += alarms(guard, "source files", source_files(options.seed), ON_SOURCE)
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return 1 if faults else 0


def made_up(guard: Guard, each: int, seed: int) -> Counts:
    """Return what is found of made-up identifiers, and of what only looks like them, in all positions."""
    random, counts = Random(seed), Counts()
    texts: list[str] = []
    expected: list[set[tuple[str, int, int]]] = []
    for entity, make in POSITIVES.items():
        for number in range(each * len(POSITIONS)):
            label, value = make(random)
            position = number % len(POSITIONS)
            text, start = placed(label, value, position)
            texts.append(text)
            expected.append({(entity, start, start + len(value))})
    for _ in range(each):
        for number, text in enumerate(negatives(random)):
            texts.append(placed("", text, number % len(POSITIONS))[0])
            expected.append(set())
    for found, wanted in zip(spans(guard, texts), expected, strict=True):
        counts.add(wanted, found)
    return counts


def placed(label: str, value: str, position: int) -> tuple[str, int]:
    """Return the text with *label* and *value* in one of the positions, and where the value begins."""
    gap = ("", " ", "：", ":")[position] if label and label[-1] not in " :" else ""
    text = POSITIONS[position].format(f"{label}{gap}{value}")
    start = text.index(f"{label}{gap}{value}") + len(label) + len(gap)
    return (text.translate(WIDE) if position == FULL_WIDTH else text), start


def spans(guard: Guard, texts: Sequence[str]) -> Iterator[set[tuple[str, int, int]]]:
    """Yield (entity, start, end) of what is found in each text."""
    for begin in range(0, len(texts), CHUNK):
        part = texts[begin : begin + CHUNK]
        found: list[set[tuple[str, int, int]]] = [set() for _ in part]
        for row, entity, start, end in guard.check(part).select("row", "entity", "start", "end").iter_rows():
            found[row].add((entity, start, end))
        yield from found


def outside(guard: Guard, data: Path) -> None:
    """Print what is found in the labelled texts and test vectors of other projects."""
    for name in ("zh_multipriv_a", "en_presidio_synth_v2"):
        path = data / "pii" / f"{name}.parquet"
        if path.is_file():
            print(
                f"{name}, labelled texts (exact spans)\n{HEAD}",
                *labelled(guard, pl.read_parquet(path)).lines(),
                sep="\n",
            )
    vectors = [
        one
        for path in sorted((data / "pii_cases").glob("vectors_*.parquet"))
        for one in _vectors(guard, pl.read_parquet(path))
    ]
    print(f"Test vectors in a carrier sentence: {sum(agrees for _, agrees, _ in vectors)} of {len(vectors)} agree")
    print(*_by_entity(vectors), sep="\n")
    path = data / "pii_cases" / "presidio_recognizer_cases_a.parquet"
    if path.is_file():
        print("Cases of Presidio", *_cases(guard, pl.read_parquet(path)), sep="\n")


def labelled(guard: Guard, frame: pl.DataFrame) -> Counts:
    """Return what is found of the labelled spans that are entities of ours."""
    counts = Counts()
    kinds = set(POSITIVES)
    for found, wanted in zip(spans(guard, frame["text"].to_list()), frame["spans"].to_list(), strict=True):
        named = {(TYPES.get(span["type"], span["type"]), span["start"], span["end"]) for span in wanted}
        counts.add({span for span in named if span[0] in kinds}, {span for span in found if span[0] in kinds})
    return counts


def _vectors(guard: Guard, frame: pl.DataFrame) -> Iterator[tuple[str, bool, bool]]:
    """Yield entity, whether it agrees, and whether the value is said to be valid, for each test vector.

    A valid value agrees when it, or the address before its port, is found and nothing else; an invalid one when nothing
    is. A resident id that fails its check digit is found where a word says that it is one, so that it stands without.
    """
    frame = frame.filter(pl.col("type").is_in(list(TYPES)))
    rows = [(TYPES[kind], value, valid) for kind, value, valid in frame.select("type", "value", "valid").iter_rows()]
    texts = [
        f"登记{LABELS.get(entity, '') if valid or entity != 'CN_RESIDENT_ID' else ''}{value}，请核对"
        for entity, value, valid in rows
    ]
    for (entity, value, valid), text, found in zip(rows, texts, spans(guard, texts), strict=True):
        start = text.index(value)
        bare = value.partition("]")[0] if value.startswith("[") else re.sub(r"(?<=\.\d):\d+$", "", value)
        first = start + len(bare) - len(bare.lstrip("["))
        wanted = {(entity, first, start + len(bare))} if valid else set()
        yield entity, wanted == {span for span in found if span[0] == entity}, valid


def _by_entity(vectors: Sequence[tuple[str, bool, bool]]) -> Iterator[str]:
    for entity in sorted({one[0] for one in vectors}):
        own = [one for one in vectors if one[0] == entity]
        wrong = [
            f"{'valid' if valid else 'invalid'} one {'missed' if valid else 'found'}"
            for _, agrees, valid in own
            if not agrees
        ]
        yield f"  {entity:20} {len(own) - len(wrong)} of {len(own)} agree{': ' if wrong else ''}{', '.join(wrong)}"


def _cases(guard: Guard, frame: pl.DataFrame) -> Iterator[str]:
    agreed: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    frame = frame.filter(pl.col("entity").is_in(list(POSITIVES)))
    for found, entity, expected in zip(
        spans(guard, frame["text"].to_list()), frame["entity"], frame["expected_count"], strict=True
    ):
        cases[entity] += 1
        agreed[entity] += expected == len([span for span in found if span[0] == entity])
    for entity in sorted(cases):
        yield f"  {entity:20} {agreed[entity]} of {cases[entity]} cases agree"


def source_files(seed: int) -> list[str]:
    """Return up to `FILES` Python files of the running environment, without packages about identifiers."""
    folder = Path(sysconfig.get_paths()["purelib"])
    paths = [
        path for path in sorted(folder.rglob("*.py")) if path.relative_to(folder).parts[0] not in ABOUT_IDENTIFIERS
    ]
    chosen = Random(seed).sample(paths, min(FILES, len(paths)))
    return [path.read_text(encoding="utf-8", errors="replace") for path in chosen]


def alarms(guard: Guard, what: str, texts: Sequence[str], limit: float) -> list[str]:
    """Print the documents in 1,000 that each entity is seen in, and the share without a violation; return the faults.

    Only what counts may be a false alarm: suspects and violations. What is info alone is printed apart.
    """
    seen: Counter[tuple[str, str]] = Counter()
    violating = 0
    for begin in range(0, len(texts), CHUNK):
        found = guard.check(texts[begin : begin + CHUNK])
        graded = found.with_columns(weight=pl.when(pl.col("grade") == "info").then(pl.lit(INFO)).otherwise(pl.lit("")))
        seen.update(graded.select("entity", "weight", "row").unique().select("entity", "weight").rows())
        violating += found.filter(pl.col("grade") == "violation")["row"].n_unique()
    print(f"Documents with a finding, in 1,000 of {len(texts)} {what}")
    rows = [(entity, weight, 1000 * count / len(texts)) for (entity, weight), count in sorted(seen.items())]
    print(*(f"  {entity:20} {rate:7.2f}  {weight}".rstrip() for entity, weight, rate in rows), sep="\n")
    rates = {entity: rate for entity, weight, rate in rows if not weight}
    share = 1 - violating / len(texts)
    print(f"  without a violation  {share:7.2%}")
    return list(_faults(rates, share, what, limit))


def _faults(rates: dict[str, float], share: float, what: str, limit: float) -> Iterable[str]:
    for entity, rate in sorted(rates.items()):
        if rate > limit and entity not in APART:
            yield f"{entity}: {rate:.2f} of 1,000 {what}, at most {limit:g} may be"
    if share < WITHOUT_VIOLATION:
        yield f"{share:.2%} of {what} are without a violation, at least {WITHOUT_VIOLATION:.0%} must be"


if __name__ == "__main__":
    sys.exit(main())

"""How well licences are named, classed and found, robots.txt decisions, and what ten million blocked domains cost.

`python benchmarks/licences.py [DATA]` prints the figures of benchmarks/README.md and ends with 1 when one is worse
than asked for. The outside data lies in `DATA/license` and is only measured against.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.corpus import Writer
from corpus_guard import Guard
from corpus_guard.catalog.licences import licence_options
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.core.batch import Batch
from corpus_guard.core.licence import UNKNOWN_LICENCE
from corpus_guard.core.rule import Rule
from corpus_guard.licences.expressions import Reader
from corpus_guard.licences.notices import licences_named
from corpus_guard.licences.table import LicenceTable, spdx_id
from corpus_guard.opt_outs.blocked import Blocked
from corpus_guard.opt_outs.reading import refusal_options
from corpus_guard.opt_outs.robots import Robots
from corpus_guard.scanner import Scanner

DATA = Path("../shared/data")
DOCUMENTS, ROUNDS = 4000, 30
NAMED, CLASSED, NOTICED, EMPTY = 0.90, 0.95, 0.60, 0.98
"""Shares that must be right: of tags and names, classes of commercial use, texts with licences, texts without."""
DOMAINS, HOSTS = 10_000_000, 100_000
MEMORY, LICENSING, BLOCKED = 1.0, 0.10, 0.05
"""GB at the peak, and shares of processor time, that may be at most."""
NO_LICENCE = re.compile(r"unknown|free-unknown|warranty-disclaimer|generic-|other-")
"""Keys that say that something was seen, but name no licence."""
SAME = {"GPL-1.0-or-later": "LicenseRef-GPL", "LGPL-2.0-or-later": "LicenseRef-LGPL"}
"""How SPDX writes a GNU licence whose version nobody names -> our id for it."""
KEYS = {
    "public-domain": "LicenseRef-public-domain", "proprietary-license": "LicenseRef-proprietary",
    "commercial-license": "LicenseRef-proprietary",
}  # fmt: skip

USES = {"All": "commercial", "NC": "non-commercial", "Acad": "non-commercial", "Unspecified": "commercial-unspecified"}
"""Uses as the Data Provenance Initiative judges them -> our classes."""

TAGS = {
    "unknown": UNKNOWN_LICENCE, "other": UNKNOWN_LICENCE, "gfdl": "LicenseRef-GFDL", "odc-by": "ODC-By-1.0",
    "odbl": "ODbL-1.0", "c-uda": "C-UDA-1.0",
}  # fmt: skip
"""Tags of the hub that are no SPDX ids -> what they mean; all others are, in lower case."""


def reader() -> Reader:
    """Return a reader with the shipped names and classes."""
    options = licence_options(shipped_rules() / "licensing")
    return Reader(LicenceTable(options["names"], options["classes"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say with the exit code whether everything is as good as asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", type=Path, default=DATA, help="folder of the outside data")
    folder = parser.parse_args(arguments).data / "license"
    read = reader()
    faults = [*tags(read, folder), *names(read, folder), *classes(read, folder), *notices(read, folder)]
    faults += robots(folder)
    with tempfile.TemporaryDirectory() as place:
        faults += [*domains(Path(place)), *shares(Path(place))]
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return 1 if faults else 0


def tags(read: Reader, folder: Path) -> list[str]:
    """Measure licence tags of data set cards: the SPDX id must be right."""
    column = pl.read_parquet(folder / "hf_dataset_cards_a.parquet")["license"]
    values = [tag for found in column for tag in found]
    good = [read.stated(tag).ids == (TAGS.get(tag) or spdx_id(tag),) for tag in values]
    return share("tags of data set cards: SPDX id right", good, NAMED)


def names(read: Reader, folder: Path) -> list[str]:
    """Measure licence names of audited data sets: the use class must be the one the auditors gave that name."""
    known = uses(folder / "dpi_license_classes.parquet") | uses(folder / "dpi_custom_license_classes.parquet")
    frame = pl.read_parquet(folder / "dpi_dataset_licences_a.parquet")
    pairs = [(each["License"], each["License URL"]) for found in frame["licenses"] for each in found]
    judged = [(name, known.get(name) or known.get(str(url))) for name, url in pairs]
    good = [use in use_classes(read, name) for name, use in judged if use]
    without = len(judged) - len(good)
    print(f"  ({without} of {len(judged)} names stand for terms that nobody classed)")
    return share("names in audits: class of use right", good, NAMED)


def classes(read: Reader, folder: Path) -> list[str]:
    """Measure the class of commercial use of each licence that the auditors list."""
    known = uses(folder / "dpi_license_classes.parquet")
    for name, use in known.items():
        if use not in use_classes(read, name):
            print(f"  {name}: they say {use}, we {', '.join(sorted(use_classes(read, name)))}")
    return share("licences by commercial use", [use in use_classes(read, name) for name, use in known.items()], CLASSED)


def notices(read: Reader, folder: Path) -> list[str]:
    """Measure which licences texts name: all that are expected and no other; texts without one must give none."""
    index = pl.read_parquet(folder / "scancode_license_index.parquet").select("key", "spdx")
    known = dict(index.iter_rows()) | KEYS
    frame = pl.read_parquet(folder / "scancode_detection_open.parquet")
    found = named(read, frame["text"].to_list())
    wanted = [expected(read, keys, known) for keys in frame["expected"]]
    scored = [
        (want, got) for want, got, keys in zip(wanted, found, frame["expected"], strict=True) if want or not len(keys)
    ]
    full, bare = [pair for pair in scored if pair[0]], [got for want, got in scored if not want]
    print(f"  ({sum(want <= got for want, got in full)} of {len(full)} texts: every licence named, and perhaps others)")
    right = share("texts: exactly the right licences named", [want == got for want, got in full], NOTICED)
    return right + share("texts without a licence: none named", [not got for got in bare], EMPTY)


def expected(read: Reader, expressions: Sequence[str], known: Mapping[str, str]) -> set[str]:
    """Return the SPDX ids of ScanCode expressions, exceptions left out."""
    keys = {key.partition(" WITH ")[0].strip() for one in expressions for key in re.split(r"\s(?:AND|OR)\s|[()]", one)}
    spdx = [known.get(key, key) for key in keys if key and not NO_LICENCE.match(key)]
    ids = [next(iter(read.stated(one).ids), one) for one in spdx]
    own = [other if one == UNKNOWN_LICENCE else one for one, other in zip(ids, spdx, strict=True)]
    return {SAME.get(one, one) for one in own}


def named(read: Reader, texts: Sequence[str]) -> list[set[str]]:
    """Return the licences that each text names."""
    guard = Guard(detectors=["licensing"])
    rules = {rule.id: rule for rule in guard.plan.rules}
    pairs: list[list[tuple[Rule, str]]] = [[] for _ in texts]
    rows = guard.check(texts).sort("row", "start").select("row", "start", "end", "rule").iter_rows()
    for row, start, end, rule in rows:
        pairs[row].append((rules[rule], texts[row][start:end]))
    return [{SAME.get(spdx, spdx) for spdx in licences_named(found, read)} for found in pairs]


def robots(folder: Path) -> list[str]:
    """Compare every decision about a few paths of each recorded host with protego's own."""
    from protego import Protego

    frame = pl.read_parquet(folder / "robots_txt_a.parquet")
    crawlers = ("GPTBot", "CCBot", "Bytespider", "*")
    files = dict(frame.select("host", "text").iter_rows())
    ours, same = Robots(files, crawlers), []
    for host, text in files.items():
        for address in (f"https://{host}{path}" for path in paths_of(text)):
            theirs = tuple(name for name in crawlers if not Protego.parse(text).can_fetch(address, name))
            same.append(ours.refused(host, address) == theirs)
    return share("decisions of robots.txt equal to protego's", same, 1.0)


def paths_of(text: str) -> list[str]:
    """Return the root, a page, and the first paths that a robots.txt speaks of, without its wildcards."""
    spoken = re.findall(r"(?im)^\s*(?:dis)?allow\s*:\s*(/\S*)", text)[:8]
    return ["/", "/page.html", *(path.replace("*", "x").rstrip("$") for path in spoken)]


def domains(folder: Path) -> list[str]:
    """Write ten million blocked domains to *folder*; measure reading, memory, look-ups of hosts."""
    path = folder / "blocked.txt"
    with path.open("w") as file:
        file.writelines(f"site-{number:x}.example{number % 977}.com\n" for number in range(DOMAINS))
    before, began = memory(), time.process_time()
    held = refusal_options({"blocked": path})["blocked"]
    spent, peak = time.process_time() - began, memory()
    print(f"{DOMAINS:,} blocked domains: read in {spent:.1f} s of processor time, {len(held) / 1e6:.0f} MB held")
    print(f"  peak memory of the process {peak:.2f} GB (before: {before:.2f} GB, at most 1 GB)")
    blocked, some = Blocked(np.frombuffer(held, np.uint64)), addresses(HOSTS)
    blocked.of(some[:1])  # makes the table of what hashes begin with
    began = time.process_time()
    barred = int(blocked.of(some).sum())
    spent = time.process_time() - began
    print(f"  {HOSTS:,} addresses looked up in {spent:.3f} s, {1e6 * spent / HOSTS:.2f} µs each; {barred:,} barred")
    return [] if peak <= MEMORY else [f"blocked domains: {peak:.2f} GB at the peak, at most {MEMORY} may be"]


def addresses(count: int) -> pa.LargeStringArray:
    """Return addresses of different hosts, each below a blocked domain."""
    made = [f"https://www.site-{n * 7:x}.example{n * 7 % 977}.com/{n}" for n in range(count)]
    return pa.array(made, pa.large_string())


def shares(folder: Path) -> list[str]:
    """Print what `licensing` adds to a light scan, and what the blocked domains of *folder* add to both.

    Processor time, the best of rounds that take turns, over documents of 2 KB in memory, each from another host: below
    a blocked domain every one, or none. Reading, tables of findings and writing are left out: with them shares of the
    same work are smaller, but a finding for every document takes longer than all else.
    """
    pipeline = folder / "pipeline.toml"
    pipeline.write_text('[licensing]\nblocked = ["blocked.txt"]\n', encoding="utf-8")
    light = ["keywords", "personal_info", "exact_duplicates"]
    texts, below = list(Writer().documents(DOCUMENTS)), addresses(DOCUMENTS)
    beside = pc.replace_substring(below, "example", "sample")
    guards = Guard(light), Guard([*light, "licensing"]), Guard([*light, "licensing"], (), pipeline)
    three, four, listed = (Scanner(guard.plan) for guard in guards)
    blocked = Blocked(np.frombuffer(refusal_options({"blocked": folder / "blocked.txt"})["blocked"], np.uint64))
    batches = {name: replace(Batch.of_texts(texts), columns={"url": urls}) for name, urls in
               {"below": below, "beside": beside}.items()}  # fmt: skip
    work: dict[str, Callable[[], object]] = {
        "light": lambda: three.scan(batches["below"]),
        "more": lambda: four.scan(batches["below"]),
        "free": lambda: listed.scan(batches["beside"]),
        "barred": lambda: listed.scan(batches["below"]),
        "hosts": lambda: blocked.of(below),
    }
    best = dict.fromkeys(work, float("inf"))
    for _ in range(ROUNDS):
        for name, run in work.items():
            began = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - began)
    print(f"  with a finding for every document: {best['barred'] / best['more'] - 1:.1%} more than without a list")
    return [
        *at_most(
            "licensing adds to keywords, personal_info, exact_duplicates", best["more"] / best["light"] - 1, LICENSING
        ),
        *at_most("blocked domains add to all four, no host barred", best["free"] / best["more"] - 1, BLOCKED),
        *at_most("looking up hosts, every one barred, beside all four", best["hosts"] / best["more"], BLOCKED),
    ]


def at_most(what: str, found: float, limit: float) -> list[str]:
    """Print a share; return a fault when it is above the *limit*."""
    print(f"{what}: {found:.1%} (at most {limit:.0%})")
    return [] if found <= limit else [f"{what}: {found:.1%}, at most {limit:.0%} may be"]


def memory() -> float:
    """Return the highest memory of this process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def uses(path: Path) -> Mapping[str, str]:
    """Return our class of use of each licence in a table of theirs."""
    rows = pl.read_parquet(path).iter_rows()
    return {name: USES[found[0]] for name, found in rows if found[0] in USES}


def use_classes(read: Reader, name: str) -> set[str]:
    """Return the classes of what *name* states."""
    return {one for spdx in read.stated(name).ids for one in read.table.classes_of(spdx)}


def share(what: str, good: Iterable[bool], least: float) -> list[str]:
    """Print the share of *good*; return a fault when it is below *least*."""
    every = list(good)
    right = sum(every) / max(1, len(every))
    print(f"{what}: {sum(every)} of {len(every)}, {right:.3f} (at least {least:.2f})")
    return [] if right >= least else [f"{what}: {right:.3f}, at least {least:.2f} must be"]


if __name__ == "__main__":
    sys.exit(main())

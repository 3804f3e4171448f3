"""How well licences are named, classed and found, robots.txt decisions, and what ten million blocked domains cost.

`python benchmarks/licences.py [DATA]` prints the figures of benchmarks/README.md and ends with 1 when one is worse
than asked for. The outside data lies in `DATA/license` and is only measured against.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl

from corpus_guard.catalog.licences import licence_options
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.core.licence import UNKNOWN_LICENCE
from corpus_guard.licences.expressions import Reader
from corpus_guard.licences.table import LicenceTable, spdx_id

DATA = Path("../shared/data")
NAMED, CLASSED = 0.90, 0.95
"""Shares that must be right: of tags and names, and of classes of commercial use."""

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
    faults = [*tags(read, folder), *names(read, folder), *classes(read, folder)]
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

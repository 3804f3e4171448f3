"""An index of works: hashes of their long shingles and what they are called; never a word of them.

It is one Arrow file of one row, whose metadata say what made it. Works of equal shingles are one, the first.

Documents are looked at closely where they hold one of the `chosen` shingles: all those of a short work, of others the
smallest of every `WINDOW` in a row (winnowing: Schleimer, Wilkerson, Aiken 2003). So a stretch of a work of so many
shingles is never missed, and what does not fit the caches of a core is seldom asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array, arrow_scalar, no_rows, numbers_of
from corpus_guard.core.batch import Batch, Integers
from corpus_guard.errors import UsageError
from corpus_guard.matching.views import View
from corpus_guard.overlaps.long_shingles import Hashes, Piece, hashed, pieces_of

SUFFIX = ".index"
FORMAT = 1
WINDOW = 16
ALL_CHOSEN = 64
"""Shingles up to which a text has them all chosen."""

ABOUT = pa.schema(
    [
        ("against", pa.string()), ("work", pa.string()), ("row", pa.int64()), ("work_id", pa.string()),
        ("characters", pa.int64()), ("shingles", pa.int64()), ("width", pa.int64()), ("ideographs", pa.bool_()),
    ]
)  # fmt: skip
"""A row a work; `shingles` 0: too short, or nothing of it is its own. `width` is that of its shingles."""

_HEADER = b"corpus_guard_works"
_ARRAYS = ("hashes", "starts", "postings", "chosen")
_SMALL = (16, 22)
_LARGE = (16, 27)
_OTHER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Works:
    """Works by their hashes: those of `hashes[i]` are `postings[starts[i]:starts[i + 1]]`, as rows of `about`.

    `hashes` and `chosen`, some of them, are in ascending order.
    """

    about: pa.Table
    hashes: Hashes
    starts: Integers
    postings: npt.NDArray[np.uint32]
    chosen: Hashes
    facts: Mapping[str, int]

    def widths(self, *, wide: bool) -> tuple[int, ...]:
        """Return the widths of shingles to look for in texts that may hold ideographs, or in others."""
        return self._widths[wide]

    @cached_property
    def _widths(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        compared = self.about.filter(pa.compute.greater(self.about["shingles"], arrow_scalar(0, pa.int64())))
        letters = compared.filter(pa.compute.invert(compared["ideographs"]))
        return tuple(sorted(set(letters["width"].to_pylist()))), tuple(sorted(set(compared["width"].to_pylist())))

    @cached_property
    def tables(self) -> tuple[_Table, _Table]:
        """Two tables that say whether a hash may be `chosen`: one that a core can cache, one that seldom errs."""
        count = len(self.chosen)
        return _Table.of(self.chosen, 8 * count, _SMALL), _Table.of(self.chosen * _OTHER, 64 * count, _LARGE)

    def may_be_chosen(self, hashes: Hashes) -> Integers:
        """Return the places of those hashes that are chosen."""
        small, large = self.tables
        here = np.flatnonzero(small.has(hashes))
        here = here[large.has(hashes[here] * _OTHER)]
        if not len(here):
            return here
        found = np.searchsorted(self.chosen, hashes[here])
        sure: Integers = here[self.chosen[np.minimum(found, len(self.chosen) - 1)] == hashes[here]]
        return sure

    def places(self, hashes: Hashes) -> tuple[Integers, npt.NDArray[np.bool_]]:
        """Return where in `hashes` these are, and whether they are there at all."""
        if not len(self.hashes):
            return np.zeros(len(hashes), np.int64), np.zeros(len(hashes), bool)
        found = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return found, self.hashes[found] == hashes

    def to_bytes(self) -> bytes:
        """Return the file of these works."""
        columns = {
            "about": pa.LargeListArray.from_arrays([0, len(self.about)], self.about.to_struct_array().combine_chunks()),
            "hashes": _listed(self.hashes), "starts": _listed(self.starts), "postings": _listed(self.postings),
            "chosen": _listed(self.chosen),
        }  # fmt: skip
        header = {"format": FORMAT, "tool_version": version("corpus-guard"), "facts": dict(self.facts)}
        batch = pa.RecordBatch.from_pydict(columns, metadata={_HEADER: json.dumps(header)})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, batch.schema) as writer:
            writer.write_batch(batch)
        content: bytes = sink.getvalue().to_pybytes()
        return content

    @classmethod
    def from_bytes(cls, content: bytes, path: Path | str = "") -> Works:
        """Return the works of a file, without copying it; raise `UsageError` when it is none of this version."""
        again = "make it again from the works with: corpus-guard works index"
        try:
            reader = pa.ipc.open_file(pa.BufferReader(content))
            header = json.loads((reader.schema.metadata or {})[_HEADER])
            if header["format"] == FORMAT:
                row = {name: reader.get_batch(0)[name].values for name in ("about", *_ARRAYS)}
                about = pa.Table.from_struct_array(row.pop("about")).cast(ABOUT)
                return cls(about, **{name: numbers_of(values) for name, values in row.items()}, facts=header["facts"])
        except (pa.ArrowException, OSError, KeyError, ValueError, TypeError):
            raise UsageError(f"{path} is no index of works, or it is damaged; {again}") from None
        raise UsageError(
            f"{path} is an index of works in the format {header['format']}, written by version "
            f"{header.get('tool_version', '?')}, and this version reads format {FORMAT}; {again}"
        )


@dataclass(frozen=True)
class _Table:
    """Whether a hash may be one of some, by its highest bits."""

    marks: npt.NDArray[np.bool_]
    shift: np.uint64

    @classmethod
    def of(cls, hashes: Hashes, size: int, bits: tuple[int, int]) -> _Table:
        chosen = min(bits[1], max(bits[0], size.bit_length()))
        marks, shift = np.zeros(1 << chosen, bool), np.uint64(64 - chosen)
        marks[hashes >> shift] = True
        return cls(marks, shift)

    def has(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = np.take(self.marks, (hashes >> self.shift).view(np.int64), mode="clip")
        return found


def _listed(values: npt.NDArray[Any]) -> pa.Array:
    return pa.LargeListArray.from_arrays([0, len(values)], arrow_array(values))


@dataclass
class WorksBuilder:
    """Takes works, batch by batch; `ideographs` and `letters` are widths of shingles."""

    ideographs: int
    letters: int
    common: int
    fewest: int
    _about: list[pa.Table] = field(default_factory=list)
    _hashes: list[Hashes] = field(default_factory=list)
    _owners: list[Integers] = field(default_factory=list)
    _chosen: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)
    _works: int = 0
    _copies: int = 0

    def add(self, batch: Batch, views: Sequence[View], names: Mapping[str, Any]) -> None:
        """Add the documents of a batch; *names* are the columns `against`, `work`, `work_id`, or one value for all."""
        count = len(batch.rows)
        pieces = list(pieces_of(views))
        characters, ideographs = np.zeros(count, np.int64), np.zeros(count, np.int64)
        for piece in pieces:
            documents = batch.documents[piece.texts]
            np.add.at(characters, documents, piece.lengths)
            np.add.at(ideographs, documents, piece.ideographs())
        is_ideographs = 2 * ideographs >= np.maximum(characters, 1)
        width = np.where(is_ideographs, self.ideographs, self.letters)
        document, hashes, chosen = _shingles(batch, pieces, width)
        kept = self._fresh(document, hashes, count)
        number = np.cumsum(kept) - 1 + self._works
        mine = kept[document]
        self._hashes.append(hashes[mine])
        self._owners.append(number[document[mine]])
        self._chosen.append(chosen[mine])
        about: dict[str, Any] = {
            "row": batch.rows,
            "characters": characters,
            "shingles": np.zeros(count, np.int64),
            "width": width,
            "ideographs": is_ideographs,
        }
        about |= {name: [value] * count if isinstance(value, str) else value for name, value in names.items()}
        full = pa.table({name: about[name] for name in ABOUT.names}).cast(ABOUT)
        self._about.append(full.filter(arrow_array(kept)))
        self._works += int(kept.sum())

    def _fresh(self, document: Integers, hashes: Hashes, count: int) -> npt.NDArray[np.bool_]:
        """Which documents have other shingles than every work before them."""
        sizes = np.bincount(document, minlength=count)
        ends = np.cumsum(sizes)
        kept = np.ones(count, bool)
        for place in np.flatnonzero(sizes).tolist():
            own = hashes[ends[place] - sizes[place] : ends[place]]
            key = (len(own), int(np.bitwise_xor.reduce(own)))
            kept[place] = key not in self._seen
            self._seen.add(key)
        self._copies += int((~kept).sum())
        return kept

    def works(self) -> Works:
        """Return all that was added."""
        about = pa.concat_tables([no_rows(ABOUT), *self._about])
        hashes = np.concatenate([np.zeros(0, np.uint64), *self._hashes])
        owners = np.concatenate([np.zeros(0, np.int64), *self._owners])
        chosen = np.concatenate([np.zeros(0, bool), *self._chosen])
        order = np.argsort(hashes, kind="stable")
        hashes, owners, chosen = hashes[order], owners[order], chosen[order]
        counts = np.diff(np.flatnonzero(np.append(_new(hashes), True)))
        own = np.bincount(owners, minlength=len(about))
        told = np.repeat(counts <= self.common, counts)
        shingles = np.bincount(owners[told], minlength=len(about))
        shingles[shingles < self.fewest] = 0
        told &= (shingles > 0)[owners]
        about = about.set_column(about.schema.get_field_index("shingles"), "shingles", arrow_array(shingles))
        facts = {
            "works": len(about), "copies": self._copies, "too_short": int((own < self.fewest).sum()),
            "not_their_own": int(((own >= self.fewest) & (shingles == 0)).sum()),
        }  # fmt: skip
        return _of_sorted(about, hashes[told], owners[told], np.unique(hashes[told & chosen]), facts)


def _shingles(batch: Batch, pieces: Sequence[Piece], width: Integers) -> tuple[Integers, Hashes, npt.NDArray[np.bool_]]:
    """The different hashes of each document: documents, hashes, in the order of both, and which are chosen."""
    owners, found, chosen = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)], [np.zeros(0, bool)]
    for piece in pieces:
        documents = batch.documents[piece.texts]
        for size in np.unique(width[documents]).tolist():
            hashes = np.concatenate([np.zeros(0, np.uint64), *(block.copy() for _, block in hashed(piece.units, size))])
            places = np.arange(len(hashes))
            text = np.maximum(np.searchsorted(piece.starts, places, "right") - 1, 0)
            whole = (places + size <= piece.ends[text]) & (width[documents[text]] == size)
            hashes, text = hashes[whole], text[whole]
            owners.append(documents[text])
            found.append(hashes)
            chosen.append(_chosen(hashes, text))
    owner, every, choice = np.concatenate(owners), np.concatenate(found), np.concatenate(chosen)
    order = np.lexsort((~choice, every, owner))
    owner, every, choice = owner[order], every[order], choice[order]
    new = _new(owner) | _new(every)
    return owner[new], every[new], choice[new]


def _chosen(hashes: Hashes, text: Integers) -> npt.NDArray[np.bool_]:
    """Which shingles are chosen; those of a text lie side by side, in their order."""
    sizes = np.bincount(text) if len(text) else np.zeros(0, np.int64)
    chosen: npt.NDArray[np.bool_] = (sizes <= ALL_CHOSEN)[text] if len(text) else np.zeros(0, bool)
    if len(hashes) >= WINDOW and not chosen.all():
        smallest = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW).argmin(axis=1)
        first = np.flatnonzero(text[: len(smallest)] == text[WINDOW - 1 :])
        chosen[first + smallest[first]] = True
    return chosen


def _new(values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Where a value differs from the one before it."""
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    return new


def _of_sorted(about: pa.Table, hashes: Hashes, owners: Integers, chosen: Hashes, facts: Mapping[str, int]) -> Works:
    new = _new(hashes)
    starts = np.append(np.flatnonzero(new), len(hashes)).astype(np.int64)
    return Works(about, hashes[new], starts, owners.astype(np.uint32), chosen, facts)


def joined(parts: Sequence[Works]) -> Works:
    """Return the works of several indexes as one; facts are those of all."""
    if len(parts) == 1:
        return parts[0]
    first = np.cumsum([0, *(len(part.about) for part in parts)])
    every = [np.repeat(part.hashes, np.diff(part.starts)) for part in parts]
    owners = [part.postings.astype(np.int64) + before for part, before in zip(parts, first[:-1], strict=True)]
    hashes, owner = np.concatenate(every), np.concatenate(owners)
    order = np.lexsort((owner, hashes))
    facts = {name: sum(part.facts[name] for part in parts) for name in parts[0].facts}
    about = pa.concat_tables([part.about for part in parts])
    chosen = np.unique(np.concatenate([part.chosen for part in parts]))
    return _of_sorted(about, hashes[order], owner[order], chosen, facts)

"""Which works stand in the documents of a batch, and how much of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array, numbers_of
from corpus_guard.core.batch import Batch, Integers
from corpus_guard.matching.views import View
from corpus_guard.overlaps.long_shingles import Piece, hashed, pieces_of
from corpus_guard.overlaps.works import Works

OVERLAP = pa.struct(
    [
        ("work", pa.uint32()), ("share_of_work", pa.float64()), ("share_of_document", pa.float64()),
        ("characters", pa.int64()), ("longest", pa.int64()), ("found", pa.list_(pa.int64())),
    ]
)  # fmt: skip
"""A document and a work: shares of their shingles, characters of the document that are of the work, most in a row;
`found` are the places in `Works.postings` that were found."""


@dataclass(frozen=True)
class Least:
    """From how much on an overlap is reported; by the width of a work's shingles, so many characters."""

    share: float
    characters: Mapping[int, int]

    def of(self, width: Integers) -> Integers:
        """Return the characters for works of these widths; those of another index go by the nearest width."""
        known = sorted(self.characters)
        nearest = [self.characters[min(known, key=lambda one: abs(one - size))] for size in width.tolist()]
        return np.array(nearest, np.int64)


@dataclass(frozen=True)
class _Hits:
    """Shingles of works, where they stand: text, place in it, and which posting of the works it is."""

    text: Integers
    place: Integers
    posting: Integers


def overlaps_of(batch: Batch, views: Sequence[View], works: Works, least: Least) -> pa.ListArray:
    """Return the overlaps of each document that are worth a report, as a list of `OVERLAP` each."""
    pieces = list(pieces_of(views))
    near = np.zeros(len(batch.rows), bool)
    for piece in pieces:
        near[batch.documents[_near(piece, works)]] = True
    hits = _hits([_part(piece, near[batch.documents[piece.texts]]) for piece in pieces] if near.any() else [], works)
    if not len(hits.text):
        return _lists(len(batch.rows), np.zeros(0, np.int64), [])
    work = works.postings[hits.posting].astype(np.int64)
    document = batch.documents[hits.text]
    order = np.lexsort((hits.place, hits.text, work, document))
    hits = _Hits(hits.text[order], hits.place[order], hits.posting[order])
    document, work = document[order], work[order]
    pair = np.ones(len(work), bool)
    pair[1:] = (document[1:] != document[:-1]) | (work[1:] != work[:-1])
    begins = np.flatnonzero(pair)
    width = numbers_of(works.about["width"])[work]
    characters, longest = _lengths(hits, pair, width)
    owner, found = _different(np.cumsum(pair) - 1, hits.posting)
    document, work, width = document[begins], work[begins], width[begins]
    own = _shingles(batch, pieces, document, width)
    of_work = np.bincount(owner, minlength=len(begins)) / numbers_of(works.about["shingles"])[work]
    of_document = np.diff(np.append(begins, len(pair))) / np.maximum(own, 1)
    enough = least.of(width)
    kept = (of_work >= least.share) | (longest >= enough) | ((of_document >= least.share) & (characters >= enough))
    lists = np.split(found, np.cumsum(np.bincount(owner, minlength=len(begins)))[:-1])
    columns = (work, of_work, of_document, characters, longest)
    rows = [
        dict(zip(OVERLAP.names, (*(column[row] for column in columns), lists[row]), strict=True))
        for row in np.flatnonzero(kept).tolist()
    ]
    return _lists(len(batch.rows), document[kept], rows)


def _lists(count: int, document: Integers, rows: list[dict[str, Any]]) -> pa.ListArray:
    """The rows as one list for each of *count* documents; *document*, ascending, says whose they are."""
    ends = np.cumsum(np.bincount(document, minlength=count)) if count else np.zeros(0, np.int64)
    return pa.ListArray.from_arrays(arrow_array(np.concatenate([[0], ends]), pa.int32()), arrow_array(rows, OVERLAP))


def _near(piece: Piece, works: Works) -> Integers:
    """The texts that hold a chosen shingle; now and then one whose shingle reaches into the next text."""
    found = [np.zeros(0, np.int64)]
    for width in works.widths(wide=piece.wide):
        for first, hashes in hashed(piece.units, width):
            found.append(works.may_be_chosen(hashes) + first)
    text = np.searchsorted(piece.starts, np.concatenate(found), "right") - 1
    near: Integers = piece.texts[np.unique(text[text >= 0])]
    return near


def _part(piece: Piece, kept: npt.NDArray[np.bool_]) -> Piece:
    """The texts of *piece* marked True."""
    starts, ends = piece.starts[kept], piece.ends[kept]
    parts = [piece.units[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    stops = np.cumsum([0, *map(len, parts)])
    units = np.concatenate([np.zeros(0, np.uint16), *parts])
    return Piece(units, stops[:-1], stops[1:], piece.texts[kept], piece.wide)


def _hits(pieces: Sequence[Piece], works: Works) -> _Hits:
    """Every shingle of a work in these texts."""
    parts = [_Hits(*(np.zeros(0, np.int64) for _ in range(3)))]
    for piece in pieces:
        for width in works.widths(wide=piece.wide):
            for first, hashes in hashed(piece.units, width):
                where, known = works.places(hashes)
                places, where = np.flatnonzero(known) + first, where[known]
                text = np.searchsorted(piece.starts, places, "right") - 1
                whole = places + width <= piece.ends[text]
                parts.append(_posted(works, piece, places[whole], where[whole], text[whole], width))
    columns = zip(*((part.text, part.place, part.posting) for part in parts), strict=True)
    return _Hits(*(np.concatenate(column) for column in columns))


def _posted(works: Works, piece: Piece, places: Integers, where: Integers, text: Integers, width: int) -> _Hits:
    """A hit for each work that a shingle is of."""
    counts = works.starts[where + 1] - works.starts[where]
    first = np.repeat(works.starts[where] - (np.cumsum(counts) - counts), counts)
    posting = first + np.arange(int(counts.sum()))
    own = numbers_of(works.about["width"])[works.postings[posting]] == width
    texts, place = np.repeat(piece.texts[text], counts), np.repeat(places - piece.starts[text], counts)
    return _Hits(texts[own], place[own], posting[own])


def _lengths(hits: _Hits, pair: npt.NDArray[np.bool_], width: Integers) -> tuple[Integers, Integers]:
    """Characters that each pair shares, and the most of them in a row."""
    begins = np.flatnonzero(pair)
    text = pair.copy()
    text[1:] |= hits.text[1:] != hits.text[:-1]
    step = np.zeros(len(pair), np.int64)
    step[:-1] = np.where(text[1:], width[:-1], np.minimum(np.diff(hits.place), width[:-1]))
    step[-1] = width[-1]
    run = text.copy()
    run[1:] |= np.diff(hits.place) != 1
    heads = np.flatnonzero(run)
    rows = np.diff(np.append(heads, len(run))) + width[heads] - 1
    of_pair = np.flatnonzero(pair[heads])
    characters: Integers = np.add.reduceat(step, begins)
    longest: Integers = np.maximum.reduceat(rows, of_pair)
    return characters, longest


def _different(owner: Integers, posting: Integers) -> tuple[Integers, Integers]:
    """The postings of each pair, each once."""
    order = np.lexsort((posting, owner))
    owner, posting = owner[order], posting[order]
    new = np.ones(len(owner), bool)
    new[1:] = (owner[1:] != owner[:-1]) | (posting[1:] != posting[:-1])
    return owner[new], posting[new]


def _shingles(batch: Batch, pieces: Sequence[Piece], document: Integers, width: Integers) -> Integers:
    """How many shingles of *width* each *document* has."""
    counts = np.zeros(len(document), np.int64)
    for size in np.unique(width).tolist():
        total = np.zeros(len(batch.rows), np.int64)
        for piece in pieces:
            np.add.at(total, batch.documents[piece.texts], np.maximum(piece.lengths - size + 1, 0))
        counts = np.where(width == size, total[document], counts)
    return counts

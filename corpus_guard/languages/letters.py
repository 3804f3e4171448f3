"""Letters of texts by kind and by script, counted over whole texts of a view in a few passes of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from corpus_guard.core.arrays import arrow_array
from corpus_guard.core.batch import Integers
from corpus_guard.core.language import LanguageData
from corpus_guard.languages.alphabets import HAN, KANA, SIMPLIFIED, TRADITIONAL, alphabets
from corpus_guard.matching.characters import Codes
from corpus_guard.matching.compiled import library, number, pointer
from corpus_guard.matching.views import View

_STRETCH = 255
_FEWEST_KANA = 8
_KINDS = 8
_AT_ONCE = 256
_EAST = [HAN, SIMPLIFIED, TRADITIONAL, KANA]


@dataclass(frozen=True)
class Letters:
    """Letters of each text of a view: `kinds`, a row a text, as `alphabets` numbers them; those of `japanese` apart.

    Letters in Japanese stretches, Han characters among them, count in `japanese` alone.
    """

    kinds: npt.NDArray[np.int64]
    japanese: Integers


def count_letters(view: View, codes: Codes, data: LanguageData) -> Letters:
    """Return the letters of each text of *view*, whose code points are *codes*."""
    stretches, first = _stretches(view)
    functions = library()
    if functions is None:
        counts = np.concatenate([*_counted(stretches, codes, data), np.zeros((0, _KINDS), np.int64)])
    else:
        counts = _compiled(stretches, codes, data, functions)
    kinds = np.add.reduceat(counts, first, axis=0)
    if not kinds[:, KANA].any():
        return Letters(kinds, np.zeros(len(kinds), np.int64))
    return _japanese_apart(counts, kinds, first, data)


def _compiled(stretches: Integers, codes: Codes, data: LanguageData, functions: Any) -> npt.NDArray[np.int64]:
    known, sums = alphabets(data), np.empty(len(stretches), np.uint64)
    beyond = known.packed_beyond(codes.beyond)
    functions.count_kinds(
        pointer(codes.units), number(len(codes.units)), pointer(stretches), number(len(stretches)),
        *map(pointer, known.kinds), pointer(codes.places), pointer(beyond), number(len(beyond)), pointer(sums),
    )  # fmt: skip
    return sums.view(np.uint8).reshape(-1, _KINDS).astype(np.int64)


def _counted(stretches: Integers, codes: Codes, data: LanguageData) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the letters of stretches by kind, some stretches at once: arrays that stay in the cache."""
    known = alphabets(data)
    for place in range(0, len(stretches), _AT_ONCE):
        start = int(stretches[place])
        stop = int(stretches[place + _AT_ONCE]) if place + _AT_ONCE < len(stretches) else len(codes.units)
        units = arrow_array(codes.units[start:stop])
        packed = np.frombuffer(pc.take(known.packed, units, boundscheck=False).buffers()[1], np.uint64)
        first, last = np.searchsorted(codes.places, (start, stop)).tolist()
        if last > first:
            packed = packed.copy()
            packed[codes.places[first:last] - start] = known.packed_beyond(codes.beyond[first:last])
        sums = np.add.reduceat(packed, stretches[place : place + _AT_ONCE] - start)
        yield sums.view(np.uint8).reshape(-1, _KINDS).astype(np.int64)


def _stretches(view: View) -> tuple[Integers, Integers]:
    """Where each stretch of at most 255 characters begins, and which is the first of each text."""
    lengths = view.ends - view.starts + 1
    parts = -(-lengths // _STRETCH)
    first = np.cumsum(parts) - parts
    place = np.arange(int(parts.sum())) - np.repeat(first, parts)
    return np.repeat(view.starts, parts) + place * _STRETCH, first


def _japanese_apart(
    counts: npt.NDArray[np.int64], kinds: npt.NDArray[np.int64], first: Integers, data: LanguageData
) -> Letters:
    """Han and kana of stretches that are Japanese, by their share of kana and that of the whole text."""
    japanese = np.zeros(len(kinds), np.int64)
    some = np.flatnonzero(kinds[:, KANA])
    parts = np.diff(first, append=len(counts))[some]
    begins = np.cumsum(parts) - parts
    own = counts[np.repeat(first[some] - begins, parts) + np.arange(int(parts.sum()))]
    whole = np.repeat(_share(kinds[some], _EAST) >= data.kana_share, parts)
    least = np.where(whole, data.kana_share_within, data.kana_share)
    is_japanese = (_share(own, _EAST) >= least) & (whole | (own[:, KANA] >= _FEWEST_KANA))
    japanese[some] = np.add.reduceat(np.where(is_japanese, own[:, _EAST].sum(axis=1), 0), begins)
    kinds = kinds.copy()
    kept = np.where(is_japanese[:, None], 0, own[:, _EAST])
    kinds[some[:, None], _EAST] = np.add.reduceat(kept, begins, axis=0)
    return Letters(kinds, japanese)


def _share(counts: npt.NDArray[np.int64], east: list[int]) -> npt.NDArray[np.float64]:
    together = counts[:, east].sum(axis=1)
    share: npt.NDArray[np.float64] = counts[:, KANA] / np.maximum(together, 1)
    return np.where(counts[:, KANA] > 0, share, -1.0)

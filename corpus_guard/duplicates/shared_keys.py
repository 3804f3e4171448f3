"""Which keys several documents share: found from the keys alone, so that nothing else of most documents is read."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.matching.compiled import library, number, pointer

Keys = npt.NDArray[np.uint64]

_LEAST_BITS, _MOST_BITS = 16, 26
_SLOTS, _SLOT_BITS = 4, 5
"""Slots for a key, two bits each, and bits that number the slots of a word."""


def twice(parts: Sequence[Keys]) -> Keys:
    """Return the keys that stand at least twice in all *parts* together, ascending, each once.

    >>> twice([np.array([5, 1, 5], np.uint64), np.array([2, 1, 5], np.uint64)]).tolist()
    [1, 5]
    """
    keys = np.concatenate([np.zeros(0, np.uint64), *_likely(parts)])
    keys.sort()
    again = keys[1:][keys[1:] == keys[:-1]]
    return once(again)


def _likely(parts: Sequence[Keys]) -> Sequence[Keys]:
    """Keys among which are all that stand twice: few others, where that could be compiled."""
    functions = library()
    if functions is None:
        return parts
    bits = ctypes.c_int32(max(_LEAST_BITS, (_SLOTS * sum(map(len, parts))).bit_length()))
    seen = np.zeros(1 << bits.value >> _SLOT_BITS, np.uint64)
    parts = [np.ascontiguousarray(keys) for keys in parts]
    for keys in parts:
        functions.note_keys(pointer(keys), number(len(keys)), bits, pointer(seen))
    found = []
    for keys in parts:
        room = np.empty(len(keys) + 1, np.uint64)
        count = functions.noted_again(pointer(keys), number(len(keys)), bits, pointer(seen), pointer(room))
        found.append(room[:count].copy())
    return found


def once(keys: Keys) -> Keys:
    """Return ascending *keys*, each once."""
    fresh = np.ones(len(keys), bool)
    fresh[1:] = keys[1:] != keys[:-1]
    return keys[fresh]


class Among:
    """Finds the places of known keys: most others are told by a table of some of their bits."""

    def __init__(self, known: Iterable[Keys]) -> None:
        keys = np.concatenate([np.zeros(0, np.uint64), *known])
        keys.sort()
        self.keys = once(keys)
        bits = min(max(_LEAST_BITS, len(self.keys).bit_length() + 5), _MOST_BITS)
        self._mask = (1 << bits) - 1
        table = np.zeros(1 << bits, bool)
        table[self._bits(self.keys)] = True
        self._table = np.packbits(table, bitorder="little")

    def places(self, keys: Keys) -> Integers:
        """Return where in *keys* a known key stands, ascending."""
        return self.found(keys)[0]

    def found(self, keys: Keys) -> tuple[Integers, Integers]:
        """Return where in *keys* a known key stands, ascending, and which it is."""
        if not len(self.keys):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        likely = self._likely(keys)
        some = keys[likely]
        near = np.minimum(np.searchsorted(self.keys, some), len(self.keys) - 1)
        known = self.keys[near] == some
        return likely[known], near[known]

    def _likely(self, keys: Keys) -> Integers:
        """Where a key stands that shares its last bits with a known one."""
        functions = library()
        if functions is None:
            bits = self._bits(keys)
            return np.flatnonzero(self._table[bits >> 3] >> (bits & 7).astype(np.uint8) & 1)
        keys, room = np.ascontiguousarray(keys), np.empty(len(keys) + 1, np.int64)
        known = (ctypes.c_uint64(self._mask), pointer(self._table))
        return room[: functions.likely_keys(pointer(keys), number(len(keys)), *known, pointer(room))]

    def _bits(self, keys: Keys) -> Integers:
        """Some bits of each key, as a number that numpy takes for a place as it is."""
        bits: Integers = keys.view(np.int64) & np.int64(self._mask)
        return bits

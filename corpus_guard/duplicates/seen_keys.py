"""Which keys come for the first time, batch after batch: a set of Python would take as long as short texts do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.duplicates.shared_keys import Among, Keys, once

_BITS = 22
_PARTS = 16
"""Sorted arrays of keys that are looked through before they become one."""


class SeenKeys:
    """The keys of all batches so far; they are hashes, of which some bits are as good as others."""

    def __init__(self) -> None:
        self._table = np.zeros(1 << _BITS, bool)
        self._parts: list[Keys] = []

    def fresh(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Return which of *keys* stand neither before in *keys* nor in an earlier batch, and note them.

        >>> seen = SeenKeys()
        >>> [seen.fresh(np.array(keys, np.uint64)).tolist() for keys in ([7, 7, 1], [1, 2])]
        [[True, False, True], [False, True]]
        """
        ordered = np.sort(keys)
        fresh = np.ones(len(keys), bool)
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(again):
            places = Among([again]).places(keys)
            fresh[places] = False
            fresh[places[np.unique(keys[places], return_index=True)[1]]] = True
        fresh[self._known(keys)] = False
        self._note(once(ordered))
        return fresh

    def _known(self, keys: Keys) -> Integers:
        """The places of keys of earlier batches."""
        likely = np.flatnonzero(self._table[_bits(keys)])
        known = np.zeros(len(likely), bool)
        for part in self._parts:
            near = np.minimum(np.searchsorted(part, keys[likely]), len(part) - 1)
            known |= part[near] == keys[likely]
        return likely[known]

    def _note(self, keys: Keys) -> None:
        self._table[_bits(keys)] = True
        self._parts += [keys] if len(keys) else []
        if len(self._parts) > _PARTS:
            self._parts = [np.sort(np.concatenate(self._parts))]


def _bits(keys: Keys) -> Integers:
    bits: Integers = keys.view(np.int64) & np.int64((1 << _BITS) - 1)
    return bits

"""Literals by a compiled function (`literals.c`), where the installation could compile it.

It needs no database, so a process is ready at once; English text does not slow it down, where every second place looks
like the end of some literal; and it writes hits into an array instead of calling back for each. `lanes.LiteralLane`
finds the same without it.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.matching.compiled import library, pointer
from corpus_guard.matching.expressions import APART
from corpus_guard.matching.hashing import MIX, hash_bits, hashed
from corpus_guard.matching.lanes import ID_BITS, Hits
from corpus_guard.matching.tables import WORD as _IS_WORD

_BYTE_KINDS = ((6, 1), (5, 2), (4, 3), (3, 4), (2, 6), (1, 8), (7, 16))
"""(kind, least bytes, which are its key too) of literals of bytes."""
_EIGHT, _SIXTEEN = 1, 7
_FREQUENT = 24
"""Characters for a hit in texts that have many."""
_LONGEST_WORD = 7
"""Bytes up to which whole words are a kind of their own, the first; their key is all of them."""
_BOTH = 3
_BEYOND_UNITS = "\U00010000"
_KEY_OF_THREE = 3
_ROOMY = 2
"""Hashes for each literal, as a power of two: so seldom is there another one where it is looked for."""
_ASCII = 0x80
_UNIT_KINDS = ((0, 2), (1, 3), (2, 4))
"""The same of units."""

_LOW = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
"""The lowest so many bytes of a number."""
_WORDS = np.flatnonzero(_IS_WORD).astype(np.uint8)
_Table = npt.NDArray[Any]


_LITERAL = np.dtype([("key", np.uint64), *((name, np.uint32) for name in ("number", "size", "place", "whole"))])


class _Kind(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("bits", "filter_bits")),
        *((name, ctypes.c_void_p) for name in ("first", "literals", "filter")),
    )


class NativeLane:
    """Literals over characters of *width* bytes; may be scanned by several threads at once."""

    def __init__(self, literals: Sequence[str], width: int, whole: Sequence[int] | Integers) -> None:
        """Take distinct literals, none empty, of two characters at least where they are wide.

        *whole* says of each: 1 may not begin within a word, 2 may not end within one, 3 neither; 4 its blanks are
        whatever is between two words. One that begins with a letter or digit has 1 or 4. Of those with 4 only the end
        is told: `lengths` has 0 for them.
        """
        self.width = width
        self._whole = np.array(whole, np.uint8)
        self._sizes = _sizes(literals, width)
        self.lengths = np.where(self._whole == APART, 0, self._sizes)
        self._kept: list[_Table] = []
        self._room = threading.local()
        joined = "".join(literals).encode("utf-16-le" if width > 1 else "ascii", "surrogatepass")
        self._characters = self._keep(np.frombuffer(joined or bytes(width), np.uint8))
        self._place = np.cumsum(self._sizes) - self._sizes
        self._find = self._finder(_first_words(literals, self._whole, self._sizes))

    def scan(self, characters: _Table | None, lane: _Table | None = None, *, anywhere: bool = False) -> Hits:
        """Return every hit in *characters*; *lane* are the same as bytes, where they are wide.

        With *anywhere* literals are found inside of words, too.
        """
        if characters is None or not len(characters) or not len(self.lengths):
            return Hits.none()
        room = getattr(self._room, "hits", None)
        if room is None:
            room = self._room.hits = np.empty(max(2**14, len(characters) // _FREQUENT), np.int64)
        count = self._find(characters, lane, room, anywhere=anywhere)
        if count > len(room):
            room = self._room.hits = np.empty(2 * count, np.int64)
            self._find(characters, lane, room, anywhere=anywhere)
        found = room[:count]
        return Hits(found & ((1 << ID_BITS) - 1), found >> ID_BITS)

    def _finder(self, sizes: Integers) -> Callable[..., int]:
        """The compiled function with the tables of these literals, whose keys are of the first *sizes* characters."""
        functions = library()
        assert functions is not None
        self._heads = _heads(self._characters, self._place * self.width, sizes * self.width)
        if self.width > 1:
            kinds, key = _kinds(sizes, _UNIT_KINDS)
            pairs, bits = hash_bits(_keys(self._heads, np.full(len(sizes), 4)))
            hashes = ctypes.c_int32(bits), ctypes.c_int32(_lead(self._characters.view(np.uint16), self._sizes))
            return self._call(functions.find_units, self._tables(kinds, key * 2, len(_UNIT_KINDS)), pairs, hashes)
        kinds, key = _kinds(sizes, _BYTE_KINDS)
        others = np.append(0, np.cumsum(~_IS_WORD[self._characters]))
        are_words = others[self._place + sizes] == others[self._place]
        short = are_words & (sizes <= _LONGEST_WORD) & (self._whole == _BOTH)
        kinds[short], key[short] = 0, _LONGEST_WORD
        first_two = self._heads.view(np.uint8).reshape(-1, 16)[:, :2]
        pairs = _pairs(first_two[~short], sizes[~short])
        begins = self._keep(np.setdiff1d(first_two[:, 0], _WORDS))
        more = (pointer(begins), ctypes.c_int32(len(begins)))
        tables = self._tables(kinds, key, len(_BYTE_KINDS) + 1)
        return self._call(functions.find_bytes, self._with_longer(tables, kinds), pairs, more)

    def _with_longer(self, tables: Any, kinds: Integers) -> Any:
        """The tables, with those whose key has sixteen bytes in the filter of those of eight, which is asked first."""
        long = self._heads[(kinds == _EIGHT) | (kinds == _SIXTEEN)]
        known, bits = hash_bits(_keys(long, np.full(len(long), 8)))
        tables[_EIGHT].filter, tables[_EIGHT].filter_bits = self._keep(known).ctypes.data, bits
        return tables

    def _call(self, function: Any, kinds: Any, pairs: _Table, more: tuple[Any, ...]) -> Callable[..., int]:
        tables = (kinds, pointer(self._keep(pairs)), *more, pointer(self._characters))

        def find(characters: _Table, lane: _Table | None, room: Integers, *, anywhere: bool) -> int:
            text = (pointer(characters),) if self.width == 1 else (pointer(characters), pointer(lane))
            size, most = ctypes.c_int64(len(characters)), ctypes.c_int64(len(room))
            return int(function(*text, size, *tables, ctypes.c_int32(anywhere), pointer(room), most))

        return find

    def _keep(self, table: _Table) -> _Table:
        """The table, which lives as long as this lane: only its address is handed on."""
        self._kept.append(np.ascontiguousarray(table))
        return self._kept[-1]

    def _tables(self, kinds: Integers, key: Integers, count: int) -> Any:
        keys = _keys(self._heads, key)
        return (_Kind * count)(*(self._kind(np.flatnonzero(kinds == number), keys) for number in range(count)))

    def _kind(self, chosen: Integers, keys: npt.NDArray[np.uint64]) -> _Kind:
        """Literals of one kind, in the order of their hashes."""
        bits = max(4, len(chosen).bit_length()) + _ROOMY
        hashes = hashed(keys[chosen], bits)
        first = np.append(0, np.cumsum(np.bincount(hashes, minlength=1 << bits))).astype(np.uint32)
        some = chosen[np.argsort(hashes, kind="stable")]
        known, filter_bits = hash_bits(keys[some])
        literals = np.empty(len(some), _LITERAL)
        literals["key"], literals["number"], literals["size"] = keys[some], some, self._sizes[some]
        literals["place"], literals["whole"] = self._place[some], self._whole[some]
        return _Kind(bits, filter_bits, *(self._keep(table).ctypes.data for table in (first, literals, known)))


def _kinds(lengths: Integers, known: Sequence[tuple[int, int]]) -> tuple[Integers, Integers]:
    """The kind of each literal and the size of its key."""
    kinds, key = np.zeros(len(lengths), np.int64), np.zeros(len(lengths), np.int64)
    for number, least in known:
        kinds[lengths >= least], key[lengths >= least] = number, least
    return kinds, key


def _sizes(literals: Sequence[str], width: int) -> Integers:
    """How many characters of *width* bytes each literal has."""
    sizes = np.fromiter(map(len, literals), np.int64, len(literals))
    if width == 1 or max(map(max, literals), default="") < _BEYOND_UNITS:
        return sizes
    return np.array([len(literal.encode("utf-16-le", "surrogatepass")) // 2 for literal in literals], np.int64)


def _first_words(literals: Sequence[str], whole: npt.NDArray[np.uint8], sizes: Integers) -> Integers:
    """How much of each literal stands in a text as it is: with words apart only the first of them."""
    first = sizes.copy()
    for number in np.flatnonzero(whole == APART).tolist():
        first[number] = len(literals[number].partition(" ")[0])
    return first


def _heads(characters: _Table, places: Integers, sizes: Integers) -> npt.NDArray[np.uint64]:
    """The first sixteen bytes of each literal as two numbers; what it has not is zero."""
    column = np.arange(16)
    padded = np.append(characters.view(np.uint8), np.zeros(16, np.uint8))
    heads = np.where(column < sizes[:, None], padded[places[:, None] + column], np.uint8(0))
    return heads.view(np.uint64)


def _keys(heads: npt.NDArray[np.uint64], sizes: Integers) -> npt.NDArray[np.uint64]:
    """The first so many bytes of each literal as one number; of more than eight, two numbers mixed."""
    first, second = heads[:, 0] & _LOW[np.minimum(sizes, 8)], heads[:, 1] & _LOW[np.maximum(sizes - 8, 0)]
    return first ^ second * np.uint64(MIX)


def _lead(units: _Table, sizes: Integers) -> int:
    """How many characters of ASCII at most begin a literal, of which none is ASCII alone."""
    wide = np.flatnonzero(units >= _ASCII)
    begins = np.cumsum(sizes) - sizes
    return int((wide[np.searchsorted(wide, begins)] - begins).max(initial=0))


def _pairs(first_two: npt.NDArray[np.uint8], sizes: Integers) -> npt.NDArray[np.uint8]:
    """A bit for each two bytes that a literal of fewer than three may begin with."""
    known = np.zeros((256, 256), bool)  # second byte, first byte
    known[:, first_two[sizes == 1, 0]] = True
    first, second = first_two[(sizes > 1) & (sizes < _KEY_OF_THREE)].T
    known[second, first] = True
    return np.packbits(known, bitorder="little")

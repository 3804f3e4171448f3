"""Code points by script: tables that are looked up for a whole batch at once.

`packed` gives each code point of the basic plane eight counts of one byte each, so that the letters of a stretch of at
most 255 characters are counted by one sum. `script` gives each code point its script.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array, numbers_of
from corpus_guard.core.language import LanguageData

HAN, SIMPLIFIED, TRADITIONAL, KANA, HANGUL, LATIN, OTHER, CANTONESE = range(8)
"""What the eight counts are of; characters of Cantonese are counted as Han as well."""
UNKNOWN = 255
_PLANE, _LETTERS_END, _UNICODE = 0x10000, 0x20000, 0x110000
_BY_SCRIPT = {"Han": HAN, "Kana": KANA, "Hangul": HANGUL, "Latin": LATIN}


@dataclass(frozen=True)
class Alphabets:
    """`packed`: eight counts a code point of the basic plane. `script`: 0 none, n the n-th script, or `UNKNOWN`."""

    packed: pa.UInt64Array
    script: npt.NDArray[np.uint8]

    @cached_property
    def kinds(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint64]]:
        """The kind of each code point of the basic plane, and the eight counts of each kind: less to look into."""
        counts, kinds = np.unique(numbers_of(self.packed), return_inverse=True)
        assert len(counts) <= UNKNOWN
        return kinds.astype(np.uint8), counts

    def packed_beyond(self, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
        """Return the eight counts of code points beyond the basic plane."""
        han = (codes >= _LETTERS_END) & (self.script[codes] > 0)
        counts = np.where(self.script[codes] > 0, _one(OTHER), 0).astype(np.uint64)
        counts[self.script[codes] == 1] = _one(LATIN)
        counts[han] = _one(HAN)
        return counts


def _one(count: int) -> int:
    return 1 << (8 * count)


@lru_cache(maxsize=2)
def alphabets(data: LanguageData) -> Alphabets:
    """Return the tables of *data*, whose first script is Latin."""
    script = _script_table(data)
    counts = np.full(len(data.scripts) + 1, _one(OTHER), np.uint64)
    counts[0] = 0
    for number, known in enumerate(data.scripts, 1):
        counts[number] = _one(_BY_SCRIPT[known.name]) if known.name in _BY_SCRIPT else _one(OTHER)
    basic = script[:_PLANE].copy()
    packed = counts[np.where(basic == UNKNOWN, 0, basic)]
    packed[basic == UNKNOWN] = _one(OTHER)
    han = next(number for number, known in enumerate(data.scripts, 1) if known.name == "Han")
    _mark_forms(packed, basic == han, data)
    return Alphabets(arrow_array(packed), script)


def _script_table(data: LanguageData) -> npt.NDArray[np.uint8]:
    script = np.zeros(_UNICODE, np.uint8)
    counts = np.zeros(_UNICODE, bool)
    counts[_LETTERS_END:0x323B0] = True
    categories = "".join(map(unicodedata.category, map(chr, range(_LETTERS_END)))).encode("ascii")
    first, second = np.frombuffer(categories, np.uint8).reshape(-1, 2).T
    letter = first == ord("L")
    counts[:_LETTERS_END] = (letter | (first == ord("M"))) & ~(letter & (second == ord("m")))
    script[:_LETTERS_END][counts[:_LETTERS_END] & letter] = UNKNOWN
    for number, known in enumerate(data.scripts, 1):
        for start, stop in known.ranges:
            script[start:stop] = np.where(counts[start:stop], number, 0)
    return script


def _mark_forms(packed: npt.NDArray[np.uint64], han: npt.NDArray[np.bool_], data: LanguageData) -> None:
    """Tell forms of Han characters apart by pairs of them and by the character sets that hold them.

    A simplified form that Big5 lacks is written in simplified text alone, a traditional one that GB/T 2312 lacks in
    traditional text alone; a character of JIS X 0208 that both lack, and that is of no pair, is Japanese.
    """
    codes = np.flatnonzero(han)
    mainland, taiwan, japan = (_in_set(codes, _all_characters(name)) for name in ("gb2312", "big5", "shift_jis"))
    simplified, traditional = (_in_set(codes, text) for text in (data.simplified, data.traditional))
    packed[codes[japan & ~taiwan & ~mainland & ~simplified & ~traditional]] = _one(KANA)
    packed[codes[simplified & ~taiwan]] = _one(SIMPLIFIED)
    packed[codes[traditional & ~mainland]] = _one(TRADITIONAL)
    for character in data.cantonese:
        packed[ord(character)] = _one(HAN) + _one(CANTONESE)


def _in_set(codes: npt.NDArray[np.int64], characters: str) -> npt.NDArray[np.bool_]:
    """Which *codes* are among *characters*."""
    return np.isin(codes, np.frombuffer(characters.encode("utf-32-le"), np.uint32))


def _all_characters(name: str) -> str:
    """All characters of a set, and some of ASCII; a line each, so that what is no character spoils no other."""
    pairs = (bytes((first, second)) for first in range(0x81, 0xFF) for second in range(0x40, 0xFF))
    return b"\n".join(pairs).decode(name, "ignore")

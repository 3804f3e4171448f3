"""Tables that fold text, one code point to one, so that offsets into folded text slice the raw text.

Three arrays indexed by code point, looked up for a whole batch at once:

    fold   what matching sees: width, case and script folded (NFKC and lower case where these keep one code point, then
           traditional to simplified Chinese); 16 bits
    lane   the same as one byte: ASCII as itself, everything else as a class (`HAN`, `INVISIBLE` …)
    normal what exact duplicates compare: NFKC, lower case, letters, marks and digits only; 0 where nothing stays,
           `COMPLEX` where one code point does not make one and the text must be normalised as a whole
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.arrays import numbers_of
from corpus_guard.core.batch import Integers
from corpus_guard.core.folding import Folding

BORDER = "\x1e"
"""Stands between two texts of a view (record separator); no gate matches it, so no match crosses from text to text."""

OTHER, HAN, UNCOVERED, INVISIBLE, LETTER, SEPARATOR = 0x80, 0x81, 0x82, 0x83, 0x84, 0x85
BORDER_UNIT, COMPLEX = 0xFFFF, 0xFFFE

WORD = np.zeros(256, bool)
"""Bytes of the lane that English words are made of."""
WORD[[*b"0123456789abcdefghijklmnopqrstuvwxyz_", LETTER]] = True

REPLACEMENT = 0xFFFD
"""What a character beyond the basic plane folds to when nothing in that plane stands for it."""

_SELF_NORMAL = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xAC00, 0xD7A4))
_SELF_FOLDING = (*_SELF_NORMAL, (0xD800, 0xF900))
_NARROW = 2
_MANY = 128
"""Characters that are folded together rather than one by one."""
_HAN = (0x4E00, 0x9FFF)
_AT_ONCE = 2**16
_ASCII, _PLANE, _UNICODE = 0x80, 0x10000, 0x110000
_LAST_IDEOGRAPH = 0x323B0
_SELECTORS = range(0xE0100, 0xE01F0)
"""Marks that choose between forms of an ideograph."""

_Units = npt.NDArray[np.uint16]
_Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Tables:
    """Look-up tables over the first `len(fold)` code points."""

    fold: pa.UInt16Array
    lane: pa.UInt8Array
    normal: pa.UInt16Array

    def fold_text(self, text: str) -> str:
        """Return *text* folded; as many code points as it had."""
        if text.isascii():
            return text.lower()
        characters = self._characters
        if len(text) >= _MANY:
            return self._fold_many(text)
        if len(characters) == _UNICODE or ord(max(text)) < len(characters):
            return "".join([characters[ord(character)] for character in text])
        return "".join([characters[ord(c)] if ord(c) < len(characters) else chr(REPLACEMENT) for c in text])

    def _fold_many(self, text: str) -> str:
        """The same of a long text: looking characters up together takes its time to begin with."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        fold = numbers_of(self.fold)
        known = codes < len(fold)
        folded = np.where(known, fold[np.where(known, codes, 0)], REPLACEMENT)
        return folded.astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass")

    @cached_property
    def _characters(self) -> list[str]:
        return [chr(code) for code in self.fold.to_pylist()]


def normalise(text: str) -> str:
    """Return the text that exact duplicates share: NFKC, lower case, letters, marks and numbers only."""
    return _counting(unicodedata.normalize("NFKC", text).lower())


def normal_units(text: str, folding: Folding) -> bytes:
    """Return `normalise` of *text* as UTF-16 (little endian), by table where all of it lies in the basic plane."""
    whole = unicodedata.normalize("NFKC", text).lower()
    data = whole.encode("utf-16-le")
    if len(data) != 2 * len(whole):
        return _counting(whole).encode("utf-16-le")
    units = np.frombuffer(data, np.uint16)
    kind = numbers_of(tables(folding, _NARROW).normal)[units]
    kept: npt.NDArray[np.uint16] = units[(kind != 0) & (kind != BORDER_UNIT)]
    return kept.tobytes()


def words_around(units: _Units, places: Integers) -> list[tuple[int, int]]:
    """Return (start, end) of the words that hold *places*, each once."""
    ends = np.flatnonzero((units == ord(" ")) | (units == ord("\n")) | ((units >= _HAN[0]) & (units <= _HAN[1])))
    behind = np.unique(np.searchsorted(ends, places))
    starts, ends = np.append(-1, ends)[behind] + 1, np.append(ends, len(units))[behind]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


@lru_cache(maxsize=4)
def tables(folding: Folding, width: int) -> Tables:
    """Return the tables for texts whose code points fit *width* bytes (2: the basic plane, 4: all of Unicode)."""
    fold, lane, normal = _basic(folding) if width == _NARROW else _beyond(folding)
    return Tables(*(_arrow(table) for table in (fold, lane, normal)))


def _basic(folding: Folding) -> tuple[_Units, _Bytes, _Units]:
    fold, normal = np.arange(_PLANE, dtype=np.uint16), np.zeros(_PLANE, np.uint16)
    lane = np.full(_PLANE, OTHER, np.uint8)
    later_parts = _second_parts()
    lane[0x3400:0xA000] = HAN
    lane[0xAC00:0xD7A4] = HAN if "HANGUL" in folding.covered else UNCOVERED
    for start, stop in _SELF_NORMAL:
        normal[start:stop] = np.arange(start, stop)
    for code in _codes_to_look_at():
        character = chr(code)
        fold[code] = _fold_one(character)
        normal[code] = _normal_one(character, later_parts)
        lane[code] = _class_of(character, folding.covered)
    fold[[ord(character) for character in folding.traditional]] = [ord(character) for character in folding.simplified]
    _put_pictures(folding, fold, lane)
    ascii_ = fold < _ASCII
    lane[ascii_] = fold[ascii_]
    lane[[ord(character) for character in folding.separators if ord(character) >= _ASCII]] = SEPARATOR
    lane[[code for code in folding.invisible if code < _PLANE]] = INVISIBLE
    normal[ord(BORDER)] = BORDER_UNIT
    return fold, lane, normal


def _beyond(folding: Folding) -> tuple[_Units, _Bytes, _Units]:
    """The basic plane and all others; beyond it only mathematical, enclosed, compatibility forms fold to anything."""
    basic = _basic(folding)
    fold = np.concatenate([basic[0], np.full(_UNICODE - _PLANE, REPLACEMENT, np.uint16)])
    lane = np.concatenate([basic[1], np.full(_UNICODE - _PLANE, OTHER, np.uint8)])
    normal = np.concatenate([basic[2], np.zeros(_UNICODE - _PLANE, np.uint16)])
    lane[0x20000:_LAST_IDEOGRAPH] = HAN
    normal[0x20000:_LAST_IDEOGRAPH] = COMPLEX
    for code in (*range(_PLANE, 0x20000), *_SELECTORS):
        character = chr(code)
        if _counts(character):
            lane[code], normal[code] = UNCOVERED if character.isalpha() else OTHER, COMPLEX
    for code in (*range(_PLANE, 0x20000), *range(0x2F800, 0x2FA20)):
        if unicodedata.decomposition(chr(code)):
            normal[code] = COMPLEX
            fold[code] = _fold_one(chr(code))
            lane[code] = fold[code] if fold[code] < _ASCII else lane[code]
    _put_pictures(folding, fold, lane)
    lane[[code for code in folding.invisible if code >= _PLANE]] = INVISIBLE
    return fold, lane, normal


def _put_pictures(folding: Folding, fold: _Units, lane: _Bytes) -> None:
    """Let pictures stand for their characters, as far as the tables reach."""
    for picture, meant in zip(folding.pictures, folding.pictured, strict=True):
        if ord(picture) < len(fold):
            fold[ord(picture)] = ord(meant)
            lane[ord(picture)] = ord(meant) if ord(meant) < _ASCII else HAN


def _arrow(table: npt.NDArray[np.generic]) -> pa.Array:
    return pa.Array.from_buffers(pa.from_numpy_dtype(table.dtype), len(table), [None, pa.py_buffer(table.tobytes())])


def _codes_to_look_at() -> Iterable[int]:
    """The basic plane without the ranges in which every character stands for itself."""
    edges = [0, *(edge for pair in _SELF_FOLDING for edge in pair), _PLANE]
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield from range(start, stop)


def _fold_one(character: str) -> int:
    folded = unicodedata.normalize("NFKC", character)
    folded = folded if len(folded) == 1 else character
    lowered = folded.lower()
    code = ord(lowered if len(lowered) == 1 else folded)
    return code if code < _PLANE else REPLACEMENT


def _normal_one(character: str, later_parts: frozenset[int]) -> int:
    if character == "Σ":  # the only letter whose lower case depends on its neighbours
        return COMPLEX
    whole = unicodedata.normalize("NFKC", character).lower()
    if any(unicodedata.combining(part) or ord(part) in later_parts for part in whole):
        return COMPLEX
    kept = [ord(part) for part in whole if _counts(part)]
    if not kept:
        return 0
    return kept[0] if len(kept) == 1 and kept[0] < COMPLEX else COMPLEX


def _second_parts() -> frozenset[int]:
    """Code points that may join the one before them under NFKC (NFC_Quick_Check = Maybe)."""
    parts = set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    for code in (*range(0xC0, 0x3400), *range(0xFB00, 0xFB50), *range(0x11000, 0x12000)):
        decomposition = unicodedata.decomposition(chr(code))
        if decomposition and not decomposition.startswith("<") and " " in decomposition:
            parts.add(int(decomposition.split()[1], 16))
    return frozenset(parts)


def _class_of(character: str, covered: Sequence[str]) -> int:
    if not character.isalpha():
        return OTHER
    script = unicodedata.name(character, "").partition(" ")[0]
    if script in ("CJK", "IDEOGRAPHIC"):
        return HAN
    return LETTER if script in covered or script in ("MODIFIER", "FULLWIDTH", "MATHEMATICAL") else UNCOVERED


def _counting(text: str) -> str:
    """The characters of *text* that count, some at once: a string for each of a huge text would fill the memory."""
    return "".join("".join(filter(_counts, text[at : at + _AT_ONCE])) for at in range(0, len(text), _AT_ONCE))


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"

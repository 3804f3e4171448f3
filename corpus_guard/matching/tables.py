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
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.folding import Folding

BORDER = "\x1e"
"""Stands between two texts of a view (record separator); no gate matches it, so no match crosses from text to text."""

OTHER, HAN, UNCOVERED, INVISIBLE, LETTER, SEPARATOR = 0x80, 0x81, 0x82, 0x83, 0x84, 0x85
BORDER_UNIT, COMPLEX = 0xFFFF, 0xFFFE

_SELF_FOLDING = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xAC00, 0xD7A4), (0xD800, 0xF900))
_PLANES = {2: 0x10000, 4: 0x110000}
_LAST_ASSIGNED = 0x323B0
_FIRST_SPECIAL = 0xE0000


@dataclass(frozen=True)
class Tables:
    """Look-up tables over the first `len(fold)` code points."""

    fold: pa.UInt16Array
    lane: pa.UInt8Array
    normal: pa.UInt16Array

    def fold_text(self, text: str) -> str:
        """Return *text* folded; as many code points as it had."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        units = self.fold.to_numpy()[codes]
        return units.tobytes().decode("utf-16-le", "surrogatepass")


def normalise(text: str) -> str:
    """Return the text that exact duplicates share: NFKC, lower case, letters, marks and numbers only (contract, section 3)."""
    return "".join(filter(_counts, unicodedata.normalize("NFKC", text).lower()))


@lru_cache(maxsize=4)
def tables(folding: Folding, width: int) -> Tables:
    """Return the tables for texts whose code points fit *width* bytes (2: the basic plane, 4: all of Unicode)."""
    size = _PLANES[width]
    fold, normal = np.arange(size, dtype=np.uint32), np.zeros(size, np.uint32)
    lane = np.full(size, OTHER, np.uint8)
    later_parts = _second_parts()
    lane[0x3400:0xA000] = HAN
    lane[0xAC00:0xD7A4] = HAN if "HANGUL" in folding.covered else UNCOVERED
    normal[0x3400:0x4DC0] = np.arange(0x3400, 0x4DC0)
    normal[0x4E00:0xA000] = np.arange(0x4E00, 0xA000)
    normal[0xAC00:0xD7A4] = np.arange(0xAC00, 0xD7A4)
    for code in _codes_to_look_at(size):
        character = chr(code)
        fold[code] = _fold_one(character)
        normal[code] = _normal_one(character, later_parts)
        lane[code] = _class_of(character, folding.covered)
    fold[fold > 0xFFFF] = 0xFFFD
    fold[[ord(character) for character in folding.traditional]] = [ord(character) for character in folding.simplified]
    folded_to_ascii = fold < 0x80
    lane[folded_to_ascii] = fold[folded_to_ascii]
    lane[[ord(character) for character in folding.separators if ord(character) >= 0x80]] = SEPARATOR
    lane[[code for code in folding.invisible if code < size]] = INVISIBLE
    normal[ord(BORDER)] = BORDER_UNIT
    return Tables(pa.array(fold.astype(np.uint16)), pa.array(lane), pa.array(normal.astype(np.uint16)))


def _codes_to_look_at(size: int) -> Iterable[int]:
    code = 0
    while code < size:
        for start, stop in _SELF_FOLDING:
            if start <= code < stop:
                code = stop
        if _LAST_ASSIGNED <= code < _FIRST_SPECIAL:
            code = _FIRST_SPECIAL
        if code >= min(size, _FIRST_SPECIAL + 0x200):
            return
        yield code
        code += 1


def _fold_one(character: str) -> int:
    folded = unicodedata.normalize("NFKC", character)
    folded = folded if len(folded) == 1 else character
    lowered = folded.lower()
    return ord(lowered if len(lowered) == 1 else folded)


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


def _class_of(character: str, covered: frozenset[str]) -> int:
    if not character.isalpha():
        return OTHER
    script = unicodedata.name(character, "").partition(" ")[0]
    if script in ("CJK", "IDEOGRAPHIC"):
        return HAN
    return LETTER if script in covered or script in ("MODIFIER", "FULLWIDTH", "MATHEMATICAL") else UNCOVERED


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"

"""Letters of texts by script, and the letters of one script alone."""

from __future__ import annotations

import ctypes
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.language import LanguageData
from corpus_guard.languages.alphabets import alphabets
from corpus_guard.languages.samples import Spans
from corpus_guard.matching.characters import Codes
from corpus_guard.matching.compiled import library, number, pointer

_ASCII, _PLANE = 0x80, 0x10000
_SCRIPTS = 256
_NO_PLACES = np.zeros(0, np.int64)


def count_scripts(codes: Codes, starts: Integers, ends: Integers, data: LanguageData) -> Integers:
    """Return how many letters of each script texts have, a row of 256 a text, as `alphabets` numbers scripts."""
    found = np.empty((len(starts), _SCRIPTS), np.int64)
    functions = library()
    if functions is None:
        for place, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            found[place] = np.bincount(_marks(codes, start, end, data), minlength=_SCRIPTS)
        return found
    script, beyond = alphabets(data).script, alphabets(data).script[codes.beyond]
    starts, ends = np.ascontiguousarray(starts), np.ascontiguousarray(ends)
    functions.count_scripts(
        pointer(codes.units), pointer(starts), pointer(ends), number(len(starts)), pointer(script),
        pointer(codes.places), pointer(beyond), number(len(beyond)), pointer(found),
    )  # fmt: skip
    return found


def only_script(codes: Codes, starts: Integers, ends: Integers, script: int, data: LanguageData) -> Spans:
    """Return the letters of one script in texts, and ASCII that is no letter; whatever lies between is one space."""
    functions = library()
    if functions is None:
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        parts = [_only(codes, start, end, script, data) for start, end in spans]
        units = np.frombuffer("".join(parts).encode("utf-16-le"), np.uint16)
        until = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)))
    else:
        beyond = alphabets(data).script[codes.beyond]
        room, until = np.empty(int((ends - starts).sum()), np.uint16), np.empty(len(starts), np.int64)
        starts, ends = np.ascontiguousarray(starts), np.ascontiguousarray(ends)
        read = (pointer(_read_as(data, script)), ctypes.c_int32(script))
        count = functions.only_script(
            pointer(codes.units), pointer(starts), pointer(ends), number(len(starts)), *read,
            pointer(codes.places), pointer(beyond), number(len(beyond)), pointer(room), pointer(until),
        )  # fmt: skip
        units = room[:count]
    return Spans(Codes(units, _NO_PLACES, _NO_PLACES), np.append(0, until)[:-1], until)


@lru_cache(maxsize=64)
def _read_as(data: LanguageData, script: int) -> npt.NDArray[np.uint16]:
    """What each unit is read as where one script is wanted: itself or a space."""
    units, marks = np.arange(_PLANE), alphabets(data).script[:_PLANE]
    kept = (marks == script) | ((marks == 0) & (units < _ASCII))
    kept[[ord(space) for space in map(chr, range(_ASCII)) if space.isspace()]] = False
    return np.where(kept, units, ord(" ")).astype(np.uint16)


def _marks(codes: Codes, start: int, end: int, data: LanguageData) -> npt.NDArray[np.uint8]:
    """The script of each character."""
    script = alphabets(data).script
    marks: npt.NDArray[np.uint8] = script[codes.units[start:end]]
    first, last = np.searchsorted(codes.places, (start, end)).tolist()
    marks[codes.places[first:last] - start] = script[codes.beyond[first:last]]
    return marks


def _only(codes: Codes, start: int, end: int, script: int, data: LanguageData) -> str:
    marks, units = _marks(codes, start, end, data), codes.units[start:end]
    kept = (marks == script) | ((marks == 0) & (units < _ASCII))
    text = np.where(kept, units, ord(" ")).astype(np.uint16).tobytes().decode("utf-16-le", "replace")
    return " ".join(text.split())

"""From texts to labels: each text by its letters, what these leave open by an identifier, documents by their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.language import CODE, UNDETERMINED, UNNAMED, LanguageData, Told, covers
from corpus_guard.languages.alphabets import (
    CANTONESE,
    HAN,
    HANGUL,
    KANA,
    LATIN,
    OTHER,
    SIMPLIFIED,
    TRADITIONAL,
    UNKNOWN,
)
from corpus_guard.languages.checking import checked
from corpus_guard.languages.letters import count_letters, script_marks
from corpus_guard.languages.naming import Namer
from corpus_guard.languages.samples import Unit
from corpus_guard.languages.summing import Rows, told_of
from corpus_guard.matching.views import Codes, View

SECOND_SCRIPT = 0.2
"""Latin letters in text of another script are a language of their own from this share; below it, names and terms."""
_LATIN = 1
_ALMOST_ALL = 0.9
_ASCII = 0x80
_COUNTED_BY_KIND = frozenset({"Han", "Kana", "Hangul", "Latin"})


@dataclass(frozen=True)
class Teller:
    """Tells the languages of documents; *covered* are those content rules are written in."""

    data: LanguageData
    covered: frozenset[str]
    uncovered_share: float = 0.3

    def tell(self, batch: Batch, views: Sequence[View]) -> Told:
        """Return the languages of the documents of *batch*."""
        rows = Rows()
        units: dict[int, list[Unit]] = {}
        for view in views:
            if view.codes is None:
                units.setdefault(_LATIN, []).extend(_of_ascii(view))
            else:
                self._wide(view, view.codes, rows, units)
        for script, some in units.items():
            self._named(script, some, rows)
        told = told_of(rows, batch, self.data.labels(), self.foreign, self.uncovered_share)
        return replace(told, checked=checked(told, batch))

    @cached_property
    def foreign(self) -> frozenset[str]:
        """Labels of languages that no content rule covers."""
        labels = frozenset(self.data.labels()) - {UNDETERMINED, CODE}
        return frozenset(label for label in labels if not covers(self.covered, label))

    def _named(self, script: int, units: Sequence[Unit], rows: Rows) -> None:
        namer = Namer(self.data.scripts[script - 1], self.data, self.foreign)
        for unit, parts in zip(units, namer.name(units), strict=True):
            for label, share in parts:
                rows.add(unit.text, label, unit.weight * share)

    def _wide(self, view: View, codes: Codes, rows: Rows, units: dict[int, list[Unit]]) -> None:
        letters = count_letters(view, codes, self.data)
        kinds = letters.kinds
        kinds[kinds.sum(axis=1) - kinds[:, CANTONESE] + letters.japanese < self.data.least_characters] = 0
        east = kinds[:, [HAN, SIMPLIFIED, TRADITIONAL]].sum(axis=1)
        total = kinds[:, :CANTONESE].sum(axis=1) + letters.japanese
        self._chinese(view, kinds, east, rows)
        rows.add_all(view.texts, "ja", letters.japanese + kinds[:, KANA] * (east == 0))
        rows.add_all(view.texts, "ko", kinds[:, HANGUL])
        latin = (kinds[:, LATIN] > 0) & (kinds[:, LATIN] >= SECOND_SCRIPT * total)
        asked = _Asked(view, codes, self.data, units)
        for place in np.flatnonzero(latin).tolist():
            asked.add(place, _LATIN, int(kinds[place, LATIN]), int(total[place]))
        for place in np.flatnonzero(kinds[:, OTHER] > 0).tolist():
            self._others(asked, place, int(total[place]), rows)

    def _chinese(self, view: View, kinds: npt.NDArray[np.int64], han: Integers, rows: Rows) -> None:
        """Cantonese by its own characters, simplified and traditional by the majority of theirs."""
        simplified, traditional = kinds[:, SIMPLIFIED], kinds[:, TRADITIONAL]
        yue = (kinds[:, CANTONESE] > 0) & (kinds[:, CANTONESE] >= self.data.cantonese_share * han)
        for label, meant in (
            ("yue", yue),
            ("zh-Hant", ~yue & (traditional > simplified)),
            ("zh-Hans", ~yue & (simplified >= traditional) & (simplified > 0)),
            ("zh", ~yue & (simplified == 0) & (traditional == 0)),
        ):
            rows.add_all(view.texts, label, han * meant)

    def _others(self, asked: _Asked, place: int, total: int, rows: Rows) -> None:
        """Count the letters of scripts that have no count of their own in `letters`."""
        text = int(asked.view.texts[place])
        for script, weight in asked.scripts(place):
            if script == UNKNOWN:
                rows.add(text, UNNAMED, weight)
                continue
            known = self.data.scripts[script - 1]
            if known.among and script != _LATIN:
                asked.add(place, script, weight, total)
            elif known.language and known.name not in _COUNTED_BY_KIND:
                rows.add(text, known.language, weight)


@dataclass(frozen=True)
class _Asked:
    """Collects what identifiers are asked of in one view."""

    view: View
    codes: Codes
    data: LanguageData
    units: dict[int, list[Unit]]

    @cached_property
    def marks(self) -> npt.NDArray[np.uint8]:
        """The script of each character of the view."""
        return script_marks(self.codes, self.data)

    def span(self, place: int) -> tuple[int, int]:
        """Where a text of the view stands in it."""
        return int(self.view.starts[place]), int(self.view.ends[place])

    def scripts(self, place: int) -> list[tuple[int, int]]:
        """Scripts of a text with their letters."""
        start, end = self.span(place)
        counts = np.bincount(self.marks[start:end])
        return [(script, int(counts[script])) for script in np.flatnonzero(counts).tolist() if script]

    def add(self, place: int, script: int, weight: int, total: int) -> None:
        """Ask of a text, or of the letters of *script* in it where it holds others."""
        start, end = self.span(place)
        if weight >= _ALMOST_ALL * total:
            raw, whole = self.view.raw, None
        else:
            raw, whole = self._only(start, end, script), (self.view.raw, start, end)
            start, end = 0, len(raw)
        text = int(self.view.texts[place])
        unit = Unit(text, script, weight, raw, start, end, whole, within=whole is not None)
        self.units.setdefault(script, []).append(unit)

    def _only(self, start: int, end: int, script: int) -> str:
        """The letters of one script, and ASCII that is no letter; every other character is a space."""
        marks, units = self.marks[start:end], self.codes.units[start:end]
        kept = (marks == script) | ((marks == 0) & (units < _ASCII))
        text = np.where(kept, units, ord(" ")).astype(np.uint16).tobytes().decode("utf-16-le", "replace")
        return " ".join(text.split())


def _of_ascii(view: View) -> list[Unit]:
    raw = view.raw
    texts, starts, ends = view.texts.tolist(), view.starts.tolist(), view.ends.tolist()
    return [
        Unit(text, script, end - start, raw, start, end)
        for text, script, start, end in zip(texts, repeat(_LATIN), starts, ends, strict=False)
        if end > start
    ]

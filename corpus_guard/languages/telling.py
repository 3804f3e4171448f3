"""From texts to labels: each text by its letters, what these leave open by an identifier, documents by their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

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
from corpus_guard.languages.letters import count_letters
from corpus_guard.languages.naming import Namer
from corpus_guard.languages.samples import Spans, Units
from corpus_guard.languages.scripts import count_scripts, only_script
from corpus_guard.languages.summing import Rows, told_of
from corpus_guard.matching.characters import Codes
from corpus_guard.matching.views import View

SECOND_SCRIPT = 0.2
"""Latin letters in text of another script are a language of their own from this share; below it, names and terms."""
_LATIN = 1
_ALMOST_ALL = 0.9
_COUNTED_BY_KIND = frozenset({"Han", "Kana", "Hangul", "Latin"})


@dataclass(frozen=True)
class Teller:
    """Tells the languages of documents; *covered* are those content rules are written in."""

    data: LanguageData
    covered: frozenset[str]
    uncovered_share: float = 0.3

    def tell(self, batch: Batch, views: Sequence[View]) -> Told:
        """Return the languages of the documents of *batch*."""
        rows = Rows(self.data.labels())
        units: list[tuple[int, Units]] = []
        for view in views:
            if view.codes is None:
                units += _of_ascii(view)
            else:
                self._wide(view, view.codes, rows, units)
        for script, some in units:
            named = self._namers[script - 1].name(some)
            rows.add(some.texts[named.units], named.labels, some.weights[named.units] * named.shares)
        told = told_of(rows, batch, self.foreign, self.uncovered_share)
        return replace(told, checked=checked(told, batch))

    @cached_property
    def foreign(self) -> frozenset[str]:
        """Labels of languages that no content rule covers."""
        labels = frozenset(self.data.labels()) - {UNDETERMINED, CODE}
        return frozenset(label for label in labels if not covers(self.covered, label))

    @cached_property
    def _namers(self) -> list[Namer]:
        return [Namer(script, self.data, self.foreign) for script in self.data.scripts]

    def _wide(self, view: View, codes: Codes, rows: Rows, units: list[tuple[int, Units]]) -> None:
        letters = count_letters(view, codes, self.data)
        kinds = letters.kinds
        kinds[kinds.sum(axis=1) - kinds[:, CANTONESE] + letters.japanese < self.data.least_characters] = 0
        east = kinds[:, [HAN, SIMPLIFIED, TRADITIONAL]].sum(axis=1)
        total = kinds[:, :CANTONESE].sum(axis=1) + letters.japanese
        self._chinese(view, kinds, east, rows)
        rows.add_all(view.texts, "ja", letters.japanese + kinds[:, KANA] * (east == 0))
        rows.add_all(view.texts, "ko", kinds[:, HANGUL])
        latin = np.flatnonzero((kinds[:, LATIN] > 0) & (kinds[:, LATIN] >= SECOND_SCRIPT * total))
        units += self._asked(view, codes, latin, _LATIN, kinds[latin, LATIN], total[latin])
        others = np.flatnonzero(kinds[:, OTHER] > 0)
        if len(others):
            units += self._others(view, codes, others, total[others], rows)

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

    def _others(
        self, view: View, codes: Codes, places: Integers, total: Integers, rows: Rows
    ) -> list[tuple[int, Units]]:
        """Count the letters of scripts that have no count of their own in `letters`; return what is to be asked."""
        units: list[tuple[int, Units]] = []
        counts = count_scripts(codes, view.starts[places], view.ends[places], self.data)
        for script in (np.flatnonzero(counts[:, 1:].any(axis=0)) + 1).tolist():
            some = np.flatnonzero(counts[:, script])
            weights = counts[some, script]
            if script == UNKNOWN:
                rows.add_all(view.texts[places[some]], UNNAMED, weights)
                continue
            known = self.data.scripts[script - 1]
            if known.among and script != _LATIN:
                units += self._asked(view, codes, places[some], script, weights, total[some])
            elif known.language and known.name not in _COUNTED_BY_KIND:
                rows.add_all(view.texts[places[some]], known.language, weights)
        return units

    def _asked(
        self, view: View, codes: Codes, places: Integers, script: int, weights: Integers, total: Integers
    ) -> list[tuple[int, Units]]:
        """What an identifier is asked of: texts, or the letters of *script* in those that hold others."""
        units = []
        almost_all = weights >= _ALMOST_ALL * total
        if almost_all.any():
            some = places[almost_all]
            spans = Spans(codes, view.starts[some], view.ends[some])
            units.append((script, Units(view.texts[some], weights[almost_all], spans)))
        if not almost_all.all():
            some = places[~almost_all]
            whole = Spans(codes, view.starts[some], view.ends[some])
            spans = only_script(codes, whole.starts, whole.ends, script, self.data)
            units.append((script, Units(view.texts[some], weights[~almost_all], spans, whole)))
        return units


def _of_ascii(view: View) -> list[tuple[int, Units]]:
    full = np.flatnonzero(view.ends > view.starts)
    if not len(full):
        return []
    texts = view.texts[full]
    offsets = np.frombuffer(view.source.buffers()[1], np.int64)[view.source.offset :]
    spans = Spans(np.frombuffer(view.source.buffers()[2], np.uint8), offsets[texts], offsets[texts + 1])
    return [(_LATIN, Units(texts, (view.ends - view.starts)[full], spans))]

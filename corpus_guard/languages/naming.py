"""Names the language of stretches: words that only English has, then the identifier, then langdetect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from corpus_guard.core.batch import Integers
from corpus_guard.core.language import UNDETERMINED, LanguageData, Script
from corpus_guard.languages.identifier import Identifier, model
from corpus_guard.languages.kinds import kind_of
from corpus_guard.languages.samples import Unit, count_bytes, encoded
from corpus_guard.languages.second import second_languages, second_opinion

_AT_ONCE = 2_048
MARGIN = 1.0
"""By how much, in nats a root of a byte, a stretch must speak for another language than its text does."""
SURE = 0.35
"""Below this probability a text is ambiguous."""
ASKED = 64
"""langdetect is asked of one in so many ambiguous texts, chosen by their hash."""

Parts = list[tuple[str, float]]
"""Labels of a unit with their shares."""


@dataclass(frozen=True)
class Namer:
    """Names the languages of units of one script."""

    script: Script
    data: LanguageData

    def name(self, units: Sequence[Unit]) -> Iterator[Parts]:
        """Yield the languages of each unit, `code` and `und` among them."""
        held: list[Unit] = []
        count = 0
        for unit in units:
            held.append(unit)
            count += len(unit.stretches)
            if count >= _AT_ONCE:
                yield from self._some(held)
                held, count = [], 0
        if held:
            yield from self._some(held)

    def _some(self, units: Sequence[Unit]) -> list[Parts]:
        stretches = [stretch for unit in units for stretch in unit.stretches]
        counts = np.array([len(unit.stretches) for unit in units])
        first = np.cumsum(counts) - counts
        read = [encoded(stretch) for stretch in stretches]
        kinds = self._kinds(units, read, first)
        english = self._english(stretches)
        named: list[Parts] = [[(kind, 1.0)] if kind else [] for kind in kinds]
        plain = np.logical_and.reduceat(english, first)
        for place in np.flatnonzero(plain).tolist():
            named[place] = named[place] or [("en", 1.0)]
        rest = [place for place, parts in enumerate(named) if not parts]
        if rest:
            self._identify(units, rest, read, english, first, named)
        return named

    def _kinds(self, units: Sequence[Unit], read: Sequence[bytes], first: Integers) -> list[str]:
        counts = count_bytes(read, self.data.code_marks)
        sums = [
            np.add.reduceat(one, first).tolist() for one in (counts.letters, counts.spaces, counts.marks, counts.others)
        ]
        return [
            kind_of(unit.head, numbers, self.data) for unit, numbers in zip(units, zip(*sums, strict=True), strict=True)
        ]

    def _english(self, stretches: Sequence[str]) -> npt.NDArray[np.bool_]:
        if "en" not in self.script.among:
            return np.zeros(len(stretches), bool)
        hits = pl.Series(stretches, dtype=pl.String).str.count_matches(_english_words(self.data.english))
        return (hits >= self.data.english_hits).to_numpy()

    def _identify(
        self,
        units: Sequence[Unit],
        rest: Sequence[int],
        read: Sequence[bytes],
        english: npt.NDArray[np.bool_],
        first: Integers,
        named: list[Parts],
    ) -> None:
        """Fill *named* for the units *rest*, of which at least one stretch is not plainly English."""
        open_ = np.zeros(len(units), bool)
        open_[rest] = True
        owner = np.repeat(np.arange(len(units)), np.diff(first, append=len(read)))
        asked = np.flatnonzero(open_[owner] & ~english)
        identifier = identifier_of(tuple(code for code in self.script.among if code in model().classes))
        scores = identifier.scores([read[stretch] for stretch in asked.tolist()])
        sizes = np.array([len(read[stretch]) for stretch in asked.tolist()])
        own = owner[asked]
        start = np.flatnonzero(np.diff(own, prepend=-1))
        together = np.add.reduceat(scores, start, axis=0)
        best = together.argmax(axis=1)
        counts = np.diff(start, append=len(own))
        plain = np.add.reduceat(english, first)[own[start]]
        if plain.any():
            best[plain > 0] = identifier.classes.index("en")
        unsure = _probability(together, np.sqrt(np.add.reduceat(sizes, start))) < SURE
        for place in np.flatnonzero(unsure & (plain == 0)).tolist():
            best[place] = self._second(units[own[start[place]]], identifier.classes, int(best[place]))
        each = self._each(scores, np.repeat(best, counts), np.repeat(counts + plain, counts), sizes)
        self._collect(named, own, start, each, plain, identifier.classes)

    def _each(
        self, scores: npt.NDArray[np.float32], best: Integers, stretches: Integers, sizes: Integers
    ) -> npt.NDArray[np.int64]:
        """The language of each stretch: that of its text, unless it clearly speaks for another."""
        own = scores.argmax(axis=1)
        rows = np.arange(len(own))
        clear = (scores[rows, own] - scores[rows, best]) > MARGIN * np.sqrt(sizes)
        return np.where(clear & (stretches > 1), own, best)

    def _collect(
        self,
        named: list[Parts],
        own: Integers,
        start: Integers,
        each: Integers,
        plain: Integers,
        classes: Sequence[str],
    ) -> None:
        same = dict(self.data.same)
        labels = [same.get(code, code) for code in classes]
        codes, stops = each.tolist(), [*start.tolist()[1:], len(each)]
        for first, stop, english in zip(start.tolist(), stops, plain.tolist(), strict=True):
            if stop - first == 1 and not english:
                named[own[first]] = [(labels[codes[first]], 1.0)]
                continue
            parts = Counter(labels[code] for code in codes[first:stop]) + Counter({"en": english})
            whole = stop - first + english
            named[own[first]] = [(label, count / whole) for label, count in parts.items()]

    def _second(self, unit: Unit, classes: Sequence[str], best: int) -> int:
        """What langdetect says of an ambiguous text whose turn it is, as long as it is among the two best."""
        text = unit.stretches[0]
        if xxhash.xxh3_64_intdigest(text.encode()) % ASKED or classes[best] not in second_languages():
            return best
        said = second_opinion(" ".join(unit.stretches))
        return classes.index(said) if said in classes else best


def _probability(scores: npt.NDArray[np.float32], roots: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How probable the best language of each row is; log-likelihoods are cooled by the root of the bytes read."""
    cooled = (scores - scores.max(axis=1, keepdims=True)) / roots[:, None]
    probability: npt.NDArray[np.float64] = 1 / np.exp(cooled).sum(axis=1)
    return probability


@lru_cache(maxsize=32)
def identifier_of(among: tuple[str, ...]) -> Identifier:
    """Return the identifier for these languages; its table is cut from the model once."""
    return Identifier(among)


@lru_cache(maxsize=2)
def _english_words(words: tuple[str, ...]) -> str:
    return rf"(?i-u:\b)(?:{'|'.join(words)})(?i-u:\b)"


__all__ = ["ASKED", "MARGIN", "SURE", "UNDETERMINED", "Namer", "Parts", "identifier_of"]

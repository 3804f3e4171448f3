"""Names the language of stretches: words that only English has, then the identifier, then langdetect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash

from corpus_guard.core.batch import Integers
from corpus_guard.core.language import UNDETERMINED, LanguageData, Script
from corpus_guard.languages.identifier import Identifier, model
from corpus_guard.languages.kinds import kind_of
from corpus_guard.languages.samples import FINER, Unit, count_bytes, encoded
from corpus_guard.languages.second import second_languages, second_opinion

Parts = list[tuple[str, float]]
"""Labels of a unit with their shares."""

MARGIN = 1.0
"""By how much, in nats a root of a byte, a stretch must speak for another language than its text does."""
SURE = 0.35
"""Below this probability a text is ambiguous."""
ASKED = 64
"""langdetect is asked of one in so many ambiguous texts, chosen by their hash: it takes 5 to 10 ms each."""
SURE_WITHIN = 0.9
"""Below this probability a few words in text of another script are names and terms, no language of their own."""
SHORT, SURE_SHORT, ODDS = 32, 0.2, 12.0
"""A text of at most so many letters is too short to tell below this probability, and where the best language without
rules is not by so many nats likelier than the best one with rules. Of 529 English messages of Django's catalogues of at
most 32 characters 1.5 % are told as another language then, and 46 % of 15,996 in 43 others of at most 24 have one; by
the probability alone 6.0 % and 54 %."""
_AT_ONCE = 2_048


@dataclass(frozen=True)
class _Stretches:
    """Stretches of some units: `data` as UTF-8, `owner` the unit of each, `first` of each unit."""

    units: Sequence[Unit]
    texts: Sequence[str]
    data: Sequence[bytes]
    owner: Integers
    first: Integers

    @classmethod
    def of(cls, units: Sequence[Unit]) -> _Stretches:
        each = [unit.stretches for unit in units]
        texts = [stretch for stretches in each for stretch in stretches]
        counts = np.array([len(stretches) for stretches in each])
        owner = np.repeat(np.arange(len(units)), counts)
        return cls(units, texts, [text.encode() for text in texts], owner, np.cumsum(counts) - counts)


@dataclass(frozen=True)
class Namer:
    """Names the languages of units of one script."""

    script: Script
    data: LanguageData
    foreign: frozenset[str] = frozenset()
    """Labels of languages without rules."""

    @cached_property
    def identifier(self) -> Identifier:
        """Tells apart the languages of the script."""
        return identifier_of(tuple(code for code in self.script.among if code in model().classes))

    @cached_property
    def labels(self) -> list[str]:
        """The label of each column of scores; the last one stands for no language."""
        same = dict(self.data.same)
        return [*(same.get(code, code) for code in self.identifier.classes), UNDETERMINED]

    def name(self, units: Sequence[Unit]) -> Iterator[Parts]:
        """Yield the languages of each unit, `code` and `und` among them."""
        held: list[Unit] = []
        count = 0
        for unit in units:
            held.append(unit)
            count += unit.most
            if count >= _AT_ONCE:
                yield from self._some(_Stretches.of(held))
                held, count = [], 0
        if held:
            yield from self._some(_Stretches.of(held))

    def _some(self, some: _Stretches) -> list[Parts]:
        english = self._english(some)
        plain = np.add.reduceat(english, some.first)
        counts = np.diff(some.first, append=len(some.texts))
        named: list[Parts] = [[(kind, 1.0)] if kind else [] for kind in self._kinds(some)]
        for unit in np.flatnonzero(plain == counts).tolist():
            named[unit] = named[unit] or [("en", 1.0)]
        rest = np.array([not parts for parts in named])
        asked = np.flatnonzero(rest[some.owner] & (english == 0))
        if len(asked):
            self._identify(some, asked, plain, named)
        mixed = [unit for unit, parts in enumerate(named) if len(parts) > 1 and some.units[unit].can_be_finer]
        if mixed:
            finer = [replace(some.units[unit], most=FINER) for unit in mixed]
            for unit, parts in zip(mixed, self._some(_Stretches.of(finer)), strict=True):
                named[unit] = parts
        return named

    def _kinds(self, some: _Stretches) -> list[str]:
        counts = count_bytes(some.data, self.data.code_marks)
        kinds = (counts.letters, counts.spaces, counts.marks, counts.others)
        sums = zip(*(np.add.reduceat(kind, some.first).tolist() for kind in kinds), strict=True)
        return [kind_of(*unit.text_around, numbers, self.data) for unit, numbers in zip(some.units, sums, strict=True)]

    def _english(self, some: _Stretches) -> Integers:
        """Which stretches are plainly English by their words: 1 or 0."""
        if "en" not in self.script.among:
            return np.zeros(len(some.texts), np.int64)
        texts = pl.Series(some.texts, dtype=pl.String)
        hits = texts.str.count_matches(_english_words(self.data.english)).to_numpy().astype(np.int64)
        many = (np.add.reduceat(hits, some.first) >= self.data.english_hits_of_text)[some.owner]
        return ((hits >= self.data.english_hits) | (many & (hits > 0))).astype(np.int64)

    def _identify(self, some: _Stretches, asked: Integers, plain: Integers, named: list[Parts]) -> None:
        """Fill *named* for the units of the stretches *asked*; *plain* counts stretches of a unit known as English."""
        read = [encoded(some.texts[stretch]) for stretch in asked.tolist()]
        scores, sizes = self.identifier.scores(read), np.array([len(stretch) for stretch in read])
        first = np.flatnonzero(np.diff(some.owner[asked], prepend=-1))
        units = some.owner[asked][first]
        counts, english = np.diff(first, append=len(asked)), plain[units]
        best = self._best(np.add.reduceat(scores, first, axis=0), [some.units[unit] for unit in units.tolist()],
                          np.add.reduceat(sizes, first), mostly_english=english >= counts)  # fmt: skip
        each = _each(scores, np.repeat(best, counts), np.repeat(counts + english, counts), sizes)
        stops = [*first.tolist()[1:], len(each)]
        codes = each.tolist()
        for unit, start, stop, many in zip(units.tolist(), first.tolist(), stops, english.tolist(), strict=True):
            named[unit] = self._parts(codes[start:stop], many)

    def _best(
        self,
        together: npt.NDArray[np.float32],
        units: Sequence[Unit],
        sizes: Integers,
        *,
        mostly_english: npt.NDArray[np.bool_],
    ) -> Integers:
        """The language of each unit as a whole, a column of scores or the one after the last for none."""
        best: Integers = together.argmax(axis=1)
        if mostly_english.any():
            best[mostly_english] = self.identifier.classes.index("en")
        sure = _probability(together, np.sqrt(np.maximum(sizes, 1)))
        too_little = self._too_little(together, units, sure) & ~mostly_english
        for place in np.flatnonzero((sure < SURE_WITHIN) & ~mostly_english & ~too_little).tolist():
            unit = units[place]
            if unit.within and self.script.name == "Latin":
                too_little[place] = True
            elif sure[place] < SURE:
                best[place] = self._second(unit, int(best[place]))
        best[too_little] = len(self.identifier.classes)
        return best

    def _too_little(
        self, together: npt.NDArray[np.float32], units: Sequence[Unit], sure: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Which units are too short to tell; none in a script that leaves no doubt whether there are rules."""
        strange = np.array([label in self.foreign for label in self.labels[:-1]])
        if strange.all():
            return np.zeros(len(units), bool)
        short = np.array([unit.weight <= SHORT for unit in units])
        odds = together.max(axis=1) - together[:, ~strange].max(axis=1)
        too_little: npt.NDArray[np.bool_] = short & ((sure < SURE_SHORT) | ((odds > 0) & (odds < ODDS)))
        return too_little

    def _parts(self, codes: list[int], english: int) -> Parts:
        label = self.labels[codes[0]]
        if codes.count(codes[0]) == len(codes) and (not english or label == "en"):
            return [(label, 1.0)]
        parts = {"en": english} if english else {}
        for code in codes:
            parts[self.labels[code]] = parts.get(self.labels[code], 0) + 1
        return [(label, count / (len(codes) + english)) for label, count in parts.items()]

    def _second(self, unit: Unit, best: int) -> int:
        """What langdetect says of an ambiguous text whose turn it is, where it knows the language that is likeliest."""
        classes, stretches = self.identifier.classes, unit.stretches
        if xxhash.xxh3_64_intdigest(stretches[0].encode()) % ASKED or classes[best] not in second_languages():
            return best
        said = second_opinion(" ".join(stretches))
        return classes.index(said) if said in classes else best


def _each(
    scores: npt.NDArray[np.float32], best: Integers, stretches: Integers, sizes: Integers
) -> npt.NDArray[np.int64]:
    """The language of each stretch: that of its text, unless it clearly speaks for another."""
    none = scores.shape[1]
    own, rows = scores.argmax(axis=1), np.arange(len(scores))
    clear = (scores[rows, own] - scores[rows, np.minimum(best, none - 1)]) > MARGIN * np.sqrt(sizes)
    return np.where(clear & (stretches > 1) & (best < none), own, best)


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

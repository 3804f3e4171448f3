"""Names the language of stretches: words that only English has, then the identifier, then langdetect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from corpus_guard.core.batch import Integers
from corpus_guard.core.language import CODE, UNDETERMINED, LanguageData, Script
from corpus_guard.languages.identifier import Identifier, model, together
from corpus_guard.languages.kinds import kinds_of
from corpus_guard.languages.samples import FINER, Stretches, Units, as_trained
from corpus_guard.languages.second import second_languages, second_opinion

MARGIN = 1.0
"""By how much, in nats a root of a byte, a stretch must speak for another language than its text does."""
SURE = 0.35
"""Below this probability a text is ambiguous, and so is a stretch: of made-up words each looks like another one."""
ASKED = 64
"""langdetect is asked of one in so many ambiguous texts, chosen by their hash: it takes 5 to 10 ms each."""
SURE_WITHIN = 0.9
"""Below this probability a few words in text of another script are names and terms, no language of their own."""
SHORT, SURE_SHORT, ODDS = 32, 0.2, 12.0
"""A text of at most so many letters is too short to tell below this probability, and where the best language without
rules is not by so many nats likelier than the best one with rules. Of 529 English messages of Django's catalogues of at
most 32 characters 1.5 % are told as another language then, and 46 % of 15,996 in 43 others of at most 24 have one; by
the probability alone 6.0 % and 54 %."""
_AT_ONCE = 4_096
_NONE = -1


@dataclass(frozen=True)
class Named:
    """Languages of units: a row a unit × label, an index into the labels of the data, and its share of the unit."""

    units: Integers
    labels: Integers
    shares: npt.NDArray[np.float64]

    def moved(self, units: Integers) -> Named:
        """Return the same of units that have other numbers."""
        return replace(self, units=units[self.units])

    @classmethod
    def concat(cls, parts: Sequence[Named]) -> Named:
        """Return all of *parts*."""
        units, labels = (np.concatenate([getattr(part, name) for part in parts]) for name in ("units", "labels"))
        return cls(units, labels, np.concatenate([part.shares for part in parts]))


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

    @cached_property
    def names(self) -> dict[str, int]:
        """The number of each label."""
        return {label: place for place, label in enumerate(self.data.labels())}

    def name(self, units: Units) -> Named:
        """Return the languages of each unit, `code` and `und` among them."""
        count = len(units.texts)
        chosen = [np.arange(start, min(start + _AT_ONCE, count)) for start in range(0, count, _AT_ONCE)]
        return Named.concat([self._some(units.take(some)).moved(some) for some in chosen])

    def _some(self, units: Units) -> Named:
        some = units.stretches
        english = self._english(some)
        kinds = np.array([_NONE, self.names[CODE], self.names[UNDETERMINED]])[kinds_of(units, self.data)]
        plain = np.add.reduceat(english, some.first)
        whole = np.where((kinds == _NONE) & (plain == some.counts), self.names.get("en", _NONE), kinds)
        rest = whole == _NONE
        label = np.where(english, self.names.get("en", _NONE), _NONE)
        asked = np.flatnonzero(rest[some.owner] & (english == 0))
        if len(asked):
            label[asked] = self._identify(units, asked, plain)
        return self._finer(units, _shares(whole, label, some))

    def _finer(self, units: Units, named: Named) -> Named:
        """The same with more stretches of units that are in several languages."""
        mixed = np.flatnonzero((np.bincount(named.units, minlength=len(units.texts)) > 1) & units.can_be_finer)
        if not len(mixed):
            return named
        single = ~np.isin(named.units, mixed)
        kept = Named(named.units[single], named.labels[single], named.shares[single])
        return Named.concat([kept, self._some(replace(units.take(mixed), most=FINER)).moved(mixed)])

    def _english(self, some: Stretches) -> Integers:
        """Which stretches are plainly English by their words: 1 or 0."""
        if "en" not in self.script.among:
            return np.zeros(len(some.owner), np.int64)
        hits = some.read.words(self.data.english)
        many = (np.add.reduceat(hits, some.first) >= self.data.english_hits_of_text)[some.owner]
        return ((hits >= self.data.english_hits) | (many & (hits > 0))).astype(np.int64)

    def _identify(self, units: Units, asked: Integers, plain: Integers) -> Integers:
        """The label of each of the stretches *asked*; *plain* counts stretches of a unit known as English."""
        some = units.stretches
        read = as_trained(some.read.take(asked))
        scores, sizes = self.identifier.scores_of(read), read.sizes
        first = np.flatnonzero(np.diff(some.owner[asked], prepend=-1))
        own = some.owner[asked][first]
        counts, english = np.diff(first, append=len(asked)), plain[own]
        best = self._best(together(scores, first), units, own, np.add.reduceat(sizes, first),
                          mostly_english=english >= counts)  # fmt: skip
        each = _each(scores, np.repeat(best, counts), np.repeat(counts + english, counts), sizes)
        labels: Integers = np.array([self.names[label] for label in self.labels])[each]
        return labels

    def _best(
        self,
        together: npt.NDArray[np.float32],
        units: Units,
        own: Integers,
        sizes: Integers,
        *,
        mostly_english: npt.NDArray[np.bool_],
    ) -> Integers:
        """The language of each of the units *own* as a whole: a column of scores, the one after the last for none."""
        best: Integers = together.argmax(axis=1)
        if mostly_english.any():
            best[mostly_english] = self.identifier.classes.index("en")
        sure = _probability(together, np.sqrt(np.maximum(sizes, 1)))
        too_little = self._too_little(together, units.weights[own], sure) & ~mostly_english
        unsure = (sure < SURE_WITHIN) & ~mostly_english & ~too_little
        if units.whole and self.script.name == "Latin":
            too_little |= unsure
        else:
            for place in _chosen(units.stretches, own, np.flatnonzero(unsure & (sure < SURE))):
                best[place] = self._second(units.stretches, int(own[place]), int(best[place]))
        best[too_little] = len(self.identifier.classes)
        return best

    def _too_little(
        self, together: npt.NDArray[np.float32], weights: Integers, sure: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Which units are too short to tell; none in a script that leaves no doubt whether there are rules."""
        strange = np.array([label in self.foreign for label in self.labels[:-1]])
        if strange.all():
            return np.zeros(len(weights), bool)
        odds = together.max(axis=1) - together[:, ~strange].max(axis=1)
        too_little: npt.NDArray[np.bool_] = (weights <= SHORT) & ((sure < SURE_SHORT) | ((odds > 0) & (odds < ODDS)))
        return too_little

    def _second(self, some: Stretches, unit: int, best: int) -> int:
        """What langdetect says of an ambiguous text, where it knows the language that is likeliest."""
        classes = self.identifier.classes
        if classes[best] not in second_languages():
            return best
        said = second_opinion(" ".join(some.texts(unit)))
        return classes.index(said) if said in classes else best


def _chosen(some: Stretches, units: Integers, places: Integers) -> list[int]:
    """Those *places* of *units* whose turn it is to be asked of langdetect: by a hash of the first stretch."""
    stretches = some.first[units[places]]
    spans = zip(some.read.starts[stretches].tolist(), some.read.ends[stretches].tolist(), strict=True)
    data = some.read.data.data
    hashes = [xxhash.xxh3_64_intdigest(data[start:end]) for start, end in spans]
    return [place for place, known in zip(places.tolist(), hashes, strict=True) if not known % ASKED]


def _shares(whole: Integers, label: Integers, some: Stretches) -> Named:
    """Languages of units: *whole* has those of one language, *label* the language of each stretch of others."""
    width = int(label.max(initial=0)) + 1
    rest = np.flatnonzero(whole[some.owner] == _NONE)
    keys, times = np.unique(some.owner[rest] * width + label[rest], return_counts=True)
    mixed, known = keys // width, np.flatnonzero(whole != _NONE)
    units, labels = np.concatenate([known, mixed]), np.concatenate([whole[known], keys % width])
    return Named(units, labels, np.concatenate([np.ones(len(known)), times / some.counts[mixed]]))


def _each(
    scores: npt.NDArray[np.float32], best: Integers, stretches: Integers, sizes: Integers
) -> npt.NDArray[np.int64]:
    """The language of each stretch: that of its text, unless it clearly speaks for another and is not ambiguous."""
    none = scores.shape[1]
    own, rows, roots = scores.argmax(axis=1), np.arange(len(scores)), np.sqrt(sizes, dtype=np.float32)
    clear = (scores[rows, own] - scores[rows, np.minimum(best, none - 1)]) > MARGIN * np.sqrt(sizes)
    other = np.flatnonzero(clear & (stretches > 1) & (best < none))
    other = other[_probability(scores[other], roots[other]) >= SURE]
    each = best.copy()
    each[other] = own[other]
    return each


def _probability(scores: npt.NDArray[np.float32], roots: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """How probable the best language of each row is; log-likelihoods are cooled by the root of the bytes read."""
    cooled = (scores - scores.max(axis=1, keepdims=True)) / roots[:, None]
    probability: npt.NDArray[Any] = 1 / np.exp(cooled).sum(axis=1)
    return probability


@lru_cache(maxsize=32)
def identifier_of(among: tuple[str, ...]) -> Identifier:
    """Return the identifier for these languages; its table is cut from the model once."""
    return Identifier(among)

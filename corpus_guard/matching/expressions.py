"""The expressions that gates share, as columns: there are tens of thousands, and every process sorts them anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress, count

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.core.candidate import Gate
from corpus_guard.core.members import Members
from corpus_guard.matching.tables import BORDER, WORD

APART = 4
"""What `ends` says of words that may be apart."""

_Key = tuple[str, bool, bool, bool]
"""Expression, whether it is a literal, whether that is whole, whether it is of words: what gates may share."""

_ASCII = 128
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Expressions:
    """Distinct expressions, none empty.

    ends  which ends of each may not lie inside an English word: 1 the first, 2 the last; or `APART`
    """

    texts: Sequence[str]
    literal: Flags
    whole: Flags
    words: Flags

    @classmethod
    def of(cls, keys: Iterable[_Key]) -> Expressions:
        """Return *keys* as columns."""
        texts, *flags = [*zip(*keys, strict=True)] or [()] * 4
        return cls(texts, *(np.array(one, bool) for one in flags))

    def some(self, numbers: Integers) -> list[str]:
        """Return the expressions of some *numbers*."""
        return [self.texts[number] for number in numbers.tolist()]

    @cached_property
    def _sizes(self) -> Integers:
        return np.fromiter(map(len, self.texts), np.int64, len(self.texts))

    @cached_property
    def _are_ascii(self) -> Flags:
        return np.fromiter(map(str.isascii, self.texts), bool, len(self.texts))

    @cached_property
    def _borders(self) -> tuple[Flags, Flags]:
        """Whether each begins, and whether it ends, with a letter or digit of an English word."""
        codes = np.frombuffer("".join(self.texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        in_word = WORD[np.minimum(codes, _ASCII)] & (codes < _ASCII)
        last = np.cumsum(self._sizes) - 1
        return in_word[last + 1 - self._sizes], in_word[last]

    @cached_property
    def ends(self) -> Integers:
        """Which ends may not lie inside an English word."""
        first, last = self._borders
        ends: Integers = np.where(self.whole, first | last.astype(np.int64) << 1, 0)
        return np.where(self.words, APART, ends)

    @cached_property
    def kinds(self) -> Kinds:
        """The numbers of expressions by how they are looked for."""
        plain = self.literal & ~self.words
        letters = plain & self._are_ascii
        inside = letters & ~self.whole & self._borders[0]
        wide = plain & ~self._are_ascii
        several = self._sizes > 1
        parts = (self.literal & ~wide & ~inside, inside, wide & several, wide & ~several, ~self.literal)
        return Kinds(*map(np.flatnonzero, parts))


@dataclass(frozen=True)
class Kinds:
    """Numbers of expressions by how they are looked for.

    words     literals of ASCII that begin where a word does, or with another character
    anywhere  other literals of ASCII: they make every letter a beginning, which `native` is not good at
    wide      literals with other characters;  single  those of one character
    """

    words: Integers
    anywhere: Integers
    wide: Integers
    single: Integers
    patterns: Integers


@dataclass(frozen=True)
class Owners:
    """Which gates of which detectors share each expression: a row for each gate."""

    members: Members
    detector: Integers
    gate: Integers
    opts_in: Flags
    ends: Integers

    def among(self, numbers: Integers) -> Owners:
        """Return the owners of some expressions, which are numbered anew."""
        number, row = self.members.expand(numbers)
        members = Members(np.append(0, np.cumsum(np.bincount(number, minlength=len(numbers)))), row)
        return replace(self, members=members, ends=self.ends[numbers])

    @cached_property
    def squeeze(self) -> Flags:
        """Which expressions have an owner that opted in to the squeezed view."""
        return np.diff(np.append(0, np.cumsum(self.opts_in[self.members.member]))[self.members.first]) > 0


@dataclass(frozen=True)
class Shared:
    """All gates of all detectors: their expressions, who owns these, and the words that opted in to be squeezed."""

    expressions: Expressions
    owners: Owners
    opted: list[str]

    @classmethod
    def of(cls, gates: Mapping[str, Sequence[Gate]], *, compiled: bool) -> Shared:
        """Return what the gates of detectors, by their names, have in common.

        Words that may be apart are literals for *compiled* functions, and patterns without these.
        """
        sizes = [len(some) for some in gates.values()]
        flat = [gate for some in gates.values() for gate in some]
        texts, literal, squeeze, whole, words = [*zip(*flat, strict=True)] or [()] * 5
        keys: list[_Key] = [*zip(texts, literal, whole, words, strict=True)]
        if not compiled and any(words):
            keys = [_apart(key) for key in keys]
        numbers = dict(zip(dict.fromkeys(keys), count()))
        expression = np.fromiter(map(numbers.__getitem__, keys), np.int64, len(keys))
        known = Expressions.of(numbers)
        owners = Owners(
            members=Members.of(expression, len(numbers) + 1),  # and one without owners
            detector=np.repeat(np.arange(len(sizes)), sizes),
            gate=np.concatenate([np.arange(size) for size in sizes]) if sizes else expression,
            opts_in=np.array(squeeze, bool),
            ends=np.append(known.ends, 0),
        )
        return cls(known, owners, [*compress(texts, squeeze)])


def _apart(key: _Key) -> _Key:
    """The expression of a gate, as a pattern where its words may be apart."""
    if not key[3]:
        return key
    words = map(re.escape, key[0].split(" "))
    return "(^|[^a-z0-9])" + rf"[^a-z0-9{BORDER}]+".join(words), False, False, False

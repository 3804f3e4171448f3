"""One kind of expression over one kind of character: literals by an automaton first, patterns by Hyperscan always.

An automaton of 30,000 literals is built in a tenth of a second and reads 100 to 400 MB a second; a Hyperscan database
of them takes more than a second to compile and reads 1,000 and more. So literals begin with the automaton; after
`ENOUGH` bytes a database is compiled beside the work, and takes over when it is ready. Both find every occurrence of
every literal, so nobody can tell which of them looked. Nothing compiled is ever loaded from disk.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick_rs
import hyperscan
import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers

ENOUGH = 24 * 2**20
"""Bytes after which more are likely to come than a database costs to compile."""

FEW = 500
"""Literals whose database is compiled as soon as an automaton is built."""

ID_BITS = 24
Characters = npt.NDArray[np.generic] | None


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits in one view: numbers of the expressions, and positions just after the match."""

    expression: Integers
    end: Integers

    @classmethod
    def none(cls) -> Hits:
        """No hit."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))


class Database:
    """A Hyperscan database; may be scanned by several threads at once."""

    def __init__(self, expressions: Sequence[bytes]) -> None:
        """Compile *expressions*; raise `hyperscan.error` when one of them is none."""
        self._scratch = threading.local()
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=list(expressions),
            ids=list(range(len(expressions))),
            elements=len(expressions),
            flags=[hyperscan.HS_FLAG_DOTALL] * len(expressions),
        )

    def scan(self, data: Any) -> Hits:
        """Return every hit in *data*, ends counted in bytes."""
        found: list[int] = []
        append = found.append

        def on_match(expression: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(end << ID_BITS | expression)

        self._database.scan(data, match_event_handler=on_match, scratch=self._own_scratch())
        packed = np.array(found, np.int64)
        return Hits(packed & ((1 << ID_BITS) - 1), packed >> ID_BITS)

    def _own_scratch(self) -> Any:
        """Hyperscan forbids two threads in one scratch space."""
        if not hasattr(self._scratch, "space"):
            self._scratch.space = hyperscan.Scratch(self._database)
        return self._scratch.space


class Automaton:
    """The same for literals, ready at once."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._found = ahocorasick_rs.BytesAhoCorasick(
            literals, implementation=ahocorasick_rs.Implementation.ContiguousNFA
        ).find_matches_as_indexes

    def scan(self, data: Any) -> Hits:
        """Return every hit in *data*, ends counted in bytes."""
        found = np.array(self._found(data, overlapping=True), np.int64).reshape(-1, 3)
        return Hits(found[:, 0], found[:, 2])


class PatternLane:
    """Patterns over the one-byte lane, and literals that go with them: one pass is cheaper than two."""

    width = 1

    def __init__(self, patterns: Sequence[str], literals: Sequence[str] = ()) -> None:
        """Compile both, *literals* numbered last; raise `hyperscan.error` or `UnicodeEncodeError` when one is none."""
        self.lengths = np.array([0] * len(patterns) + [len(literal) for literal in literals], np.int64)
        expressions = [pattern.encode("ascii") for pattern in patterns]
        expressions += [_escaped(literal.encode("ascii")) for literal in literals]
        self._database = Database(expressions) if expressions else None

    def scan(self, characters: Characters) -> Hits:
        """Return every hit in *characters*."""
        if self._database is None or characters is None or not len(characters):
            return Hits.none()
        return self._database.scan(characters.data.cast("B"))


class LiteralLane:
    """Literals over characters of *width* bytes."""

    def __init__(self, literals: Sequence[str], width: int, enough: int = ENOUGH, few: int = FEW) -> None:
        self.width = width
        self.lengths = np.array([len(literal) for literal in literals], np.int64)
        self._encoded = [_encoded(literal, width) for literal in literals]
        self._searcher: Automaton | Database | None = Automaton(self._encoded) if literals else None
        if 0 < len(literals) < few:
            self._compile()
        self._left = enough
        self._change = threading.Lock()

    def scan(self, characters: Characters, lane: Characters = None, *, anywhere: bool = True) -> Hits:  # noqa: ARG002
        """Return every hit in *characters*, also those within words: whoever asks leaves these out."""
        if self._searcher is None or characters is None or not len(characters):
            return Hits.none()
        hits = self._searcher.scan(characters.data.cast("B"))
        self._count(characters.nbytes)
        aligned = hits.end % self.width == 0
        return Hits(hits.expression[aligned], hits.end[aligned] // self.width)

    def _count(self, size: int) -> None:
        with self._change:
            before, self._left = self._left, self._left - size
        if before > 0 >= self._left and isinstance(self._searcher, Automaton):
            threading.Thread(target=self._compile).start()

    def _compile(self) -> None:
        self._searcher = Database([_escaped(literal) for literal in self._encoded])


def _encoded(literal: str, width: int) -> bytes:
    return literal.encode("utf-16-le", "surrogatepass") if width == 2 else literal.encode("ascii")


def _escaped(literal: bytes) -> bytes:
    return rb"\x" + literal.hex(" ").replace(" ", r"\x").encode()

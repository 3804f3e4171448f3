"""Naive Bayes over byte n-grams for many stretches at once, with the model that py3langid ships in its wheel.

`py3langid` walks its automaton byte by byte in Python, one text after the other: 5,000 sentences a second. The same
walk goes here over a batch in a compiled function or, without it, position by position by arrays, and the sums are one
product of matrices; the answers are the same.
The model: M. Lui and T. Baldwin, langid.py: An Off-the-shelf Language Identification Tool, ACL 2012; a file of arrays
without pickle, read from the installed package, without the lists of Python that the package makes of it.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers
from corpus_guard.languages.model_file import read_arrays
from corpus_guard.languages.reading import Bytes
from corpus_guard.matching.compiled import library, number, pointer

_MOST, _FEATURES = 1_024, 2**18
"""Bytes of a stretch that the compiled function takes, and features that it knows fewer of."""
_KINDS = (np.uint32, np.uint16, np.int32, np.float16)
_LINE, _AT_ONCE = 64, 32
"""Bytes of a line of the cache, and classes that lie in one."""
_WIDE = 1
_Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """Arrays of a model: an automaton (`moves`, `rows`, `features`) and log-probabilities (`table`, `prior`)."""

    moves: npt.NDArray[Any]
    rows: npt.NDArray[Any]
    features: npt.NDArray[np.int32]
    table: npt.NDArray[Any]
    prior: _Scores
    classes: tuple[str, ...]

    @property
    def is_compact(self) -> bool:
        """Whether its arrays are those that the compiled function takes."""
        kinds = [array.dtype for array in (self.moves, self.rows, self.features, self.table)]
        return kinds == [*map(np.dtype, _KINDS)] and len(self.table) < _FEATURES


_READING = threading.Lock()


def model() -> Model:
    """Return the model of the installed py3langid; reads a file of its wheel, and nothing else."""
    with _READING:
        return _read()


def read_ahead() -> None:
    """Begin to read the model beside other work: it is compressed, and to undo that takes some 0.3 seconds."""

    def read() -> None:
        with suppress(Exception):  # whoever asks for the model is told
            model()

    threading.Thread(target=read, daemon=True).start()


@lru_cache(maxsize=1)
def _read() -> Model:
    from py3langid.langid import MODEL_DIR, MODEL_FILE

    stored = read_arrays(MODEL_DIR / MODEL_FILE)
    return Model(
        moves=stored["nextmove"],
        rows=stored["nextmove_row"],
        features=stored["out_feat"],
        table=stored["ptc"],
        prior=stored["pc"].astype(np.float32),
        classes=tuple(stored["classes"].tolist()),
    )


@dataclass(frozen=True)
class Identifier:
    """Tells stretches apart among the languages *among*, codes of the model."""

    among: tuple[str, ...]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Code of each column of the scores; a language written in two ways has two."""
        return tuple(code for code in model().classes if code in self.among)

    @cached_property
    def _table(self) -> tuple[_Scores, _Scores]:
        columns = [place for place, code in enumerate(model().classes) if code in self.among]
        return np.ascontiguousarray(model().table[:, columns]).astype(np.float32), model().prior[columns]

    @cached_property
    def _padded(self) -> tuple[npt.NDArray[np.uint16], _Scores]:
        """The same with more columns, up to as many as fill lines of the cache, where every row begins with one."""
        columns = [place for place, code in enumerate(model().classes) if code in self.among]
        columns += [0] * (-len(columns) % _AT_ONCE)
        known = model().table.view(np.uint16)
        room = np.empty(len(known) * len(columns) + _LINE // 2, np.uint16)
        begin = -room.ctypes.data % _LINE // 2
        table = room[begin : begin + len(known) * len(columns)].reshape(len(known), -1)
        np.take(known, columns, axis=1, out=table, mode="clip")
        return table, model().prior[columns]

    def scores(self, stretches: Sequence[bytes]) -> _Scores:
        """Return the log-likelihood of each stretch under each of `classes`, a row a stretch."""
        return self.scores_of(Bytes.of(stretches))

    def scores_of(self, read: Bytes) -> _Scores:
        """Return the same of stretches that lie side by side."""
        functions = library()
        if functions is None or read.sizes.max(initial=0) > _MOST or not model().is_compact:
            return self._plain(read.each())
        (table, prior), known, classes = self._padded, model(), len(self.classes)
        scores, counts = np.empty((len(read.ends), len(prior)), np.float32), np.zeros(len(table), np.uint16)
        automaton = (pointer(known.moves), pointer(known.rows), pointer(known.features))
        functions.score_stretches(
            pointer(read.data), pointer(read.ends), number(len(read.ends)), *automaton, pointer(table), pointer(prior),
            number(len(prior)), pointer(_weights()), ctypes.c_int32(_WIDE), pointer(counts), pointer(scores),
        )  # fmt: skip
        return scores[:, :classes]

    def _plain(self, stretches: Sequence[bytes]) -> _Scores:
        from scipy import sparse

        table, prior = self._table
        features, owners = _features(stretches)
        shape = (len(stretches), len(table))
        counts = sparse.coo_matrix((np.ones(len(features), np.float32), (owners, features)), shape=shape).tocsr()
        counts.sum_duplicates()
        counts.data = np.log1p(counts.data)
        scores: _Scores = counts @ table + prior
        return scores


def together(scores: _Scores, firsts: Integers) -> _Scores:
    """Return the sums of rows of *scores*, of those from each of *firsts* to the next; not many belong together."""
    functions = library()
    if functions is None or scores.strides[1] != scores.itemsize:
        summed: _Scores = np.add.reduceat(scores, firsts, axis=0)
        return summed
    sums = np.empty((len(firsts), scores.shape[1]), np.float32)
    sizes = (number(len(scores)), number(scores.strides[0] // scores.itemsize), number(scores.shape[1]))
    functions.sum_rows(pointer(scores), *sizes, pointer(firsts), number(len(firsts)), pointer(sums))
    return sums


@lru_cache(maxsize=1)
def _weights() -> _Scores:
    """What a feature counts that is seen so many times."""
    return np.log1p(np.arange(_MOST + 1, dtype=np.float32))


def _features(stretches: Sequence[bytes]) -> tuple[npt.NDArray[np.int32], Integers]:
    """Features that the automaton sees in the stretches, and which stretch each is of."""
    known = model()
    lengths = np.fromiter(map(len, stretches), np.int64, len(stretches))
    order = np.argsort(-lengths, kind="stable")
    data = np.frombuffer(b"".join(stretches), np.uint8)
    place = (np.cumsum(lengths) - lengths)[order]
    longest = int(lengths[order[0]]) if len(order) else 0
    going = np.searchsorted(-lengths[order], -np.arange(1, longest + 1), "right").tolist()
    state, seen = np.zeros(len(order), known.moves.dtype), []
    for step, count in enumerate(going):
        rows = known.rows.take(state[:count]).astype(np.int64) << 8
        state = known.moves.take(rows + data.take(place[:count] + step))
        seen.append(state)
    states = np.concatenate(seen) if seen else np.zeros(0, np.int64)
    features = known.features.take(states)
    owners = np.concatenate([order[:count] for count in going]) if going else np.zeros(0, np.int64)
    told = np.flatnonzero(features >= 0)
    return features.take(told), owners.take(told)

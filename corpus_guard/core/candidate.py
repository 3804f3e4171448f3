"""Gates go in, candidates come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from corpus_guard.core.batch import Integers


class Gate(NamedTuple):
    """What the shared pass looks for on behalf of a detector.

    A literal gate is folded text (`matching.tables.fold`) and every one of its occurrences becomes a candidate with its
    exact span. A pattern gate is a Hyperscan expression over the ASCII of the folded text: a digit is a digit whatever
    its width was, a character that is no ASCII matches no class. It says where to look, not what is there.

    A `whole` literal neither begins nor ends inside an English word; a Chinese character beside it does not count. With
    `squeeze` it is also looked for where characters were put into words to hide them. A literal of `words`, ASCII that
    begins with a letter or digit, begins where no letter or digit is before it; each blank of it stands for whatever is
    neither letter nor digit, any number of characters; of it only the end is told, as of a pattern.
    """

    expression: str
    literal: bool = True
    squeeze: bool = False
    whole: bool = False
    words: bool = False


class Folded(Protocol):
    """Some texts of a batch after folding, which replaces code points one to one."""

    def local(self, text: int) -> int | None:
        """Return the place of the batch's *text* in here, or None when it is not here."""
        ...

    def folded(self, local: int, start: int, end: int) -> tuple[int, str]:
        """Return where a stretch of that text begins and the folded stretch, both cut to the text's borders."""
        ...

    def stretches(self, texts: Integers, starts: Integers, ends: Integers) -> Iterator[tuple[int, int, str]]:
        """Yield, for those of the batch's *texts* that are here, their place among these, and what `folded` returns."""
        ...

    def before(self, texts: Integers, starts: Integers, count: int) -> tuple[npt.NDArray[np.bool_], Integers]:
        """Return which of the batch's *texts* are here, and *count* folded characters before *starts* in each of these.

        The nearest is the first; 0 stands for those before the beginning.
        """
        ...

    def hold_digit(
        self, texts: Integers, starts: Integers, ends: Integers
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Return which of the batch's *texts* are here, and of these which folded stretches have a digit 0 to 9."""
        ...

    def written(self, local: int, start: int, end: int) -> str:
        """Return a stretch of that text as it was written; *start* and *end* lie within it."""
        ...


@dataclass(frozen=True)
class Candidates:
    """Gate hits of one detector in one batch, sorted by text, start, end, gate.

    gate      an index into the detector's gates
    text      which text of the batch
    start     code points into that text; of a pattern gate equal to `end`
    end       exclusive
    squeezed  seen only after zero-width characters and separators inside words were removed
    views     the folded texts, to look around a hit with `folded`
    """

    gate: Integers
    text: Integers
    start: Integers
    end: Integers
    squeezed: npt.NDArray[np.bool_]
    views: Sequence[Folded]

    def __len__(self) -> int:
        return len(self.gate)

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Candidates:
        """Return the candidates at *index*, or where it is True."""
        text, start, end = self.text[index], self.start[index], self.end[index]
        return Candidates(self.gate[index], text, start, end, self.squeezed[index], self.views)

    def renumbered(self, first: int) -> Candidates:
        """Return the candidates with the gate number *first* as number 0."""
        return replace(self, gate=self.gate - first)

    def folded(self, text: int, start: int, end: int) -> tuple[int, str]:
        """Return where the stretch begins and the folded stretch itself, both cut to the text's borders.

        Folding is one code point to one: offsets into the stretch, plus its begin, slice the raw text.
        """
        view, local = self._place(text)
        return view.folded(local, start, end)

    def written(self, text: int, start: int, end: int) -> str:
        """Return a stretch as it was written; *start* and *end* lie within the text."""
        view, local = self._place(text)
        return view.written(local, start, end)

    def stretches(self, texts: Integers, starts: Integers, ends: Integers) -> Iterator[tuple[int, int, str]]:
        """Yield (number, begin, folded stretch) of many stretches, cut as `folded` cuts them; not in their order."""
        for view in self.views:
            yield from view.stretches(texts, starts, ends)

    def before(self, count: int) -> Integers:
        """Return *count* folded characters before each candidate, one of 16 bits in each column.

        The nearest is the first; 0 stands for those before the beginning of the text.
        """
        found = np.zeros((len(self), count), np.int64)
        for view in self.views:
            here, characters = view.before(self.text, self.start, count)
            found[here] = characters
        return found

    def hold_digit(self, texts: Integers, starts: Integers, ends: Integers) -> npt.NDArray[np.bool_]:
        """Return which of many folded stretches, cut as `folded` cuts them, have a digit 0 to 9."""
        found = np.zeros(len(texts), bool)
        for view in self.views:
            here, digits = view.hold_digit(texts, starts, ends)
            found[here] = digits
        return found

    def _place(self, text: int) -> tuple[Folded, int]:
        for view in self.views:
            local = view.local(text)
            if local is not None:
                return view, local
        raise IndexError(text)

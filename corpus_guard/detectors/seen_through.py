"""Identifiers with invisible characters inside: marks of direction, zero-width spaces, the parts of emoji digits.

1380<U+200F>0138000 is a telephone number to whoever reads it. Where an invisible character touches a digit or an @, the
stretch around it is looked at once more without such characters, by every rule with a pattern; the gates of these would
see through nothing. Spans enclose what was left out, so that they slice the raw text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.pattern_rules import PatternRules, longest, windows
from corpus_guard.matching.tables import INVISIBLE, OTHER

_KEYCAP = "\u20e3"
"""The last part of an emoji digit, behind a mark that is invisible."""

_HIDDEN = f"\\x{INVISIBLE:02x}[\\x{INVISIBLE:02x}\\x{OTHER:02x}]{{0,7}}"
_GATES = (f"[0-9@]{_HIDDEN}[0-9a-z@.: \\-]", f"[a-z.: \\-]{_HIDDEN}[0-9@]")
_WIDTH = 96
"""Code points on either side of a hit that are looked at."""


class SeenThrough:
    """Looks at stretches with invisible characters inside as if these were not there."""

    gates: Sequence[Gate] = tuple(Gate(gate, literal=False) for gate in _GATES)

    def __init__(self, rules: PatternRules, invisible: Sequence[int]) -> None:
        """Use *rules*; *invisible* are the code points that are left out."""
        self._rules = rules
        self._invisible = frozenset(map(chr, invisible)) | {_KEYCAP}

    def findings(self, hits: Candidates, batch: Batch) -> Findings:
        """Return the findings around *hits* of `gates` that enclose an invisible character; of several the longest."""
        original = lru_cache(maxsize=1)(lambda number: str(batch.texts[number]))
        found = [
            (text, *one)
            for text, begin, end in windows(hits, _WIDTH)
            for one in self._in_window(hits, text, begin, end, original)
        ]
        if not found:
            return Findings.none()
        text_numbers, start, stop = np.array([row[:3] for row in found], np.int64).T
        rules = [row[3] for row in found]
        numbers = np.array([number for number, _ in rules], np.int64)
        grades = np.array([int(rule.grade) for _, rule in rules], np.int8)
        return longest(
            Findings.of(text_numbers, start, stop, numbers, grades, np.array([rule.score for _, rule in rules]))
        )

    def _in_window(
        self, hits: Candidates, text: int, begin: int, end: int, original: Callable[[int], str]
    ) -> Iterator[tuple[int, int, tuple[int, Rule]]]:
        origin, stretch = hits.folded(text, begin, end)
        goes_on = origin + len(stretch) >= end
        places = [place for place, character in enumerate(stretch) if character not in self._invisible]
        shown = "".join(stretch[place] for place in places)

        def written(first: int, last: int) -> str:
            raw = original(text)
            return "".join(raw[origin + place] for place in places[first:last])

        for first, last, rule in self._rules.everywhere(shown, written):
            start, stop = places[first], places[last - 1] + 1
            cut = (first == 0 and origin > 0) or (last == len(places) and goes_on)
            if stop - start > last - first and not cut:
                yield origin + start, origin + stop, rule

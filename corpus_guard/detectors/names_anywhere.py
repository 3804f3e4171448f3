"""Names that nothing announces: every place of a text is weighed, by what the characters are and what surrounds them.

A candidate is a surname and one or two characters that may be a given name. Its weight is a sum: how seldom the
surname is a word, how much the characters are like a given name, whether a word ends before it and begins behind it,
and whether words stand there that stand beside persons (`cues_before`, `cues_after` of `rules/people/names.toml`).
A segmenter (`rjieba`) says where words begin and end and what it takes for names itself; it is one voice among the
others. Those above the threshold count, the heaviest first where they overlap. A name that is sure once counts
wherever else it stands in the text. Names written by sound (丹尼斯·霍珀) count with a dot, or with a word beside them
that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from corpus_guard.catalog.wordings import read_word_lists
from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.name_model import people
from corpus_guard.detectors.name_rules import english_given

_WHOLE = 2**40
_THRESHOLD = 4.0
_SURE = 6.5
_FREQUENT, _USUAL, _RARE, _DOUBTFUL, _COMPOUND = 1.6, 1.2, 0.8, -0.8, 3.0
_BORDER, _CUE, _JOINED, _INSIDE = 1.5, 2.5, 0.6, -0.8
_TWO, _ONE = 0.6, -0.6
_STRANGE = -1.2
_SOUND, _SOUND_EACH = -1.5, 0.3
_SEGMENT, _CUTS_WORD, _HOLDS_WORD = 2.0, -2.5, -2.0
_PIECE = re.compile("[^\n]{1,20000}")
_REACH = 5
_ENGLISH = re.compile(r"(?<![A-Za-z])([A-Z][a-z]{1,15}) (?:[A-Z]\.? )?[A-Z][a-z]{2,20}(?![A-Za-z])")
_HAN = "[\u3400-\u9fff]"


class Anywhere:
    """Weighs every place of a text."""

    def __init__(self, number: int, rule: Rule) -> None:
        self._number, self._rule = number, rule
        self._model = people()
        lists = read_word_lists()
        self._before = re.compile(f"(?:{_any(lists['cues_before'])})$")
        self._after = re.compile(_any(lists["cues_after"]))
        self._joining = frozenset("".join(lists["joining"]))
        tiers = [_FREQUENT, _USUAL, *[_RARE] * len(lists["surnames"])]
        self._surname = {c: w for line, w in reversed(list(zip(lists["surnames"], tiers, strict=False))) for c in line}
        self._surname |= dict.fromkeys(self._model.doubtful, _DOUBTFUL)
        sound = "".join(lists["by_sound"])
        self._sound = re.compile(f"[{sound}]{{1,7}}(?:[·•・‧][{sound}]{{1,8}}){{1,3}}|[{sound}]{{3,7}}")
        compound = "|".join(sorted(self._model.compound))
        self._start = re.compile(f"(?=(?:{compound}|[{''.join(self._surname)}]){_HAN})")

    def findings(self, candidates: Candidates, batch: Batch) -> Findings:
        """Return the names in every text of *batch*."""
        found: list[tuple[int, int, int]] = []
        for text in range(len(batch.texts)):
            _, folded = candidates.folded(text, 0, _WHOLE)
            if folded.isascii():
                found += ((text, *span) for span in english(str(batch.texts[text])))
            else:
                found += ((text, *span) for span in self.spans(folded))
        if not found:
            return Findings.none()
        text_numbers, start, end = np.array(found, np.int64).T
        whole = len(found)
        return Findings.of(
            text_numbers, start, end, np.full(whole, self._number, np.int64),
            np.full(whole, int(self._rule.grade), np.int8), np.full(whole, self._rule.score),
        )  # fmt: skip

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return (start, end) of the names in *text*, none overlapping another, in their order."""
        weighed = sorted(self._weighed(text), key=lambda one: (-one[0], one[1], -one[2]))
        sure = {text[start:end] for weight, start, end in weighed if weight >= _SURE}
        taken = np.zeros(len(text) + 1, bool)
        spans = []
        for weight, start, end in weighed:
            if (weight >= _THRESHOLD or text[start:end] in sure) and not taken[start:end].any():
                taken[start:end] = True
                spans.append((start, end))
        return sorted(spans)

    def _weighed(self, text: str) -> Iterator[tuple[float, int, int]]:
        for piece in _PIECE.finditer(text):
            segments = Segments(piece[0])
            for weight, start, end in self._in_piece(piece[0]):
                yield weight + segments.weight(start, end), piece.start() + start, piece.start() + end

    def _in_piece(self, text: str) -> Iterator[tuple[float, int, int]]:
        for match in self._start.finditer(text):
            start = match.start()
            run = text[start : start + 4]
            surname = self._model.surname(run)
            if surname == 1 and self._model.is_word(text[start : start + 5]):
                continue
            for length in (surname + 1, surname + 2):
                name = run[:length]
                if len(name) == length and _is_han(name[-1]):
                    given = self._model.given(name[surname:])
                    if given >= 0:
                        yield self._weight(text, start, start + length, surname, given), start, start + length
        for match in self._sound.finditer(text):
            yield self._weight_by_sound(text, match), match.start(), match.end()

    def _weight(self, text: str, start: int, end: int, surname: int, given: int) -> float:
        own = _COMPOUND if surname == 2 else self._surname[text[start]]
        size = _TWO if end - start - surname == 2 else _ONE
        strange = _STRANGE * self._model.unknown(text[start + surname : end])
        return own + given + strange + size + self._around(text, start, end)

    def _weight_by_sound(self, text: str, match: re.Match[str]) -> float:
        dotted = any(dot in match[0] for dot in "·•・‧")
        return (_SURE if dotted else _SOUND + _SOUND_EACH * len(match[0])) + self._around(
            text, match.start(), match.end()
        )

    def _around(self, text: str, start: int, end: int) -> float:
        before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
        weight = _CUE if before and self._before.search(before) else 0.0
        if not weight:
            weight = _BORDER if not before or not _is_han(before[-1]) else _INSIDE
            weight = _JOINED if before and before[-1] in self._joining else weight
        if self._after.match(after):
            return weight + _CUE
        if not after or not _is_han(after[0]):
            return weight + _BORDER
        return weight + (_JOINED if after[0] in self._joining else _INSIDE)


class Segments:
    """What the segmenter makes of a line: words that are no names, and names."""

    def __init__(self, line: str) -> None:
        import rjieba

        self._names: set[tuple[int, int]] = set()
        self._within = np.zeros(len(line) + 1, bool)
        self._words: set[tuple[int, int]] = set()
        end = 0
        for word, kind in rjieba.tag(line, True):
            start, end = end, end + len(word)
            if kind.startswith("nr"):
                self._names.add((start, end))
            elif len(word) > 1:
                self._words.add((start, end))
                self._within[start + 1 : end] = True

    def weight(self, start: int, end: int) -> float:
        """Return what speaks for a name from *start* to *end* (it is one) or against it (it cuts or holds words)."""
        if (start, end) in self._names:
            return _SEGMENT
        if self._within[start] or self._within[end]:
            return _CUTS_WORD
        places = ((first, last) for first in range(start, end) for last in range(first + 2, end + 1))
        return _HOLDS_WORD if any(place in self._words for place in places) else 0.0


def english(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of a given name of the list with a surname behind it."""
    for match in _ENGLISH.finditer(text):
        if match[1].lower() in english_given():
            yield match.span()


@lru_cache(maxsize=65_536)
def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _any(lines: Sequence[str]) -> str:
    words = sorted(" ".join(lines).split(), key=len, reverse=True)
    return "|".join(map(re.escape, words))

"""Rules that find names of persons. The pattern of such a rule finds the cue, its `validator` says where the name is.

name_after    the name begins where the match of the pattern ends: 姓名：
name_before   the name ends where the match begins: 先生; a surname alone is found together with the title
name_english  the pattern is matched on the text as it was written, for upper case says what a name is; its group
              `value` is the name; with a group `label`, it counts when it begins with a given name of the list; a
              match begins a word, at most `LABEL` characters before the end of a gate
name_in_row   not in the text at all but beside what others have found (`detectors.records`)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from corpus_guard.catalog.wordings import read_word_lists
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.literal_beginnings import Tried
from corpus_guard.detectors.name_model import LONGEST, people

AFTER, BEFORE, ENGLISH = "name_after", "name_before", "name_english"
ROW = "name_in_row"
ANYWHERE = "name_anywhere"
FINDERS = frozenset({AFTER, BEFORE, ENGLISH})
AS_LABELLED = (AFTER, BEFORE, ENGLISH, ROW)
_REACH = 24

LABEL = 48
"""Characters that an English title or label may have."""

_WORD = re.compile("(?<![A-Za-z])[A-Za-z]")


@dataclass(frozen=True)
class NameRule(Tried):
    """A compiled rule that finds names; fields as those of `pattern_rules.PatternRule`."""

    number: int
    rule: Rule
    first_gate: int
    last_gate: int
    expression: str
    literals: frozenset[str]
    needs: re.Pattern[str] | None

    def spans(
        self, stretch: str, position: int, written: Callable[[int, int], str], hits: Sequence[int] | None = None
    ) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of the names in *stretch*; arguments as those of `pattern_rules.PatternRule`."""
        if self.rule.validator == ENGLISH:
            yield from self._english(as_wide(written(0, len(stretch))), position, hits)
            return
        for match in self.matches(stretch, position, hits):
            if self.rule.validator == AFTER:
                length = people().at_start(stretch[match.end() : match.end() + _REACH])
                start, end = match.end(), match.end() + length
            else:
                length = people().at_end(stretch[max(0, match.start() - LONGEST - 1) : match.start()])
                start, end = match.start() - length, match.end() if length == 1 else match.start()
            if length:
                yield start, end

    @cached_property
    def looks_at_hits(self) -> bool:
        """Whether it matters to the rule where its gates hit: English titles and labels end there."""
        return self.begins_at_hits or self.rule.validator == ENGLISH

    def _english(self, text: str, position: int, hits: Sequence[int] | None) -> Iterator[tuple[int, int]]:
        labelled = "label" in self.pattern.groupindex
        tried = self.pattern.finditer(text, position) if hits is None else self._before(text, position, hits)
        for match in tried:
            if not labelled or not match["label"] or match["value"].split()[0].lower() in english_given():
                yield match.span("value")

    def _before(self, text: str, position: int, hits: Sequence[int]) -> Iterator[re.Match[str]]:
        """Yield the matches that begin a word at most `LABEL` characters before one of *hits*, the end of a gate."""
        free = position
        for hit in hits:
            for word in _WORD.finditer(text, max(free, hit - LABEL), hit):
                match = self.pattern.match(text, word.start()) if word.start() >= free else None
                if match:
                    yield match
                free = max(free, match.end() if match else word.end())


def as_wide(raw: str) -> str:
    """Return *raw* half width, one character for one, so that offsets hold.

    >>> as_wide("Ｍr． Smith…")
    'Mr. Smith.'
    """
    if raw.isascii():
        return raw
    text = unicodedata.normalize("NFKC", raw)
    if len(text) == len(raw):
        return text
    return "".join(unicodedata.normalize("NFKC", character)[:1] or " " for character in raw)


@lru_cache(maxsize=1)
def english_given() -> frozenset[str]:
    """Return the given names of English-speaking people that a label or a row takes for names, in lower case."""
    return frozenset(read_word_lists()["english_given"])

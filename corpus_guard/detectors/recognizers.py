r"""Recognisers of Presidio, run where the shared pass says that something may be, never on whole texts.

Which run, a pipeline file says by country or entity: `[personal_info] presidio = ["us", "KR_RRN"]`. Patterns, check
digits and words of context are those of the installed presidio-analyzer; gates come out of the patterns
(`detectors.regex_gates`), or stand in the rule where a pattern gives none.

A recogniser sees a stretch of text as it was written, half width, with letters of scripts that write no spaces
replaced by spaces, one for one: to Python they are word characters, and the `\b` of most patterns would lose whatever
touches them. A match that touches the border of its stretch may be cut, and is dropped.

A match of Presidio's lowest scores (nine digits) says little by itself, so that it is info; from the score on that
Presidio gives to what has a word of context beside it, it is suspect; with such a word it gets the grade of its rule.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.detectors.pattern_rules import longest, windows
from corpus_guard.detectors.regex_gates import gates_of
from corpus_guard.detectors.surroundings import Surroundings
from corpus_guard.errors import UsageError, did_you_mean

_WORD = re.compile(r"\w+")
_LONGEST = 4096
"""Characters a recogniser sees at once, besides what windows share: some patterns look ahead to the end."""

REACH = 160
"""Characters before a match in which words of context are looked for."""

_WIDE_VALUE = re.compile("[０-９Ａ-Ｚａ-ｚ](?:[！-～\u3000]*[０-９Ａ-Ｚａ-ｚ])?")
_HALF_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}


def switched_on(rules: Sequence[tuple[int, Rule]], chosen: Sequence[str]) -> list[tuple[int, Rule]]:
    """Return those of *rules* whose country or entity is *chosen*; raise `UsageError` for what is neither."""
    shipped = [(number, rule) for number, rule in rules if rule.recognizer.isidentifier()]
    known = {name for _, rule in shipped for name in (rule.country, rule.entity) if name}
    if isinstance(chosen, str) or not all(isinstance(name, str) for name in chosen):
        raise UsageError('pipeline [personal_info]: "presidio" lists countries and entities, such as ["us", "UK_NHS"]')
    for name in chosen:
        if name not in known:
            countries = ", ".join(sorted(name for name in known if name.islower()))
            hint = did_you_mean(name, known) or did_you_mean(name.lower(), known) or did_you_mean(name.upper(), known)
            raise UsageError(
                f'pipeline [personal_info]: "presidio" names "{name}", which no recogniser is of'
                f"{hint or f'; countries are {countries}, entities stand in docs/reference/rules.md'}"
            )
    return [(number, rule) for number, rule in shipped if {rule.country, rule.entity} & set(chosen)]


@dataclass(frozen=True)
class _Recognizer:
    """A recogniser at work, and what speaks for what it finds."""

    number: int
    rule: Rule
    analyze: Callable[..., Sequence[Any]]
    context: Sequence[str]
    near: Surroundings


class Recognizers:
    """Some recognisers of Presidio, and the gates they need."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], fold: Callable[[str], str]) -> None:
        """Set up the recognisers of *rules*; *fold* folds text as the shared pass does. Raises `UsageError`."""
        self._rules: list[_Recognizer] = []
        gates: list[Gate] = []
        sizes = []
        for number, rule in rules:
            found = _recognizer(rule)
            own = rule.gates or _derived(found, rule)
            words = [word.lower() for word in found.context or ()]
            near = Surroundings([fold(word) for word in rule.raise_near])
            self._rules.append(_Recognizer(number, rule, found.analyze, words, near))
            gates += [Gate(gate, literal=False) for gate in own]
            sizes.append(len(own))
            found.analyze("0", [rule.entity], None)  # what is compiled or read at the first text, now
        self.gates: Sequence[Gate] = tuple(gates)
        self._rule_of_gate = np.repeat(np.arange(len(sizes)), sizes)

    def findings(self, candidates: Candidates, batch: Batch) -> Findings:
        """Return what is found around *candidates* (gates numbered from 0); of overlapping ones the longest."""
        whole = lru_cache(maxsize=1)(lambda number: str(batch.texts[number]))
        place = self._rule_of_gate[candidates.gate]
        stretches = sorted(
            (*stretch, which)
            for which in np.unique(place).tolist()
            for stretch in _pieces(candidates.take(place == which), self._rules[which].rule.window)
        )
        found = [
            row
            for text, begin, end, which in stretches
            for row in self._in_window(self._rules[which], candidates, text, whole(text), begin, end)
        ]
        if not found:
            return Findings.none()
        text_numbers, start, end, rule, grade = np.array([row[:-1] for row in found], np.int64).T
        score = np.array([row[-1] for row in found], np.float64)
        return longest(Findings.of(text_numbers, start, end, rule, grade.astype(np.int8), score))

    def _in_window(
        self, known: _Recognizer, candidates: Candidates, text: int, written: str, begin: int, end: int
    ) -> Iterator[tuple[int, int, int, int, int, float]]:
        stretch = half_width(written[begin:end])
        for result in known.analyze(as_spaced(stretch), [known.rule.entity], None):
            start, stop = begin + result.start, begin + result.end
            if (result.start == 0 and begin > 0) or (stop == end < len(written)):
                continue
            before = stretch[max(0, result.start - REACH) : result.start]
            spoken_for = named(known.context, before) or _beside(known, candidates, text, start, stop)
            score = with_context(result.score) if spoken_for else float(result.score)
            earned = Grade.INFO if score < weights()[1] else Grade.VIOLATION if spoken_for else Grade.SUSPECT
            yield text, start, stop, known.number, int(min(known.rule.grade, earned)), score


def _pieces(hits: Candidates, width: int) -> Iterator[tuple[int, int, int]]:
    """Windows around *hits*, long ones in pieces that share what a match may need."""
    for text, first, end in windows(hits, width):
        begin = first
        while end - begin > _LONGEST + 2 * width:
            yield text, begin, begin + _LONGEST + 2 * width
            begin += _LONGEST
        yield text, begin, end


def half_width(text: str) -> str:
    """Return *text* with full-width values as ASCII; the punctuation around them stays what it is.

    >>> half_width("邮箱：ａ＠ｂ．ｃｎ，")
    '邮箱：a@b.cn，'
    """
    return text if text.isascii() else _WIDE_VALUE.sub(lambda value: value[0].translate(_HALF_WIDTH), text)


def as_spaced(text: str) -> str:
    """Return *text* with a space for each letter of a script without cases, such as Chinese; offsets hold.

    >>> as_spaced("护照E1234567号")
    '  E1234567 '
    """
    return text if text.isascii() else _without_cases().sub(" ", text)


@cache
def _without_cases() -> re.Pattern[str]:
    letters = [code for code in range(0x80, sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Lo"]
    runs = "".join(f"{chr(first)}-{chr(last)}" for first, last in _runs(letters))
    return re.compile(f"[{runs}]")


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of the runs in ascending *numbers*."""
    borders = [place for place in range(1, len(numbers)) if numbers[place] != numbers[place - 1] + 1]
    for first, stop in pairwise([0, *borders, len(numbers)]):
        yield numbers[first], numbers[stop - 1]


def named(context: Sequence[str], before: str) -> bool:
    """Say whether a word of *context*, lower case, stands among the last words *before* a match, as Presidio does."""
    if not context:
        return False
    words = " ".join(_WORD.findall(before)[-weights()[2] :]).lower()
    return any(word in words for word in context)


def _beside(known: _Recognizer, candidates: Candidates, text: int, start: int, stop: int) -> bool:
    near = known.rule.near
    before = candidates.folded(text, start - near, start)[1]
    return known.near.speak(before) or known.near.speak(candidates.folded(text, stop, stop + near)[1])


def with_context(score: float) -> float:
    """Return *score* raised as Presidio raises it for a word of context."""
    more, least, _ = weights()
    return round(min(1.0, max(score + more, least)), 4)


@cache
def weights() -> tuple[float, float, int]:
    """Return what Presidio adds for a word of context, the least this makes, how many words before it looks at."""
    from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

    enhancer = LemmaContextAwareEnhancer()
    return (
        float(enhancer.context_similarity_factor),
        float(enhancer.min_score_with_context_similarity),
        int(enhancer.context_prefix_count),
    )


def _recognizer(rule: Rule) -> Any:
    from presidio_analyzer import predefined_recognizers

    without_network()
    known = getattr(predefined_recognizers, rule.recognizer, None)
    if known is None:
        raise UsageError(
            f"the installed presidio-analyzer has no {rule.recognizer}; install the version that constraints.txt "
            f'names, or leave "{rule.entity}" out of "presidio"'
        )
    return known()


def _derived(recognizer: Any, rule: Rule) -> list[str]:
    """Gates out of the patterns of a recogniser."""
    patterns = list(getattr(recognizer, "patterns", ()))
    gates = [gates_of(pattern.regex) for pattern in patterns]
    if not patterns or None in gates:
        raise UsageError(
            f'rule "{rule.id}": the patterns of {rule.recognizer} give no gates; write them as "gates" of the rule'
        )
    return list(dict.fromkeys(gate for some in gates if some for gate in some))


def without_network() -> None:
    """Let Presidio know domains by the list of public suffixes that tldextract brings along.

    Its e-mail recogniser asks an extractor that is shared by the whole process, and which would fetch the list.
    """
    from tldextract import TLDExtract, tldextract

    if tldextract.TLD_EXTRACTOR.suffix_list_urls:
        tldextract.TLD_EXTRACTOR = TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)

"""Records of persons: what findings of one document say together that none says alone.

A rule with `beside` names entities. A name becomes its finding when findings of `kinds` different ones of them stand
within `near` code points. With `records` it does so only where a document holds that many different names, each beside
one of as many different values: a leaked table. Rules with `records` have the last word, for they say the most.

Contract, section 3: a name with two or more identifiers or a home address, or the records of several persons, is a
violation; a name beside an e-mail address or a telephone number alone is none.

Around identifiers names are looked for that nothing announces: a field of its own in the line, `张三,13800138000`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.name_model import people
from corpus_guard.detectors.name_rules import ROW, english_given

_NAME = "PERSON"
_CHINESE_FIELD = re.compile(
    r"(?=[\u3400-\u9fff])(?:^|(?<=[\s,;|:\"'()\[\]/、]))[\u3400-\u9fff]{2,4}(?=$|[\s,;|:\"'()\[\]/、])"
)
_LATIN = re.compile("[a-z]")
_ENGLISH_FIELD = re.compile(
    r"(?:^|(?<=[,;|\t\n\"']))[ ]?([A-Z][a-z]{1,15} (?:[A-Z]\.? )?[A-Z][a-z]{1,20})(?=$|[ ]?[,;|\t\n\"'])"
)
_LEAST = 2


@dataclass(frozen=True)
class _Text:
    """Findings in one text: (start, end, entity, index among all findings), by start."""

    document: int
    names: list[tuple[int, int, int]]
    starts: list[int]
    others: list[tuple[int, int, str]]


class Records:
    """The rules of a setting that look at findings, not at text."""

    def __init__(self, rules: Sequence[tuple[int, Rule]]) -> None:
        self._entity = {number: "" if rule.says_nobody else rule.entity for number, rule in rules}
        together = [(number, rule) for number, rule in rules if rule.beside and rule.validator != ROW]
        self._rules = sorted(together, key=lambda one: (one[1].records, one[1].grade, one[1].kinds, one[1].id))
        self._rows = [(number, rule) for number, rule in rules if rule.validator == ROW]

    def in_rows(self, findings: Findings, candidates: Candidates) -> Findings:
        """Return the names that are fields of their own in the lines of *findings* which are identifiers."""
        found: list[tuple[int, int, int, int, int, float]] = []
        for number, rule in self._rows:
            for place, begin, stop in self._lines(findings, rule):
                origin, stretch = candidates.folded(place, begin, stop)
                spans = {*_chinese(stretch), *_english(stretch, candidates, place, origin)}
                found += (
                    (place, origin + s, origin + e, number, int(rule.grade), rule.score) for s, e in sorted(spans)
                )
        if not found:
            return Findings.none()
        text, start, end, rules, grade, score = (np.array(column) for column in zip(*found, strict=True))
        return Findings.of(text, start, end, rules, grade.astype(np.int8), score.astype(np.float64))

    def _lines(self, findings: Findings, rule: Rule) -> Iterator[tuple[int, int, int]]:
        """Stretches of text around identifiers, merged where they meet."""
        wanted = [number for number, entity in self._entity.items() if entity in rule.beside]
        mine = findings.take(np.isin(findings.rule, wanted))
        order = np.lexsort((mine.start, mine.text))
        last: tuple[int, int, int] | None = None
        for index in order.tolist():
            text, start, end = int(mine.text[index]), int(mine.start[index]), int(mine.end[index])
            begin, stop = max(0, start - rule.near), end + rule.near
            if last and last[0] == text and begin <= last[2]:
                last = (text, last[1], max(last[2], stop))
            else:
                if last:
                    yield last
                last = (text, begin, stop)
        if last:
            yield last

    def combined(self, findings: Findings, batch: Batch) -> Findings:
        """Return *findings*, sorted by text and start, with names raised to the rules their neighbours call for."""
        if not self._rules:
            return findings
        rule, grade, score = findings.rule.copy(), findings.grade.copy(), findings.score.copy()
        texts = list(self._texts(findings, batch))
        for number, known in self._rules:
            chosen = _tables(known, texts, batch.texts) if known.records else _near(known, texts)
            rule[chosen], grade[chosen], score[chosen] = number, int(known.grade), known.score
        return Findings.of(findings.text, findings.start, findings.end, rule, grade, score)

    def _texts(self, findings: Findings, batch: Batch) -> Iterator[_Text]:
        """The texts that hold names and other findings."""
        entities = [self._entity[number] for number in findings.rule.tolist()]
        is_name = np.array([entity == _NAME for entity in entities], bool)
        borders = [0, *(np.flatnonzero(np.diff(findings.text)) + 1).tolist(), len(findings)]
        for first, last in pairwise(borders):
            if is_name[first:last].any() and not is_name[first:last].all():
                places = range(first, last)
                start, end = findings.start, findings.end
                others = [(int(start[i]), int(end[i]), entities[i]) for i in places if not is_name[i]]
                yield _Text(
                    int(batch.documents[findings.text[first]]) << 32 | int(findings.text[first]),
                    [(int(start[i]), int(end[i]), i) for i in places if is_name[i]],
                    [one[0] for one in others],
                    others,
                )


def _near(rule: Rule, texts: Sequence[_Text]) -> list[int]:
    """Names beside enough kinds of identifiers."""
    return [
        index
        for text in texts
        for start, end, index in text.names
        if len({entity for *_, entity in _around(text, start, end, rule)}) >= rule.kinds
    ]


def _tables(rule: Rule, texts: Sequence[_Text], raw: pa.LargeStringArray) -> list[int]:
    """Names in documents with enough records."""
    names: dict[int, set[str]] = {}
    values: dict[int, set[str]] = {}
    members: dict[int, list[int]] = {}
    for text in texts:
        document, number = text.document >> 32, text.document & 0xFFFFFFFF
        written = str(raw[number])
        for start, end, index in text.names:
            around = list(_around(text, start, end, rule))
            if around:
                names.setdefault(document, set()).add(written[start:end])
                values.setdefault(document, set()).update(written[first:last] for first, last, _ in around)
                members.setdefault(document, []).append(index)
    return [
        index
        for document, some in members.items()
        if min(len(names[document]), len(values[document])) >= rule.records
        for index in some
    ]


def _around(text: _Text, start: int, end: int, rule: Rule) -> Iterator[tuple[int, int, str]]:
    """Findings that *rule* asks for within its distance of a name."""
    first = bisect_left(text.starts, start - rule.near)
    while first > 0 and text.others[first - 1][1] >= start - rule.near:  # begun before, reaching in
        first -= 1
    for other in text.others[first:]:
        if other[0] > end + rule.near:
            return
        if other[2] in rule.beside:
            yield other


def _chinese(stretch: str) -> Iterator[tuple[int, int]]:
    model = people()
    for match in _CHINESE_FIELD.finditer(stretch):
        name = match[0]
        if model.is_name(name) and model.given(name[model.surname(name) :]) >= _LEAST:
            yield match.span()


def _english(stretch: str, candidates: Candidates, text: int, origin: int) -> Iterator[tuple[int, int]]:
    if not _LATIN.search(stretch):
        return
    for match in _ENGLISH_FIELD.finditer(candidates.written(text, origin, origin + len(stretch))):
        if match[1].partition(" ")[0].lower() in english_given():
            yield match.span(1)

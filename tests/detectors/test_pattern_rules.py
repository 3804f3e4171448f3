"""Windows, borders, labels, allowed phrases: how pattern rules turn candidates into findings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.pattern_rules import PatternRules, longest, windows
from tests.detectors.passes import Pass, fold


class Anything:
    """A detector that is nothing but its pattern rules."""

    name = "anything"
    columns: tuple[str, ...] = ()
    content = False

    def __init__(self, setting: Setting) -> None:
        self._rules = PatternRules(setting.rules, fold=setting.fold)
        self.gates = self._rules.gates

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return what the rules find."""
        return self._rules.confirm(candidates)


def found(text: str, *rules: Rule) -> list[str]:
    """Return what *rules* find in *text*."""
    detector = Anything(Setting(tuple(enumerate(rules)), {}, fold))
    return [span for _, span in Pass(detector).found(text, rules)]


def rule(**values: object) -> Rule:
    """Return a rule that finds a and any number of b, but for *values*."""
    return Rule(**({"id": "r", "detector": "anything", "title": "t", "gates": ("ab",), "pattern": "ab+"} | values))  # type: ignore[arg-type]


def test_a_match_is_cut_by_its_window_only_where_the_text_goes_on() -> None:
    """A match that touches the border of its window is dropped, unless the text ends there too."""
    assert ["abbbb"] == found("xx abbbb", rule(window=8))
    assert ["abbbb"] == found("xx abbbb yyyyyyyyyyyyyyyyy", rule(window=8))
    assert [] == found("xx abbbbbbbbbbb yyyyyyyyyyyyyyyyy", rule(window=8))


def test_overlapping_windows_are_looked_at_as_one() -> None:
    """Hits close to each other give each match once."""
    assert ["ab", "abb", "ab"] == found("ab abb ab", rule(window=8))


def test_look_behind_sees_over_the_border_of_the_window() -> None:
    """The characters before a window count for look-behind."""
    assert [] == found("z" * 40 + "ab", rule(pattern="(?<!z)ab", window=2))


def test_only_the_group_called_value_is_found() -> None:
    """A label is looked for, but is no part of the finding."""
    assert ["abb"] == found("名称：abb", rule(pattern="名称:(?P<value>ab+)"))


@pytest.mark.parametrize(
    ("text", "expected"), [("see ab", ["ab"]), ("版本 ab", []), ("版本号ab", []), ("版本" + " " * 20 + "ab", ["ab"])]
)
def test_what_stands_directly_before_clears(text: str, expected: list[str]) -> None:
    """`clear_before` must reach up to the match and may be 16 characters long at most."""
    assert expected == found(text, rule(clear_before="(?x) 版本号? [ ]*"))


def test_terms_are_found_longest_first_and_whole() -> None:
    """Of terms that overlap the longest stays; English terms match whole words; allowed phrases clear."""
    terms = rule(
        gates=(), pattern="", terms=("不得转载", "未经许可不得转载", "free", "版权所有"), allow=("版权所有者",)
    )

    assert ["未經許可不得轉載"] == found("本文未經許可不得轉載。", terms)
    assert ["Free"] == found("Free的 freedom, carefree", terms)
    assert ["版权所有"] == found("版权所有者说：版权所有", terms)


def test_terms_of_a_rule_with_a_pattern_are_gates() -> None:
    """A literal gate may hold characters that a pattern gate cannot."""
    sign = rule(gates=("never",), terms=("© 20",), pattern="© 20[0-9]{2}")

    assert [Gate("© 20"), Gate("never", literal=False)] == list(Anything(Setting(((0, sign),), {}, fold)).gates)
    assert ["© 2023"] == found("x © 2023 y", sign)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(1, 8), st.integers(0, 2)), max_size=12))
def test_what_stays_of_overlapping_findings_overlaps_nothing(rows: list[tuple[int, int, int, int]]) -> None:
    """The longest of all always stays, whatever is dropped overlaps something that stays."""
    text, start, length, rule_number = (np.array([row[place] for row in rows], np.int64) for place in range(4))
    findings = Findings.of(text, start, start + length, rule_number, np.zeros(len(rows), np.int8), np.ones(len(rows)))
    kept = longest(findings)
    spans = list(zip(kept.text.tolist(), kept.start.tolist(), kept.end.tolist(), strict=True))

    assert all(not _overlap(one, other) for place, one in enumerate(spans) for other in spans[:place])
    assert all(any(_overlap((t, s, s + n), span) for span in spans) for t, s, n, _ in rows)
    assert not rows or max(n for _, _, n, _ in rows) == max(end - begin for _, begin, end in spans)


def _overlap(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 200)), max_size=20), st.integers(0, 40))
def test_windows_cover_what_is_near_a_hit_and_nothing_else(hits: list[tuple[int, int]], width: int) -> None:
    """Every character within reach of a hit lies in one window of its text, every other in none."""
    text, end = (np.array([hit[place] for hit in hits], np.int64) for place in range(2))
    none = np.zeros(len(hits), np.int64)
    merged = windows(Candidates(none, text, end, end, none.astype(bool), ()), width)

    for number in range(3):
        near = {place for t, e in hits if t == number for place in range(max(0, e - width), e + width)}
        covered = [place for t, begin, stop in merged if t == number for place in range(begin, stop)]
        assert sorted(near) == covered

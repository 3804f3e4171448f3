"""Words that count only together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.rule import Rule, Together
from corpus_guard.detectors.keywords import Keywords
from corpus_guard.detectors.together import Hit, standing_together
from tests.detectors.passes import Pass, setting

HITS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4), st.integers(0, 2)), max_size=9).map(
    lambda drawn: sorted({(start, start + size, group) for start, size, group in drawn})
)


def _apart(chosen: Sequence[Hit]) -> bool:
    ordered = sorted(chosen)
    return all(one[1] <= other[0] for one, other in pairwise(ordered))


def _by_brute_force(words: Sequence[Hit], together: Together, ends: Sequence[int]) -> bool:
    """Whether any choice of one word of each group stands together."""
    choices = product(*([word for word in words if word[2] == group] for group in range(len(together.groups))))
    for chosen in choices:
        first, last = min(start for start, _, _ in chosen), max(end for _, end, _ in chosen)
        broken = any(first < end < last for end in ends)
        if _apart(chosen) and last - first <= together.within and not broken:
            return True
    return False


@settings(max_examples=400)
@given(words=HITS, groups=st.integers(2, 3), within=st.integers(2, 20), ends=st.lists(st.integers(0, 30), max_size=3))
def test_what_is_found_holds_a_word_of_every_group(words: list[Hit], groups: int, within: int, ends: list[int]) -> None:
    """Spans are no wider than allowed, do not overlap, hold no sentence end, and have a true choice of words inside."""
    together = Together(tuple((str(group),) for group in range(groups)), within, sentence=True)
    known = [word for word in words if word[2] < groups]
    spans = standing_together(known, together, sorted(ends))

    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for start, end in spans:
        inside = [word for word in known if start <= word[0] and word[1] <= end]
        assert end - start <= within
        assert _by_brute_force(inside, together, ends)


@settings(max_examples=400)
@given(places=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), max_size=9), within=st.integers(2, 30))
def test_words_that_do_not_overlap_are_found_whenever_they_stand_together(
    places: list[tuple[int, int]], within: int
) -> None:
    """There is a finding exactly where brute force finds one."""
    words = sorted({place: (3 * place, 3 * place + 2, group) for place, group in places}.values())
    together = Together((("a",), ("b",), ("c",)), within)

    assert _by_brute_force(words, together, []) == bool(standing_together(words, together, []))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([(0, 2, 0), (4, 6, 1)], [(0, 6)]),
        ([(0, 2, 1), (4, 6, 0)], [(0, 6)]),
        ([(0, 2, 0), (4, 6, 0), (7, 9, 1)], [(4, 9)]),
        ([(0, 2, 0), (4, 6, 1), (8, 10, 0), (12, 14, 1)], [(0, 6), (8, 14)]),
        ([(0, 4, 0), (2, 6, 1)], []),
        ([(0, 2, 0), (20, 22, 1)], []),
        ([(0, 2, 0), (4, 6, 0)], []),
    ],
)
def test_the_tightest_span_stays(words: list[Hit], expected: list[tuple[int, int]]) -> None:
    """In any order, within reach, none overlapping the other."""
    assert expected == standing_together(words, Together((("a",), ("b",)), 10), [])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([(0, 2, 0), (4, 6, 1), (8, 10, 2)], [(0, 10)]),
        ([(0, 2, 0), (4, 6, 2), (8, 10, 1)], []),
        ([(0, 2, 1), (4, 6, 0), (8, 10, 1), (12, 14, 2)], [(4, 14)]),
        ([(0, 2, 0), (4, 6, 0), (8, 10, 1), (12, 14, 2)], [(4, 14)]),
    ],
)
def test_words_of_an_ordered_clause_follow_each_other_as_their_groups_do(
    words: list[Hit], expected: list[tuple[int, int]]
) -> None:
    """The same words in another order say something else."""
    assert expected == standing_together(words, Together((("a",), ("b",), ("c",)), 20, ordered=True), [])


def test_a_long_text_full_of_words_is_gone_through_once() -> None:
    """A text with a hundred thousand words of a clause ends: each is looked at from its neighbours only."""
    words = [(2 * place, 2 * place + 1, place % 7 % 2) for place in range(100_000)]

    assert 40_000 < len(standing_together(words, Together((("a",), ("b",)), within=4), []))


GROUPS = (("aaaa", "dddd"), ("bbbb",), ("cccc",))
WORDS = ("aaaa", "bbbb", "cccc", "dddd", "x", "xxxxxxx")
PASSES = {
    clause: Pass(Keywords(setting([Rule("r", "keywords", "t", together=(clause,))])))
    for clause in (Together(GROUPS, within=24), Together(GROUPS, within=24, ordered=True))
}


@settings(max_examples=200, deadline=None)
@given(
    clause=st.sampled_from(list(PASSES)),
    texts=st.lists(st.lists(st.sampled_from(WORDS), max_size=30), min_size=1, max_size=4),
)
def test_the_first_look_at_all_hits_at_once_loses_none(clause: Together, texts: list[list[str]]) -> None:
    """What is found in several texts is what going through all words of each finds."""
    found = PASSES[clause].detect(Batch.of_texts([" ".join(words) for words in texts]))

    expected = []
    for number, words in enumerate(texts):
        places = accumulate((len(word) + 1 for word in words), initial=0)
        group = {word: index for index, some in enumerate(GROUPS) for word in some}
        hits = [(at, at + 4, group[word]) for at, word in zip(places, words, strict=False) if word in group]
        expected += [(number, *span) for span in standing_together(hits, clause, [])]
    assert expected == list(zip(found.text.tolist(), found.start.tolist(), found.end.tolist(), strict=True))


SINGLE = Together((("发票", "票据"), ("代", "开"), ("b", "vx")), within=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("代理发票b", ["代理发票b"]),
        ("加vx代理发票。", ["vx代理发票"]),
        ("发票b", []),
        ("代理发票bb", []),
        ("代" + "。" * 12 + "发票b", []),
        ("b發 票開", []),
        ("b發票開", ["b發票開"]),
    ],
)
def test_words_of_one_character_count_too(text: str, expected: list[str]) -> None:
    """One Chinese character, or one or two letters standing alone; a text without them has no finding."""
    rules = [Rule("r", "keywords", "t", together=(SINGLE,))]
    found = Pass(Keywords(setting(rules))).found(text, rules)

    assert expected == [span for _, span in found]

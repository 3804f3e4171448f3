"""Words near each other are the same by the compiled functions as column by column, and hold all that stand together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.members import Members
from corpus_guard.core.rule import Rule, Together
from corpus_guard.detectors.keywords import Keywords
from corpus_guard.matching import nearness
from corpus_guard.matching.compiled import library
from corpus_guard.matching.nearness import Clauses, near_each_other, words_in
from corpus_guard.matching.views import View, views_of
from tests.detectors.passes import FOLDING, Pass, setting

TEXTS = st.lists(st.text("甲乙丙丁a 。", max_size=30), min_size=1, max_size=4)
GROUPS = [["甲乙", "丙"], ["乙丙", "丁甲"], ["丁"], ["aa", "甲"]]
CLAUSES = st.lists(
    st.tuples(st.lists(st.integers(0, 3), min_size=2, max_size=3), st.integers(1, 12)), min_size=1, max_size=4
)


def _clauses(asked: Sequence[tuple[list[int], int]]) -> tuple[Clauses, list[str]]:
    """Clauses over `GROUPS`, and the words that are gates."""
    gates = [(word, group) for group, words in enumerate(GROUPS) for word in words if len(word) > 1]
    single = [np.array(sorted(ord(word) for word in words if len(word) == 1), np.int64) for words in GROUPS]
    members = Members.of(list(range(len(gates))), len(gates))
    groups = np.array([group for _, group in gates], np.int64)
    opts_in = np.ones(len(gates), bool)
    return Clauses(members, groups, opts_in, single, [groups for groups, _ in asked], [reach for _, reach in asked]), [
        word for word, _ in gates
    ]


def _hits(batch: Batch, words: Sequence[str]) -> Candidates:
    rows = sorted(
        (text, start, start + len(word), gate)
        for text, content in enumerate(batch.texts.to_pylist())
        for gate, word in enumerate(words)
        for start in range(len(content))
        if content.startswith(word, start)
    )
    text, start, end, gate = np.array(rows, np.int64).reshape(-1, 4).T
    return Candidates(gate, text, start, end, np.zeros(len(rows), bool), views_of(batch, FOLDING))


@pytest.mark.skipif(library() is None, reason="the installation found no C compiler")
@settings(max_examples=300)
@given(texts=TEXTS, asked=CLAUSES)
def test_compiled_functions_find_what_columns_do(texts: list[str], asked: list[tuple[list[int], int]]) -> None:
    """Every lot of words is the same, whichever way it was found."""
    batch = Batch.of_texts(texts)
    clauses, words = _clauses(asked)
    hits = _hits(batch, words)

    views = cast("list[View]", hits.views)

    found = [near_each_other(view, words_in(view, hits, clauses), clauses) for view in views]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearness, "library", lambda: None)
        plain = [near_each_other(view, words_in(view, hits, clauses), clauses) for view in views]

    for one, other in zip(found, plain, strict=True):
        assert len(one.first) == len(one.clause) + 1
        assert _complete(one, clauses) == _complete(other, clauses)


def _complete(near: nearness.Near, clauses: Clauses) -> set[tuple[int, ...]]:
    """Of each lot the words from which on all groups follow within reach: lots may differ in words that matter to none."""
    words: set[tuple[int, ...]] = set()
    for number, (clause, local) in enumerate(zip(near.clause.tolist(), near.local.tolist(), strict=True)):
        part = slice(int(near.first[number]), int(near.first[number + 1]))
        some = list(zip(near.start[part].tolist(), near.end[part].tolist(), near.group[part].tolist(), strict=True))
        for start, _, _ in some:
            inside = [word for word in some if start <= word[0] <= start + clauses.reach[clause]]
            if {group for _, _, group in inside} == set(range(len(clauses.asked[clause]))):
                words |= {(clause, local, *word) for word in inside}
    return words


RULE = Rule(
    id="together", detector="keywords", title="t", risk="A.1.a",
    together=(Together((("甲", "乙"), ("丙",)), 6), Together((("甲乙", "丁"), ("aa", "丙")), 9)),
)  # fmt: skip


@settings(max_examples=200)
@given(texts=TEXTS)
def test_what_stands_together_does_not_depend_on_other_texts(texts: list[str]) -> None:
    """Each text alone has the findings that it has among others."""
    checked = Pass(Keywords(setting([RULE])))
    found = checked.detect(Batch.of_texts(texts))
    together = sorted(zip(found.text.tolist(), found.start.tolist(), found.end.tolist(), strict=True))

    alone = []
    for number, text in enumerate(texts):
        one = checked.detect(Batch.of_texts([text]))
        alone += [(number, start, end) for start, end in zip(one.start.tolist(), one.end.tolist(), strict=True)]
    assert together == sorted(alone)

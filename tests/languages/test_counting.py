"""Languages of sources are sums."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.labels import Labels
from corpus_guard.core.language import WHOLE, LanguageCount, covers
from corpus_guard.languages.counting import count_languages
from tests.languages.telling import told

COUNTS = st.builds(
    LanguageCount,
    st.dictionaries(st.sampled_from(["de", "en", "zh-Hans"]), st.integers(1, 9)),
    st.dictionaries(st.sampled_from(["de", "fr"]), st.integers(1, 9)),
    st.integers(0, 9),
    st.integers(0, 9),
)


@given(COUNTS, COUNTS, COUNTS)
def test_counts_add_up_in_any_grouping(one: LanguageCount, two: LanguageCount, three: LanguageCount) -> None:
    """Associative, commutative, the empty one neutral."""
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert LanguageCount() + one == one + LanguageCount()


def test_counts_of_sources() -> None:
    """Each document counts in its source; one marked empty counts nowhere."""
    known = told(
        [
            "The cat sat on the mat, and the dog saw that.",
            "Der Hund und die Katze liegen im Garten.",
            "猫在垫子上。",
            "x",
        ]
    )
    sources = Labels(("a", "b"), np.array([0, 0, 1, 1]))
    counted = count_languages(known, sources, np.array([True, True, True, False]))
    assert {"en": WHOLE, "de": WHOLE} == counted["a"].parts
    assert {"de": 1} == counted["a"].uncovered
    assert {"zh-Hans": WHOLE} == counted["b"].parts
    assert [("de", 0.5), ("en", 0.5)] == counted["a"].shares()


def test_what_covers_what() -> None:
    """Rules in Chinese cover both its scripts, not Cantonese; rules in one script only that."""
    zh = frozenset({"zh"})
    assert [True, True, True, False] == [covers(zh, label) for label in ("zh", "zh-Hans", "zh-Hant", "yue")]
    assert [False, True] == [covers(frozenset({"zh-Hant"}), label) for label in ("zh-Hans", "zh-Hant")]

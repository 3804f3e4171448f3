"""The compiled search finds what a plain search finds, and nothing depends on whether there is one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Gate
from corpus_guard.matching import matcher, squeezed, views
from corpus_guard.matching.compiled import library
from corpus_guard.matching.lanes import Hits, LiteralLane
from corpus_guard.matching.matcher import Matcher
from corpus_guard.matching.native import NativeLane
from corpus_guard.matching.tables import HAN, WORD
from corpus_guard.matching.views import views_of
from tests.detectors.passes import FOLDING

pytestmark = pytest.mark.skipif(library() is None, reason="the installation found no C compiler")

ENGLISH = [
    "ab",
    "a",
    "abc",
    "abcdefg",
    "abcdefgh",
    "ab ab",
    "ab abc abcdefgh ab",
    "$5",
    ".ab",
    "a+",
    "ab-",
    "b c d e",
    "abcdefgh ij",
]
CHINESE = ["国家", "国家国", "国家国家", "家v", "v家", "ab国家", "国家ab", "家国家国家国"]


def _is_word(character: str) -> bool:
    return bool(WORD[ord(character)]) if character.isascii() else False


def _whole(literals: list[str]) -> list[int]:
    return [_is_word(one[0]) | _is_word(one[-1]) << 1 for one in literals]


def _lane(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.array([ord(character) if character.isascii() else HAN for character in text], np.uint8)


def _units(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    return np.frombuffer(text.encode("utf-16-le"), np.uint16)


def _found(hits: Hits) -> list[tuple[int, int]]:
    return sorted(zip(hits.end.tolist(), hits.expression.tolist(), strict=True))


def _plain(literals: list[str], text: str) -> list[tuple[int, int]]:
    """Every whole occurrence of every literal."""
    return sorted(
        (match.start() + len(one), number)
        for number, one in enumerate(literals)
        for match in re.finditer(f"(?={re.escape(one)})", text)
        if not (_is_word(one[0]) and match.start() and _is_word(text[match.start() - 1]))
        if not (_is_word(one[-1]) and _is_word(text[match.start() + len(one) :][:1] or " "))
    )


@settings(max_examples=500)
@given(
    st.lists(
        st.sampled_from(
            ["ab", "a", "abc", "abcdefg", "abcdefgh", " ", "  ", "$", "5", ".", "+", "-", "_", "国", "b c d e", "ij"]
        ),
        max_size=60,
    )
)
def test_whole_words_are_found(pieces: list[str]) -> None:
    """English literals of every length, at every place of a block of 64 characters, between blocks and at the ends."""
    text = "".join(pieces)

    assert _plain(ENGLISH, text) == _found(NativeLane(ENGLISH, 1, _whole(ENGLISH)).scan(_lane(text)))


RUNS = st.lists(
    st.tuples(st.sampled_from(["v", "ab", " ", "国家", "家国", "b国家", "。"]), st.integers(1, 80)), max_size=6
)


@settings(max_examples=500)
@given(
    st.one_of(st.text("国家vab 。", max_size=200), RUNS.map(lambda runs: "".join(one * times for one, times in runs)))
)
def test_chinese_literals_are_found(text: str) -> None:
    """Literals over units, whole where they begin or end with a letter."""
    lane = NativeLane(CHINESE, 2, _whole(CHINESE))

    assert _plain(CHINESE, text) == _found(lane.scan(_units(text), _lane(text)))


@given(st.text("ab国家v $", max_size=150))
def test_anywhere_is_what_a_database_finds(text: str) -> None:
    """Where words do not matter the result is that of the search without a compiled function."""
    for literals, width, characters in ((ENGLISH, 1, _lane(text)), (CHINESE, 2, _units(text))):
        native = NativeLane(literals, width, _whole(literals)).scan(characters, _lane(text), anywhere=True)

        assert _found(LiteralLane(literals, width).scan(characters)) == _found(native)


def test_both_know_the_same_words() -> None:
    """Every byte of the lane that is part of words for Python is so for the compiled function."""
    lane = NativeLane(["abcd"], 1, [3])
    alone = [not len(lane.scan(np.frombuffer(bytes([byte]) + b"abcd", np.uint8)).end) for byte in range(256)]
    before = [not len(lane.scan(np.frombuffer(b"abcd" + bytes([byte]), np.uint8)).end) for byte in range(256)]

    assert WORD.tolist() == alone == before


def test_more_hits_than_there_was_room_for() -> None:
    """The room for hits grows: none is lost."""
    lane = NativeLane(["ab"], 1, [3])

    assert 100_000 == len(lane.scan(_lane("ab " * 100_000)).end)


def test_no_literal_and_no_text() -> None:
    """Nothing is found with nothing or in nothing."""
    assert not len(NativeLane([], 1, []).scan(_lane("ab")).end)
    assert not len(NativeLane([], 2, []).scan(_units("国家"), _lane("国家")).end)
    assert not len(NativeLane(["ab"], 1, [3]).scan(None).end)
    assert not len(NativeLane(["ab"], 1, [3]).scan(np.zeros(0, np.uint8)).end)


GATES = [
    *(Gate(one, squeeze=True, whole=True) for one in ("free", "buy now", "$5", "开发", "代开发票", "加v", "国", "a-b")),
    *(Gate(one) for one in ("free", "ab", "发票", "no")),
    Gate("[0-9]{3}", literal=False),
]
PIECES = st.sampled_from(
    ["free", "freedom", "buy now", "$5", "代开发票", "代 开*发票", "开\u200b发", "加V", "ＡＢ", "f.r.e.e", "國", "a-b", "no", "123", " ", "\n", "。", "é", "👍"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=4))
def test_the_pass_finds_the_same_without_a_compiled_function(texts: list[str]) -> None:
    """All gates, whole words, squeezed spellings: the same candidates in the same order."""
    found = []
    for known in (library, lambda: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(matcher, "library", known)
            patch.setattr(views, "library", known)
            patch.setattr(squeezed, "library", known)
            hits = Matcher({"some": GATES}, FOLDING).candidates(views_of(Batch.of_texts(texts), FOLDING))["some"]
            columns = (hits.text, hits.start, hits.end, hits.gate, hits.squeezed)
            found.append([column.tolist() for column in columns])

    assert found[0] == found[1]

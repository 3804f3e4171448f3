"""Literals are found by an automaton or by a database, and nobody can tell by which."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.matching.lanes import ENOUGH, Automaton, Database, Hits, LiteralLane

LITERALS = ["开发", "发", "代开发票", "开开", "ab", "b", "国𠀀"]


def _found(hits: Hits) -> list[tuple[int, int]]:
    return sorted(zip(hits.end.tolist(), hits.expression.tolist(), strict=True))


def _units(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)


@given(st.text("开发代票ab国𠀀\u5f00\u0061", max_size=30))
def test_both_searchers_find_the_same(text: str) -> None:
    """An automaton and a Hyperscan database report the same literals at the same ends, overlapping ones too."""
    encoded = [literal.encode("utf-16-le") for literal in LITERALS]
    escaped = [b"".join(b"\\x%02x" % byte for byte in literal) for literal in encoded]
    data = text.encode("utf-16-le") or b"\0"

    assert _found(Automaton(encoded).scan(data)) == _found(Database(escaped).scan(data))


def test_a_lane_changes_its_searcher_and_not_its_answer() -> None:
    """After enough bytes a database takes over; hits before and after are the same."""
    text = _units("请代开发票，开发ab" * 5)
    lane = LiteralLane(LITERALS, 2, enough=text.nbytes, few=0)
    before = lane.scan(text)
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(5)

    assert isinstance(lane._searcher, Database)
    assert _found(before) == _found(lane.scan(text)) != []


def test_hits_begin_at_whole_characters() -> None:
    """Bytes of two neighbours that look like a third character are no hit."""
    first, second = chr(0x0161), chr(0x6101)  # 61 01 | 01 61: the bytes between them spell U+0101

    assert _found(LiteralLane([chr(0x0101)], 2).scan(_units(first + second))) == []


@pytest.mark.parametrize("characters", [None, np.zeros(0, np.uint16)])
def test_nothing_is_in_nothing(characters: np.ndarray[tuple[int], np.dtype[np.uint16]] | None) -> None:
    """A view without wide characters, or without any, has no hits."""
    assert _found(LiteralLane(LITERALS, 2).scan(characters)) == []


def test_small_inputs_compile_no_literals() -> None:
    """A text, or a scan of a megabyte, is done before a database of literals would be."""
    lane = LiteralLane(LITERALS, 2, few=0)
    lane.scan(_units("开发" * 1000))

    assert isinstance(lane._searcher, Automaton)
    assert 2**20 < ENOUGH

"""Works inside documents: what is found is what a plain search over sets of shingles finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.core.batch import Batch
from corpus_guard.errors import UsageError
from corpus_guard.matching.tables import normalise
from corpus_guard.matching.views import views_of
from corpus_guard.overlaps.finding import Least, overlaps_of
from corpus_guard.overlaps.long_shingles import hashed
from corpus_guard.overlaps.works import Works, WorksBuilder, joined

FOLDING = read_folding(frozenset({"zh", "en"}))
EVERYTHING = Least(1e-9, {8: 1, 24: 1})


def built(texts: Sequence[str], *, common: int = 64, fewest: int = 1, name: str = "set") -> Works:
    """An index of works."""
    builder = WorksBuilder(ideographs=8, letters=24, common=common, fewest=fewest)
    for start in range(0, len(texts), 3):
        batch = Batch.of_texts(texts[start : start + 3])
        builder.add(
            batch, views_of(batch, FOLDING), {"against": name, "work": "file", "work_id": [""] * len(batch.rows)}
        )
    return builder.works()


def found(texts: Sequence[str], works: Works, least: Least = EVERYTHING) -> list[list[dict[str, Any]]]:
    """The overlaps of each text."""
    batch = Batch.of_texts(texts)
    lists: list[list[dict[str, Any]]] = overlaps_of(batch, views_of(batch, FOLDING), works, least).to_pylist()
    return lists


def _windows(text: str, width: int) -> list[str]:
    return [text[place : place + width] for place in range(len(text) - width + 1)]


def _expected(text: str, work: str, width: int) -> tuple[float, float, int, int] | None:
    """By sets of strings: share of the work, of the document, characters, most in a row."""
    document, other = normalise(text), set(_windows(normalise(work), width))
    hit = [window in other for window in _windows(document, width)]
    if not any(hit):
        return None
    covered = {place + step for place, is_hit in enumerate(hit) if is_hit for step in range(width)}
    longest = max(len(run) for run in "".join("x" if one else " " for one in hit).split()) + width - 1
    shared = {window for window, is_hit in zip(_windows(document, width), hit, strict=True) if is_hit}
    return len(shared) / len(other), sum(hit) / len(hit), len(covered), longest


STRETCH = st.text(st.sampled_from("春花秋月何时了往事知多少小楼昨夜又东风"), min_size=8, max_size=40)


@given(work=STRETCH, parts=st.lists(st.tuples(STRETCH, st.integers(0, 30), st.integers(0, 40)), max_size=4))
def test_overlaps_are_those_of_a_plain_search(work: str, parts: list[tuple[str, int, int]]) -> None:
    """Shares, characters and the longest stretch, whatever of a work a document holds and where."""
    text = "，".join(between + work[start : start + size] for between, start, size in parts) + "。\x1eend"
    expected = _expected(text, work, 8)
    got = found([text, "nothing of it", work], built([work]))

    rows = [(one["share_of_work"], one["share_of_document"], one["characters"], one["longest"]) for one in got[0]]
    assert [pytest.approx(expected)] == rows if expected else [] == rows
    assert [] == got[1]
    assert 1.0 == got[2][0]["share_of_work"]


@pytest.mark.parametrize(
    ("work", "text"),
    [
        ("春花秋月何时了，往事知多少", "他说：春花秋月何时了往事知多少！"),
        ("春花秋月何時了，往事知多少", "他说：春花秋月何时了往事知多少！"),
        ("To be, or not to be: that is the question.", "he asked TO BE OR NOT TO BE THAT IS THE QUESTION twice"),
        ("To be, or not to be: that is the question.", "他问：to be or not to be that is the question？"),
        ("Ｔｏ be or not to be that is the question", "to be or not to be that is the question"),
        ("To be or not to be that is the cafe\u0301 question", "to be or not to be that is the café question"),
    ],
)
def test_case_width_punctuation_and_spelling_do_not_hide_a_work(work: str, text: str) -> None:
    """Nor does the script of the words around it."""
    assert [[1.0]] == [[one["share_of_work"] for one in row] for row in found([text], built([work]))]


def test_short_words_that_stand_in_every_text_are_no_overlap() -> None:
    """Letters are compared by longer shingles than ideographs."""
    works = built(["What is the capital of the country on the other side of the river?"])

    assert [[]] == found(["On the other side of it lies the capital. What is the river of the country?"], works)


def test_what_many_works_share_tells_none_of_them() -> None:
    """A form that all questions have is passed over; a work that is nothing else is counted."""
    form = "请从下列四个选项中选出最合适的一项作为答案"
    ends = ["地球绕着太阳转一圈要多久", "水在多少度的时候开始结冰", "谁第一个登上了月球的表面"]
    works = built([form, *(form + end for end in ends)], common=2)

    assert {"works": 4, "copies": 0, "too_short": 0, "not_their_own": 1} == works.facts
    assert [[], [2]] == [[one["work"] for one in row] for row in found([form, form + ends[1]], works)]


def test_works_without_enough_shingles_are_counted_and_not_compared() -> None:
    """A common phrase of ten characters is no evidence; neither is an empty text."""
    works = built(["春花秋月何时了往事", "", "春花秋月何时了往事知多少小楼昨夜又东风"], fewest=4)

    assert 2 == works.facts["too_short"]
    assert [[]] == found(["春花秋月何时了往事"], built(["春花秋月何时了往事"], fewest=4))


def test_equal_works_are_one() -> None:
    """The first stands for all."""
    works = built(["春花秋月何时了往事知多少", "别的东西小楼昨夜又东风", "春花秋月，何时了？往事知多少！"])

    assert (1, 2) == (works.facts["copies"], len(works.about))


@pytest.mark.parametrize(
    ("work", "text", "reported"),
    [
        ("花" * 10 + "月下独酌无相亲举杯邀明月对影成三人" * 3, "月下独酌无相亲举杯邀明月对影成三人" * 3, True),
        ("".join(chr(0x4E00 + n) for n in range(900)), "".join(chr(0x4E00 + n) for n in range(100, 160)), True),
        ("".join(chr(0x4E00 + n) for n in range(900)), "".join(chr(0x4E00 + n) for n in range(100, 140)), False),
    ],
)
def test_little_is_not_reported(work: str, text: str, reported: bool) -> None:
    """Half of a work is reported, or fifty characters of it in a row."""
    rows = found([text], built([work]), Least(0.5, {8: 50, 24: 200}))[0]

    assert reported == bool(rows)


def test_an_index_reads_as_it_was_written() -> None:
    """It holds no text, and several make one."""
    one, other = built(["春花秋月何时了往事知多少"], name="one"), built(["小楼昨夜又东风不堪回首月明中"], name="other")
    content = one.to_bytes()
    both = joined([Works.from_bytes(content), Works.from_bytes(other.to_bytes())])

    assert "春花".encode() not in content
    assert "春花".encode("utf-16-le") not in content
    assert ["one", "other"] == both.about["against"].to_pylist()
    assert [[0], [1]] == [
        [one["work"] for one in row]
        for row in found(["春花秋月何时了往事知多少", "小楼昨夜又东风不堪回首月明中"], both)
    ]


@pytest.mark.parametrize("cut", [0, 10, 300, -1])
def test_a_damaged_index_is_refused(cut: int) -> None:
    """The sentence says how to make it again."""
    content = built(["春花秋月何时了往事知多少"]).to_bytes()

    with pytest.raises(UsageError, match="corpus-guard works index"):
        Works.from_bytes(content[:cut], "works.index")


def test_an_index_of_another_format_is_refused() -> None:
    """It says which version wrote it."""
    content = built(["春花秋月何时了往事知多少"]).to_bytes()

    with pytest.raises(UsageError, match="format 7, written by version"):
        Works.from_bytes(content.replace(b'"format": 1', b'"format": 7'), "works.index")


@given(units=st.lists(st.integers(0, 0xFFFF), max_size=80), width=st.sampled_from([8, 24]))
def test_a_hash_depends_on_its_own_units_alone(units: list[int], width: int) -> None:
    """Whatever stands around them."""
    array = np.array(units, np.uint16)
    whole = [value for _, block in hashed(array, width) for value in block.tolist()]
    alone = [
        int(next(hashed(array[place : place + width], width))[1][0]) for place in range(max(0, len(units) - width + 1))
    ]

    assert alone == whole


def test_blocks_join_without_a_seam() -> None:
    """A text of several blocks has the hashes of its parts."""
    units = np.random.default_rng(1).integers(0, 2**16, 100_000).astype(np.uint16)
    whole = np.concatenate([block.copy() for _, block in hashed(units, 24)])
    late = np.concatenate([block.copy() for _, block in hashed(units[12_345:], 24)])

    assert len(units) - 23 == len(whole)
    assert (whole[12_345:] == late).all()
    assert len(whole) == len(np.unique(whole))

"""Folding keeps every code point in its place; normalising is the same by table and by text."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.catalog.conventions import read_folding
from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.folding import Folding
from corpus_guard.matching.tables import BORDER, normalise, tables
from corpus_guard.matching.views import invalid_texts, views_of

FOLDING = Folding(
    traditional="國學", simplified="国学", invisible=(0x200B, 0xFEFF), separators=" *-_.·", spelling="*-_."
)
TRICKY = st.sampled_from(
    "aAzZ09 ．＠ＡｱﾞΣσİıßﬁ①㎡½é\u0301\u200b國学〇々。，!*·👍𝐀𠮷𪜶가ᄀ\u1161ㅏ\x1e\x00\n\ufffd\ufffe\uffff"
)
TEXT = st.text(st.one_of(TRICKY, st.characters(exclude_categories=["Cs"])), max_size=40)


@given(st.lists(TEXT, max_size=6))
def test_positions_in_a_view_slice_the_raw_text(texts: list[str]) -> None:
    """Every character of a view stands at its text's start plus its code-point offset."""
    views = views_of(Batch.of_texts(texts), FOLDING)
    seen = {}
    for view in views:
        for local, number in enumerate(view.texts.tolist()):
            first, last = int(view.starts[local]), int(view.ends[local])
            seen[number] = view.raw[first:last]
            assert view.raw[last] == BORDER
            assert len(view.lane) == len(view.raw)

    assert dict(enumerate(texts)) == seen


@given(st.lists(TEXT, max_size=6))
def test_normal_text_is_nfkc_lower_case_letters_marks_and_numbers(texts: list[str]) -> None:
    """The vectorised way equals the definition, text by text."""
    found = {}
    for view in views_of(Batch.of_texts(texts), FOLDING):
        found.update(zip(view.texts.tolist(), map(bytes, view.normal.each(bytes)), strict=True))

    assert {number: normalise(text).encode("utf-16-le") for number, text in enumerate(texts)} == found


def test_no_character_is_lost_to_normal_texts() -> None:
    """A table leaves out what is no letter, mark or number, and nothing else of all planes."""
    table = tables(FOLDING, 4).normal.to_numpy()
    codes = np.flatnonzero(table == 0)
    text = "".join(chr(code) for code in codes.tolist() if not 0xD800 <= code < 0xE000)

    assert "" == normalise(text)


@pytest.mark.parametrize("between", ["", "国" * 99])
def test_many_words_that_no_table_knows_are_normalised_as_one(between: str) -> None:
    """Texts in which they stand close together and far apart give what the definition gives."""
    text = f"Ǆ é\u0301 ΑΣ\U000e0100 Å\u0323𠀀 {between}" * 40
    [view] = views_of(Batch.of_texts([text]), FOLDING)

    assert [normalise(text).encode("utf-16-le")] == list(map(bytes, view.normal.each(bytes)))


@given(TEXT)
def test_folding_keeps_the_length_and_is_idempotent(text: str) -> None:
    """A folded text has as many code points, and folding it again changes nothing."""
    table = tables(FOLDING, 4)
    folded = table.fold_text(text)

    assert len(text) == len(folded)
    assert folded == table.fold_text(folded)


@pytest.mark.parametrize("width", [2, 4])
def test_many_characters_fold_as_each_does(width: int) -> None:
    """All of Unicode at once, those that the tables do not know included."""
    table = tables(FOLDING, width)
    every = "".join(map(chr, range(0x110000)))

    assert "".join(map(table.fold_text, every)) == table.fold_text(every)


@given(TEXT.filter(bool))
def test_short_and_long_way_fold_alike(text: str) -> None:
    """What a view shows of a text is what folding the text gives, whichever table was used."""
    (view,) = views_of(Batch.of_texts([text]), FOLDING)

    assert (0, tables(FOLDING, 4).fold_text(text)) == view.folded(0, 0, len(text))


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("ＡＢｃ１２", "abc12"),
        ("國學", "国学"),
        ("Ａ＠ｂ．ｃ", "a@b.c"),
        ("㎡", "㎡"),
        ("①", "1"),
        ("𝐀", "a"),
        ("\u3000", " "),
    ],
)
def test_width_case_and_script_fold(raw: str, folded: str) -> None:
    """Full width, capitals and traditional characters become their plain forms; what would grow stays."""
    assert folded == tables(FOLDING, 4).fold_text(raw)


def test_invalid_utf8_is_named_not_replaced() -> None:
    """Bytes that are no UTF-8 inside a string column are found before matching."""
    offsets = pa.py_buffer(bytes(pa.array([0, 2, 5], pa.int64()).buffers()[1])[:24])
    texts = pa.LargeStringArray.from_buffers(2, offsets, pa.py_buffer(b"ok\xff\xfeX"))

    assert [False, True] == invalid_texts(texts).tolist()
    with pytest.raises(UnicodeDecodeError):
        views_of(Batch(*_parts(texts)), FOLDING)


def _parts(texts: pa.LargeStringArray) -> tuple[object, ...]:
    plain = Batch.of_texts(["a"] * len(texts))
    return plain.rows, texts, plain.documents, plain.fields, plain.field_names


def test_normalise_follows_unicode() -> None:
    """The definition itself: NFKC, lower case, then only categories L, M and N."""
    assert normalise("Ｈello，世界！ ①２") == "hello世界12"
    assert unicodedata.normalize("NFC", "é") == normalise("E\u0301")


def test_pictures_fold_to_the_characters_they_stand_for() -> None:
    """A picture in either part of Unicode becomes its character, letters in boxes become letters; offsets stay."""
    folding = Folding(pictures="➕🐴🅥", pictured="加马v")
    (view,) = views_of(Batch.of_texts(["➕🅥，你🐴"]), folding)

    assert (0, "加v,你马") == view.folded(0, 0, 5)
    assert "v" == chr(view.lane[1])


def test_the_shipped_pictures_are_folded_characters() -> None:
    """What a picture stands for is itself unchanged by folding, or no term could hold it."""
    folding = read_folding(frozenset({"zh", "en"}))

    assert folding.pictured == tables(folding, 4).fold_text(folding.pictured)
    assert folding.pictured == tables(folding, 4).fold_text(folding.pictures)


@settings(max_examples=500)
@given(st.lists(st.text("aΣσ.'é\u0301\u0327国家 \n½①ﬁ각\u1161が\u3099Ａ𝐀𠀀ß\x1e", max_size=30), min_size=1, max_size=3))
def test_what_duplicates_compare_is_the_text_normalised_as_a_whole(texts: list[str]) -> None:
    """Words that need more than a table come out as in the whole text: composed marks, final sigma, ligatures."""
    for view in views_of(Batch.of_texts(texts), FOLDING):
        for number, normal in zip(view.texts.tolist(), view.normal.each(bytes), strict=True):
            assert normalise(texts[number]) == normal.decode("utf-16-le")


@given(st.lists(TEXT, min_size=1, max_size=6), st.data())
def test_many_stretches_are_those_one_by_one(texts: list[str], data: st.DataObject) -> None:
    """Cut to the borders of their texts, from either view; so are the characters before a place, and digits."""
    views = views_of(Batch.of_texts(texts), FOLDING)
    asked = data.draw(
        st.lists(st.tuples(st.integers(0, len(texts) - 1), st.integers(0, 40), st.integers(0, 50)), max_size=9)
    )
    wanted = [(text, min(start, len(texts[text])), start + length) for text, start, length in asked]
    text, start, end = np.array(wanted, np.int64).reshape(-1, 3).T
    none = np.zeros(len(wanted), np.int64)
    candidates = Candidates(none, text, start, start, none.astype(bool), views)
    found = {number: (begin, stretch) for number, begin, stretch in candidates.stretches(text, start - 3, end)}

    assert [candidates.folded(one, first - 3, last) for one, first, last in wanted] == [
        found[number] for number in range(len(wanted))
    ]
    before = [candidates.folded(one, first - 3, first)[1][::-1] for one, first, _ in wanted]
    assert [[*map(ord, one), 0, 0, 0][:3] for one in before] == candidates.before(3).tolist()
    assert candidates.hold_digit(text, start - 3, end).tolist() == [
        any(character in "0123456789" for character in found[number][1]) for number in range(len(wanted))
    ]

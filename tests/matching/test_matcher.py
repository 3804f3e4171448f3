"""The shared pass finds what a plain search finds, in every view, at offsets that slice the raw text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.folding import Folding
from corpus_guard.matching.matcher import Matcher
from corpus_guard.matching.tables import tables
from corpus_guard.matching.views import views_of

FOLDING = Folding(
    traditional="國學開發",
    simplified="国学开发",
    invisible=(0x200B, 0xFEFF),
    separators=" \n*-_.·",
    spelling="*-_.",
)
TERMS = ("代开发票", "开发", "加v信", "buy now", "free", "国")
MATCHER = Matcher(
    {"words": [Gate(term, squeeze=True) for term in TERMS], "digits": [Gate("(^|[^0-9])[0-9]{7}", literal=False)]},
    FOLDING,
)
PIECES = st.sampled_from(
    ["代开发票", "代開發票", "代 开*发票", "代\u200b开发票", "开发", "加V信", "加 v 信", "ＢＵＹ now", "free", "f.r.e.e", "國", "a", "票", " ", "\n",
     "13800138000", "１３８００１３８０００", "x1234567", "👍", "\x1e", "é", "freedom", "1", "。"]
)  # fmt: skip
TEXTS = st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=6)


def hits(texts: list[str]) -> dict[str, Candidates]:
    """Return what the matcher finds in *texts*."""
    return MATCHER.candidates(views_of(Batch.of_texts(texts), FOLDING))


@given(TEXTS)
@settings(max_examples=300)
def test_plain_hits_are_those_of_a_plain_search(texts: list[str]) -> None:
    """Literal gates hit wherever the folded text holds the term, overlapping ones included, never across texts."""
    fold = tables(FOLDING, 4).fold_text
    expected = {
        (number, found.start(), found.start() + len(term), index)
        for number, text in enumerate(texts)
        for index, term in enumerate(TERMS)
        for found in re.finditer(f"(?={re.escape(term)})", fold(text))
    }
    words = hits(texts)["words"]
    plain = words.take(~words.squeezed)

    assert expected == set(
        zip(plain.text.tolist(), plain.start.tolist(), plain.end.tolist(), plain.gate.tolist(), strict=True)
    )


@given(TEXTS)
@settings(max_examples=300)
def test_squeezed_hits_slice_to_the_term_in_the_raw_text(texts: list[str]) -> None:
    """What a squeezed hit spans is the term with only invisible characters and separators between."""
    fold = tables(FOLDING, 4).fold_text
    words = hits(texts)["words"]
    squeezed = words.take(words.squeezed)
    for text, start, end, gate in zip(squeezed.text, squeezed.start, squeezed.end, squeezed.gate, strict=True):
        span = fold(texts[text][start:end])
        term = TERMS[gate]
        assert span != term
        assert re.fullmatch("[\u200b\ufeff \n*._·-]*".join(map(re.escape, term)), span)


@given(TEXTS)
def test_a_batch_finds_what_its_texts_find_alone(texts: list[str]) -> None:
    """Hits of a batch are the hits of its texts one by one: no text sees its neighbours."""
    together = _rows(hits(texts))
    alone = [row for number, text in enumerate(texts) for row in _rows(hits([text]), number)]

    assert sorted(alone) == sorted(together)


def _rows(found: dict[str, Candidates], number: int | None = None) -> list[tuple[object, ...]]:
    return [
        (name, int(c.text[i]) if number is None else number, int(c.start[i]), int(c.end[i]), int(c.gate[i]),
         bool(c.squeezed[i]))
        for name, c in found.items()
        for i in range(len(c))
    ]  # fmt: skip


def test_evasions_are_found_squeezed() -> None:
    """Zero-width, spaced, starred and newline-split spellings are found; spaces between Latin words stay."""
    texts = ["找代\u200b开发票", "代 开 发 票", "代*开*发*票", "代开\n发票", "f.r.e.e gift", "buyn ow", "f r e e"]
    words = hits(texts)["words"]
    squeezed = words.take(words.squeezed)

    found = {
        (int(t), texts[int(t)][s:e])
        for t, s, e, g in zip(squeezed.text, squeezed.start, squeezed.end, squeezed.gate, strict=True)
        if len(TERMS[g]) == 4
    }
    assert {(0, "代\u200b开发票"), (1, "代 开 发 票"), (2, "代*开*发*票"), (3, "代开\n发票"), (4, "f.r.e.e")} == found


def test_a_pattern_gate_fires_once_a_run_at_borders_too() -> None:
    """A run of digits gives one hit, also when the text before ends in a digit, also full width."""
    digits = hits(["12", "13800138000", "国１３８００１３８０００" + "9" * 100])["digits"]

    assert [(1, 7, 7), (2, 8, 8)] == list(
        zip(digits.text.tolist(), digits.start.tolist(), digits.end.tolist(), strict=True)
    )


@pytest.mark.parametrize(
    "expression", ["[0-9]{3}[^0-9]", "[a-z ]*[0-9][^0-9]*", "[a-z]{3}[0-9]?[^0-9]", "[0-9]{3}[^0-9]{2}"]
)
@pytest.mark.parametrize("texts", [["abc123"], ["abc123", "国abc123"], ["abc", "国abc"]])
def test_a_pattern_may_take_the_last_border_for_a_character(expression: str, texts: list[str]) -> None:
    """Such a hit lies in no text; nothing is looked for behind the last one."""
    matcher = Matcher({"some": [Gate(expression, literal=False)]}, FOLDING)

    found = matcher.candidates(views_of(Batch.of_texts(texts), FOLDING))["some"]

    lengths = [len(texts[text]) for text in found.text.tolist()]
    assert all(end <= length for end, length in zip(found.end.tolist(), lengths, strict=True))

"""Gates that come out of regular expressions lose no match."""

from __future__ import annotations

from random import Random

import pytest
import regex
from presidio_analyzer import PatternRecognizer, predefined_recognizers

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Gate
from corpus_guard.detectors.recognizers import as_spaced
from corpus_guard.detectors.regex_gates import gates_of
from corpus_guard.matching.matcher import Matcher
from corpus_guard.matching.views import views_of
from tests.detectors.from_patterns import drawn
from tests.detectors.passes import FOLDING

FLAGS = regex.DOTALL | regex.MULTILINE | regex.IGNORECASE
AROUND = (
    "{}",
    "请登记{}以便核对",
    " {} ",
    "（{}）",
    "a, {};",
    "\n{}\n",
    "1 {} 2",
    "é {} ö",
    "Rx: {}.",
    "claim {}",
    "referral #{}",
    "prior auth no. {}",
    "provider tax id {}",
    "prescription {}",
)
PATTERNS = sorted(
    {
        pattern.regex
        for name in dir(predefined_recognizers)
        if isinstance(known := getattr(predefined_recognizers, name), type) and issubclass(known, PatternRecognizer)
        for pattern in known.PATTERNS
        if gates_of(pattern.regex)
    }
)


@pytest.mark.parametrize(
    ("expression", "gates"),
    [
        (r"\b[A-Z]{2}\d{7}\b", (r"(?:^|[^0-9_a-z])[a-z]{2}[0-9]{7}",)),
        (r"(?<!\d)\d{3}-\d{2}(?!\d)", (r"(?:^|[^0-9])[0-9]{3}\x2d[0-9]{2}",)),
        (r"\b(\d{4})([- ])x\2y*\b", (r"(?:^|[^0-9_a-z])(?:[0-9]{4})(?:[\x20\x2d])x(?:[\x20\x2d])",)),
        (r"\d{6}-?\d{4}", (r"(?:^|[^0-9])[0-9]{6}",)),
        ("[A-Z]{16}", (r"(?:^|[^0-9a-z])[0-9a-z]{16}",)),
        (r"ab\d{5}|\d{9}", (r"(?:^|[^0-9])[0-9]{5}", r"(?:^|[^0-9])[0-9]{9}")),
    ],
)
def test_a_gate_begins_where_a_match_may_begin(expression: str, gates: tuple[str, ...]) -> None:
    """Case, look-around and what need not follow are gone; without a border the longest run is watched."""
    assert gates == gates_of(expression)


@pytest.mark.parametrize(
    "expression", ["[a-z]+", "", r"(?:abc)?", r"\p{L}{20}", "(unclosed", r"[一-龥]{2}", "(a+)+$", r"\w+@\w+"]
)
def test_where_nothing_tells_there_is_no_gate(expression: str) -> None:
    """Ordinary words, empty matches, and what the parser does not know have to be looked for everywhere."""
    assert gates_of(expression) is None


@pytest.mark.parametrize("expression", PATTERNS, ids=range(len(PATTERNS)))
def test_no_match_of_presidio_is_lost(expression: str) -> None:
    """Texts drawn from each pattern of Presidio: wherever it matches, one of its gates fires in the match or before."""
    random, compiled = Random(expression), regex.compile(expression, FLAGS)
    texts = [around.format(drawn(expression, random)) for _ in range(6) for around in AROUND]
    texts = [text for text in texts if compiled.search(as_spaced(text))]
    matcher = Matcher({"x": [Gate(gate, literal=False) for gate in gates_of(expression) or ()]}, FOLDING)
    hits = matcher.candidates(views_of(Batch.of_texts(texts), FOLDING))["x"]
    ends: dict[int, list[int]] = {}
    for text, end in zip(hits.text.tolist(), hits.end.tolist(), strict=True):
        ends.setdefault(text, []).append(end)

    assert texts
    for number, text in enumerate(texts):
        for match in compiled.finditer(as_spaced(text)):
            assert any(end <= match.end() and end > match.start() - 20 for end in ends.get(number, ())), text


def test_a_long_run_costs_one_hit() -> None:
    """Whatever the pattern, a million digits or letters make no more hits than there are gates."""
    for expression in PATTERNS:
        gates = [Gate(gate, literal=False) for gate in gates_of(expression) or ()]
        views = views_of(Batch.of_texts(["7" * 200_000, "x" * 200_000]), FOLDING)

        assert len(Matcher({"x": gates}, FOLDING).candidates(views)["x"]) < 40, expression

"""What headers of pages refuse."""

from __future__ import annotations

import pytest

from corpus_guard.opt_outs.headers import RESERVATION, TAG, refuses
from corpus_guard.opt_outs.reading import refusal_options

DIRECTIVES = refusal_options({})["directives"]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (TAG, "noai", True), (TAG, "noindex, noai", True), (TAG, "GPTBot: NOAI", True), (TAG, "noimageai", False), (TAG, "noindex,nofollow", False),
        (TAG, "DisallowAITraining", True), (TAG, "", False), (TAG, "monoaic", False),
        (RESERVATION, "1", True), (RESERVATION, "1.0", True), (RESERVATION, "tdm-reservation: 1", True), (RESERVATION, "true", True), (RESERVATION, "0", False),
        (RESERVATION, "10", False), (RESERVATION, "", False), (RESERVATION, "noai", False),
    ],
)  # fmt: skip
def test_words_and_reservations_refuse(column: str, value: str, expected: bool) -> None:
    """Whole words of a robots tag count, in any case; a reservation is one or it is none."""
    assert expected is refuses(column, value, DIRECTIVES)

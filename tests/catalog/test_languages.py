"""What languages are told by is data, and the data is sound."""

from __future__ import annotations

from itertools import pairwise

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from corpus_guard.catalog.languages import read_languages

DATA = read_languages()


def test_ranges_of_scripts_do_not_overlap() -> None:
    """A letter is of one script."""
    ranges = sorted(span for script in DATA.scripts for span in script.ranges)
    assert all(first[1] <= second[0] for first, second in pairwise(ranges))


def test_latin_comes_first() -> None:
    """The letters of ASCII are of the first script."""
    assert "Latin" == DATA.scripts[0].name


@pytest.mark.parametrize("script", [script for script in DATA.scripts if script.among], ids=lambda script: script.name)
def test_the_model_knows_what_it_is_asked_for(script: object) -> None:
    """A code that the model lacks would never be told."""
    known = set(LanguageIdentifier.from_model_file(MODEL_FILE).labels)
    assert set() == set(getattr(script, "among", ())) - known


@pytest.mark.parametrize("label", ["zh", "zh-Hans", "zh-Hant", "yue", "en", "de", "ja", "code", "und", "mis"])
def test_labels(label: str) -> None:
    """Every label that a pipeline may name."""
    assert label in DATA.labels()

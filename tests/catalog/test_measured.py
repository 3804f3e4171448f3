"""The file of figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_guard.catalog.measured import Alarms, Measured, Texts, read_measured
from corpus_guard.errors import CatalogError

HEAD = 'measured = "2026-01-31"\ntool_version = "0.1.0"\nrules = "ab"\n'


def test_what_was_not_measured_is_none(tmp_path: Path) -> None:
    """No file, no figures."""
    assert None is read_measured(tmp_path / "measured.toml")


def test_figures_are_read(tmp_path: Path) -> None:
    """Each table becomes a row."""
    alarms = 'alarms = [{ rule = "r", grade = "suspect", documents = 3, violation = 0 }]\n'
    (tmp_path / "measured.toml").write_text(HEAD + "texts = []\nclean = []\n" + alarms, encoding="utf-8")
    expected = Measured("2026-01-31", "0.1.0", "ab", alarms=(Alarms("r", "suspect", 3, 0),))
    assert expected == read_measured(tmp_path / "measured.toml")


@pytest.mark.parametrize("text", [HEAD, HEAD + "texts = [{}]\nclean = []\nalarms = []\n", "measured ="])
def test_a_broken_file_is_refused(tmp_path: Path, text: str) -> None:
    """With the place of each fault."""
    (tmp_path / "measured.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=r"rules/measured\.toml"):
        read_measured(tmp_path / "measured.toml")


@pytest.mark.parametrize(("harmful", "expected"), [(True, 0.75), (False, 0.25)])
def test_what_passes_is_found_where_harmful_and_not_where_harmless(harmful: bool, expected: float) -> None:
    """Suspects count as found."""
    assert expected == Texts("s", "en", "c", harmful, documents=4, violation=1, found=3).passed

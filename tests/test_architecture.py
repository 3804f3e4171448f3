"""The shape of the house: small files, rules without Python, heavy modules only where they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from corpus_guard.catalog.places import shipped_rules

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "corpus_guard"
PYTHON = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
HEAVY = ("pyarrow", "polars", "numpy", "datasets", "hyperscan", "presidio_analyzer", "pandas", "rich")


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    """A longer file is a room that wants to be two."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_rules_hold_no_python() -> None:
    """Rules and standards are data."""
    assert [] == list(shipped_rules().rglob("*.py"))


@pytest.mark.parametrize("code", ["import corpus_guard", "import corpus_guard.cli.app"])
def test_the_front_doors_import_nothing_heavy(code: str) -> None:
    """Importing the package or the command line loads none of the large libraries."""
    check = f"{code}\nimport sys\nprint(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()

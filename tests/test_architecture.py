"""The shape of the house: small files, rules without Python, heavy modules only where they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_guard.catalog.places import shipped_rules
from tests.audit.small import place

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


def test_a_scan_loads_no_pandas(tmp_path: Path) -> None:
    """A scan of files with every detector does without pandas, which takes a quarter of a second to import."""
    texts = [f"第{number}封信：来信请寄 reader{number}@example.com，天气很好。" for number in range(40)]
    turns = [[{"role": "user", "content": text}, {"role": "assistant", "content": text * 4}] for text in texts]
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"text": [*texts, *texts], "source": ["a", None] * 40}), tmp_path / "in" / "a.parquet")
    pq.write_table(pa.table({"messages": turns}), tmp_path / "in" / "b.parquet")
    (tmp_path / "in" / "c.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    scan = f"scan({str(tmp_path / 'in')!r}, out={str(tmp_path / 'run')!r})"
    check = f"from corpus_guard import scan\nimport sys\n{scan}\nprint('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert "False" == done.stdout.strip()


def test_a_night_loads_no_pandas(tmp_path: Path) -> None:
    """Neither does an audit, on its first night and on one on which a shard has changed."""
    pipeline = place(tmp_path)
    texts = [f"letter {number}: mark my words, the weather is fine, number {number} and so on" for number in range(9)]
    for name in ("a", "b"):
        (tmp_path / "data" / f"{name}.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    change = f"open({str(tmp_path / 'data' / 'a.jsonl')!r}, 'a').write({json.dumps({'text': texts[0] * 2})!r})"
    night = f"audit({str(pipeline)!r})"
    check = f"from corpus_guard.audit.auditing import audit\nimport sys\n{night}\n{change}\n{night}\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{check}print('pandas' in sys.modules)"], capture_output=True, text=True, check=True
    )

    assert "False" == done.stdout.strip()

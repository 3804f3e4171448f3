"""A guard in `map_batches` of Ray Data."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pyarrow as pa
import pytest

import corpus_guard as cg


@dataclass(frozen=True)
class Counted:
    """Annotates, and says how often guards were compiled in this process."""

    guard: cg.Guard

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Annotate a batch."""
        from corpus_guard.guard import _compiled

        marked = self.guard.annotate(batch)
        compiled = f"{os.getpid()} {_compiled.cache_info().misses}"
        return marked.append_column("compiled", pa.array([compiled] * len(marked)))


def test_a_guard_marks_batches_of_ray_and_is_compiled_once_a_process(four_cores: None) -> None:
    """Ray unpickles it for every task; the answers are those of the guard itself."""
    ray = pytest.importorskip("ray")
    data = pytest.importorskip("ray.data", reason="Ray Data is not installed")
    data.DataContext.get_current().enable_progress_bars = False
    guard = cg.Guard(detectors=["keywords", "personal_info"])
    tables = [pa.table({"text": [f"电话1380013800{number}", "找我代开发票请加微信", None]}) for number in range(6)]
    dataset = data.from_arrow(tables)

    marked = dataset.map_batches(guard.annotate, batch_format="pyarrow").take_all()
    counted = dataset.map_batches(Counted(guard).__call__, batch_format="pyarrow").take_all()

    expected = [row for table in tables for row in guard.annotate(table).to_pylist()]
    order = [str(row["text"]) for row in expected]
    assert sorted(order) == sorted(str(row["text"]) for row in marked)
    assert sorted(map(str, expected)) == sorted(map(str, marked))
    assert {"1"} == {row["compiled"].split()[1] for row in counted}
    assert ray.is_initialized()

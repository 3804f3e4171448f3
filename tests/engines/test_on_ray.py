"""Tasks on a Ray cluster: carried like those of processes of this machine."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus_guard.engines.local import LOST
from corpus_guard.errors import EngineError, ShardError, UsageError
from tests.engines.tasks import Mortal, Together, Watched, broken, process

if TYPE_CHECKING:
    from corpus_guard.engines.on_ray import RayEngine


@pytest.fixture(scope="module")
def engine(four_cores: None) -> Iterator[RayEngine]:
    """An engine of two workers."""
    from corpus_guard.engines.on_ray import RayEngine

    made = RayEngine(2)
    yield made
    made.close()


def test_workers_stay_and_have_one_thread_and_kept_memory(engine: RayEngine) -> None:
    """Every index comes once; the second round finds the processes of the first one."""
    first = dict(engine.map(process, range(9)))
    second = dict(engine.shuffle(5, process))

    assert (list(range(9)), list(range(5))) == (sorted(first), sorted(second))
    assert {(1, "system")} == {facts[1:] for facts in [*first.values(), *second.values()]}
    assert {facts[0] for facts in second.values()} <= {facts[0] for facts in first.values()}
    assert [] == list(engine.map(operator.neg, []))


def test_an_item_whose_worker_died_is_tried_once_more(engine: RayEngine, tmp_path: Path) -> None:
    """Killed once it is done by another worker, killed twice it is lost; the other items are done either way."""
    for lives, expected in ((1, 6), (2, LOST)):
        folder = tmp_path / str(lives)
        folder.mkdir()
        results = dict(engine.map(Mortal(folder, lives), range(6)))
        assert expected is results.pop(3) or expected == 6
        assert {0: 0, 1: 2, 2: 4, 4: 8, 5: 10} == results


def test_errors_arrive_as_from_a_local_worker(engine: RayEngine) -> None:
    """Those made on purpose as they are, others as one sentence that quotes no text, with the trace apart."""
    with pytest.raises(ShardError) as shard:
        list(engine.map(broken, ["shard"]))
    with pytest.raises(EngineError) as disk:
        list(engine.map(broken, ["disk"]))
    with pytest.raises(EngineError) as fault:
        list(engine.map(broken, ["value"]))

    assert (7, 3) == (shard.value.byte_offset, shard.value.documents)
    assert "the system refused (No space left on device)" == str(disk.value)
    assert "ValueError in a worker process" == str(fault.value)
    assert "words of the text" in fault.value.trace


def test_no_more_items_are_under_way_than_workers(engine: RayEngine, tmp_path: Path) -> None:
    """Two workers, two items."""
    seen = [count for _, count in engine.map(Watched(tmp_path), range(12))]

    assert {1, 2} >= set(seen)


def test_a_folder_that_workers_do_not_see_is_one_sentence(
    four_cores: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that was moved under our feet is still there for us, and for nobody else."""
    from corpus_guard.engines.on_ray import RayEngine

    engine = RayEngine(1)
    (tmp_path / "before" / "run").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "before")
    engine.connect()
    (tmp_path / "before").rename(tmp_path / "after")
    engine.share(Path("run"), [])

    with pytest.raises(UsageError, match=r"^a node of the Ray cluster does not see run as it is here"):
        list(engine.map(abs, [1]))
    engine.close()
    assert [] == list((tmp_path / "after" / "run").iterdir())


def test_a_cluster_without_a_free_core_is_not_waited_for_for_ever(engine: RayEngine, tmp_path: Path) -> None:
    """All are taken by workers of other engines."""
    from corpus_guard.engines.on_ray import RayEngine

    second = RayEngine(2)
    for holder in (engine, second):
        folder = tmp_path / str(id(holder))
        folder.mkdir()
        list(holder.map(Together(folder, 2), range(2)))
    late = RayEngine(1, patience=1)
    with pytest.raises(EngineError, match=r"^no worker came up on the Ray cluster in 1 seconds"):
        list(late.map(abs, [1]))
    second.close()
    late.close()

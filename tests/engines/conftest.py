"""A Ray cluster for the tests of this folder, where Ray is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package")
def four_cores() -> Iterator[None]:
    """Be connected to a cluster of four cores, which engines take as that of their caller."""
    pytest.importorskip("ray", reason='Ray is not installed: pip install "corpus_guard[ray]"')
    from corpus_guard.engines.on_ray import RayEngine

    engine = RayEngine(4)
    engine.connect()
    yield
    engine.close()

"""The garbage collector waits, and goes on as it did before."""

from __future__ import annotations

import gc

import pytest

from corpus_guard.core.collecting import uncollected


def test_it_waits_and_goes_on() -> None:
    """Also where the work ends with an error."""
    with uncollected():
        assert not gc.isenabled()
    with pytest.raises(KeyError), uncollected():
        raise KeyError
    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off() -> None:
    """It is not for us to switch it on again."""
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()

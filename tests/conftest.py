"""Shared by all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.load_profile("here")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes what reports now look like over what they should look like; read the difference."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files of the reports anew")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))

"""Writes a file and returns what its reader complains of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus_guard.errors import CatalogError


def complaints(read: Callable[[Path], Any], path: Path, text: str | bytes) -> list[str]:
    """Return the complaints of *read* about a file that holds *text*, without the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        read(path)
    except CatalogError as error:
        return [complaint.replace(f"{path.parent}/", "") for complaint in error.complaints]
    return []

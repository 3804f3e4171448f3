"""Arrays of a compressed model file are those that numpy reads."""

from __future__ import annotations

import io
import lzma
from pathlib import Path

import numpy as np
import pytest

from corpus_guard.languages.model_file import read_arrays

ARRAYS = {"table": np.arange(6, dtype=np.float16).reshape(2, 3), "names": np.array(["en", "zh"]), "empty": np.zeros(0)}
ARRAYS["columns first"] = np.arange(6).reshape(2, 3).T


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(lzma.compress(content))
    return path


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays(tmp_path: Path, save: type[np.savez]) -> None:
    """Of any kind and shape, whether the archive inside is compressed once more or not."""
    archive = io.BytesIO()
    save(archive, **ARRAYS)
    found = read_arrays(_written(tmp_path / "model.npz.xz", archive.getvalue()))

    assert list(ARRAYS) == list(found)
    for name, array in ARRAYS.items():
        assert (array.dtype, array.tolist()) == (found[name].dtype, found[name].tolist())


def test_a_file_that_ends_too_soon(tmp_path: Path) -> None:
    """It is an error, whatever of it could be read."""
    archive = io.BytesIO()
    np.savez(archive, **ARRAYS)
    with pytest.raises(Exception, match=r"\w"):
        read_arrays(_written(tmp_path / "model.npz.xz", archive.getvalue()[:200]))


def test_objects_are_refused(tmp_path: Path) -> None:
    """Nothing is unpickled."""
    archive = io.BytesIO()
    np.savez(archive, objects=np.array([{}], object))
    with pytest.raises(TypeError, match="references"):
        read_arrays(_written(tmp_path / "model.npz.xz", archive.getvalue()))

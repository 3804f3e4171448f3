"""The arrays of a compressed model file, each put where it stays while the file is decompressed: half the memory."""

from __future__ import annotations

import io
import lzma
import struct
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

_AT_ONCE = 2**22
_HEAD = struct.Struct("<4s2xHH16xHH")
"""Of a member of a zip archive: its signature, flags, way of compression, and how long name and additions are."""
_MEMBER, _AS_IT_IS = b"PK\x03\x04", (0, 0)


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of *path*, an `.npz` of numpy in an `.xz`, by name; raise what numpy does for another file."""
    arrays = {}
    with lzma.open(path) as stream:
        while (head := _HEAD.unpack(stream.read(_HEAD.size)))[0] == _MEMBER:
            if head[1:3] != _AS_IT_IS:
                return _unpacked(path)
            name = stream.read(head[3]).decode().removesuffix(".npy")
            stream.read(head[4])
            arrays[name] = _array(stream)
    return arrays


def _array(stream: IO[bytes]) -> npt.NDArray[Any]:
    version = np.lib.format.read_magic(stream)
    of_version = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, columns_first, kind = of_version(stream)
    array = np.empty(shape[::-1] if columns_first else shape, kind)
    data = array.reshape(-1).view(np.uint8).data
    for start in range(0, len(data), _AT_ONCE):
        part = data[start : start + _AT_ONCE]
        part[:] = stream.read(len(part))
    return array.T if columns_first else array


def _unpacked(path: Path) -> dict[str, npt.NDArray[Any]]:
    with np.load(io.BytesIO(lzma.decompress(path.read_bytes())), allow_pickle=False) as stored:
        return dict(stored)

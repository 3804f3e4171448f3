"""Bytes of a file, decompressed as they come; what stands before a cut is always given first."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import zstandard

from corpus_guard.errors import ShardError

BLOCK = 4 * 2**20
"""Bytes read from disk, and decompressed, at a time."""


class _Decompressor(Protocol):
    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, /) -> bytes: ...


def plain(path: Path, start: int = 0, stop: int = -1) -> Iterator[bytes]:
    """Yield the bytes of *path* from *start* to *stop* (-1: the end)."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            left = stop - start if stop >= 0 else None
            while block := file.read(BLOCK if left is None else min(BLOCK, left)):
                left = None if left is None else left - len(block)
                yield block
    except OSError as error:
        raise ShardError(f"the file cannot be read: {error.strerror or type(error).__name__}") from None


def decompressed(path: Path, compression: str) -> Iterator[bytes]:
    """Yield the decompressed bytes of *path*; raise `ShardError` at a cut or a fault, after all that came before it."""
    if compression not in ("gz", "zst"):
        yield from plain(path)
        return
    offset = 0
    make = _gzip if compression == "gz" else _zstd
    member: _Decompressor = make()
    fresh = True
    for compressed in plain(path):
        data = compressed
        while data:
            if member.eof:
                member, fresh = make(), True
                data = data.lstrip(b"\0") if compression == "gz" else data
                if not data:
                    break
            try:
                for block in _bounded(member, data):
                    offset += len(block)
                    yield block
            except (zlib.error, zstandard.ZstdError):
                raise ShardError(f"the {compression} stream is corrupt from here on", byte_offset=offset) from None
            fresh = False
            data = member.unused_data if member.eof else b""
    if not member.eof and not fresh:
        raise ShardError(f"the {compression} stream is cut off", byte_offset=offset)


def _bounded(member: _Decompressor, data: bytes) -> Iterator[bytes]:
    """Decompress a little at a time, so that a small file that unpacks to gigabytes does not fill memory."""
    if isinstance(member, _Zstd):
        yield member.decompress(data)
        return
    inflate = member
    rest = data
    while rest and not inflate.eof:
        yield inflate.decompress(rest, BLOCK)  # type: ignore[call-arg]
        rest = inflate.unconsumed_tail  # type: ignore[attr-defined]
        if not rest and not inflate.eof:
            break


def _gzip() -> _Decompressor:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


class _Zstd:
    """One Zstandard frame."""

    def __init__(self) -> None:
        self._object = zstandard.ZstdDecompressor().decompressobj()

    @property
    def eof(self) -> bool:
        return bool(self._object.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._object.unused_data)

    def decompress(self, data: bytes, /) -> bytes:
        return bytes(self._object.decompress(data))


def _zstd() -> _Decompressor:
    return _Zstd()

"""Bytes of a file, decompressed as they come, in bounded memory; what stands before a cut is always given first."""

from __future__ import annotations

import bz2
import lzma
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Protocol

import zstandard

from corpus_guard.errors import ShardError

BLOCK = 8 * 2**20
"""Bytes that a block has at most when plain, about when decompressed."""

_FIRST = 2**18
"""Bytes of the first block; each next one has twice as many. Whoever looks for an early record need not read on."""

HEAD = 4
"""Bytes at the head of a file that show its encoding."""

_SLICE = 16 * 2**10
"""Compressed bytes fed at a time: bounds what is unpacked at once, and what is lost before a fault."""

_WIDEST_WINDOW = 2**31
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ZEROS = b"\0\0"
_SHOWN = {"gz": "gzip", "zst": "Zstandard", "bz2": "bzip2", "xz": "xz"}
_PADDED = ("gz", "xz")  # tapes pad gzip files with zeros, xz pads its streams to words
_FAULTS = (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError)


def plain(path: Path, start: int = 0, stop: int = -1) -> Iterator[bytes]:
    """Yield the bytes of *path* from *start* to *stop* (-1: the end)."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            left = stop - start if stop >= 0 else None
            size = _FIRST
            while block := file.read(size if left is None else min(size, left)):
                left = None if left is None else left - len(block)
                size = min(2 * size, BLOCK)
                yield block
    except OSError as error:
        raise ShardError(unreadable(error)) from None


def decompressed(path: Path, compression: str) -> Iterator[bytes]:
    """Yield the bytes of *path*, unpacked when *compression* is `gz`, `zst`, `bz2` or `xz`.

    Raises `ShardError` at a cut or a fault, after everything that could be unpacked before it; its offset counts
    unpacked bytes.
    """
    if not compression:
        yield from plain(path)
        return
    held: list[bytes] = []
    size = offset = 0
    fault: ShardError | None = None
    try:
        for piece in _unpacked(path, compression):
            held.append(piece)
            size += len(piece)
            if size >= BLOCK:
                yield b"".join(held)
                offset, size, held = offset + size, 0, []
    except ShardError as error:
        fault = ShardError(error.reason, byte_offset=offset + size)
    if held:
        yield b"".join(held)
    if fault is not None:
        raise fault


def text_blocks(path: Path, compression: str = "", start: int = 0, stop: int = -1) -> tuple[int, Iterator[bytes]]:
    """Return (offset, blocks) of a text without its byte order mark; raise `ShardError` when the mark is of UTF-16."""
    blocks = decompressed(path, compression) if compression else plain(path, start, stop)
    first = next(blocks, b"")
    mark = 0 if start else mark_length(first)
    return start + mark, chain((first[mark:],), blocks)


def mark_length(head: bytes) -> int:
    """Return the bytes that the byte order mark takes at the head of a file; raise `ShardError` for UTF-16.

    UTF-16 without a mark is known by the zeros beside ASCII: as UTF-8 it would be valid, and no term would be found.
    """
    first = head[:HEAD]
    if head.startswith(_UTF16_MARKS) or (any(first) and _ZEROS in (first[::2], first[1::2])):
        raise ShardError("the file is UTF-16, UTF-8 was expected; write it again as UTF-8", byte_offset=0)
    return len(_UTF8_MARK) if head.startswith(_UTF8_MARK) else 0


def unreadable(error: OSError) -> str:
    """Return the sentence for a file that the system does not let us read."""
    said = os.strerror(error.errno) if error.errno else type(error).__name__  # pyarrow's own words name the path
    return f"the file cannot be read: {said.lower()}"


class _Member(Protocol):
    """One member of a gzip file, one frame of a Zstandard file, one stream of a bzip2 or xz file."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def pieces(self, data: bytes) -> Iterator[bytes]: ...


def _unpacked(path: Path, compression: str) -> Iterator[bytes]:
    member: _Member | None = None
    for block in plain(path):
        for start in range(0, len(block), _SLICE):
            data = block[start : start + _SLICE]
            while data:
                if member is None:
                    data = data.lstrip(b"\0") if compression in _PADDED else data
                    if not data:
                        break
                    member = _MEMBERS[compression]()
                try:
                    yield from member.pieces(data)
                except _FAULTS:
                    raise ShardError(f"the {_SHOWN[compression]} stream is corrupt from here on") from None
                data = member.unused_data
                member = None if member.eof else member
    if member is not None:
        raise ShardError(f"the {_SHOWN[compression]} stream is cut off here; copy the file again")


class _Gzip:
    def __init__(self) -> None:
        self._object = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while True:
            piece = self._object.decompress(data, BLOCK)
            yield piece
            data = self._object.unconsumed_tail
            if not data and len(piece) < BLOCK:
                return


class _Zstandard:
    def __init__(self) -> None:
        # Files packed with `zstd --long=31` need a window wider than the library allows by itself.
        self._object = zstandard.ZstdDecompressor(max_window_size=_WIDEST_WINDOW).decompressobj()

    @property
    def eof(self) -> bool:
        return bool(self._object.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._object.unused_data)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        yield self._object.decompress(data)


class _Bounded:
    """A decompressor of the standard library that gives at most so many bytes at a time."""

    def __init__(self, made: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._object = made

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data if self._object.eof else b""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while True:
            yield self._object.decompress(data, BLOCK)
            if self._object.eof or self._object.needs_input:
                return
            data = b""


_MEMBERS: Mapping[str, Callable[[], _Member]] = {
    "gz": _Gzip,
    "zst": _Zstandard,
    "bz2": lambda: _Bounded(bz2.BZ2Decompressor()),
    "xz": lambda: _Bounded(lzma.LZMADecompressor(lzma.FORMAT_XZ)),
}

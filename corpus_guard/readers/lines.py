"""Where lines begin and end: a line belongs to the split in which it starts, wherever the split is cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.streams import HEAD, mark_length, text_blocks, unreadable

LONGEST_LINE = 2**30
"""Bytes of one line; a small packed file may unpack to one that fills memory."""

_SEARCHED = 64 * 2**10


def stretches(split: Split) -> Iterator[tuple[int, bytes]]:
    r"""Yield (byte offset, bytes) of stretches of whole lines; the line feed at the end of each stretch is left out.

    `stretch.split(b"\n")` gives its lines. A stream that is cut off gives its last whole line, then raises
    `ShardError` with the offset of the line that was cut.
    """
    offset, blocks = _blocks(split)
    rest: list[bytes] = []
    held = 0
    try:
        for block in blocks:
            cut = block.rfind(b"\n")
            held += len(block)
            _check_length(held)
            if cut < 0:
                rest.append(block)
                continue
            stretch = b"".join((*rest, block[:cut]))
            rest = [block[cut + 1 :]]
            held = len(rest[0])
            yield offset, stretch
            offset += len(stretch) + 1
    except ShardError as error:
        raise ShardError(error.reason, byte_offset=offset) from None
    if last := b"".join(rest):
        yield offset, last


def _check_length(held: int) -> None:
    if held > LONGEST_LINE:
        raise ShardError(f"a line is longer than {LONGEST_LINE} bytes; break it up")


def _blocks(split: Split) -> tuple[int, Iterator[bytes]]:
    path = Path(split.shard.path)
    compression = split.shard.format.partition(".")[2]
    if compression:
        return text_blocks(path, compression)
    try:
        return text_blocks(path, "", _line_start(path, split.start), _line_start(path, split.stop))
    except OSError as error:
        raise ShardError(unreadable(error)) from None


def _line_start(path: Path, place: int) -> int:
    """Where the first line begins that begins at *place* or after it; -1, the end, stays -1."""
    if place <= 0:
        return place
    with path.open("rb") as file:
        mark_length(file.read(HEAD))  # every split of a UTF-16 file says what it is, not only the first
        file.seek(place - 1)
        begin = place - 1
        while block := file.read(_SEARCHED):
            found = block.find(b"\n")
            if found >= 0:
                return begin + found + 1
            begin += len(block)
        return begin

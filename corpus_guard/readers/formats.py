"""What a file is: by its first bytes where these say it, else by its suffix."""

from __future__ import annotations

import re
from pathlib import Path
from stat import S_ISREG

from corpus_guard.core.shard import Shard

_BINARY_MAGIC = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrow"}
_COMPRESSED_MAGIC = {b"\x1f\x8b": "gz", b"\x28\xb5\x2f\xfd": "zst", b"\xfd7zXZ\0": "xz"}
_BZIP2 = re.compile(
    rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"
)  # the level, then a block or the end: letters alone begin a text
_SKIPPABLE_FRAME = b"\x2a\x4d\x18"  # after one byte 0x50 … 0x5f; RFC 8878, section 3.1.2
_SUFFIXES = {
    "parquet": "parquet", "pq": "parquet", "arrow": "arrow", "feather": "arrow", "ipc": "arrow", "csv": "csv",
    "tsv": "tsv", "jsonl": "jsonl", "ndjson": "jsonl", "json": "json", "txt": "text", "text": "text", "md": "text",
    "warc": "warc", "wet": "warc",
}  # fmt: skip
_COMPRESSED_SUFFIXES = {"gz": "gz", "gzip": "gz", "zst": "zst", "zstd": "zst", "bz2": "bz2", "xz": "xz"}
_SHOWN = {"parquet": "Parquet", "arrow": "Arrow", "gz": "gzip", "zst": "Zstandard", "bz2": "bzip2", "xz": "xz"}
_BEGINNING = {
    "parquet": "PAR1", "arrow": "ARROW1 or the mark of a stream", "gz": "the bytes 1f 8b",
    "zst": "the bytes 28 b5 2f fd", "bz2": "BZh", "xz": "the bytes fd 37 7a 58 5a",
}  # fmt: skip
_FOREIGN = {
    b"PK\x03\x04": "a zip archive", b"%PDF-": "a PDF document", b"\x89PNG\r\n": "an image", b"\xff\xd8\xff": "an image",
    b"Rar!\x1a\x07": "a RAR archive", b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Obj\x01": "an Avro file", b"PARE": "an encrypted Parquet file", b"FEA1": "a Feather file of version 1",
    b"ORC": "an ORC file", b"SQLite format 3\0": "an SQLite database",
    b"\x7fELF": "a program",
}  # fmt: skip
_CONTROL = frozenset({*range(9), *range(14, 27), *range(28, 32)})  # bytes that no text begins with
_HEAD = 64
_SHORT = 4  # letters with which a text may well begin by chance


def identify(path: Path, name: str) -> tuple[str, str]:
    """Return (format, problem) of a file: one of them is empty.

    Formats: parquet, arrow, csv, tsv, jsonl, json, text, warc; all but the first two also with `.gz`, `.zst`, `.bz2`
    or `.xz`. Content wins over the suffix of *name*: a `.jsonl` that begins with PAR1 is read as Parquet, one that is
    gzip is decompressed.
    """
    try:
        if not S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            return "", "this is no regular file; name it with --exclude"
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except PermissionError:
        return "", "the file cannot be read: permission denied; change its rights, or name it with --exclude"
    except OSError as error:
        return "", f"the file cannot be read: {error.strerror or type(error).__name__}; name it with --exclude"
    return _by_content(head, *_by_suffix(name))


def not_compressed(shard: Shard) -> str:
    """Return what to add to a fault of *shard* whose suffix says that it is compressed, and it is not; else nothing.

    Such a file is read as what it is. Where it is none of its format either, the suffix is the likelier fault.
    """
    said = _by_suffix(shard.name)[1]
    plain = said and not shard.format.partition(".")[2]
    return f"; its suffix says {_SHOWN[said]}, but the file is not compressed" if plain else ""


def _by_suffix(name: str) -> tuple[str, str]:
    parts = name.lower().rpartition("/")[2].split(".")[1:]
    compression = _COMPRESSED_SUFFIXES.get(parts[-1], "") if parts else ""
    if compression:
        parts.pop()
    return (_SUFFIXES.get(parts[-1], "") if parts else ""), compression


def _by_content(head: bytes, form: str, compression: str) -> tuple[str, str]:
    for magic, binary in _BINARY_MAGIC.items():
        if head.startswith(magic) and (binary == form or _is_binary(head)):
            return binary, ""
    if not form:
        return "", "the suffix is no known format; rename the file, or name it with --exclude"
    content = "" if form in _SHOWN else _compression_of(head)
    if content:
        return f"{form}.{content}", ""
    problem = _problem(head, form if form in _SHOWN else compression)
    return ("", problem) if problem else (form, "")


def _problem(head: bytes, binary: str) -> str:
    """What is wrong with a file that has no mark of ours; *binary* is the format that its suffix says, if it is one."""
    for magic, what in _FOREIGN.items():
        if head.startswith(magic) and (len(magic) > _SHORT or _is_binary(head)):
            return f"this is {what}, which is no known format; convert it, or name it with --exclude"
    if binary in ("parquet", "arrow") or (binary and (not head or _is_binary(head))):
        found = f"the content does not begin with {_BEGINNING[binary]}" if head else "the file is empty"
        return f"the suffix says {_SHOWN[binary]}, {found}; write the file again, or name it with --exclude"
    return ""


def _compression_of(head: bytes) -> str:
    if head[1:4] == _SKIPPABLE_FRAME and head[0] & 0xF0 == 0x50:
        return "zst"
    if _BZIP2.match(head):
        return "bz2"
    return next((form for magic, form in _COMPRESSED_MAGIC.items() if head.startswith(magic)), "")


def _is_binary(head: bytes) -> bool:
    """Whether the first bytes are those of no text."""
    return not _CONTROL.isdisjoint(head) or head.startswith(b"\xff\xff\xff\xff")

"""What a file is: by its first bytes where these say it, else by its suffix."""

from __future__ import annotations

from pathlib import Path

_MAGIC = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrow"}
_SUFFIXES = {
    "parquet": "parquet", "pq": "parquet", "arrow": "arrow", "feather": "arrow", "ipc": "arrow", "csv": "csv",
    "tsv": "tsv", "jsonl": "jsonl", "ndjson": "jsonl", "json": "json", "txt": "text", "text": "text", "md": "text",
}  # fmt: skip
_COMPRESSION = {"gz": "gz", "gzip": "gz", "zst": "zst", "zstd": "zst"}
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_SHOWN = {"parquet": "Parquet", "arrow": "Arrow"}
_FOREIGN = {
    b"PK\x03\x04": "a zip archive", b"%PDF": "a PDF document", b"\x89PNG": "an image", b"BZh": "a bzip2 stream",
    b"\xfd7zXZ": "an xz stream", b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7-Zip archive", b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
}  # fmt: skip


def identify(path: Path, name: str) -> tuple[str, str]:
    """Return (format, problem) of a file: one of them is empty.

    Formats: parquet, arrow, csv, tsv, jsonl, json, text; the last five also with `.gz` or `.zst`.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except PermissionError:
        return "", "the file cannot be read: permission denied"
    except OSError as error:
        return "", f"the file cannot be read: {error.strerror or type(error).__name__}"
    for magic, form in _MAGIC.items():
        if head.startswith(magic):
            return form, ""
    form, packed = _by_suffix(name)
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            return "", f"this is {what}, which is no known format; convert it, or name it with --exclude"
    return _text_format(form, packed, head)


def _by_suffix(name: str) -> tuple[str, str]:
    parts = name.lower().rpartition("/")[2].split(".")[1:]
    packed = ""
    if parts and parts[-1] in _COMPRESSION:
        packed = _COMPRESSION[parts.pop()]
    return (_SUFFIXES.get(parts[-1], "") if parts else ""), packed


def _text_format(form: str, packed: str, head: bytes) -> tuple[str, str]:
    if not form:
        return "", "the suffix is no known format; rename the file, or name it with --exclude"
    if form in _SHOWN:
        what = "the file is empty" if not head else f"its content does not begin as {_SHOWN[form]} does"
        return "", f"the suffix says {_SHOWN[form]}, but {what}; write the file again, or name it with --exclude"
    content = "gz" if head.startswith(_GZIP) else "zst" if head.startswith(_ZSTD) else ""
    if packed and not content and head:
        content = ""
    return (f"{form}.{content}" if content else form), ""

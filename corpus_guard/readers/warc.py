"""Web archives: WARC records as they were collected, and WET with the text taken out of them, with address and date.

Records are framed here, and strictly: what does not begin or end where its header says stops the file with a place,
where a lenient reader would go on and lose a page in silence. The web's own encodings are undone by warcio.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.collector import Collector
from corpus_guard.readers.fields import RecordError
from corpus_guard.readers.streams import decompressed

COLUMNS = ("text", "url", "date", "id")
"""Columns that every record has."""
LONGEST_RECORD = 2**30
"""Bytes of one record; a small packed file may unpack to one that fills memory."""

_DOCUMENTS = ("response", "conversion", "resource")  # other records say something about these
_HEADER = 64 * 2**10
_TEXTS = re.compile(r"(?:text/[\w.+-]+|application/(?:[\w.-]+\+)?(?:xml|json))\Z")
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,60}")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_SNIFFED = 2048
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252"}


@dataclass(frozen=True, slots=True)
class _Record:
    """A record: where it begins, its header with names in lower case, its body."""

    offset: int
    header: Mapping[str, str]
    body: bytes


def read_warc(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the pages of a WARC or WET file: the text as it was sent, mark-up and all, or as it was taken out.

    Requests, metadata and revisits are no documents. Raises `ShardError` where the next record does not begin.
    """
    collector = Collector(replace(wanted, text_column="text"))
    fault: ShardError | None = None
    try:
        for record in _records(Path(split.shard.path), split.shard.format.partition(".")[2]):
            if record.header.get("warc-type") in _DOCUMENTS:
                full = _collected(collector, record)
                if full is not None:
                    yield full
    except ShardError as error:
        fault = error
    yield from collector.rest()
    if fault is not None:
        raise fault


def _collected(collector: Collector, record: _Record) -> Batch | None:
    try:
        text = _text(record)
    except RecordError as error:
        return collector.lose(str(error), record.offset)
    header = record.header
    columns = {"url": header.get("warc-target-uri", "").strip("<>"), "date": header.get("warc-date")}
    return collector.add({"text": text, **columns, "id": header.get("warc-record-id", "").strip("<>")}, record.offset)


class _Stream:
    """Bytes that come in blocks, read by line and by length; knows its place."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._held = b""
        self._at = 0
        self.offset = 0

    def line(self) -> bytes:
        """Return the next line with its end; less at the end of the stream, or when it is too long."""
        while (end := self._held.find(b"\n", self._at)) < 0 and len(self._held) - self._at < _HEADER:
            if not self._more():
                end = len(self._held) - 1
                break
        return self._take((end if end >= 0 else len(self._held) - 1) + 1 - self._at)

    def read(self, size: int) -> bytes:
        """Return *size* bytes; less at the end of the stream."""
        if size <= len(self._held) - self._at:
            return self._take(size)
        parts = [self._take(len(self._held) - self._at)]
        missing = size - len(parts[0])
        while missing and self._more():
            parts.append(self._take(min(missing, len(self._held) - self._at)))
            missing -= len(parts[-1])
        return b"".join(parts)

    def _more(self) -> bool:
        block = next(self._blocks, b"")
        self._held, self._at = self._held[self._at :] + block, 0
        return bool(block)

    def _take(self, size: int) -> bytes:
        taken = self._held[self._at : self._at + size]
        self._at += len(taken)
        self.offset += len(taken)
        return taken


def _records(path: Path, compression: str) -> Iterator[_Record]:
    stream = _Stream(decompressed(path, compression))
    while True:
        offset = stream.offset
        line = stream.line()
        if not line:
            return
        if not line.strip():
            continue
        if not line.startswith(b"WARC/"):
            raise ShardError("no WARC record begins here, where one was expected", byte_offset=offset)
        header = _header(stream, offset)
        length = header.get("content-length", "")
        if not length.isdecimal() or len(length) > len(str(LONGEST_RECORD)) or int(length) > LONGEST_RECORD:
            raise ShardError(f"the WARC record has no Content-Length up to {LONGEST_RECORD}", byte_offset=offset)
        body = stream.read(int(length))
        if len(body) < int(length):
            raise ShardError("the WARC record is cut off; copy the file again", byte_offset=offset)
        yield _Record(offset, header, body)


def _header(stream: _Stream, offset: int) -> dict[str, str]:
    header: dict[str, str] = {}
    name = ""
    while (line := stream.line()).strip():
        text = line.decode(errors="replace").rstrip("\r\n")
        if text[0] in " \t" and name:
            header[name] += f" {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower()
        if not colon or stream.offset - offset > _HEADER:
            raise ShardError("the header of this WARC record is malformed", byte_offset=offset)
        header.setdefault(name, value.strip())
    return header


def _text(record: _Record) -> str:
    """The text of a record; raise `RecordError` when it is none."""
    kind = record.header.get("content-type", "")
    if not kind.lower().startswith("application/http"):
        return _decoded(record.body, kind)
    body, kind = _payload(record.body)
    return _decoded(body, kind)


def _payload(message: bytes) -> tuple[bytes, str]:
    """The body and the content type of an HTTP message, its transfer and content encodings undone."""
    from warcio.bufferedreaders import BufferedReader
    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

    stream = BytesIO(message)
    try:
        headers = StatusAndHeadersParser(["HTTP/"], verify=True).parse(stream)
    except (StatusAndHeadersParserException, EOFError):
        raise RecordError("the record holds no HTTP message") from None
    encoding = (headers.get_header("content-encoding") or "").lower()
    if encoding not in ("", "identity", *BufferedReader.get_supported_decompressors()):
        raise RecordError("the page is packed in a way that is not known")
    record = ArcWarcRecord("warc", "response", None, stream, headers, "", len(message))
    try:
        body = _bounded(record.content_stream())
    except Exception as error:  # noqa: BLE001 - whatever it raises, this page is unscanned and the next is read
        raise RecordError(f"the page cannot be unpacked ({type(error).__name__})") from None
    return body, headers.get_header("content-type") or ""


def _bounded(stream: Any) -> bytes:
    parts, size = [], 0
    while part := stream.read(2**20):
        parts.append(part)
        size += len(part)
        if size > LONGEST_RECORD:
            raise ValueError("too long")
    return b"".join(parts)


def _decoded(body: bytes, content_type: str) -> str:
    """The text that *body* is by its content type; by its mark or mark-up, UTF-8 or GB 18030, where that says none."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind and not _TEXTS.match(kind):
        shown = kind if _TYPE.fullmatch(kind) else "another type"
        raise RecordError(f"the record holds {shown}, which is no text")
    named = _CHARSET.search(content_type)
    for charset in (named[1].lower(), "utf-8") if named else ("utf-8", *_within(body), "gb18030"):
        try:
            return _as_text(body, charset)
        except (UnicodeError, LookupError):
            continue
    raise RecordError("the text is neither in the charset that it names nor in UTF-8")


def _within(body: bytes) -> list[str]:
    """The charset that the mark-up names; it comes after UTF-8, for a page about charsets names some in its text."""
    found = _CHARSET.search(body[:_SNIFFED].decode("latin-1"))
    return [found[1].lower()] if found else []


def _as_text(body: bytes, charset: str) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        charset = "utf-16"
    text = body.decode("utf-8-sig" if charset in ("utf-8", "utf8") else _WIDER.get(charset, charset))
    text.encode()  # a charset may give what is no Unicode
    return text

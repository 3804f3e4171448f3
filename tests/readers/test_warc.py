"""Web archives: pages with address and date, whatever the web packed them in; nothing lost in silence."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus_guard.readers import columns_of
from tests.readers.reading import Reading, read_all, shard_of

URL, DATE = "http://news.example/1", "2025-01-31T00:00:00Z"
PAGE = "<p>今天天气很好</p>"


def record(
    body: bytes, kind: str = "response", content_type: str = "text/html; charset=utf-8", **headers: str
) -> bytes:
    """Return a record as warcio writes it: a page with its HTTP header, or text that was taken out of one."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=False)
    extra = [(name.replace("_", "-"), value) for name, value in headers.items()]
    http_page = kind == "response"
    http = StatusAndHeaders("200 OK", [("Content-Type", content_type), *extra], protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            URL, kind, payload=BytesIO(body), http_headers=http if http_page else None,
            warc_content_type="" if http_page else content_type, warc_headers_dict={"WARC-Date": DATE, "WARC-Record-ID": "<urn:a>"},
        )
    )  # fmt: skip
    return out.getvalue()


def read(path: Path, content: bytes) -> Reading:
    """Read a file with this content."""
    path.write_bytes(content)
    return read_all(path, columns={"url": ("url",), "document_id": ("id",), "date": ("date",)})


def chunked(body: bytes) -> bytes:
    """Return *body* as a server sends it piece by piece."""
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (PAGE.encode(), {}),
        (PAGE.encode("gbk"), {"content_type": "text/html; charset=GB2312"}),
        (PAGE.encode("gb18030"), {"content_type": "text/html"}),
        (f'<meta charset="gbk">{PAGE}'.encode("gbk"), {"content_type": "text/html"}),
        (f"charset=gbk 是什么{PAGE}".encode(), {"kind": "conversion", "content_type": "text/plain"}),
        (PAGE.encode("utf-16"), {"content_type": "text/html"}),
        (b"\xef\xbb\xbf" + PAGE.encode(), {"content_type": ""}),
        (chunked(PAGE.encode()), {"Transfer_Encoding": "chunked"}),
        (gzip.compress(PAGE.encode(), mtime=0), {"Content_Encoding": "gzip"}),
        (chunked(gzip.compress(PAGE.encode(), mtime=0)), {"Content_Encoding": "gzip", "Transfer_Encoding": "chunked"}),
        (PAGE.encode(), {"kind": "conversion", "content_type": "text/plain"}),
        (PAGE.encode(), {"kind": "resource", "content_type": "application/xhtml+xml"}),
    ],
)  # fmt: skip
def test_a_page_is_read_as_it_was_sent(tmp_path: Path, body: bytes, values: dict[str, Any]) -> None:
    """In the charset it names, or names in its mark-up; unpacked; offsets are into the page with its mark-up."""
    reading = read(tmp_path / "a.warc", record(body, **values))
    (text,) = reading.texts
    assert text.endswith("<p>今天天气很好</p>")


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.warc", bytes), ("a.warc.gz", gzip.compress), ("a.warc.wet.gz", gzip.compress), ("a.wet.bz2", bz2.compress)],
)
def test_records_carry_their_address_and_date(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    """Requests and metadata are no documents; a file may hold a member for each record."""
    parts = [
        record(b"software: test", "warcinfo", "application/warc-fields"),
        record("第一页".encode(), "conversion", "text/plain"),
        record(b"GET / HTTP/1.1\r\n\r\n", "request", "application/http;msgtype=request"),
        record("第二页".encode(), "conversion", "text/plain"),
    ]
    path = tmp_path / name
    reading = read(path, b"".join(map(pack, parts)))
    assert reading.error is None
    assert 2 == reading.read
    assert [URL, URL] == reading.columns["url"]
    assert ["urn:a", "urn:a"] == reading.columns["document_id"]
    assert [DATE, DATE] == reading.columns["date"]
    assert ["text", "url", "date", "id"] == columns_of(shard_of(path))


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (record(b"\x89PNG", content_type="image/png"), "the record holds image/png, which is no text"),
        (record(b"x", content_type="image/秘密"), "the record holds another type, which is no text"),
        (record(b"\xff\xfe\xfd", content_type="text/html; charset=utf-8"), "neither in the charset that it names nor in UTF-8"),
        (record(b"\xff\x00", content_type="text/html; charset=no-such-charset"), "neither in the charset that it names"),
        (record(b"x", Content_Encoding="zebra"), "the page is packed in a way that is not known"),
        (record(b"no HTTP", "resource", "application/http"), "the record holds no HTTP message"),
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_read_is_named_and_passed(tmp_path: Path, broken: bytes, reason: str) -> None:
    """By its row and offset; the next page is read."""
    reading = read(tmp_path / "a.warc", broken + record(PAGE.encode()))
    (fault,) = reading.faults
    assert (0, 0) == fault[:2]
    assert reason in fault[2]
    assert 2 == reading.read


GOOD = record(PAGE.encode())


@pytest.mark.parametrize(
    ("content", "reason", "place", "found"),
    [
        (GOOD + GOOD[:-20], "the WARC record is cut off", len(GOOD), 1),
        (GOOD + b"junk\r\n" + GOOD, "no WARC record begins here", len(GOOD), 1),
        (GOOD + GOOD.replace(b"Content-Length: ", b"Content-Length: x"), "has no Content-Length", len(GOOD), 1),
        (GOOD + b"WARC/1.0\r\nno colon\r\n\r\n", "the header of this WARC record is malformed", len(GOOD), 1),
        (b"WARC/1.0\r\n" + b"a: b\r\n" * 20_000, "the header of this WARC record is malformed", 0, 0),
        (b"WARC/1.0\r\nContent-Length: 99999999999999\r\n\r\n", "has no Content-Length up to", 0, 0),
    ],
)  # fmt: skip
def test_a_broken_archive_stops_with_its_place(
    tmp_path: Path, content: bytes, reason: str, place: int, found: int
) -> None:
    """Everything before it is read; what comes after has no beginning that can be trusted."""
    reading = read(tmp_path / "a.warc", content)
    assert reading.error is not None
    assert reason in reading.error.reason
    assert place == reading.error.byte_offset
    assert found == reading.read

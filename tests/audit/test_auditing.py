"""What a night says: accepted findings, alerts, and their way to receivers that are there, hang, or fail."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from corpus_guard.audit.alerts import Alert, expiring
from corpus_guard.audit.baseline import read_baseline
from corpus_guard.audit.sending import Message, body_of, deliver
from corpus_guard.audit.settings import AuditSettings, Email, Webhook
from corpus_guard.audit.unit_scan import fingerprint
from corpus_guard.errors import CatalogError
from tests.audit.small import night, place
from tests.conftest import Done
from tests.corpora import json_lines, rows

BAD, GOOD = "forbidden", "all is well"


def corpus(pipeline: Path, texts: dict[str, list[str]]) -> None:
    """Write shards of these texts, in place of all there are."""
    data = pipeline.parent / "data"
    for path in data.rglob("*.jsonl"):
        path.unlink()
    for shard, own in texts.items():
        json_lines(data / shard, [{"text": text} for text in own])


def kinds(held: Any) -> list[tuple[str, str]]:
    """Return kind and source of every alert."""
    return [(alert["kind"], alert["source"]) for alert in held.facts["alerts"]]


def judged(folder: Path, audit_keys: str = "", more: str = "") -> Path:
    """Return a pipeline whose words are those of the keyword detector, which verdicts go by."""
    pipeline = place(folder, audit_keys, more)
    words = folder / "words.py"
    words.write_text(words.read_text().replace('name = "words"', 'name = "keywords"'))
    shipped = (folder / "rules" / "words.toml").read_text().replace("'words'", "'keywords'", 1)
    (folder / "rules" / "words.toml").write_text(shipped)
    return pipeline


def test_a_source_that_begins_to_fail_is_an_alert_once(tmp_path: Path) -> None:
    """And so is a rate that rises more than by chance; not a rate that stays high, nor one that rises by a document."""
    pipeline = judged(tmp_path)
    corpus(pipeline, {"web/a.jsonl": [GOOD] * 100, "books/a.jsonl": [GOOD] * 100})
    assert [] == kinds(night(pipeline))
    corpus(pipeline, {"web/a.jsonl": [GOOD] * 80 + [BAD] * 20, "books/a.jsonl": [GOOD] * 99 + [BAD]})
    held = night(pipeline)
    assert [("fails", "web"), ("rate", "web")] == [kind for kind in kinds(held) if kind[1]]
    assert "rose from 0 % to 20 %" in held.facts["alerts"][-1]["text"]
    assert "shard web/a.jsonl (+20)" in held.facts["alerts"][-1]["text"]
    assert [] == kinds(night(pipeline))
    assert {"worse": ["books", "web"], "better": [], "appeared": [], "vanished": []} == held.facts["changed_sources"]


def test_new_unscanned_shards_are_an_alert_once(tmp_path: Path) -> None:
    """On the first night too; then only others."""
    pipeline = place(tmp_path)
    corpus(pipeline, {"web/a.jsonl": [GOOD]})
    (tmp_path / "data" / "x.zzz").write_bytes(b"\0\1")
    assert [("unscanned", "")] == kinds(night(pipeline))
    assert [] == kinds(night(pipeline))
    (tmp_path / "data" / "y.zzz").write_bytes(b"\0\1")
    held = night(pipeline)
    assert "y.zzz" in held.facts["alerts"][0]["text"]
    assert "x.zzz" not in held.facts["alerts"][0]["text"]


def test_an_old_library_is_an_alert_when_it_gets_old(tmp_path: Path) -> None:
    """After a week, and again a week later, not every night between."""
    pipeline = judged(tmp_path)
    rules = tmp_path / "rules" / "words.toml"
    rules.write_text(rules.read_text() + "updated = '2099-01-01'\n")  # newer than every shipped rule
    corpus(pipeline, {"web/a.jsonl": [GOOD]})
    days = {day: kinds(night(pipeline, as_of=f"2099-01-{day:02d}")) for day in (8, 9, 10, 14, 15, 16)}
    assert [9, 15] == [day for day, found in days.items() if ("library", "") in found]


def accept(folder: Path, run: Path, expires: str, count: int = 1) -> list[str]:
    """Accept the first findings of a run; return their fingerprints."""
    known = pl.read_parquet(run / "fingerprints.parquet")["fingerprint"].unique(maintain_order=True).to_list()[:count]
    (folder / "baseline.toml").write_text(
        "".join(
            f"[[accepted]]\nfingerprint = '{one}'\nreason = 'a quotation'\nauthor = 'the reviewer'\nexpires = {expires}\n"
            for one in known
        )
    )
    return known


def test_accepted_findings_are_reported_apart_and_come_back(tmp_path: Path) -> None:
    """Counts and verdict stay those of the scan; what they account for is said; the day after they expire they count."""
    pipeline = judged(tmp_path, "baseline = 'baseline.toml'")
    (tmp_path / "baseline.toml").write_text("")
    corpus(pipeline, {"web/a.jsonl": [GOOD] * 9 + [BAD], "books/a.jsonl": [BAD]})
    first = night(pipeline)
    assert first.run is not None
    (own,) = accept(tmp_path, first.run.path, "2026-02-10")
    held = night(pipeline)
    assert held.run is not None
    assert (first.run.summary.rows(), first.run.verdict) == (held.run.summary.rows(), held.run.verdict)
    accepted = held.facts["accepted"]
    assert (1, 1, 0, 0) == tuple(accepted[name] for name in ("findings", "documents", "expired", "unused"))
    assert {"books": 0} == accepted["illegal_documents_without"]
    (row,) = rows(held.run.path, "accepted.csv")
    assert (own, "accepted", "a quotation", "the reviewer", "books") == tuple(
        row[name] for name in ("fingerprint", "state", "reason", "author", "source")
    )
    assert ("accepted", "") in kinds(night(pipeline, as_of="2026-02-09"))
    page = (held.run.path / "report.html").read_text(encoding="utf-8")
    assert "1 findings in 1 documents were reviewed and accepted; they are still part of every count" in page
    assert 'id="trends"' in page
    late = night(pipeline, as_of="2026-02-11").facts["accepted"]
    assert (0, 1) == (late["findings"], late["expired"])


def test_a_source_that_fails_by_accepted_findings_alone_is_quiet(tmp_path: Path) -> None:
    """Whatever line they stand in; one more finding that is not accepted, and it is said."""
    pipeline = judged(tmp_path, "baseline = 'baseline.toml'")
    (tmp_path / "baseline.toml").write_text("")
    corpus(pipeline, {"web/a.jsonl": [BAD]})
    first = night(pipeline)
    assert first.run is not None
    assert ("fails", "web") in kinds(first)
    accept(tmp_path, first.run.path, "2027-01-01")
    corpus(pipeline, {"web/a.jsonl": [GOOD] * 40})
    assert [] == kinds(night(pipeline))
    corpus(pipeline, {"web/a.jsonl": [GOOD, f"on another line  {BAD}"], "books/a.jsonl": [GOOD]})
    assert [] == [kind for kind in kinds(night(pipeline)) if kind[1] == "web"]
    corpus(pipeline, {"web/a.jsonl": [GOOD, BAD, "verboten"], "books/a.jsonl": [GOOD]})
    held = night(pipeline)
    assert held.run is not None
    assert {"web": 1} == held.facts["accepted"]["illegal_documents_without"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "[[accepted]]\nfingerprint = 'zz'\nreason = 'r'\nauthor = 'a'\nexpires = '2026-01-01'",
            '"fingerprint" is none',
        ),
        (f"[[accepted]]\nfingerprint = '{'0' * 32}'\nreason = ' '\nauthor = 'a'\nexpires = '2026-01-01'", "is empty"),
        (f"[[accepted]]\nfingerprint = '{'0' * 32}'\nreason = 'r'\nauthor = 'a'\nexpires = 'soon'", "expected a date"),
        (f"[[accepted]]\nfingerprint = '{'0' * 32}'\nreason = 'r'\nauthor = 'a'", '"expires" is missing'),
        ("accepted = 1", "tables"),
    ],
)
def test_broken_baselines_are_complained_of(tmp_path: Path, text: str, complaint: str) -> None:
    """Nothing is accepted without a reason, an author and a date."""
    path = tmp_path / "baseline.toml"
    path.write_text(text)
    with pytest.raises(CatalogError, match=complaint):
        read_baseline(path)


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ((b"k", "r", "ＡＢ\u3000c", "web"), True), ((b"k", "r", "AB\nC", "web"), True), ((b"k", "r", "abc", "web"), False),
        ((b"k", "s", "ab c", "web"), False), ((b"k", "r", "ab c", "books"), False), ((b"x", "r", "ab c", "web"), False),
    ],
)  # fmt: skip
def test_a_finding_is_known_by_rule_text_and_place(other: tuple[bytes, str, str, str], is_same: bool) -> None:
    """Not by its line, nor by width, case or white space; and by nobody without the secret."""
    assert is_same == (fingerprint(b"k", "r", "ab c", "web") == fingerprint(*other))


def test_evidence_about_to_expire_is_an_alert_once(tmp_path: Path) -> None:
    """When its end comes near, once more on the last two days, and when it is past on the first night that sees it."""
    pipeline = judged(tmp_path)
    pipeline.write_text(pipeline.read_text().replace("[input]", "[input]\nsources = 'sources.toml'"))
    (tmp_path / "contract.pdf").write_text("signed")
    (tmp_path / "sources.toml").write_text(
        "[[source]]\nid = 'web.1'\nkind = 'commercial'\nmatch = ['web/**']\n"
        "contract = { file = 'contract.pdf', expires = 2026-03-20 }\nreview_record = 'contract.pdf'\n"
    )
    corpus(pipeline, {"web/a.jsonl": [GOOD]})
    days = (
        "2026-03-05",
        "2026-03-06",
        "2026-03-07",
        "2026-03-18",
        "2026-03-19",
        "2026-03-20",
        "2026-03-21",
        "2026-03-22",
    )
    said = {
        day: [one for one in night(pipeline, as_of=day).facts["alerts"] if one["kind"] == "evidence"] for day in days
    }

    assert ["2026-03-06", "2026-03-19", "2026-03-20", "2026-03-21"] == [day for day, found in said.items() if found]
    assert [("web.1", 'evidence of source "web.1" expires on 2026-03-20: contract')] == [
        (one["source"], one["text"]) for one in said["2026-03-06"]
    ]
    assert "expired on 2026-03-20" in said["2026-03-21"][0]["text"]


def test_evidence_that_holds_for_long_is_not_told_of() -> None:
    """On the last day before the warning, and where it does not end."""
    evidence = [{"about": "log", "expires": ""}, {"about": "contract", "expires": "2026-02-15"}]
    assert [] == expiring({"entries": [{"id": "web", "evidence": evidence}]}, "2026-01-31", 14)


class Receiver:
    """A server on this machine that keeps what it is sent; *status* is what it answers, *delay* after how long."""

    def __init__(self, statuses: list[int], delay: float = 0.0, answer: bytes = b"{}") -> None:
        self.bodies: list[Any] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.bodies.append(json.loads(body))
                time.sleep(delay)
                status = statuses[min(len(receiver.bodies), len(statuses)) - 1]
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=1"


@contextmanager
def receiving(statuses: list[int], **given: Any) -> Iterator[Receiver]:
    """Run a receiver while the block lasts."""
    receiver = Receiver(statuses, **given)
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()


MESSAGE = Message("2026-01-31", "FAIL", "/runs/x", [Alert("fails", "网页", 'source "网页" fails')])


def settings(tmp_path: Path, **given: Any) -> AuditSettings:
    """Return settings that tell receivers with little patience."""
    return AuditSettings(out=tmp_path, state=tmp_path, **{"timeout": 0.3, "tries": 2} | given)


@pytest.mark.parametrize(
    ("shape", "path"),
    [
        ("dingtalk", ("text", "content")), ("wecom", ("text", "content")), ("feishu", ("content", "text")),
        ("slack", ("text",)), ("json", ("text",)),
    ],
)  # fmt: skip
def test_every_shape_arrives_as_its_service_takes_it(tmp_path: Path, shape: str, path: tuple[str, ...]) -> None:
    """The text stands where it is looked for, Chinese and all."""
    with receiving([200]) as receiver:
        assert [] == deliver(MESSAGE, settings(tmp_path, webhooks=(Webhook(receiver.url, shape),)))
    (body,) = receiver.bodies
    assert body_of(MESSAGE, shape) == body
    for name in path:
        body = body[name]
    assert 'corpus-guard 2026-01-31: FAIL, 1 alerts\n- source "网页" fails' == body


def test_a_receiver_that_fails_is_tried_again_and_given_up(tmp_path: Path) -> None:
    """Once more is enough for one that comes round; the address, which may hold a key, is never said."""
    with receiving([500, 200]) as receiver:
        assert [] == deliver(MESSAGE, settings(tmp_path, webhooks=(Webhook(receiver.url),)))
    assert 2 == len(receiver.bodies)
    with receiving([500]) as receiver:
        (said,) = deliver(MESSAGE, settings(tmp_path, webhooks=(Webhook(receiver.url),)))
    assert 2 == len(receiver.bodies)
    assert "answered 500" in said
    assert "127.0.0.1" not in said
    with receiving([200], answer=b'{"errcode": 310000}') as receiver:
        (said,) = deliver(MESSAGE, settings(tmp_path, webhooks=(Webhook(receiver.url, "dingtalk"),)))
    assert "310000" in said


def test_a_receiver_that_hangs_is_given_up_in_time(tmp_path: Path) -> None:
    """The next receiver is told all the same."""
    with receiving([200], delay=1.5) as slow, receiving([200]) as quick:
        began = time.monotonic()
        hooks = (Webhook(slow.url), Webhook(quick.url), Webhook("http://127.0.0.1:1/"))
        said = deliver(MESSAGE, settings(tmp_path, webhooks=hooks, tries=1))
        assert 1.5 > time.monotonic() - began
    assert (2, 1) == (len(said), len(quick.bodies))


class Mailbox(socketserver.StreamRequestHandler):
    """As much of a mail server as one mail needs."""

    def handle(self) -> None:
        """Take one mail."""
        self.wfile.write(b"220 here\r\n")
        lines: list[str] = self.server.lines  # type: ignore[attr-defined]
        is_data = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            lines.append(line)
            if is_data:
                if line == ".":
                    is_data = False
                    self.wfile.write(b"250 taken\r\n")
            elif line.upper() == "DATA":
                is_data = True
                self.wfile.write(b"354 go on\r\n")
            elif line.upper() == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")


def test_mail_goes_out(tmp_path: Path) -> None:
    """To all it is for; a server that is not there is a sentence."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.lines = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        email = Email("127.0.0.1", "guard@example.com", ("a@example.com", "b@example.com"), server.server_address[1])
        assert [] == deliver(MESSAGE, settings(tmp_path, email=email))
        server.shutdown()
        lines = server.lines  # type: ignore[attr-defined]
    assert {"rcpt TO:<a@example.com>", "rcpt TO:<b@example.com>"} <= {line.replace("RCPT", "rcpt") for line in lines}
    assert "Subject: corpus-guard 2026-01-31: FAIL, 1 alerts" in lines
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = Email("127.0.0.1", "guard@example.com", ("a@example.com",), unused.getsockname()[1])
        assert "ConnectionRefusedError" in deliver(MESSAGE, settings(tmp_path, email=dead, tries=1))[0]


def test_the_verdict_outlives_a_receiver_that_is_not_there(tmp_path: Path, command_line: Callable[..., Done]) -> None:
    """The run folder, the exit code and Prometheus' file are those of the night; what was not reached is noted."""
    hook = "[[audit.webhook]]\nurl = 'http://127.0.0.1:1/'"
    pipeline = judged(tmp_path, "tries = 1\ntimeout = 0.2\nprometheus = 'guard.prom'", hook)
    corpus(pipeline, {'w"eb/a.jsonl': [BAD]})
    done = command_line("audit", pipeline)
    assert 1 == done.code
    assert "was not reached in 1 tries" in done.err.replace("\n", " ")
    facts = json.loads((tmp_path / "nights" / "2026-01-31" / "audit.json").read_text(encoding="utf-8"))
    assert 1 == len(facts["undelivered"])
    metrics = (tmp_path / "guard.prom").read_text(encoding="utf-8")
    assert 'corpus_guard_source_illegal_documents{source="w\\"eb"} 1\n' in metrics
    assert "\ncorpus_guard_verdict 1\n" in metrics

"""Alerts on their way: webhooks, e-mail, a file for Prometheus. A receiver that hangs or fails is given up in time.

The verdict is on disk before any of this begins, and nothing that goes wrong here changes it.
"""

from __future__ import annotations

import json
import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus_guard.audit.alerts import Alert
from corpus_guard.audit.settings import AuditSettings, Email, Webhook
from corpus_guard.results import Run
from corpus_guard.runs import write_text

_MOST = 20
_PAUSE = 0.5


@dataclass(frozen=True)
class Message:
    """What is said of a night."""

    night: str
    verdict: str
    run: str
    alerts: Sequence[Alert]

    @property
    def title(self) -> str:
        """One line."""
        return f"corpus-guard {self.night}: {self.verdict}, {len(self.alerts)} alerts"

    @property
    def text(self) -> str:
        """The title and a line for each alert."""
        shown = [f"- {alert.text}" for alert in self.alerts[:_MOST]]
        more = [f"- and {len(self.alerts) - _MOST} more in {self.run}"] if len(self.alerts) > _MOST else []
        return "\n".join([self.title, *shown, *more])


def body_of(message: Message, shape: str) -> dict[str, Any]:
    """Return what a webhook of this shape takes.

    `dingtalk`, `wecom`, `feishu` and `slack` are the text messages of the robots of these services.
    """
    text = message.text
    if shape in ("dingtalk", "wecom"):
        return {"msgtype": "text", "text": {"content": text}}
    if shape == "feishu":
        return {"msg_type": "text", "content": {"text": text}}
    if shape == "slack":
        return {"text": text}
    alerts = [asdict(alert) for alert in message.alerts]
    return {"night": message.night, "verdict": message.verdict, "run": message.run, "alerts": alerts, "text": text}


def deliver(message: Message, settings: AuditSettings) -> list[str]:
    """Tell every receiver of the settings; return a sentence for each that was not reached. Never raises."""
    ways: list[tuple[str, Callable[[], None]]] = [
        (f"webhook {number} ({hook.shape})", lambda hook=hook: _post(hook, message, settings.timeout))  # type: ignore[misc]
        for number, hook in enumerate(settings.webhooks, 1)
    ]
    if settings.email is not None:
        own = settings.email
        ways.append((f"mail server {own.host}", lambda: _mail(own, message, settings.timeout)))
    return [fault for name, way in ways if (fault := _tried(name, way, settings.tries))]


def _tried(name: str, way: Callable[[], None], tries: int) -> str:
    """Try so many times; return what went wrong the last time, empty when it went well. No address is quoted."""
    fault = ""
    for attempt in range(tries):
        try:
            way()
        except _RefusedError as error:
            fault = str(error)
        except (OSError, HTTPException, smtplib.SMTPException, ValueError) as error:
            fault = type(error).__name__
        else:
            return ""
        if attempt + 1 < tries:
            time.sleep(_PAUSE * 2**attempt)
    return f"{name} was not reached in {tries} tries ({fault}); the verdict stands in the run folder all the same"


class _RefusedError(Exception):
    """The receiver answered that it does not take the message."""


def _post(hook: Webhook, message: Message, timeout: float) -> None:
    parts = urlsplit(hook.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = json.dumps(body_of(message, hook.shape), ensure_ascii=False).encode()
        connection.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8"})
        answer = connection.getresponse()
        said = answer.read(65_536)
    finally:
        connection.close()
    if answer.status >= 300:
        raise _RefusedError(f"it answered {answer.status}")
    if hook.shape in ("dingtalk", "wecom", "feishu"):
        _check_answer(said)


def _check_answer(said: bytes) -> None:
    """These robots answer 200 whatever happens, and say in the body whether they took it."""
    try:
        answer = json.loads(said)
    except ValueError:
        return
    code = next((answer[name] for name in ("errcode", "code", "StatusCode") if name in answer), 0)
    if code:
        raise _RefusedError(f"it answered code {code}")


def _mail(email: Email, message: Message, timeout: float) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = message.title, email.sender, ", ".join(email.to)
    mail.set_content(message.text)
    with smtplib.SMTP(email.host, email.port, timeout=timeout) as server:
        if email.starttls:
            server.starttls()
        if email.user:
            server.login(email.user, email.password)
        server.send_message(mail)


def write_prometheus(path: Path, run: Run, facts: Mapping[str, Any], now: float) -> None:
    """Write the night as a file for the text collector of Prometheus' node exporter."""
    known = run.summary.iter_rows(named=True)
    lines = [
        *_metric("last_run_timestamp_seconds", "When the last audit ended.", [("", now)]),
        *_metric("verdict", "0 PASS, 1 FAIL, 3 INCONCLUSIVE.", [("", run.exit_code)]),
        *_metric("alerts", "Alerts of the last audit.", [("", len(facts.get("alerts", ())))]),
        *_metric("seconds", "How long the last audit took.", [("", run.facts["seconds"])]),
    ]
    rows = list(known)
    codes = {"PASS": 0, "FAIL": 1}
    columns = ("documents", "illegal_documents", "illegal_rate", "suspect_documents", "unscanned_documents",
               "personal_info_documents")  # fmt: skip
    verdicts = [(row["source"], codes.get(row["verdict"], 3)) for row in rows]
    lines += _metric("source_verdict", "0 PASS, 1 FAIL, 3 INCONCLUSIVE.", verdicts)
    for column in columns:
        values = [(row["source"], row[column]) for row in rows if row[column] is not None]
        lines += _metric(f"source_{column}", f"{column} of summary.csv.", values)
    write_text(path, "\n".join(lines) + "\n")


def _metric(name: str, says: str, values: Sequence[tuple[str, float]]) -> list[str]:
    full = f"corpus_guard_{name}"
    shown = [f"{full}{_label(source)} {value}" for source, value in values]
    return [f"# HELP {full} {says}", f"# TYPE {full} gauge", *shown] if shown else []


def _label(source: str) -> str:
    if not source:
        return ""
    safe = source.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{{source="{safe}"}}'

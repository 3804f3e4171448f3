"""`[audit]` of a pipeline file: where state and runs go, how long to work, what to keep, whom to tell."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from corpus_guard.catalog.pipelines import AUDIT
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_toml

SHAPES = ("json", "dingtalk", "wecom", "feishu", "slack")

_WEBHOOK = {"url": Field(str), "url_env": Field(str), "shape": Field(str, choices=SHAPES)}
_EMAIL = {
    "host": Field(str, required=True), "port": Field(int), "sender": Field(str, required=True),
    "to": Field(list, required=True), "starttls": Field(bool), "user": Field(str), "password_env": Field(str),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that alerts are posted to, and the form that whoever listens there reads."""

    url: str
    shape: str = "json"


@dataclass(frozen=True, slots=True)
class Email:
    """A mail server, and who hears of alerts through it. The password stays in the environment."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 25
    starttls: bool = False
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What a nightly is asked to do.

    out         the folder of the dated runs and of history.csv;  state  where results of earlier nights are kept
    keep        how many runs stay, 0 for all;  max_hours  when to stop, 0 for never
    verify_nights  in how many nights every shard is read again, though its size and time say that it did not change
    library_days   the age at which a keyword library is complained of
    warn_days      how long before evidence or an accepted finding expires to say so
    alpha          a rate has risen where chance alone would do so in fewer than this share of nights
    timeout, tries seconds that a receiver of alerts may take, and how often it is tried
    """

    out: Path
    state: Path
    keep: int = 0
    max_hours: float = 0.0
    verify_nights: int = 30
    baseline: Path | None = None
    prometheus: Path | None = None
    library_days: int = 7
    warn_days: int = 14
    alpha: float = 0.01
    timeout: float = 10.0
    tries: int = 3
    webhooks: tuple[Webhook, ...] = ()
    email: Email | None = None


def read_settings(pipeline: Path) -> AuditSettings:
    """Return `[audit]` of a pipeline file; raise `CatalogError` with all its complaints."""
    complaints = Complaints()
    where = f"{pipeline}: [audit]"
    table = (read_toml(pipeline, complaints) or {}).get("audit", {})
    good = check_table(table if isinstance(table, dict) else {}, AUDIT, where, complaints)
    if "out" not in good:
        complaints.add(where, 'the field "out" is missing; name the folder that dated runs go to')
    _check_numbers(good, where, complaints)
    webhooks = tuple(_webhook(one, f"{where} webhook {number}", complaints)
                     for number, one in enumerate(good.pop("webhook", ()), 1))  # fmt: skip
    email = _email(good.pop("email"), f"{where} email", complaints) if "email" in good else None
    complaints.raise_if_any()
    for name in ("out", "state", "baseline", "prometheus"):
        if name in good:
            good[name] = pipeline.parent / good[name]
    good.setdefault("state", good["out"] / "_state")
    known = {field.name for field in fields(AuditSettings)}
    values = {name: value for name, value in good.items() if name in known}
    return AuditSettings(**values, webhooks=webhooks, email=email)


def _check_numbers(good: dict[str, Any], where: str, complaints: Complaints) -> None:
    least = {"keep": 0, "max_hours": 0, "verify_nights": 1, "library_days": 0, "warn_days": 0, "timeout": 0.01,
             "tries": 1}  # fmt: skip
    for name, bound in least.items():
        if good.get(name, bound) < bound:
            complaints.add(where, f'"{name}" is {good[name]}, expected at least {bound}')
    if not 0 < good.get("alpha", 0.5) < 1:
        complaints.add(where, f'"alpha" is {good["alpha"]}, expected a share between 0 and 1')


def _webhook(table: Mapping[str, Any], where: str, complaints: Complaints) -> Webhook:
    good = check_table(table, _WEBHOOK, where, complaints)
    url = good.get("url", "") or _secret(good.get("url_env", ""), where, complaints)
    if not url.startswith(("http://", "https://")) and not good.get("url_env"):
        complaints.add(where, '"url" is no http or https address; give one, or "url_env", the variable that holds it')
    return Webhook(url, good.get("shape", "json"))


def _email(table: Mapping[str, Any], where: str, complaints: Complaints) -> Email | None:
    good = check_table(table, _EMAIL, where, complaints)
    if not {"host", "sender", "to"} <= good.keys():
        return None
    password = _secret(good.pop("password_env", ""), where, complaints)
    return Email(**good | {"to": tuple(good["to"])}, password=password)


def _secret(variable: str, where: str, complaints: Complaints) -> str:
    if variable and variable not in os.environ:
        complaints.add(where, f"the environment has no variable {variable}; set it, or take it out")
    return os.environ.get(variable, "") if variable else ""

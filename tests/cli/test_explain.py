"""`explain` says what was found, by which rule, and what the rule means."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from corpus_guard.cli.app import app

TEXT = "at 127.0.0.1 电话13800138000"


def test_each_finding_comes_with_what_its_rule_means() -> None:
    """A line a finding, and below it the title of the rule: of an address that all machines have, why it is nobody's."""
    said = CliRunner().invoke(app, ["explain", TEXT, "--detector", "personal_info"])
    lines = said.stdout.splitlines()

    assert 0 == said.exit_code, said.output
    assert [["3–12", "info"], ["15–26", "suspect"]] == [line.split()[:2] for line in lines[::2]]
    assert "it tells nobody from others" in lines[1]
    assert ["    Chinese mobile number"] == lines[3:]
    assert "13800138000" not in said.stdout


def test_json_holds_the_columns_of_findings_alone() -> None:
    """The machine-readable answer has no key besides."""
    said = CliRunner().invoke(app, ["explain", TEXT, "--detector", "personal_info", "--json"])
    found = json.loads(said.stdout)["findings"]

    assert ["ipv4-special", "cn-mobile"] == [row["rule"] for row in found]
    assert "title" not in found[0]

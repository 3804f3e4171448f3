"""`corpus-guard sources`: a draft of what is there, and what a manifest lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from corpus_guard import assess, scan
from corpus_guard.cli.app import app
from corpus_guard.errors import CatalogError, UsageError
from corpus_guard.manifests import read_manifest

LINE = '{"text": "今天天气很好，我们去公园。"}\n'


def run(*words: str | Path) -> Result:
    """Run `corpus-guard sources` with *words*."""
    return CliRunner().invoke(app, ["sources", *map(str, words)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder with a data set that has a card, and one without."""
    folder = tmp_path / "data"
    for name in ("hub/train/a-00000-of-00001.jsonl", "plain/b.jsonl", "top.jsonl"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(LINE, encoding="utf-8")
    (folder / "hub" / "README.md").write_text("---\nlicense: mit\nlanguage: zh\n---\n")
    (folder / "hub" / "LICENSE").write_text("MIT License\n")
    return folder


def gaps(*words: str | Path) -> list[dict[str, Any]]:
    """Return what `sources check --json` finds."""
    found: list[dict[str, Any]] = json.loads(run("check", "--json", *words).stdout)["gaps"]
    return found


def test_a_draft_says_what_cards_say(data: Path) -> None:
    """The nearest card speaks of a source; everything else is left to be completed, and the draft can be read."""
    assert (0, f"{data / 'sources.toml'}\n") == ((done := run("init", data)).exit_code, done.stdout)
    hub, plain, top = read_manifest(data / "sources.toml").entries
    assert ("hub", "open_source", "MIT", ("zh",), ("hub/**",)) == (
        hub.id,
        hub.kind,
        hub.licence,
        hub.languages,
        hub.match,
    )
    assert ("licence_file", "hub/LICENSE") == (hub.evidence[0].about, hub.evidence[0].file)
    assert hub.evidence[0].sha256 == hub.evidence[0].found
    assert ("", ("top.jsonl",)) == (plain.kind, top.match)


def test_a_draft_replaces_nothing(data: Path) -> None:
    """Unless it is told to."""
    run("init", data)
    with pytest.raises(UsageError, match="exists; use --overwrite"):
        raise run("init", data).exception or AssertionError
    assert 0 == run("init", data, "--overwrite").exit_code
    with pytest.raises(UsageError, match="is no folder"):
        raise run("init", data / "top.jsonl").exception or AssertionError


def test_check_names_data_without_a_source(data: Path) -> None:
    """And sources without data, licences that a file contradicts, evidence that is missing."""
    manifest = data / "sources.toml"
    manifest.write_text(
        '[[source]]\nid = "hub"\nmatch = ["hub/**"]\nkind = "open_source"\nlicence = "Apache-2.0"\nother_evidence = "no.pdf"\n'
        '[[source]]\nid = "ghost"\nmatch = ["ghost/**"]\nkind = "user_input"\n'
    )
    found = [(gap["source"], gap["clause"], gap["reason"]) for gap in gaps(manifest, data)]
    assert ("", "5.1-c", 'the shard "plain/b.jsonl" has no source in the manifest') in found
    assert ("ghost", "", "no data is matched by it; change its globs, or leave it out") in found
    assert ("hub", "5.1-c-1", "the manifest says Apache-2.0, README.md says MIT") in found
    assert ("hub", "", 'the file "no.pdf" named by "other_evidence" is missing') in found
    assert ("ghost", "5.1-c-4", 'the manifest names no file under "user_authorisation"') in found
    assert 1 == run("check", manifest).exit_code


def test_one_of_a_thing_is_said_as_one(tmp_path: Path) -> None:
    """One source and one gap, two sources and more."""
    manifest = tmp_path / "sources.toml"
    one = '[[source]]\nid = "{}"\nmatch = ["{}/**"]\nkind = "open_source"\nother_evidence = "no.pdf"\n'
    manifest.write_text(one.format("a", "a"))
    alone = run("check", manifest).stderr
    manifest.write_text(one.format("a", "a") + one.format("b", "b"))

    assert alone.startswith("1 source, ")
    assert run("check", manifest).stderr.startswith("2 sources, ")


def test_a_shard_of_two_sources_is_refused(data: Path) -> None:
    """By the check and by a scan: data has one source."""
    manifest = data / "sources.toml"
    manifest.write_text('[[source]]\nid = "a"\nmatch = ["hub/**"]\n[[source]]\nid = "b"\nmatch = ["**/*.jsonl"]\n')
    because = "the shard \"hub/train/a-00000-of-00001.jsonl\" is matched by the sources 'a' and 'b' of the manifest"
    assert any(because in gap["reason"] for gap in gaps(manifest, data))
    with pytest.raises(CatalogError, match="is matched by the sources 'a' and 'b'"):
        scan(data, sources=manifest, detectors=["exact_duplicates"])


def test_a_document_of_two_sources_stops_a_scan(data: Path) -> None:
    """Where columns alone tell, only the data shows it."""
    (data / "top.jsonl").write_text('{"text": "a", "site": "n", "lang": "zh"}\n')
    manifest = data / "sources.toml"
    manifest.write_text(
        '[[source]]\nid = "a"\ncolumns = { site = "n" }\n[[source]]\nid = "b"\ncolumns = { lang = "zh" }\n'
    )
    with pytest.raises(UsageError, match='show the "columns" of the sources "a" and "b"'):
        scan(data, sources=manifest, detectors=["exact_duplicates"])


def test_licences_of_cards_reach_the_summary(data: Path) -> None:
    """Those that a manifest names as well, by their SPDX ids."""
    manifest = data / "sources.toml"
    manifest.write_text('[[source]]\nid = "plain"\nmatch = ["plain/**"]\nlicence = "Apache License 2.0"\n')
    summary = scan(data, sources=manifest, detectors=["exact_duplicates"]).summary
    assert {"hub": "MIT", "plain": "Apache-2.0", "top": ""} == dict(summary.select("source", "licences").iter_rows())


def test_a_manifest_among_the_data_is_no_data(data: Path) -> None:
    """Whatever its format."""
    manifest = data / "list.csv"
    manifest.write_text("id,match\nhub,hub/**\nplain,plain/**\ntop,top.jsonl\n")
    assert {"hub", "plain", "top"} == set(
        scan(data, sources=manifest, detectors=["exact_duplicates"]).summary["source"]
    )
    assert [] == [gap for gap in gaps(manifest, data) if gap["clause"] == "5.1-c"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["mit"], ""), ([], ""), (["mit", "gpl-3.0"], "LICENSE and README.md say MIT, documents say GPL-3.0"),
        (["cc-by-4.0"], "LICENSE and README.md say MIT, documents say CC-BY-4.0"),
    ],
)  # fmt: skip
def test_a_card_that_columns_contradict_is_said(data: Path, rows: list[str], expected: str) -> None:
    """With a manifest it leaves 5.1-c-1 open; without one the reason says so all the same, and judging again keeps it."""
    lines = [json.dumps({"text": f"今天天气很好，第{number}天。", "license": tag}) for number, tag in enumerate(rows)]
    (data / "hub" / "train" / "a-00000-of-00001.jsonl").write_text("\n".join(lines or [LINE]) + "\n")
    done = scan(data, detectors=["licensing"], out=data.parent / "run")
    plain = done.assessment
    manifest = data / "sources.toml"
    manifest.write_text('[[source]]\nid = "hub"\nkind = "open_source"\nmatch = ["hub/**"]\nlicence = "MIT"\n')
    judged = assess(done.path, sources=manifest).assessment

    for rows_of, source in ((plain, ""), (judged, "hub")):
        (row,) = rows_of.filter(clause="5.1-c-1", source=source).iter_rows(named=True)
        assert ("documents say" in row["reason"]) == bool(expected)
        assert expected.replace("LICENSE and README.md", "") in row["reason"]

"""Manifests: every complaint, and what is made of a good one."""

from __future__ import annotations

import tracemalloc
from hashlib import sha256
from pathlib import Path

import pytest

from corpus_guard.core.evidence_file import EvidenceFile
from corpus_guard.core.source import SourceEntry
from corpus_guard.manifests import read_manifest
from tests.catalog.complaints import complaints

SOURCE = '[[source]]\nid = "web"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ['the field "source" is missing']),
        ("source = []", ["the manifest names no source; write a [[source]] for each, or leave --sources out"]),
        ("[source]\nid = 'web'", ['"source" holds a table, a list was expected']),
        ("[[source]]\nkind = 'commercial'", ['$.source[0]: the field "id" is missing']),
        ("[[source]]\n[[source]]", [f'$.source[{number}]: the field "id" is missing' for number in (0, 1)]),
        ('[[source]]\nid = " "', ['$.source[0]: "id" is empty; name the source']),
        (SOURCE + 'knid = "commercial"', ['$.source[0]: unknown field "knid"; did you mean "kind"?']),
        (SOURCE + 'kind = "opensource"',
         [('$.source[0]: "kind" is "opensource", expected one of open_source, self_collected, commercial, user_input; '
           'did you mean "open_source"?')]),
        (SOURCE + 'origin = "abroad"', ['$.source[0]: "origin" is "abroad", expected one of domestic, foreign']),
        (SOURCE + 'stage = "clean"', ['$.source[0]: "stage" is "clean", expected one of raw, filtered, training']),
        (SOURCE + 'match = "web/**"', ['$.source[0]: "match" holds a string, a list was expected']),
        (SOURCE + "columns = { site = 1 }",
         ['$.source[0]: "columns.site" holds no string; give the value a document must show']),
        (SOURCE + 'match = ["a/**", "b/**"]\n[[source]]\nid = "news"\nmatch = ["b/**"]',
         ['$.source[1]: the glob "b/**" is also one of source "web"; data has one source']),
        (SOURCE + 'columns = { a = "1", b = "2" }\n[[source]]\nid = "news"\ncolumns = { b = "2", a = "1" }',
         ['$.source[1]: its "columns" are also those of source "web"; data has one source']),
        (SOURCE + "contrct = 'a.pdf'", ['$.source[0]: unknown field "contrct"; did you mean "contract"?']),
        (SOURCE + "collected_from = 2025-02-01\ncollected_to = 2025-01-01",
         ['$.source[0]: "collected_from" is after "collected_to"; change the two']),
        (SOURCE + "collected_from = 'last year'", ['$.source[0]: "collected_from" is no day; write it as 2026-01-31']),
        (SOURCE + "pre_collection_rate = 3\npre_collection_sample = 0",
         ['$.source[0]: "pre_collection_rate" is 3, a share from 0 to 1 was expected; write 5 % as 0.05',
          '$.source[0]: "pre_collection_sample" is 0, a number of items from 1 on was expected']),
        (SOURCE + "log_sha256 = 'ab'", ['$.source[0]: "log_sha256" is given without "log"; name the file']),
        (SOURCE + "log = { sha256 = 'ab' }", ['$.source[0].log: the field "file" is missing']),
        (SOURCE + "log = { file = 'log.txt', sha256 = 'ab' }",
         ['$.source[0]: "log" has a "sha256" that is none; give 64 hexadecimal digits']),
        (SOURCE + "log = 7", ['$.source[0]: "log" names no file; write its path, or a table with "file" and "sha256"']),
        (SOURCE + SOURCE, ['$.source[1]: the id "web" is used twice']),
        (SOURCE + "match = [1]\n" + SOURCE + "stage = 2",
         ['$.source[0]: "match" holds a whole number in its list, a string was expected',
          '$.source[1]: "stage" holds a whole number, a string was expected', '$.source[1]: the id "web" is used twice']),
    ],
)  # fmt: skip
def test_complaints_about_a_manifest(tmp_path: Path, text: str, expected: list[str]) -> None:
    """All of them, by file and key path."""
    assert [f"sources.toml: {one}" for one in expected] == complaints(read_manifest, tmp_path / "sources.toml", text)


def test_a_good_manifest_is_read_whole(tmp_path: Path) -> None:
    """In the order of the file, with the digest of its bytes."""
    path = tmp_path / "sources.toml"
    path.write_text(
        SOURCE + 'kind = "self_collected"\norigin = "foreign"\nstage = "raw"\nmatch = ["web/**"]\n'
        '[[source]]\nid = "news"\ncolumns = { site = "n", lang = "zh" }\n'
    )
    manifest = read_manifest(path)
    web, news = manifest.entries
    assert (True, sha256(path.read_bytes()).hexdigest()) == (manifest.given, manifest.digest)
    assert ("self_collected", "foreign", "raw", ("web/**",)) == (web.kind, web.origin, web.stage, web.match)
    assert SourceEntry("news", columns=(("site", "n"), ("lang", "zh"))) == news


def test_a_day_that_has_not_come_is_no_evidence(tmp_path: Path) -> None:
    """Days run to today, or to the day that a scan counts to."""
    path = tmp_path / "sources.toml"
    text = SOURCE + "collected_from = 2999-01-31\n"
    (found,) = complaints(read_manifest, path, text)
    assert '"collected_from" is 2999-01-31, a day that has not come yet on' in found
    assert "2999-01-31" == read_manifest(path, as_of="2999-02-01").entries[0].collected_from


@pytest.mark.parametrize("file", ["../secret.pdf", "/etc/hosts", "a/../../secret.pdf", "link.pdf"])
def test_evidence_outside_the_folder_is_refused(tmp_path: Path, file: str) -> None:
    """Also by a link that leads out."""
    (tmp_path / "secret.pdf").write_bytes(b"s")
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    (found,) = complaints(read_manifest, folder / "sources.json", f'[{{"id": "web", "log": "{file}"}}]')
    assert '"log" names a file outside the folder of the manifest' in found


def test_evidence_is_looked_at_when_the_manifest_is_read(tmp_path: Path) -> None:
    """By its digest; a file that is not there is noted for the judging, not complained of."""
    (tmp_path / "log.txt").write_bytes(b"log")
    known = sha256(b"log").hexdigest()
    path = tmp_path / "sources.toml"
    path.write_text(
        SOURCE + f'log = {{ file = "log.txt", sha256 = "{known}", expires = 2027-01-01 }}\nip_review = "no.pdf"\n'
    )
    log, review = read_manifest(path).entries[0].evidence
    assert EvidenceFile("log", "log.txt", known, known, expires="2027-01-01") == log
    assert ("", "is missing") == (review.found, review.problem)


def test_large_evidence_is_hashed_as_it_streams(tmp_path: Path) -> None:
    """A file of 64 MiB takes less memory than it holds, so one of any size does."""
    with (tmp_path / "log.bin").open("wb") as file:
        file.truncate(64 * 2**20)
    path = tmp_path / "sources.toml"
    path.write_text(SOURCE + 'log = "log.bin"\n')
    tracemalloc.start()
    (log,) = read_manifest(path).entries[0].evidence
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert log.found
    assert peak < 8 * 2**20

"""Manifests: every complaint, and what is made of a good one."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from corpus_guard.catalog.manifests import read_manifest
from corpus_guard.core.source import SourceEntry
from tests.catalog.complaints import complaints

SOURCE = '[[source]]\nid = "web"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ['the field "source" is missing']),
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

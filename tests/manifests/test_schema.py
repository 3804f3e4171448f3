"""The JSON Schema says what the reader does."""

from __future__ import annotations

from dataclasses import fields

from corpus_guard.core.source import SourceEntry
from corpus_guard.manifests.keys import FILES, KEYS
from corpus_guard.manifests.schema import manifest_schema


def test_the_schema_knows_every_key() -> None:
    """With what it holds, and the values it may have."""
    source = manifest_schema()["properties"]["source"]["items"]
    known = source["properties"]
    assert {key.name for key in KEYS} <= known.keys()
    assert ["id"] == source["required"]
    assert ["domestic", "foreign"] == known["origin"]["enum"]
    assert {"contract_sha256", "contract_expires"} <= known.keys()
    assert all(key.says.endswith(".") for key in KEYS)


def test_every_key_has_its_place() -> None:
    """A key is a field of the entry, or names a file of evidence: none is read and forgotten."""
    held = {field.name for field in fields(SourceEntry)} - {"evidence", "spdx"}
    assert held == {key.name for key in KEYS} - set(FILES)

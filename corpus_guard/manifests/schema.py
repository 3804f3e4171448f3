"""The JSON Schema of a manifest, for editors: made of the same keys that the reader checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus_guard.manifests.keys import FILES, KEYS, Holds, Key

_DAY: dict[str, Any] = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_SHA256: dict[str, Any] = {"type": "string", "pattern": "^(sha256:)?[0-9a-fA-F]{64}$"}
_FILE: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"$ref": "#/$defs/file"},
        {"type": "array", "items": {"anyOf": [{"type": "string", "minLength": 1}, {"$ref": "#/$defs/file"}]}},
    ]
}
_TYPES: Mapping[Holds, dict[str, Any]] = {
    "text": {"type": "string"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "pairs": {"type": "object", "additionalProperties": {"type": "string"}},
    "date": _DAY,
    "count": {"type": "integer", "minimum": 0},
    "rate": {"type": "number", "minimum": 0, "maximum": 1},
    "flag": {"type": "boolean"},
    "file": _FILE,
}


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a manifest in TOML, YAML or JSON."""
    properties = {key.name: _property(key) for key in KEYS}
    for name in FILES:
        properties[f"{name}_sha256"] = {"description": f"SHA-256 of the file that {name} names."} | _SHA256
        properties[f"{name}_expires"] = {"description": f"Last day on which {name} holds."} | _DAY
    source = {
        "type": "object",
        "required": [key.name for key in KEYS if key.required],
        "additionalProperties": False,
        "properties": properties,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sources of a training corpus",
        "type": "object",
        "required": ["source"],
        "additionalProperties": False,
        "properties": {"source": {"type": "array", "minItems": 1, "items": source}},
        "$defs": {
            "file": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {"file": {"type": "string", "minLength": 1}, "sha256": _SHA256, "expires": _DAY},
            }
        },
    }


def _property(key: Key) -> dict[str, Any]:
    return {"description": key.says} | _TYPES[key.holds] | ({"enum": list(key.choices)} if key.choices else {})

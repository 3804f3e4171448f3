"""Manifests of sources: their keys, the formats they come in, the evidence they name, and drafts of them."""

from corpus_guard.manifests.reading import read_manifest

__all__ = ["read_manifest"]

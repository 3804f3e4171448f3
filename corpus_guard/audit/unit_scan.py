"""Scans a split for keeping: as `split_scan` does, with two columns to put findings in order by and a fingerprint each.

A detector whose rules changed is asked alone, so the findings of a split come together from several nights; the order
within a document must not depend on that.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from corpus_guard.core.arrays import arrow_array
from corpus_guard.core.finding import document_of
from corpus_guard.core.labels import Labels
from corpus_guard.core.shard import Split
from corpus_guard.evidence import FINDINGS_SCHEMA, findings_table, matched_texts
from corpus_guard.scanner import Scanned
from corpus_guard.split_scan import ScanSplit

KEPT_SCHEMA = pa.schema(
    [*FINDINGS_SCHEMA, ("in_column", pa.string()), ("text", pa.int64()), ("fingerprint", pa.string())]
)
ORDER = ("row", "in_column", "text", "start", "end", "rule")
"""The order of findings in a run folder: rules are in the order of their ids."""


@dataclass
class ScanUnit(ScanSplit):
    """The task of an audit: a split in, files to keep out."""

    secret: bytes = b""
    schema: ClassVar[pa.Schema] = KEPT_SCHEMA

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"secret": self.secret}

    def table(self, scanned: Scanned, split: Split, sources: Labels, document_ids: pa.Array) -> pa.Table:
        """Return the findings of a batch as rows under `KEPT_SCHEMA`."""
        table = findings_table(scanned, split.shard.name, sources, document_ids, self.plan)
        columns = [*table.columns, *self._more(scanned, table)]
        return pa.table(columns, KEPT_SCHEMA)

    def _more(self, scanned: Scanned, table: pa.Table) -> list[pa.Array]:
        findings, batch = scanned.findings, scanned.batch
        first = np.full(len(batch.rows), len(batch.texts), np.int64)
        np.minimum.at(first, batch.documents, np.arange(len(batch.documents)))
        in_text = findings.column == ""
        place = np.where(in_text, findings.text - first[document_of(findings, batch)], 0)
        about = zip(table["rule"].to_pylist(), matched_texts(scanned), table["document_id"].to_pylist(),
                    table["source"].to_pylist(), strict=True)  # fmt: skip
        prints = [fingerprint(self.secret, rule, text, document or source) for rule, text, document, source in about]
        return [
            arrow_array(findings.column.tolist(), pa.string()),
            arrow_array(place),
            arrow_array(prints, pa.string()),
        ]


def fingerprint(secret: bytes, rule: str, text: str, place: str) -> str:
    """Return what a finding is known by: its rule, the text it matched, the document or else the source it lies in.

    Width, case and white space do not count, nor does the line. Keyed, so that no telephone number can be guessed
    from it.

    >>> fingerprint(b"k", "r", "ＡＢ  c", "web") == fingerprint(b"k", "r", "ab C", "web")
    True
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hmac.new(secret, f"{rule}\0{plain}\0{place}".encode("utf-8", "surrogatepass"), sha256).hexdigest()[:32]

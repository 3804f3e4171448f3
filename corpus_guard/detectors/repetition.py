"""repetition: lines and paragraphs that stand in many documents, as navigation, notices and signatures do.

It finds nothing in a single document. It leaves a key of every line, and of every paragraph of several lines; the
engine's shuffle counts the documents of each. It runs only where `--repetition` asks for it, for it keeps a key of
every line of the corpus while a scan is at work.

Options: `shortest`, the fewest characters of a line that is looked at; `documents`, from how many on it is repeated
(rules/repetition.toml).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from corpus_guard.catalog.repetition import SETTINGS, read_repetition
from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Folded, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings

PARTS = pa.struct([("paragraph", pa.bool_()), ("key", pa.uint64()), ("characters", pa.int64())])
"""A line or a paragraph: its key, and how many characters of the document are of it."""

_PARAGRAPHS = "\n\n"


class Repetition:
    """Leaves a key of each line and paragraph."""

    name = "repetition"
    columns: tuple[str, ...] = ()
    content = False
    options: tuple[str, ...] = SETTINGS
    gates: Sequence[Gate] = ()

    def __init__(self, setting: Setting) -> None:
        self._shortest = read_repetition(setting.options)["shortest"]

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return nothing: a repetition is a property of the corpus."""
        return Findings.none()

    def fingerprint(self, batch: Batch, views: Sequence[Folded]) -> pa.RecordBatch:
        """Return the list `parts` of each document: every different line and paragraph once, with its characters."""
        texts = pl.DataFrame({"document": batch.documents, "text": pl.Series(batch.texts)}).with_columns(
            text=pl.col("text").str.replace_all("\r\n", "\n", literal=True)
        )
        blocks = texts.select("document", part=pl.col("text").str.split(_PARAGRAPHS)).explode("part")
        blocks = blocks.filter(pl.col("part").str.strip_chars().str.contains("\n", literal=True))
        lines = texts.select("document", part=pl.col("text").str.split("\n")).explode("part")
        found = pl.concat([self._parts(lines, paragraph=False), self._parts(blocks, paragraph=True)])
        lists = found.group_by("document").agg(pl.struct("paragraph", "key", "characters").alias("parts"))
        every = pl.DataFrame({"document": range(len(batch.rows))}, schema={"document": pl.Int64})
        listed = every.join(lists, on="document", how="left").sort("document")["parts"].to_arrow()
        return pa.RecordBatch.from_pydict({"parts": listed.cast(pa.large_list(PARTS))})

    def _parts(self, parts: pl.DataFrame, *, paragraph: bool) -> pl.DataFrame:
        """The different ones of each document."""
        parts = parts.with_columns(pl.col("part").str.strip_chars())
        parts = parts.with_columns(characters=pl.col("part").str.len_chars().cast(pl.Int64))
        parts = parts.filter(pl.col("characters") >= self._shortest).with_columns(key=pl.col("part").hash())
        summed = parts.group_by("document", "key").agg(pl.col("characters").sum())
        return summed.select("document", "key", "characters", paragraph=pl.lit(paragraph))

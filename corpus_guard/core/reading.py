"""What a reader is asked for, and the names that tell it where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

BATCH_BYTES = 16 * 2**20
"""Upper bound of the text in one batch; a single longer text makes a batch of its own."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """Names by which columns, metadata files and shard numbers are known; read from `rules/input.toml`.

    text_columns    names of a column that holds a document's text, the best first
    turn_columns    columns of chat samples -> keys of a turn that hold its text, e.g. {"messages": ("content",)}
    call_keys       keys of a turn under which tools are called, with strings at any depth: `tool_calls`
    sample_columns  columns that together make a fine-tuning sample (`instruction`, `input`, `output` …)
    sample_turn_keys  keys of a turn that hold its text, where a sample column holds turns
    roles           other columns by what they say: `document_id`, `source`, `licence`, `url` -> names, the best first
    metadata_files  file names (lower case, glob) that are no data and are passed over
    numbering       regular expressions of shard numbers at the end of a file's stem
    bytes_per_token  bytes of UTF-8 that a token of a language takes, roughly; `other` for the rest
    passed_reviews  outcomes of a review that pass an item, in lower case
    least_seconds, characters_per_second  work on an item that is faster than both is implausible
    """

    text_columns: tuple[str, ...]
    turn_columns: Mapping[str, tuple[str, ...]]
    call_keys: tuple[str, ...]
    sample_columns: tuple[tuple[str, ...], ...]
    roles: Mapping[str, tuple[str, ...]]
    metadata_files: tuple[str, ...]
    numbering: tuple[str, ...]
    sample_turn_keys: tuple[str, ...] = ()
    bytes_per_token: Mapping[str, float] = field(default_factory=dict)
    passed_reviews: tuple[str, ...] = ()
    least_seconds: float = 0.0
    characters_per_second: float = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the plan wants read of every shard.

    text_column   the one text column to read, or None to find text by the conventions
    columns       key -> alternative column names; the batch carries the first that exists, under the key
    text_records  what a document of a plain text file is: a `line` or the whole `file`
    batch_bytes   upper bound of the text in one batch
    rows          records that are wanted alone, or None; readers that gain nothing by it give the others as well
    """

    conventions: Conventions
    text_column: str | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text_records: str = "line"
    batch_bytes: int = BATCH_BYTES
    rows: frozenset[int] | None = None

    def for_text(self) -> Wanted:
        """Return the same for plain text, whose documents have one field called `text`."""
        return replace(self, text_column="text", columns={})

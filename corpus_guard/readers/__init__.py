"""Files to splits, splits to batches. Readers stream, know their place in the file, and lose no record in silence."""

from __future__ import annotations

from collections.abc import Iterator

from corpus_guard.core.batch import Batch
from corpus_guard.core.reading import Wanted
from corpus_guard.core.shard import Split
from corpus_guard.errors import ShardError
from corpus_guard.readers.columnar import read_arrow, read_parquet
from corpus_guard.readers.delimited import read_delimited
from corpus_guard.readers.formats import identify
from corpus_guard.readers.json_array import read_json
from corpus_guard.readers.jsonl import read_jsonl
from corpus_guard.readers.memory import read_memory, read_table
from corpus_guard.readers.plain import read_text
from corpus_guard.readers.splits import columns_of, records_in, splits_of
from corpus_guard.readers.warc import read_warc

_READERS = {
    "parquet": read_parquet, "arrow": read_arrow, "csv": read_delimited, "tsv": read_delimited, "jsonl": read_jsonl,
    "json": read_json, "text": read_text, "warc": read_warc,
}  # fmt: skip


def read(split: Split, wanted: Wanted) -> Iterator[Batch]:
    """Yield the batches of a split, numbered from its start; raise `ShardError` for what is left when it cannot go on.

    Records that cannot be read are in the `unscanned` of a batch; `read` of all batches, plus what the error says is
    lost, is the number of records of the split.
    """
    form = split.shard.format.partition(".")[0]
    if form not in _READERS:
        raise ShardError(f'no reader knows the format "{form}"')
    return _READERS[form](split, wanted)


__all__ = ["columns_of", "identify", "read", "read_memory", "read_table", "records_in", "splits_of"]

"""Tables and records that are in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from corpus_guard.errors import ShardError, UsageError
from corpus_guard.readers import read_memory
from tests.readers.reading import WANTED, gathered, texts_only

_COLUMNS = {"id": ["a", "b", "c"], "text": ["one", None, "三"], "n": [1, 2, 3]}
_EXPECTED = [(0, [("text", "one")]), (1, []), (2, [("text", "三")])]


def _dataset(columns: dict[str, Any]) -> Any:
    import datasets

    return datasets.Dataset.from_dict(columns)


def _stream(columns: dict[str, Any]) -> Any:
    return _dataset(columns).to_iterable_dataset()


def _dicts(columns: dict[str, Any]) -> Any:
    return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _reader(columns: dict[str, Any]) -> Any:
    return pa.table(columns).to_reader(max_chunksize=2)


_KINDS: list[Callable[[dict[str, Any]], Any]] = [
    dict, pa.table, pa.record_batch, _reader, pl.DataFrame, lambda columns: pl.DataFrame(columns).lazy(), pd.DataFrame,
    _dataset, _stream, _dicts, lambda columns: list(_dicts(columns)),
]  # fmt: skip


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_table_gives_the_same(kind: Callable[[dict[str, Any]], Any]) -> None:
    """The same rows come out of every library's table, with rows counted through and columns that were asked for."""
    reading = gathered(read_memory(kind(_COLUMNS), WANTED))

    assert _EXPECTED == reading.documents
    assert ["a", "b", "c"] == reading.columns["document_id"]
    assert 3 == reading.read


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_table_gives_its_turns(kind: Callable[[dict[str, Any]], Any]) -> None:
    """Chat samples are read from every library's table."""
    turns = [[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]]

    assert [(0, [("messages[0].content", "q"), ("messages[1].content", "a")])] == gathered(
        read_memory(kind({"messages": turns}), WANTED)
    ).documents


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, _dicts])
def test_values_that_no_table_can_hold_lose_their_row(kind: Callable[[dict[str, Any]], Any]) -> None:
    """A number among texts and a lone surrogate are rows of their own, not the end of the scan."""
    reading = gathered(read_memory(kind({"text": ["a", 5, "\ud800", None, "b"]}), WANTED))

    assert [(0, [("text", "a")]), (3, []), (4, [("text", "b")])] == reading.documents
    assert [1, 2] == [lost.row for lost in reading.lost]


@pytest.mark.parametrize("kind", [dict, pa.table, pl.DataFrame, pd.DataFrame, _dataset])
def test_table_without_text_is_said(kind: Callable[[dict[str, Any]], Any]) -> None:
    """The sentence is that of a file."""
    with pytest.raises(ShardError, match="no text column; it has: url, n"):
        list(read_memory(kind({"url": ["u"], "n": [1]}), WANTED))


def test_rows_of_a_table_in_pieces_are_counted_through() -> None:
    """Record numbers run through all pieces of a table and all batches of a dataset."""
    texts = [str(number) for number in range(2_500)]
    pieces = pa.chunked_array([texts[:1000], texts[1000:1001], texts[1001:]])

    assert texts_only(texts) == gathered(read_memory(pa.table({"text": pieces}), WANTED)).documents
    assert texts_only(texts) == gathered(read_memory(_dataset({"text": texts}), WANTED)).documents


def test_selected_rows_of_a_dataset_are_numbered_anew() -> None:
    """A dataset that was filtered or shuffled is read as it stands."""
    chosen = _dataset({"text": ["a", "b", "c"]}).select([2, 0])

    assert texts_only(["c", "a"]) == gathered(read_memory(chosen, WANTED)).documents


@pytest.mark.parametrize("data", ["a text", b"bytes", Path("a"), 7, None])
def test_what_is_no_table_is_refused(data: Any) -> None:
    """The sentence says what can be given."""
    with pytest.raises(UsageError, match="give a path, a table, a dataset or dicts"):
        read_memory(data, WANTED)


def test_dict_of_datasets_is_refused() -> None:
    """Which of its parts is meant is for the caller to say."""
    import datasets

    with pytest.raises(UsageError, match="give one of them: train, test"):
        read_memory(datasets.DatasetDict(train=_dataset(_COLUMNS), test=_dataset(_COLUMNS)), WANTED)


def test_lists_of_different_lengths_are_refused() -> None:
    """A dict of lists is a table: its columns are of one length."""
    with pytest.raises(UsageError, match="different lengths"):
        read_memory({"text": ["a", "b"], "id": [1]}, WANTED)

"""Parquet and Arrow files: row groups, projections, cuts and flipped bytes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_guard.core.shard import Split
from corpus_guard.readers import columnar, read, records_in, splits_of
from tests.readers.reading import WANTED, gathered, read_all, shard_of, texts_only

Writer = Callable[[pa.Table, Path, int], None]
_TEXTS = [f"document {number} " * 20 for number in range(100)]


def _parquet(table: pa.Table, path: Path, rows: int) -> None:
    pq.write_table(table, path, row_group_size=rows, compression="zstd")


def _arrow_file(table: pa.Table, path: Path, rows: int) -> None:
    with pa.ipc.new_file(path, table.schema) as file:
        file.write_table(table, max_chunksize=rows)


def _arrow_stream(table: pa.Table, path: Path, rows: int) -> None:
    with pa.ipc.new_stream(path, table.schema) as file:
        file.write_table(table, max_chunksize=rows)


def _packed_arrow(table: pa.Table, path: Path, rows: int) -> None:
    with pa.ipc.new_file(path, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as file:
        file.write_table(table, max_chunksize=rows)


WRITERS = pytest.mark.parametrize("write", [_parquet, _arrow_file, _arrow_stream, _packed_arrow])


@WRITERS
@pytest.mark.parametrize("target", [1, 10_000, 2**30])
def test_splits_give_what_the_whole_gives(tmp_path: Path, write: Writer, target: int) -> None:
    """However a file is cut at its row groups or record batches: the same documents, rows and counts."""
    path = tmp_path / "a.data"
    write(pa.table({"id": range(100), "text": _TEXTS, "source": ["web"] * 100}), path, 7)
    shard = shard_of(path)
    reading = read_all(path, target_bytes=target)
    counts = [records_in(Split(0, shard, 0, *part)) for part in splits_of(shard, target)]

    assert texts_only(_TEXTS) == reading.documents
    assert {"document_id": [str(number) for number in range(100)], "source": ["web"] * 100} == reading.columns
    assert 100 == reading.read == sum(count or 0 for count in counts)
    assert None is reading.error


def test_row_groups_are_gathered_up_to_the_target(tmp_path: Path) -> None:
    """A split is as many row groups as the target holds, at least one; it depends on the file alone."""
    path = tmp_path / "a.parquet"
    _parquet(pa.table({"text": _TEXTS}), path, 25)
    shard = shard_of(path)

    assert [(0, 1), (1, 2), (2, 3), (3, -1)] == splits_of(shard, 1)
    assert [(0, -1)] == splits_of(shard)


@WRITERS
def test_batches_hold_at_most_what_was_asked(tmp_path: Path, write: Writer) -> None:
    """Batches are cut by bytes of text, and small row groups are joined; a longer text makes a batch of its own."""
    texts = ["a" * 10, "b" * 500, *["文" * 5] * 30]
    path = tmp_path / "a.data"
    write(pa.table({"text": texts}), path, 4)
    reading = read_all(path, batch_bytes=100)

    assert texts_only(texts) == reading.documents
    assert 500 in reading.sizes
    assert all(size <= 100 for size in reading.sizes if size != 500)
    assert [sum(map(len, _TEXTS))] == _sizes_of_many_groups(tmp_path, write)


def _sizes_of_many_groups(tmp_path: Path, write: Writer) -> list[int]:
    path = tmp_path / "many.data"
    write(pa.table({"text": _TEXTS}), path, 3)
    return read_all(path).sizes


@WRITERS
def test_only_wanted_columns_are_read(tmp_path: Path, write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that nobody asked for are not even loaded."""
    seen: list[list[str]] = []
    plain = columnar.batches_of

    def noted(batch: pa.RecordBatch, wanted: Any, *, first: int) -> Any:
        seen.append(batch.schema.names)
        return plain(batch, wanted, first=first)

    monkeypatch.setattr(columnar, "batches_of", noted)
    path = tmp_path / "a.data"
    write(pa.table({"image": [b"x" * 1000], "text": ["a"], "id": [1], "id2": [2]}), path, 1)
    read_all(path)

    assert [["id", "text"]] == [sorted(names) for names in seen]


@WRITERS
def test_missing_text_column_is_said_before_any_batch(tmp_path: Path, write: Writer) -> None:
    """The sentence names the columns; as many documents are lost as there are rows."""
    path = tmp_path / "a.data"
    write(pa.table({"url": ["u"] * 5, "lang": ["zh"] * 5, "body2": ["a"] * 5}), path, 2)
    reading = read_all(path)

    assert [] == reading.documents
    assert "no text column; it has: url, lang, body2. Name it with --text-column." == str(reading.error)
    assert reading.error is not None
    assert 5 == reading.error.documents
    assert 'no column "page"; it has: url' in str(read_all(path, text_column="page").error)
    assert texts_only(["a"] * 5, "body2") == read_all(path, text_column="body2").documents


@WRITERS
def test_two_text_columns_of_one_name_lose_the_shard(tmp_path: Path, write: Writer) -> None:
    """Reading one of them would hide the other."""
    path = tmp_path / "a.data"
    write(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"]), path, 1)

    assert '2 columns are called "text"' in str(read_all(path).error)


@WRITERS
def test_table_without_rows_has_no_documents(tmp_path: Path, write: Writer) -> None:
    """A table of no rows is whole, and empty."""
    path = tmp_path / "a.data"
    write(pa.table({"text": pa.array([], pa.string())}), path, 1)
    reading = read_all(path)

    assert ([], 0, None) == (reading.documents, reading.read, reading.error)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_cut_parquet_is_lost_with_an_unknown_number_of_documents(tmp_path: Path, share: float) -> None:
    """The footer stands at the end: without it nothing is known."""
    path = tmp_path / "a.parquet"
    _parquet(pa.table({"text": _TEXTS}), path, 10)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    reading = read_all(path)

    assert [] == reading.documents
    assert "the Parquet file has no readable footer: it is cut off or corrupt" == str(reading.error)
    assert reading.error is not None
    assert None is reading.error.documents
    assert [(0, -1)] == splits_of(shard_of(path))


def test_corrupt_row_group_loses_the_rows_from_there_on(tmp_path: Path) -> None:
    """Rows before it are read, of the others the footer knows the number; other splits of the file are read."""
    path = tmp_path / "a.parquet"
    _parquet(pa.table({"text": _TEXTS}), path, 25)
    start = pq.read_metadata(path).row_group(2).column(0).dictionary_page_offset
    data = bytearray(path.read_bytes())
    data[start : start + 60] = b"\xff" * 60
    path.write_bytes(data)
    whole = read_all(path)

    assert texts_only(_TEXTS[:50]) == whole.documents
    assert "a row group of the Parquet file is corrupt" == str(whole.error)
    assert whole.error is not None
    assert 50 == whole.error.documents

    parts = read_all(path, target_bytes=1)

    assert [*range(50), *range(75, 100)] == parts.rows
    assert 100 == parts.read


def test_page_check_sum_is_checked(tmp_path: Path) -> None:
    """A flipped byte that decodes all the same is caught where the writer left check sums."""
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"text": ["a" * 1000]}),
        path,
        compression="none",
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
    )
    data = path.read_bytes()
    place = data.index(b"a" * 500)
    path.write_bytes(data[:place] + b"b" + data[place + 1 :])

    assert "corrupt" in str(read_all(path).error)


def test_cut_arrow_stream_gives_the_batches_before_the_cut(tmp_path: Path) -> None:
    """A stream is read up to where it breaks; how many documents followed is not known."""
    path = tmp_path / "a.arrow"
    _arrow_stream(pa.table({"text": _TEXTS}), path, 10)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    reading = read_all(path)

    assert 0 < len(reading.documents) < 60
    assert texts_only(_TEXTS[: len(reading.documents)]) == reading.documents
    assert "cut off or corrupt" in str(reading.error)
    assert reading.error is not None
    assert None is reading.error.documents
    assert None is records_in(Split(0, shard_of(path)))


def test_arrow_stream_without_its_end_mark_may_be_cut(tmp_path: Path) -> None:
    """A writer that died between two batches leaves a stream that looks whole but for its end mark."""
    path = tmp_path / "a.arrow"
    _arrow_stream(pa.table({"text": _TEXTS}), path, 10)
    path.write_bytes(path.read_bytes()[:-8])
    reading = read_all(path)

    assert texts_only(_TEXTS) == reading.documents
    assert "cut off or corrupt" in str(reading.error)


def test_something_after_an_arrow_stream_is_not_passed_over(tmp_path: Path) -> None:
    """Two streams in one file are not one stream: the second would never be read."""
    path = tmp_path / "a.arrow"
    _arrow_stream(pa.table({"text": _TEXTS}), path, 10)
    path.write_bytes(path.read_bytes() * 2)
    reading = read_all(path)

    assert texts_only(_TEXTS) == reading.documents
    assert reading.error is not None


def test_cut_arrow_file_is_lost(tmp_path: Path) -> None:
    """The footer of an Arrow file stands at its end."""
    path = tmp_path / "a.arrow"
    _arrow_file(pa.table({"text": _TEXTS}), path, 10)
    path.write_bytes(path.read_bytes()[:-20])

    assert "cut off or corrupt" in str(read_all(path).error)


@WRITERS
def test_flipped_bytes_never_end_in_anything_but_texts_or_a_shard_error(tmp_path: Path, write: Writer) -> None:
    """Whatever byte of a file is flipped, reading gives texts or says that it cannot; it never crashes."""
    chat = [[{"role": "user", "content": text}] for text in _TEXTS[:20]]
    path = tmp_path / "a.data"
    write(pa.table({"text": _TEXTS[:20], "messages": chat, "source": ["web"] * 20}), path, 5)
    data = path.read_bytes()
    draw = random.Random(3)
    for _ in range(150):
        flipped = bytearray(data)
        flipped[draw.randrange(8, len(data))] ^= 1 << draw.randrange(8)
        path.write_bytes(flipped)
        shard = shard_of(path)
        for part in splits_of(shard):
            gathered(read(Split(0, shard, 0, *part), WANTED))
        records_in(Split(0, shard))


def test_folder_that_datasets_saved_is_read(tmp_path: Path) -> None:
    """`save_to_disk` leaves Arrow streams: each is a shard like any other."""
    import datasets

    datasets.Dataset.from_dict({"text": _TEXTS}).save_to_disk(str(tmp_path / "saved"), num_shards=2)
    shards = sorted((tmp_path / "saved").glob("data-*.arrow"))

    assert 2 == len(shards)
    assert _TEXTS == [text for path in shards for text in read_all(path).texts]


def test_repetitive_text_is_cut_by_what_it_unpacks_to(tmp_path: Path) -> None:
    """A column that repeats one long text is small on disk; batches still hold no more than was asked."""
    path = tmp_path / "a.parquet"
    _parquet(pa.table({"text": ["x" * 100_000] * 200}), path, 200)
    reading = read_all(path, batch_bytes=1_000_000)

    assert 200 == len(reading.documents)
    assert 1_000_000 >= max(reading.sizes)

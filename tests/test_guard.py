"""The detectors over texts and tables in memory."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import datasets
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import corpus_guard as cg

TEXTS = ["找我代开发票请加微信", "今天天气很好", "电话13800138000。", None, ""]
GUARD = cg.Guard()
CHECK_COLUMNS = ["row", "field", "start", "end", "detector", "rule", "risk", "entity", "grade", "score"]


def test_check_gives_the_columns_of_the_front_door() -> None:
    """Rows name the text, spans slice it."""
    found = GUARD.check(TEXTS)

    assert CHECK_COLUMNS == found.columns
    assert {(0, "代开发票请加微"), (2, "13800138000")} >= {
        (row["row"], str(TEXTS[row["row"]])[row["start"] : row["end"]])
        for row in found.iter_rows(named=True)
        if row["entity"]
    }


def test_pickles_are_stable_and_find_the_same() -> None:
    """The same guard pickles to the same bytes, before and after use, and back."""
    before = pickle.dumps(cg.Guard())
    copy = pickle.loads(before)

    assert GUARD.check(TEXTS).rows() == copy.check(TEXTS).rows()
    assert before == pickle.dumps(copy)


def test_threads_may_share_a_guard() -> None:
    """Eight threads at once find what one finds."""
    expected = GUARD.check(TEXTS).rows()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: GUARD.check(TEXTS).rows(), range(64)))

    assert [expected] * 64 == answers


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"text": TEXTS}),
        pa.table({"text": TEXTS}).to_batches()[0],
        pl.DataFrame({"text": TEXTS}),
        pd.DataFrame({"text": TEXTS}),
        {"text": TEXTS},
    ],
    ids=lambda table: type(table).__name__,
)
def test_annotate_gives_the_same_type_back(table: Any) -> None:
    """Four columns more, one value a row."""
    answer = GUARD.annotate(table)

    assert type(table) is type(answer)
    column = answer["guard_violation"]
    values = column.to_pylist() if hasattr(column, "to_pylist") else list(column)
    assert [True, False, False, False, False] == values


def test_rows_that_cannot_be_checked_say_why() -> None:
    """A value that is no text makes the answer null, never False."""
    answer = GUARD.annotate(
        {"messages": [[{"role": "user", "content": "好"}], [{"role": "user", "content": 3}]]}, text_column="messages"
    )

    assert [False, None] == answer["guard_violation"]
    assert [True, False] == [why is None for why in answer["guard_unscanned"]]


def test_datasets_map_works_and_hits_its_cache(tmp_path: Any) -> None:
    """The fingerprint of the function is stable, so that a second map reads the cache."""
    whole = datasets.Dataset.from_dict({"text": ["电话13800138000。", "好"] * 50})
    whole.save_to_disk(str(tmp_path / "set"))
    loaded = datasets.load_from_disk(str(tmp_path / "set"))
    first = loaded.map(GUARD.annotate, batched=True)
    second = datasets.load_from_disk(str(tmp_path / "set")).map(cg.Guard().annotate, batched=True)

    assert first._fingerprint == second._fingerprint
    assert ["PHONE_NUMBER"] == first[0]["guard_entities"]
    assert ["PHONE_NUMBER"] == next(iter(loaded.to_iterable_dataset().map(GUARD.annotate, batched=True)))[
        "guard_entities"
    ]


@pytest.mark.parametrize("form", [None, "arrow", "polars", "numpy"])
def test_datasets_map_goes_on_after_rows_without_a_finding(form: str | None) -> None:
    """The first batch says nothing but nulls and empty lists; types of the new columns do not come from it."""
    turns = '[{"content": "今天天气很好"}]'
    rows = datasets.Dataset.from_dict({"messages": [turns, turns, '[{"content": "电话13800138000。"}]', "[1]"]})
    marked = rows.with_format(form).map(GUARD.annotate, batched=True, batch_size=1, writer_batch_size=1)
    answer = marked.with_format(None)

    assert [[], [], ["PHONE_NUMBER"], []] == answer["guard_entities"][:]
    assert [None, None, None, 'the field "messages[0]" holds a number, an object was expected'] == (
        answer["guard_unscanned"][:]
    )


def test_annotated_lists_are_lists_to_everyone_else() -> None:
    """They compare, copy and serialise like the lists they are."""
    answer = GUARD.annotate({"text": TEXTS})

    assert answer == pickle.loads(pickle.dumps(answer)) == json.loads(json.dumps(answer))


def test_scan_takes_data_in_memory(tmp_path: Any) -> None:
    """Datasets, tables, frames and dicts give the counts of the same data on disk."""
    texts = ["电话13800138000。", "好", "好"]
    whole = datasets.Dataset.from_dict({"text": texts})
    many = [
        whole,
        whole.to_iterable_dataset(),
        pa.table({"text": texts}),
        pl.DataFrame({"text": texts}),
        [{"text": one} for one in texts],
    ]
    for number, data in enumerate(many):
        run = cg.scan(data, out=tmp_path / str(number))
        assert [(3, 1, 1)] == run.summary.select(
            "documents", "personal_info_documents", "exact_duplicate_documents"
        ).rows()

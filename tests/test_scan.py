"""A scan from its input to its folder: what lies in it, and that nothing but the input decides about a byte of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import corpus_guard as cg
from corpus_guard.errors import UsageError
from tests.corpora import DAY, ILLEGAL, PHONE, RESIDENT, corpus, digests, json_lines, pipeline, python, rows, texts

COLUMNS = {
    "shards.csv": "shard, format, bytes, digest, rows, documents, empty_documents, unscanned_documents, state",
    "summary.csv": "source, kind, origin, licences, shards, documents, empty_documents, bytes, unscanned_documents, "
    "uncovered_documents, illegal_documents, illegal_rate, suspect_documents, personal_info_documents, "
    "sensitive_personal_info_documents, ip_documents, exact_duplicate_documents, near_duplicate_documents, languages, "
    "verdict",
    "risks.csv": "source, risk, documents, rate",
    "assessment.csv": "standard, clause, source, verdict, measure, value, limit, numerator, denominator, interval_low, "
    "interval_high, reason, evidence, wording",
    "errors.csv": "shard, row, byte_offset, documents, reason",
    "findings.parquet": "source, shard, row, document_id, field, start, end, detector, rule, risk, entity, category, "
    "sensitive_by, grade, score, excerpt",
    "duplicates.parquet": "kind, group, source, shard, row, document_id, representative, similarity",
    "overlap.csv": "kind, source, other, documents, share",
    "groups.csv": "kind, group, documents, sources, source, shard, row, document_id, excerpt",
}
FACTS = {
    "tool_version", "started", "finished", "as_of", "complete", "inputs", "stage", "engine", "workers", "seed",
    "digests", "shards", "documents", "bytes", "unscanned_documents", "seconds", "rule_changes",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus of five shards."""
    return corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> cg.Run:
    """Its run in one process, in whole shards."""
    return cg.scan(folder, out=tmp_path_factory.mktemp("runs") / "plain", workers=1, as_of=DAY)


def test_the_run_folder_holds_what_the_contract_says(run: cg.Run) -> None:
    """These files and no others; fixed columns; CSV with a byte order mark and a line feed at each end."""
    assert {*COLUMNS, "run.json", "report.html"} == {entry.name for entry in run.path.iterdir()}
    for name, columns in COLUMNS.items():
        data = (run.path / name).read_bytes()
        if name.endswith(".parquet"):
            assert columns == ", ".join(pq.read_schema(run.path / name).names)
            continue
        assert data.startswith(b"\xef\xbb\xbf")
        assert columns == data.decode("utf-8-sig").partition("\n")[0].replace(",", ", ")
        assert data.endswith(b"\n")
        assert b"\r" not in data


def test_run_json_says_what_was_scanned_with_what(run: cg.Run, folder: Path) -> None:
    """Every key is there, digests are SHA-256, totals are those of the tables."""
    facts = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    assert set() == FACTS - facts.keys()
    assert {"input", "rules", "standards", "pipeline", "manifest"} == facts["digests"].keys()
    assert {"input": 64, "rules": 64, "standards": 64, "pipeline": 0, "manifest": 0} == {
        name: len(digest) for name, digest in facts["digests"].items()
    }
    assert (True, DAY, "raw", "local", 1, 0, [str(folder)]) == tuple(
        facts[key] for key in ("complete", "as_of", "stage", "engine", "workers", "seed", "inputs")
    )
    shards = rows(run.path, "shards.csv")
    assert (5, sum(int(row["documents"]) for row in shards)) == (facts["shards"], facts["documents"])
    assert 2 == facts["unscanned_documents"]
    assert run.summary["bytes"].sum() == facts["bytes"]
    assert 9 == facts["repeated_document_ids"]


def test_the_tables_agree_with_the_corpus(run: cg.Run) -> None:
    """Documents, empty ones, copies and findings are those that were written, source by source."""
    summary = {row["source"]: row for row in run.summary.iter_rows(named=True)}
    assert {"web", "books", "lines", "=cell0", "=cell1", "=cell2", "mixed"} >= summary.keys()
    own = texts(400, 2)
    books = own + own[5:]
    empty = sum(not text.strip() for text in books)
    illegal, phones = (sum(sign in text for text in books) for sign in (ILLEGAL, "13800138000"))
    copies = pl.read_parquet(run.path / "duplicates.parquet").filter(~pl.col("representative"), source="books")
    assert (len(books) - empty, empty, illegal) == tuple(
        summary["books"][key] for key in ("documents", "empty_documents", "illegal_documents")
    )
    found = pl.read_parquet(run.path / "findings.parquet").filter(source="books", rule="cn-mobile")
    assert phones == found.height
    assert {"MIT"} == set(summary["books"]["licences"].split(";"))
    assert copies.height == summary["books"]["exact_duplicate_documents"]


def test_findings_slice_the_text_they_speak_of(run: cg.Run, folder: Path) -> None:
    """Row and offsets lead back to the finding in the file."""
    lines = (folder / "lines.txt").read_text(encoding="utf-8").split("\n")
    found = pl.read_parquet(run.path / "findings.parquet").filter(shard="lines.txt", rule="cn-mobile")
    assert {"13800138000"} == {lines[row][start:end] for row, start, end in found["row", "start", "end"].iter_rows()}


@pytest.mark.parametrize(
    ("workers", "batch_bytes", "split_bytes"),
    [(1, 4096, 0), (1, 0, 5000), (2, 0, 0), (2, 4096, 3000), (3, 0, 20_000)],
)
def test_workers_batches_and_splits_never_change_a_byte(
    run: cg.Run, folder: Path, tmp_path: Path, workers: int, batch_bytes: int, split_bytes: int
) -> None:
    """However the work is cut and carried, the tables are the same."""
    other = cg.scan(
        folder, out=tmp_path / "run", workers=workers, batch_bytes=batch_bytes, split_bytes=split_bytes, as_of=DAY
    )
    assert digests(run.path) == digests(other.path)


def test_a_sample_is_the_same_however_it_is_drawn(folder: Path, tmp_path: Path) -> None:
    """Workers and batches do not change it, the seed does, and its verdicts have intervals."""
    options: dict[str, Any] = {"sample": 0.5, "as_of": DAY, "detectors": ["keywords"]}
    first = cg.scan(folder, out=tmp_path / "1", seed=1, workers=1, **options)
    same = cg.scan(folder, out=tmp_path / "2", seed=1, workers=2, batch_bytes=4096, **options)
    other = cg.scan(folder, out=tmp_path / "3", seed=2, workers=1, **options)
    assert digests(first.path) == digests(same.path)
    assert digests(first.path)["findings.parquet"] != digests(other.path)["findings.parquet"]
    assert 0.4 < first.facts["documents"] / 2800 < 0.6
    assert first.assessment.filter(measure="illegal_rate")["interval_low"].null_count() == 0


def test_a_column_of_sources_that_no_shard_has_is_refused(tmp_path: Path) -> None:
    """A slip of the pen must not merge sources under the names of folders; one shard that has the column is enough."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text('{"text": "a", "origin": "web"}\n')
    (tmp_path / "in" / "b.csv").write_text("text\nb\n")
    with pytest.raises(
        cg.UsageError, match=r'"orgin" of --source-column; did you mean "origin"\?; there are: origin, text'
    ):
        cg.scan(tmp_path / "in", out=tmp_path / "run", source_column="orgin")

    run = cg.scan(tmp_path / "in", out=tmp_path / "run", source_column="origin")
    assert ["b", "web"] == run.summary["source"].to_list()


def test_a_raw_run_that_is_none_leaves_nothing_behind(tmp_path: Path) -> None:
    """It is refused before the run folder is begun."""
    path = json_lines(tmp_path / "data" / "a.jsonl", [{"text": "fine"}])
    with pytest.raises(UsageError, match="no complete run"):
        cg.scan(path, out=tmp_path / "run", raw_run=tmp_path / "nowhere")

    assert not (tmp_path / "run").exists()


def test_rules_that_are_switched_off_are_listed(tmp_path: Path) -> None:
    """run.json names each rule with its change and its reason, and its findings are gone or regraded."""
    changes = """
[rules]
disable = [{rule = "cn-mobile", reason = "a phone book"}]
regrade = [{rule = "cn-resident-id", grade = "info", reason = "test numbers"}]
"""
    file = pipeline(tmp_path, changes)
    run = cg.scan([{"text": f"{PHONE}，{RESIDENT}"}], out=tmp_path / "run", pipeline=file, as_of=DAY)
    assert [("cn-mobile", "disabled", "a phone book"), ("cn-resident-id", "regraded to info", "test numbers")] == [
        tuple(change.values()) for change in run.facts["rule_changes"]
    ]
    assert [("cn-resident-id", "info")] == pl.read_parquet(run.path / "findings.parquet")["rule", "grade"].rows()
    assert "a phone book" in (run.path / "report.html").read_text(encoding="utf-8")


def test_a_column_whose_detector_did_not_run_is_empty(tmp_path: Path) -> None:
    """It is never 0."""
    run = cg.scan([{"text": "好的"}], out=tmp_path / "run", detectors=["licensing"])
    row = rows(run.path, "summary.csv")[0]
    asked = ("illegal_documents", "illegal_rate", "personal_info_documents", "exact_duplicate_documents")
    assert [""] * 4 == [row[name] for name in asked]
    assert "0" == row["ip_documents"]
    assert "INCONCLUSIVE" == run.verdict


TEXTS = [f"{PHONE}。", "好", "好", None, "", ILLEGAL, "好" * 20]


@pytest.mark.parametrize(
    "data",
    [
        datasets.Dataset.from_dict({"text": TEXTS}),
        datasets.Dataset.from_dict({"text": TEXTS}).to_iterable_dataset(num_shards=2),
        pa.table({"text": pa.chunked_array([TEXTS[:3], TEXTS[3:]])}),
        pl.DataFrame({"text": TEXTS}),
        pd.DataFrame({"text": TEXTS}),
        [{"text": text} for text in TEXTS],
        iter([{"text": text} for text in TEXTS]),
    ],
    ids=["Dataset", "IterableDataset", "pyarrow", "polars", "pandas", "list", "iterator"],
)
def test_data_in_memory_gives_what_the_same_data_gives_on_disk(data: Any, tmp_path: Path) -> None:
    """The same findings, counts and verdict; only the names of source and shard are its own."""
    json_lines(tmp_path / "in" / "memory.jsonl", [{"text": text} for text in TEXTS])
    disk = cg.scan(tmp_path / "in", out=tmp_path / "disk", as_of=DAY)
    memory = cg.scan(data, out=tmp_path / "run", as_of=DAY)
    assert disk.summary.drop("shards").equals(memory.summary.drop("shards"))
    findings = [pl.read_parquet(run.path / "findings.parquet").drop("shard") for run in (disk, memory)]
    assert findings[0].equals(findings[1])
    assert disk.verdict == memory.verdict


def test_the_digest_of_data_in_memory_is_that_of_its_texts(tmp_path: Path) -> None:
    """Batches do not change it, a letter does."""
    runs = [
        cg.scan(data, out=tmp_path / str(number), detectors=["licensing"], batch_bytes=size)
        for number, (data, size) in enumerate(
            [([{"text": "甲"}, {"text": "乙"}], 0), (pa.table({"text": ["甲", "乙"]}), 1), ([{"text": "甲乙"}], 0)]
        )
    ]
    first, same, other = (run.facts["digests"]["input"] for run in runs)
    assert first == same != other


@pytest.mark.parametrize("data", [3, b"text", {"train": 1}.keys(), object()])
def test_data_that_is_none_leaves_nothing_behind(data: Any, tmp_path: Path) -> None:
    """A sentence says so; no folder is begun."""
    if isinstance(data, type({}.keys())):
        run = cg.scan(data, out=tmp_path / "run", detectors=["licensing"])
        assert (0, 1) == (run.facts["documents"], run.facts["unscanned_documents"])
        return
    with pytest.raises(UsageError, match="cannot be scanned"):
        cg.scan(data, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_table_without_text_is_unscanned_like_a_file_without(tmp_path: Path) -> None:
    """Every row is counted, the columns are named, and nothing passes."""
    whole = datasets.Dataset.from_dict({"words": ["a", "b"]})
    for number, data in enumerate([whole, pa.table({"words": ["a", "b"]}), pd.DataFrame({"words": ["a", "b"]})]):
        run = cg.scan(data, out=tmp_path / str(number), detectors=["keywords"])
        assert ("INCONCLUSIVE", 2) == (run.verdict, run.facts["unscanned_documents"])
        assert "it has: words" in rows(run.path, "errors.csv")[0]["reason"]


def test_a_pipeline_file_may_say_everything(tmp_path: Path) -> None:
    """Paths are relative to the file; the run goes where it says, also from Python."""
    json_lines(tmp_path / "in" / "a.jsonl", [{"text": "好的"}])
    said = '[input]\npaths = ["in"]\n[scan]\nout = "from-file"\ndetectors = ["keywords"]\nsplit_bytes = 4096\n'
    run = cg.scan(pipeline=pipeline(tmp_path, said))
    assert tmp_path / "from-file" == run.path
    memory = cg.scan([{"text": "好的"}], pipeline=pipeline(tmp_path, said), overwrite=True)
    assert tmp_path / "from-file" == memory.path


def test_scripts_without_a_main_guard_and_with_unlucky_folders_work(tmp_path: Path) -> None:
    """Workers run nothing of the calling script; folders called like packages shadow nothing; paths are the script's."""
    json_lines(tmp_path / "in" / "a.jsonl", [{"text": text} for text in texts(50, 1)])
    json_lines(tmp_path / "in" / "b.jsonl", [{"text": text} for text in texts(50, 2)])
    for name in ("datasets", "polars", "pyarrow", "hyperscan"):
        (tmp_path / "work" / name).mkdir(parents=True)
    script = tmp_path / "work" / "script.py"
    script.write_text(
        "print('once')\nimport corpus_guard as cg\nrun = cg.scan('../in', out='out', workers=2)\nprint(run.verdict)\n",
        encoding="utf-8",
    )
    done = python(f"import runpy, sys; sys.path.insert(0, '.'); runpy.run_path({str(script)!r})", cwd=script.parent)
    assert ("", 2) == (done.stderr, len(done.stdout.split()))
    assert 100 == sum(int(row["rows"]) for row in rows(tmp_path / "work" / "out", "shards.csv"))


def test_the_network_is_never_asked(folder: Path, tmp_path: Path) -> None:
    """A scan of every detector works where no socket can be opened, workers included."""
    closed = "import socket\nclass Closed(socket.socket):\n    def __init__(self, *a, **k):\n        raise OSError('closed')\nsocket.socket = Closed\n"
    (tmp_path / "sitecustomize.py").write_text(closed, encoding="utf-8")
    code = f"import corpus_guard as cg\ncg.scan({str(folder)!r}, out={str(tmp_path / 'out')!r}, workers=2)\n"
    code += "import socket\ntry:\n    socket.socket()\nexcept OSError:\n    print('was closed')"
    done = python(code, env={"PYTHONPATH": str(tmp_path), "PATH": ""})
    assert ("was closed\n", "") == (done.stdout, done.stderr)


def test_every_finding_counts_once_in_the_risks(run: cg.Run) -> None:
    """risks.csv counts documents with a violation by source and risk."""
    found = pl.read_parquet(run.path / "findings.parquet").filter(pl.col("grade") == "violation", pl.col("risk") != "")
    documents = Counter(found.select("source", "shard", "row", "risk").unique()["source", "risk"].iter_rows())
    assert dict(documents) == {
        (row["source"], row["risk"]): int(row["documents"]) for row in rows(run.path, "risks.csv")
    }

"""The main job from a folder to a verdict: the same bytes however it is carried out, and nothing lost on bad input."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import corpus_guard as cg

TABLES = (
    "summary.csv",
    "risks.csv",
    "assessment.csv",
    "shards.csv",
    "errors.csv",
    "findings.parquet",
    "duplicates.parquet",
    "overlap.csv",
)
RUN = [sys.executable, "-c", "from corpus_guard.cli import main; main()"]
KILLER = """
import os
class Killer:
    name = "killer"
    columns = ()
    content = False
    gates = ()
    options = ()
    def __init__(self, setting):
        pass
    def detect(self, batch, candidates):
        from corpus_guard.core.finding import Findings
        if any("KILL" in text.as_py() for text in batch.texts):
            os.kill(os.getpid(), 9)
        if any("RAISE" in text.as_py() for text in batch.texts):
            raise ValueError("secret words of the text")
        return Findings.none()
"""


def corpus(folder: Path, documents: int = 400, shards: int = 4) -> Path:
    """Write a small corpus in several formats with findings, duplicates and faults."""
    pick = random.Random(7)
    for number in range(shards):
        texts = [
            f"第{number}批第{one}篇，{'找我代开发票请加微信' if pick.random() < 0.1 else '天气很好'}，电话1380013{one:04}"
            for one in range(documents)
        ]
        texts[5] = texts[4]
        path = folder / f"source{number % 2}" / f"shard-{number:05d}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number % 2:
            pq.write_table(pa.table({"text": texts}), path.with_suffix(".parquet"), row_group_size=50)
        else:
            lines = [json.dumps({"id": str(one), "text": text}, ensure_ascii=False) for one, text in enumerate(texts)]
            lines[3] = "{broken MARKER"
            path.with_suffix(".jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def digests(run: Path) -> dict[str, str]:
    """Return the SHA-256 of every table of a run folder."""
    return {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in TABLES}


def command(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run([*RUN, *map(str, words)], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(("workers", "batch_bytes"), [(1, 0), (2, 0), (3, 4096), (1, 4096)])
def test_workers_and_batches_never_change_a_byte(tmp_path: Path, workers: int, batch_bytes: int) -> None:
    """Any number of workers and any batch size give the same tables."""
    folder = corpus(tmp_path / "in")
    plain = cg.scan(folder, out=tmp_path / "plain", workers=1, as_of="2026-01-01")
    other = cg.scan(folder, out=tmp_path / "other", workers=workers, batch_bytes=batch_bytes, as_of="2026-01-01")

    assert digests(plain.path) == digests(other.path)


def test_killed_runs_resume_to_the_same_bytes(tmp_path: Path) -> None:
    """Kill -9 of the whole process group at five random moments, then --resume: byte-identical tables."""
    folder = corpus(tmp_path / "in", documents=4000, shards=12)
    whole = cg.scan(folder, out=tmp_path / "whole", workers=2, as_of="2026-01-01")
    words = [
        "scan",
        folder,
        "--out",
        tmp_path / "killed",
        "--workers",
        2,
        "--as-of",
        "2026-01-01",
        "--resume",
        "--quiet",
    ]
    moments = random.Random(11)
    for _ in range(5):
        process = subprocess.Popen([*RUN, *map(str, words)], start_new_session=True, stdout=subprocess.DEVNULL)
        time.sleep(moments.uniform(1.5, 4.0))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if (tmp_path / "killed" / "run.json").exists():
            break
    if not (tmp_path / "killed" / "run.json").exists():
        assert whole.exit_code == command(*words).returncode

    assert digests(whole.path) == digests(tmp_path / "killed")


def test_an_interrupt_leaves_a_run_that_can_go_on(tmp_path: Path) -> None:
    """Ctrl-C ends with 130, says how to go on, and what was done stays done."""
    folder = corpus(tmp_path / "in", documents=6000, shards=12)
    words = ["scan", folder, "--out", tmp_path / "run", "--workers", 2]
    process = subprocess.Popen([*RUN, *map(str, words)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    while not list((tmp_path / "run").glob("_work/[0-9]*.json")) and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    if process.returncode != 130:
        pytest.skip("the run was over before the interrupt came")

    assert "--resume" in said
    assert "Traceback" not in said
    assert command(*words, "--resume").returncode in (1, 3)


def test_an_interrupt_before_the_first_text_says_how_to_go_on(tmp_path: Path) -> None:
    """While rules are read there is no folder yet; the sentence is the same, and true."""
    folder, rules = corpus(tmp_path / "in", documents=10, shards=1), tmp_path / "rules"
    rules.mkdir()
    os.mkfifo(rules / "waited-for.toml")
    words = ["scan", folder, "--out", tmp_path / "run", "--rules", rules]
    process = subprocess.Popen([*RUN, *map(str, words)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    writer = os.open(rules / "waited-for.toml", os.O_WRONLY)  # returns once the scan reads
    process.send_signal(signal.SIGINT)
    os.close(writer)  # a signal that comes just before the reading would wait for its end
    _, said = process.communicate()

    assert (130, "corpus-guard: interrupted; go on with the same command and --resume\n") == (process.returncode, said)
    assert not (tmp_path / "run").exists()


def test_a_worker_that_dies_twice_leaves_its_split_unscanned(tmp_path: Path) -> None:
    """The split is tried again, then named in errors.csv; the others are scanned and no source of it passes."""
    folder = corpus(tmp_path / "in")
    (folder / "source1" / "killing.jsonl").write_text('{"text": "KILL"}\n{"text": "b"}\n', encoding="utf-8")
    (tmp_path / "killer.py").write_text(KILLER, encoding="utf-8")
    detectors = ["keywords", "personal_info", str(tmp_path / "killer.py")]
    run = cg.scan(folder, out=tmp_path / "run", workers=2, detectors=detectors)
    errors = pl.read_csv(run.path / "errors.csv").filter(pl.col("shard") == "source1/killing.jsonl")

    assert [2] == errors["documents"].to_list()
    assert "died" in errors["reason"][0]
    assert "PASS" != dict(run.summary.select("source", "verdict").iter_rows())["source1"]
    assert 1598 == int(run.summary["documents"].sum())


def test_a_detector_that_raises_makes_only_its_documents_unscanned(tmp_path: Path) -> None:
    """The document is named with the kind of error, never with its words."""
    (tmp_path / "killer.py").write_text(KILLER, encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text(
        '{"text": "fine"}\n{"text": "RAISE"}\n{"text": "fine too"}\n', encoding="utf-8"
    )
    run = cg.scan(tmp_path / "in", out=tmp_path / "run", detectors=["keywords", str(tmp_path / "killer.py")])
    errors = pl.read_csv(run.path / "errors.csv").rows(named=True)

    assert [(1, "the detector killer raised ValueError")] == [(one["row"], one["reason"]) for one in errors]
    assert [2] == run.summary["documents"].to_list()
    assert "INCONCLUSIVE" == run.verdict


def test_reasons_and_reports_never_quote_what_could_not_be_read(tmp_path: Path) -> None:
    """A marker inside broken input shows up in no file of the run."""
    run = cg.scan(corpus(tmp_path / "in"), out=tmp_path / "run")

    assert [] == [path.name for path in run.path.iterdir() if b"MARKER" in path.read_bytes()]


@pytest.mark.parametrize("detectors", [["personal_info"], ["keywords", "personal_info"]])
def test_excerpts_hold_no_names_and_addresses(tmp_path: Path, detectors: list[str]) -> None:
    """Names and addresses that stand beside a finding are masked as the finding itself is."""
    (tmp_path / "in").mkdir()
    text = "姓名：王小明，手机13800138000，住址浙江省杭州市西湖区文三路713号，由李建国医生诊治。代开发票请加微信"
    (tmp_path / "in" / "a.txt").write_text(text, encoding="utf-8")
    run = cg.scan(tmp_path / "in", out=tmp_path / "run", detectors=detectors)
    excerpts = pl.read_parquet(run.path / "findings.parquet")["excerpt"].to_list()

    assert excerpts
    assert [] == [part for part in ("小明", "建国", "文三路", "0013800") if any(part in one for one in excerpts)]
    assert [] == cg.Guard(detectors=["personal_info"]).check(excerpts)["entity"].to_list()


def test_outputs_hold_no_personal_information(tmp_path: Path) -> None:
    """Scanning our own tables and page finds nothing, also when personal_info did not run."""
    for detectors in (None, ["keywords"]):
        out = tmp_path / f"run-{bool(detectors)}"
        run = cg.scan(corpus(tmp_path / "in"), out=out, **({"detectors": detectors} if detectors else {}))
        excerpts = pl.read_parquet(run.path / "findings.parquet")["excerpt"].to_list()
        page = (run.path / "report.html").read_text(encoding="utf-8")
        found = cg.Guard(detectors=["personal_info"]).check([*excerpts, page])

        assert [] == found["entity"].to_list()


@pytest.mark.parametrize(
    ("name", "content", "reason", "documents"),
    [
        ("a.jsonl", b'{"text": "a"}\n{"text": \n', "malformed JSON", 1),
        ("a.jsonl", '{"text": "a"}\n{"text": "中文"}\n'.encode("gbk"), "invalid UTF-8", 1),
        ("a.jsonl", b'{"text": "a"}\n{"text": "\\ud800"}\n', "surrogate", 1),
        ("a.jsonl", b'{"text": "a"}\n{"words": "b"}\n', "no text column; it has: words", 1),
        ("a.jsonl", b'{"words": "a"}\n{"words": "b"}\n', "no text column; it has: words", 0),
        ("a.csv", b"id,text\n1,a\n2,b,c\n", "3 columns, the header has 2", 1),
        ("a.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 9, mtime=0)[:-9], "cut off", 9),
        ("a.parquet", b"PAR1 and then nothing", "Parquet", 0),
        ("a.parquet", b'{"text": "a"}\n', "the suffix says Parquet", 0),
        ("a.pdf", b"%PDF-1.7", "no known format", 0),
    ],
)
def test_what_cannot_be_read_is_named_and_stops_a_pass(
    tmp_path: Path, name: str, content: bytes, reason: str, documents: int
) -> None:
    """Each fault has a row in errors.csv, the rest is scanned, the verdict is INCONCLUSIVE."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(content)
    run = cg.scan(tmp_path / "in", out=tmp_path / "run")
    errors = pl.read_csv(run.path / "errors.csv")

    assert reason in errors["reason"][0]
    assert documents == int(run.summary["documents"].sum())
    assert ["partly" if documents else "unscanned"] == pl.read_csv(run.path / "shards.csv")["state"].to_list()
    assert ("INCONCLUSIVE", 3) == (run.verdict, run.exit_code)


def test_invalid_utf8_inside_a_string_column_is_unscanned(tmp_path: Path) -> None:
    """Such bytes come out of pyarrow without a word; the document is named, its neighbours are scanned."""
    column = pa.array([b"fine", b"\xff\xfe\xfd", "好的".encode()], pa.binary())
    texts = pa.StringArray.from_buffers(3, column.buffers()[1], column.buffers()[2])
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"text": texts}), tmp_path / "in" / "a.parquet")
    run = cg.scan(tmp_path / "in", out=tmp_path / "run")

    assert [(1, "invalid UTF-8 inside a string column")] == pl.read_csv(run.path / "errors.csv").select(
        "row", "reason"
    ).rows()
    assert [2] == run.summary["documents"].to_list()


def test_null_empty_and_blank_texts_are_counted_apart(tmp_path: Path) -> None:
    """They are outside every rate and no fault."""
    rows = [{"text": None}, {"text": ""}, {"text": " \u3000\n"}, {"text": "。"}, {"text": "字"}]
    run = cg.scan(rows, out=tmp_path / "run")

    assert [(2, 3, 0)] == run.summary.select("documents", "empty_documents", "unscanned_documents").rows()


def test_exit_codes_and_sentences_of_wrong_usage(tmp_path: Path) -> None:
    """Wrong calls end with 2 and one sentence, never a traceback."""
    (tmp_path / "empty").mkdir()
    folder = corpus(tmp_path / "in", documents=10, shards=2)
    (tmp_path / "typo.toml").write_text(
        'detector = "keywords"\n[[rule]]\nid = "x"\ntitle = "t"\ngrade = "info"\nterm = ["a"]\n'
    )
    out = tmp_path / "out"
    cases = [
        (["scan", tmp_path / "nowhere", "--out", out], "does not exist"),
        (["scan", tmp_path / "empty", "--out", out], "no file to scan"),
        (["scan", folder, "--out", out, "--detector", "keyword"], 'did you mean "keywords"?'),
        (["scan", folder, "--out", out, "--standard", "tc260-003-2042"], 'did you mean "tc260-003-2024"?'),
        (["scan", folder, "--out", out, "--rules", tmp_path / "typo.toml"], 'did you mean "terms"?'),
        (["scan", folder, "--out", tmp_path / "in"], "use another --out"),
        (["scan", folder, "--out", tmp_path / "in", "--resume"], "holds no run to go on with"),
        (["report", folder, "--to", tmp_path / "none" / "a.csv"], "none does not exist"),
        (["scan", folder, "--out", out, "--sample", "2"], "--sample"),
    ]
    for words, sentence in cases:
        done = command(*words)
        assert (2, "") == (done.returncode, done.stdout), words
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
    assert not out.exists()


def test_a_disk_that_fills_is_one_sentence_and_exit_70(tmp_path: Path) -> None:
    """With a limit on the size of files the scan ends with 70, a log, and no run.json."""
    folder = corpus(tmp_path / "in")
    limited = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));"
    words = [
        sys.executable,
        "-c",
        f"{limited} from corpus_guard.cli import main; main()",
        "scan",
        str(folder),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "1",
    ]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env=os.environ | {"TMPDIR": str(tmp_path)}
    )

    assert 70 == done.returncode
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "run.json").exists()


def test_scripts_without_a_main_guard_and_with_unlucky_folders_work(tmp_path: Path) -> None:
    """Workers run nothing of the calling script, and folders called like packages shadow nothing."""
    corpus(tmp_path / "in")
    for name in ("datasets", "polars", "pyarrow"):
        (tmp_path / "work" / name).mkdir(parents=True)
    (tmp_path / "script.py").write_text(
        f"print('once')\nimport corpus_guard as cg\nprint(cg.scan({str(tmp_path / 'in')!r}, out={str(tmp_path / 'out')!r}, workers=2).verdict)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", str(tmp_path / "script.py")],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path / "work",
    )

    assert 1 == done.stdout.count("once")


def test_the_network_is_never_asked(tmp_path: Path) -> None:
    """A scan works where no socket can be opened."""
    corpus(tmp_path / "in")
    code = (
        "import socket\nclass Closed(socket.socket):\n    def __init__(self, *a, **k):\n        raise OSError('closed')\n"
        f"socket.socket = Closed\nimport corpus_guard as cg\ncg.scan({str(tmp_path / 'in')!r}, out={str(tmp_path / 'out')!r}, workers=1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)

"""Recognisers that users wrote: found unchanged, and cut off when they take too long, wherever they run."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

import corpus_guard
from corpus_guard import Guard
from corpus_guard.errors import CatalogError, UsageError
from corpus_guard.planning import make_plan, resolve_options

GOOD = """
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult


class Badge(PatternRecognizer):
    def __init__(self):
        super().__init__(supported_entity="BADGE", patterns=[Pattern("badge", r"\\bB-\\d{5}\\b", 0.3)], context=["badge"])

    def invalidate_result(self, pattern_text):
        return pattern_text.endswith("00000")


class PassWord(EntityRecognizer):
    def __init__(self):
        super().__init__(supported_entities=["PASS_WORD"])

    def load(self):
        pass

    def analyze(self, text, entities, nlp_artifacts):
        assert not nlp_artifacts.tokens
        print("this must not get between the answers")
        place = text.find("芝麻开门")
        return [RecognizerResult("PASS_WORD", place, place + 4, 0.9)] if place >= 0 else []


projects = PatternRecognizer(supported_entity="PROJECT", deny_list=["蓝鲸计划", "Blue Whale"])
"""
ONE = """
import os, re, time
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer


class Bad(EntityRecognizer):
    def __init__(self):
        super().__init__(supported_entities=["BAD"])

    def load(self):
        pass

    def analyze(self, text, entities, nlp_artifacts):
        if "b" in text:
            {}
        return []
"""
CATASTROPHIC = 'from presidio_analyzer import Pattern, PatternRecognizer\nbad = PatternRecognizer(supported_entity="BAD", name="Bad", patterns=[Pattern("x", r"(a|aa)+$", 0.5)])\n'
ENDLESS = "a" * 60 + "b"


def pipeline(folder: Path, source: str, more: str = "", seconds: float = 20) -> Path:
    """Write a file of recognisers and a pipeline file that names it; return the latter."""
    (folder / "mine.py").write_text(source, encoding="utf-8")
    path = folder / "pipeline.toml"
    path.write_text(
        f'[personal_info]\nrecognizers = ["mine.py"]\nrecognizer_seconds = {seconds}\n{more}', encoding="utf-8"
    )
    return path


def test_recognisers_plug_in_unchanged(tmp_path: Path) -> None:
    """Classes and instances of a file are found, beside Chinese too, with validation, context and grades."""
    guard = Guard(detectors=["personal_info"], pipeline=pipeline(tmp_path, GOOD))
    texts = ["工牌B-12345号，B-00000", "badge B-54321", "蓝鲸计划的 Blue Whale，暗号芝麻开门", "电话13800138000"]
    found = guard.check(texts).select("row", "start", "end", "rule", "grade", "score").rows()

    assert found == [
        (0, 2, 9, "recognizer-badge", "info", 0.3), (1, 6, 13, "recognizer-badge", "suspect", 0.65),
        (2, 0, 4, "recognizer-project", "suspect", 1.0), (2, 6, 16, "recognizer-project", "suspect", 1.0),
        (2, 19, 23, "recognizer-pass-word", "suspect", 0.9), (3, 2, 13, "cn-mobile", "suspect", 0.8),
    ]  # fmt: skip
    assert (
        found
        == pickle.loads(pickle.dumps(guard)).check(texts).select("row", "start", "end", "rule", "grade", "score").rows()
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (CATASTROPHIC, "took more than 0.5 s of processor time"),
        (ONE.format('re.search("(a|aa)+$", text)'), "took more than 0.5 s of processor time"),
        (ONE.format("[None for _ in iter(int, 1)]"), "took more than 0.5 s of processor time"),
        (ONE.format("time.sleep(1000)"), "did not answer"),
        (ONE.format("os._exit(3)"), "ended its process"),
        (ONE.format("raise KeyError(text)"), "raised KeyError"),
        (ONE.format("return [type('R', (), dict(entity_type='BAD', start=0, end=999, score=1))]"), "a span that is none"),
    ],
    ids=["pattern", "expression", "loop", "sleep", "exit", "raise", "span"],
)  # fmt: skip
def test_what_takes_too_long_or_fails_is_named_and_its_text_unscanned(tmp_path: Path, source: str, said: str) -> None:
    """The document is unscanned with the recogniser's name and no word of its text; the others are checked."""
    guard = Guard(detectors=["personal_info"], pipeline=pipeline(tmp_path, source, seconds=0.5))
    scanned = guard.scan_texts(["13800138000", ENDLESS, "13900139000"])

    lost = scanned.batch.unscanned

    assert [1] == [one.row for one in lost]
    assert said in lost[0].reason
    assert "aaa" not in lost[0].reason
    assert len(scanned.findings) == 2


def test_a_scan_with_workers_goes_on_and_says_so(tmp_path: Path) -> None:
    """In worker processes likewise: one document unscanned, named in errors.csv, and no PASS."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("a", "b"):
        pl.DataFrame({"text": ["13800138000", ENDLESS if name == "a" else "x", "ok"]}).write_parquet(
            data / f"{name}.parquet"
        )
    run = corpus_guard.scan(
        [data],
        out=tmp_path / "run",
        detectors=["personal_info"],
        workers=2,
        pipeline=pipeline(tmp_path, CATASTROPHIC, seconds=0.5),
    )
    lost = pl.read_csv(tmp_path / "run" / "errors.csv")

    assert lost.select("shard", "row", "documents").rows() == [("a.parquet", 1, 1)]
    assert "the recogniser Bad (mine.py) took more than 0.5 s" in lost["reason"][0]
    assert run.verdict == "INCONCLUSIVE"


def test_threads_share_one_process(tmp_path: Path) -> None:
    """Four threads ask at once; one of their texts is cut off, the answers of the others are theirs."""
    guard = Guard(detectors=["personal_info"], pipeline=pipeline(tmp_path, CATASTROPHIC, seconds=0.5))
    texts = ["13800138000", ENDLESS, "aaaa", "13900139000 and 13800138000"]
    with ThreadPoolExecutor(4) as threads:
        scanned = list(threads.map(lambda text: guard.scan_texts([text]), texts))

    assert [0, 1, 0, 0] == [len(one.batch.unscanned) for one in scanned]
    assert [1, 0, 1, 2] == [len(one.findings) for one in scanned]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ('["none.py"]', "none.py does not exist"), ('["empty.py"]', '"{}/empty.py" holds no recogniser'), ('["broken.py"]', "cannot be loaded: ZeroDivisionError"),
        ('["json"]', '"json" is neither a file such as mine.py nor a class'), ('["json:JSONDecoder"]', "is no class or instance"), ('["nowhere.at_all:Class"]', "cannot be loaded: ModuleNotFoundError"),
        ('["json:Nothing"]', "cannot be loaded: AttributeError"), ('"mine.py"', "lists files and classes"), ('["empty.py"]\nrecognizer_seconds = 0', "holds no recogniser"),
    ],
)  # fmt: skip
def test_what_is_no_recogniser_is_refused(tmp_path: Path, named: str, said: str) -> None:
    """In one sentence, before anything is scanned."""
    (tmp_path / "empty.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_text("1 / 0\n")
    path = tmp_path / "pipeline.toml"
    path.write_text(f"[personal_info]\nrecognizers = {named}\n")

    with pytest.raises((UsageError, CatalogError)) as refused:
        Guard(detectors=["personal_info"], pipeline=path)
    assert said.format(tmp_path) in str(refused.value)


def test_seconds_are_a_number_above_zero(tmp_path: Path) -> None:
    """Anything else is refused."""
    with pytest.raises(UsageError, match='"recognizer_seconds" is 0'):
        Guard(detectors=["personal_info"], pipeline=pipeline(tmp_path, GOOD, seconds=0))


def test_a_class_of_a_module_and_grades_of_its_own(tmp_path: Path) -> None:
    """`module:Class` names one recogniser; its rule is regraded like any other."""
    path = tmp_path / "pipeline.toml"
    path.write_text(
        '[personal_info]\nrecognizers = ["presidio_analyzer.predefined_recognizers:KrRrnRecognizer"]\n[rules]\n'
        'regrade = [{ rule = "recognizer-kr-rrn", grade = "violation", reason = "ids of staff" }]\n'
    )
    found = Guard(detectors=["personal_info"], pipeline=path).check(["번호 960121-1234567 , 编号9601211234567。"])

    assert [("KR_RRN", "violation")] * len(found) == found.select("entity", "grade").rows()


def test_another_recogniser_is_another_rule(tmp_path: Path) -> None:
    """What a recogniser is made of is part of its rule, so that no run goes on and no night takes over with another."""
    plans = []
    for source in (GOOD, GOOD + "# changed\n"):
        options = {"pipeline": pipeline(tmp_path, source), "detectors": ("personal_info",)}
        plans.append(make_plan(resolve_options(options)))
    before, after = ({rule.recognizer for rule in plan.rules if rule.id == "recognizer-badge"} for plan in plans)

    assert before != after
    assert plans[0].digests["rules"] != plans[1].digests["rules"]

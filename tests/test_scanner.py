"""What becomes of documents on which a detector answers with what is no answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

import corpus_guard as cg
from corpus_guard.errors import UsageError

DETECTOR = """
import sys
import numpy as np
from corpus_guard.core.candidate import Gate
from corpus_guard.core.detector import UncheckedError
from corpus_guard.core.finding import Findings

def found(text=0, start=0, end=1, rule=None, grade=1, score=0.5, column=""):
    whole = lambda value: np.array([value], np.int64)
    return Findings.of(
        whole(text), whole(start), whole(end), whole(OWN if rule is None else rule), np.array([grade], np.int8),
        np.array([score]), column)

class Odd:
    name = "odd"
    columns = ()
    content = False
    options = ()
    gates = {gates}

    def __init__(self, setting):
        global OWN
        OWN = setting.rules[0][0]

    def detect(self, batch, candidates):
        odd = [(number, text.as_py()) for number, text in enumerate(batch.texts) if "ODD" in text.as_py()]
        for number, text in odd:
            {does}
        return Findings.none()
    {more}
"""
RULES = 'detector = "odd"\n\n[[rule]]\nid = "odd"\ntitle = "Odd"\ngrade = "info"\nterms = ["odd"]\nmust_match = ["odd", "odd one"]\nmust_not_match = ["even", "none"]\n'

ANSWERS = {
    "return None": "gave no table of findings",
    "return [1, 2]": "gave no table of findings",
    "return Findings.of(*[np.zeros(n, np.int64) for n in (1, 2, 1, 1, 1, 1)])": "gave findings whose columns do not fit together",
    "return found(end=5000)": "gave a finding outside its text",
    "return found(start=-3)": "gave a finding outside its text",
    "return found(start=2, end=1)": "gave a finding outside its text",
    "return found(text=77)": "gave a finding in a text that there is not",
    'return found(column="licence")': "gave a finding in a text that there is not",
    "return found(rule=0)": "gave a finding of a rule that is not its own",
    "return found(rule=10**6)": "gave a finding of a rule that is not its own",
    "return found(grade=9)": "gave a grade or a score that is none",
    'return found(score=float("nan"))': "gave a grade or a score that is none",
    "sys.exit(0)": "raised SystemExit",
    "raise UncheckedError({})": "named no documents, or others than it was given, as unchecked",
    'raise UncheckedError({99: "far"})': "named no documents, or others than it was given, as unchecked",
    'raise UncheckedError({number: "the meter was off"})': "the meter was off",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with rules of the detector and a small corpus."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text('{"text": "好"}\n', encoding="utf-8")
    (tmp_path / "odd.toml").write_text(RULES, encoding="utf-8")
    return tmp_path


def write(place: Path, does: Sequence[str] = (), gates: str = "()", more: str = "") -> str:
    """Write the detector, which does on "ODD 2" the third of *does*, and return its name."""
    cases = "\n".join(f"            if text.endswith(' {case}'): {one}" for case, one in enumerate(does))
    filled = DETECTOR.replace("            {does}", cases or "            pass")
    (place / "odd.py").write_text(filled.replace("{gates}", gates).replace("{more}", more), encoding="utf-8")
    return str(place / "odd.py")


def test_what_is_no_answer_leaves_its_document_unscanned(place: Path) -> None:
    """Each document is named with the detector and what it did, the others are scanned, and nothing passes."""
    lines = ["fine", *(f"ODD {case}" for case in range(len(ANSWERS))), "fine too"]
    texts = "".join(f'{{"text": "{line}"}}\n' for line in lines)
    (place / "in" / "a.jsonl").write_text(texts, encoding="utf-8")
    detectors = ["keywords", "personal_info", write(place, list(ANSWERS))]
    run = cg.scan(place / "in", out=place / "run", detectors=detectors, rules=[place / "odd.toml"])
    errors = pl.read_csv(run.path / "errors.csv").rows(named=True)

    said = [why if why.startswith("the ") else f"the detector odd {why}" for why in ANSWERS.values()]
    assert list(enumerate(said, 1)) == [(one["row"], one["reason"]) for one in errors]
    assert [2] == run.summary["documents"].to_list()
    assert "INCONCLUSIVE" == run.verdict


@pytest.mark.parametrize(
    "more",
    [
        "def observe(self, batch): return [(99, 'x')]",
        "def observe(self, batch): return [(0, 'x', 'y')]",
        "def observe(self, batch): return None",
        "def fingerprint(self, batch, views): return 1",
        "def tell(self, batch, views): return 'zh'",
    ],
)
def test_what_else_a_detector_tells_is_checked(place: Path, more: str) -> None:
    """Counts, fingerprints and languages of other documents leave all of them unscanned."""
    guard = cg.Guard(detectors=[write(place, more=more)], rules=[place / "odd.toml"])
    table = guard.annotate({"text": ["好", "fine"]})

    assert ["the detector odd gave fingerprints, counts or languages of other documents"] * 2 == table[
        "guard_unscanned"
    ]


@pytest.mark.parametrize(
    ("gates", "fault"),
    [
        ("None", "its gates are no sequence of Gate"),
        ('("odd",)', "its gates are no sequence of Gate"),
        ('(Gate(""),)', "one of its gates is empty"),
        ('(Gate("(?<=a)b", literal=False),)', "Hyperscan does not take it"),
    ],
)
def test_gates_that_are_none_are_refused(place: Path, gates: str, fault: str) -> None:
    """Nothing is scanned with a detector whose gates cannot be looked for; the sentence names it."""
    detectors = [write(place, gates=gates)]
    with pytest.raises(UsageError, match=fault) as refused:
        cg.scan(place / "in", out=place / "run", detectors=detectors, rules=[place / "odd.toml"])

    assert "odd" in str(refused.value)
    assert not (place / "run").exists()


def test_a_table_in_memory_says_which_rows_are_unchecked(place: Path) -> None:
    """`annotate` gives no verdict on a row about which a detector answers nonsense."""
    guard = cg.Guard(detectors=[write(place, ["return found(end=5000)"])], rules=[place / "odd.toml"])
    table = guard.annotate({"text": ["好", "ODD 0"]})

    assert [False, None] == table["guard_violation"]
    assert [None, "the detector odd gave a finding outside its text"] == table["guard_unscanned"]


def test_sound_answers_are_taken(place: Path) -> None:
    """A finding that reaches to the end of its text stays, in code points."""
    guard = cg.Guard(detectors=[write(place, ["return found(text=number, end=5)"])], rules=[place / "odd.toml"])

    assert [(1, 0, 5, "odd")] == guard.check(["好", "ODD 0"]).select("row", "start", "end", "rule").rows()


def test_a_detector_that_cannot_begin_is_refused(place: Path) -> None:
    """What goes wrong in `prepare` ends the scan with one sentence that names the detector, not with a fault."""
    detectors = [write(place, more='def prepare(self): raise OSError("no model")')]
    with pytest.raises(UsageError, match="the detector odd cannot be set up: OSError: no model"):
        cg.scan(place / "in", out=place / "run", detectors=detectors, rules=[place / "odd.toml"])

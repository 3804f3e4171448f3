"""The detector in a scan: languages of sources, uncovered documents, what a pipeline accepts, judging again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import corpus_guard as cg
from corpus_guard.errors import CatalogError
from corpus_guard.guard import per_document_detectors

GERMAN = "Der Rat der Stadt hat gestern beschlossen, dass die alte Brücke im nächsten Jahr erneuert wird, Nummer {}."
CHINESE = "市议会昨天决定，明年将翻修河上的老桥，请市民提前安排好出行时间，编号{}。"
DETECTOR = '''
class Shouts:
    """Finds nothing; it judges content, as keywords do, without their rules."""

    name = "shouts"
    columns = ()
    content = True
    gates = ()
    options = ()

    def __init__(self, setting):
        pass

    def detect(self, batch, candidates):
        from corpus_guard.core.finding import Findings
        return Findings.none()
'''


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two sources: 60 Chinese and 40 German documents, 100 Chinese ones."""
    for name, german in (("mixed", 40), ("plain", 0)):
        (tmp_path / "in" / name).mkdir(parents=True)
        texts = [(GERMAN if number < german else CHINESE).format(number) for number in range(100)]
        lines = (json.dumps({"text": text}, ensure_ascii=False) for text in texts)
        (tmp_path / "in" / name / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "shouts.py").write_text(DETECTOR)
    return tmp_path


def scan(corpus: Path, *detectors: str, judge: str = "", **options: Any) -> Any:
    """Scan the corpus with a content detector that has no rules, and *detectors*."""
    pipeline = corpus / "pipeline.toml"
    pipeline.write_text(judge)
    names = [str(corpus / "shouts.py"), *detectors]
    out = corpus / f"out{len(list(corpus.iterdir()))}"
    return cg.scan([corpus / "in"], out=out, detectors=names, pipeline=pipeline, workers=1, **options)


def column(run: Any, name: str) -> dict[str, Any]:
    """Return a column of summary.csv by source."""
    return dict(run.summary.select("source", name).iter_rows())


def test_languages_and_uncovered_documents_of_sources(corpus: Path) -> None:
    """Shares stand in summary.csv; German is uncovered although its script is covered."""
    run = scan(corpus, "language")
    assert {"mixed": "zh-Hans 0.6;de 0.4", "plain": "zh-Hans 1"} == column(run, "languages")
    assert {"mixed": 40, "plain": 0} == column(run, "uncovered_documents")
    assert {"de": 40} == run.facts["judging"]["languages"]["mixed"]["uncovered"]
    assert 0 < run.facts["language_check"]["agreed"] <= run.facts["language_check"]["checked"]


def test_without_it_the_check_of_scripts_stays(corpus: Path) -> None:
    """No language is told, and German letters are those of English."""
    run = scan(corpus)
    assert {"mixed": "", "plain": ""} == column(run, "languages")
    assert {"mixed": 0, "plain": 0} == column(run, "uncovered_documents")


def test_judging_again_knows_the_languages(corpus: Path) -> None:
    """`accept_uncovered` is kept with the run; judging again changes nothing."""
    reasons = []
    for judge in ("", "[judge]\naccept_uncovered = ['de']"):
        run = scan(corpus, "language", judge=judge, as_of="2026-01-31")
        before = [(run.path / name).read_bytes() for name in ("assessment.csv", "summary.csv")]
        again = cg.assess(run.path)
        assert before == [(again.path / name).read_bytes() for name in ("assessment.csv", "summary.csv")]
        reasons.append(again.facts["judging"]["judge"]["accept_uncovered"])
    assert [[], ["de"]] == reasons


def test_an_accepted_language_needs_the_detector(corpus: Path) -> None:
    """Scripts do not tell languages apart, so the pipeline is refused."""
    with pytest.raises(CatalogError, match="only the detector language tells"):
        scan(corpus, judge="[judge]\naccept_uncovered = ['de']")


def test_batches_and_splits_change_nothing(corpus: Path) -> None:
    """The same summary for any size of a batch."""
    cells = {(scan(corpus, "language", batch_bytes=size).path / "summary.csv").read_bytes() for size in (200, 3000, 0)}
    assert 1 == len(cells)


def test_guards_do_not_count_languages() -> None:
    """It finds nothing in a text, so a guard runs it only when it is named."""
    assert "language" not in per_document_detectors()

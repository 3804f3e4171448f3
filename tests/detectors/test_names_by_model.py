"""Names by a model of spaCy: a real one, made here, written to disk, read back by path."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import spacy

from corpus_guard import Guard
from corpus_guard.errors import UsageError
from corpus_guard.planning import make_plan, resolve_options

PATTERNS = [
    {"label": "PERSON", "pattern": "爱丽丝"}, {"label": "PER", "pattern": "鲍勃"}, {"label": "GPE", "pattern": "仙境"}, {"label": "ORG", "pattern": "某某公司"},
]  # fmt: skip


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """Write a Chinese model and a pipeline file that names it; return the latter."""
    model = spacy.blank("zh")
    model.add_pipe("entity_ruler").add_patterns(PATTERNS)  # type: ignore[attr-defined]
    model.to_disk(tmp_path / "model")
    path = tmp_path / "pipeline.toml"
    path.write_text('[personal_info]\nnames_model = "model"\n')
    return path


def found(path: Path, text: str) -> list[tuple[str, str, str]]:
    """Return (rule, span, grade) of what is found in *text*."""
    rows = Guard(detectors=["personal_info"], pipeline=path).check([text]).select("rule", "start", "end", "grade")
    return [(rule, text[start:end], grade) for rule, start, end, grade in rows.iter_rows()]


def test_what_the_model_sees_is_found(pipeline: Path) -> None:
    """Persons and places with their places in the whole text, beside what rules find; organisations are nobody."""
    text = "\n".join(
        ["昨天爱丽丝去了仙境", "", "x" * 25_000 + "鲍勃在某某公司", "姓名：王小明，爱丽丝，电话13800138000"]
    )

    assert found(pipeline, text) == [
        ("person-by-model", "爱丽丝", "info"), ("place-by-model", "仙境", "info"), ("person-by-model", "鲍勃", "info"),
        ("person-labelled", "王小明", "info"), ("person-by-model", "爱丽丝", "info"), ("cn-mobile", "13800138000", "suspect"),
    ]  # fmt: skip


def test_names_of_a_model_make_records(pipeline: Path) -> None:
    """A name beside two kinds of identifiers is a record of a person, whoever found it."""
    assert ("person-record", "爱丽丝", "violation") in found(pipeline, "爱丽丝 13800138000 a@example.com")


def test_without_the_option_no_model_runs(tmp_path: Path) -> None:
    """Names that nothing announces are not found."""
    path = tmp_path / "pipeline.toml"
    path.write_text("[personal_info]\n")

    assert [] == found(path, "昨天爱丽丝去了仙境")


def test_another_model_is_another_digest(pipeline: Path) -> None:
    """A model is part of the rules."""
    digests = set()
    for patterns in (PATTERNS, PATTERNS[:2]):
        model = spacy.blank("zh")
        model.add_pipe("entity_ruler").add_patterns(patterns)  # type: ignore[attr-defined]
        model.to_disk(pipeline.parent / "model")
        digests.add(
            make_plan(resolve_options({"pipeline": pipeline, "detectors": ("personal_info",)})).digests["rules"]
        )

    assert len(digests) == 2


def test_what_is_no_model_is_refused(pipeline: Path) -> None:
    """No folder, an empty one, a pickle inside, a broken configuration: one sentence each."""
    folder = pipeline.parent / "model"
    (folder / "weights").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(UsageError, match="weights is a pickle"):
        found(pipeline, "x")
    (folder / "weights").unlink()
    (folder / "config.cfg").write_text("[nlp]\nlang = 'zh'\npipeline = ['none']\n")
    with pytest.raises(UsageError, match="spaCy cannot load"):
        found(pipeline, "x")
    (folder / "meta.json").unlink()
    with pytest.raises(UsageError, match=r"is no model of spaCy, it holds no meta\.json"):
        found(pipeline, "x")
    (folder / "config.cfg").unlink()
    with pytest.raises(UsageError, match=r"is no model, it holds no config\.cfg .* and no config\.json"):
        found(pipeline, "x")


def test_a_line_is_cut_beside_words(pipeline: Path) -> None:
    """A line longer than a piece is cut where no name goes on."""
    assert ("person-by-model", "爱丽丝", "info") in found(pipeline, "，" * 19_998 + "爱丽丝来了")

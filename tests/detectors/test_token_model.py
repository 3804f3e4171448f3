"""Names by a model of transformers: a BERT of characters with weights set by hand, written to disk, read by path."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus_guard import Guard
from corpus_guard.detectors.token_model import TokenModel
from corpus_guard.errors import UsageError
from corpus_guard.planning import make_plan, resolve_options

NEEDED = "the extra ner is not installed"
torch: Any = pytest.importorskip("torch", reason=NEEDED)
transformers: Any = pytest.importorskip("transformers", reason=NEEDED)

LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG"]
LABELLED = {"爱": 1, "丽": 2, "丝": 2, "鲍": 1, "勃": 2, "仙": 3, "境": 4, "司": 5}
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LABELLED, *"昨天去了公在姓名电话：，0123456789"]
WINDOW, BLIND = 32, 7
"""Tokens of a window, and the dimension that is set at both ends of it, where the model sees nothing."""


def set_by_hand(model: Any) -> None:
    """Give every labelled character a dimension, which the classifier reads; blind both ends of a window."""
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        embeddings = model.bert.embeddings
        embeddings.LayerNorm.weight.fill_(1)
        for layer in model.bert.encoder.layer:
            layer.attention.output.LayerNorm.weight.fill_(1)
            layer.output.LayerNorm.weight.fill_(1)
        for character, label in LABELLED.items():
            embeddings.word_embeddings.weight[VOCABULARY.index(character), label] = 1
            model.classifier.weight[label, label] = 3
        embeddings.position_embeddings.weight[[1, WINDOW - 2], BLIND] = 3
        model.classifier.weight[0, BLIND] = 10
        model.classifier.bias[0] = 1


def write_model(folder: Path, labels: list[str] = LABELS) -> Any:
    """Write a model and its vocabulary to *folder*; return the model."""
    config = transformers.BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        max_position_embeddings=WINDOW, id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )  # fmt: skip
    model = transformers.BertForTokenClassification(config)
    set_by_hand(model)
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY))
    return model


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """Write a model and a pipeline file that names it; return the latter."""
    write_model(tmp_path / "model")
    path = tmp_path / "pipeline.toml"
    path.write_text('[personal_info]\nnames_model = "model"\n')
    return path


def found(path: Path, *texts: str) -> list[tuple[int, str, str]]:
    """Return (text, rule, span) of what is found in *texts*."""
    rows = Guard(detectors=["personal_info"], pipeline=path).check(list(texts)).select("row", "rule", "start", "end")
    return [(row, rule, texts[row][start:end]) for row, rule, start, end in rows.iter_rows()]


def test_what_the_model_sees_is_found(pipeline: Path) -> None:
    """Persons and places at their code points, behind emoji and characters that it does not know; no organisations."""
    text = "昨天😀爱丽丝去了仙境，\n\n  ﷺ鲍勃在公司，电话13800138000"

    assert found(pipeline, text) == [
        (0, "person-by-model", "爱丽丝"), (0, "place-by-model", "仙境"), (0, "person-by-model", "鲍勃"),
        (0, "cn-mobile", "13800138000"),
    ]  # fmt: skip


def test_long_lines_are_read_in_windows_that_overlap(pipeline: Path) -> None:
    """A name at any place of a line is found once, whole, though the model is blind at the ends of a window."""
    texts = ["去" * before + "爱丽丝" + "了" * 40 for before in range(1, 70)]

    assert [(row, "person-by-model", "爱丽丝") for row in range(69)] == found(pipeline, *texts)
    text = "去".join(["", *["鲍勃了"] * 60])

    assert ["鲍勃"] * 60 == [span for _, _, span in found(pipeline, text)]


def test_other_texts_change_nothing(pipeline: Path) -> None:
    """Alone, or among longer and shorter texts, and on however many threads: the same."""
    texts = ["昨天爱丽丝去了", "去" * 100 + "仙境了", "", "在鲍勃"]
    alone = [(row, rule, span) for row, text in enumerate(texts) for _, rule, span in found(pipeline, text)]
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert alone == found(pipeline, *texts)
        assert 2 == torch.get_num_threads()
    finally:
        torch.set_num_threads(before)
    assert 2 <= len(alone)


def test_weights_of_sixteen_bits_are_read_as_thirty_two(pipeline: Path) -> None:
    """A model saved in half precision answers in full."""
    folder = pipeline.parent / "model"
    write_model(folder).to(torch.bfloat16).save_pretrained(folder)

    assert b'"BF16"' in (folder / "model.safetensors").read_bytes()
    assert torch.float32 == TokenModel(folder, frozenset({"PER"}))._model.dtype
    assert [(0, "person-by-model", "爱丽丝")] == found(pipeline, "昨天爱丽丝去了")


def test_another_model_is_another_digest(pipeline: Path) -> None:
    """A model is part of the rules."""
    digests = set()
    for labels in (LABELS, [*LABELS[:3], "B-GPE", "I-GPE", "B-ORG"]):
        write_model(pipeline.parent / "model", labels)
        options = resolve_options({"pipeline": pipeline, "detectors": ("personal_info",)})
        digests.add(make_plan(options).digests["rules"])

    assert len(digests) == 2


def test_no_name_is_looked_up(pipeline: Path) -> None:
    """Loading a model and reading a text connects to nobody and resolves no host."""
    code = f"""
import sys
seen = []
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith("socket.") else None)
from corpus_guard import Guard
from corpus_guard.detectors.token_model import TokenModel
rows = Guard(detectors=["personal_info"], pipeline={str(pipeline)!r}).check(["昨天爱丽丝去了"])
print(len(rows), sorted({{event for event in seen}} - {{"socket.__new__", "socket.bind"}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ("1 []", "") == (done.stdout.strip(), done.stderr)


def refused(pipeline: Path, why: str) -> None:
    """Check that the model is refused, for *why*."""
    with pytest.raises(UsageError, match=why) as told:
        found(pipeline, "x")
    assert "\n" not in str(told.value)


def test_what_cannot_name_anyone_is_refused(pipeline: Path) -> None:
    """Labels that mean nothing, no vocabulary, no classifier, no numbers, broken weights: one sentence each."""
    folder = pipeline.parent / "model"
    (folder / "vocab.txt").unlink()
    refused(pipeline, "no vocabulary that fits its model")
    write_model(folder, [f"LABEL_{number}" for number in range(6)])
    refused(pipeline, "no label of .* is known for persons or places: LABEL_0, LABEL_1")
    model = write_model(folder)
    model.bert.save_pretrained(folder)
    refused(pipeline, "no weights for token classification")
    with torch.no_grad():
        model.classifier.bias.fill_(float("nan"))
    model.save_pretrained(folder)
    refused(pipeline, "answers with no numbers")
    (folder / "model.safetensors").write_bytes(b"x" * 100)
    refused(pipeline, "transformers cannot load")


def test_code_in_the_folder_is_not_run(pipeline: Path) -> None:
    """A model that brings its own Python is refused, and pickles beside safetensors are not opened."""
    folder, mark = pipeline.parent / "model", pipeline.parent / "ran"
    run = f"open({str(mark)!r}, 'w').close()"
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(print))
    (folder / "own.py").write_text(run)
    assert [(0, "person-by-model", "鲍勃")] == found(pipeline, "在鲍勃")
    config = json.loads((folder / "config.json").read_text())
    own = {"AutoConfig": "own.Config", "AutoModelForTokenClassification": "own.Model"}
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "own", "auto_map": own}))
    refused(pipeline, "transformers cannot load")
    assert not mark.exists()

"""Folders of models: which library reads them, and which are not read at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from corpus_guard.detectors.model_folders import model_digest, model_folder
from corpus_guard.detectors.token_model import TokenModel
from corpus_guard.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write what looks like a model of transformers."""
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    return tmp_path


def test_the_library_is_told_by_the_files(folder: Path) -> None:
    """A folder of transformers is one of spaCy when it has the files of both."""
    assert (folder, "transformers") == model_folder(folder)
    for name in ("config.cfg", "meta.json"):
        (folder / name).write_text("")
    assert (folder, "spaCy") == model_folder(folder)


def test_weights_that_are_pickles_are_refused(folder: Path) -> None:
    """Only safetensors are weights."""
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UsageError, match=r"holds no model\.safetensors, and weights in other files are pickles"):
        model_folder(folder)


def test_adapters_are_refused(folder: Path) -> None:
    """An adapter names a model elsewhere, which no digest covers."""
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(UsageError, match="an adapter to a model elsewhere"):
        model_folder(folder)


def test_other_weights_or_words_are_another_digest(folder: Path) -> None:
    """Every file counts, by name and content."""
    digests = {model_digest(folder)}
    (folder / "model.safetensors").write_bytes(b"others!")
    digests.add(model_digest(folder))
    (folder / "vocab.txt").write_text("words")
    digests.add(model_digest(folder))
    (folder / "vocab.txt").rename(folder / "words.txt")

    assert 4 == len(digests | {model_digest(folder)})


@pytest.mark.parametrize("absent", ["torch", "transformers"])
def test_without_the_library_the_extra_is_named(folder: Path, absent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lacks one of both is told what to install."""
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(UsageError, match='needs transformers and torch; install the extra "ner"'):
        TokenModel(folder, frozenset({"PER"}))

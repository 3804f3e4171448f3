"""Names and places by a model on this machine: `[personal_info] names_model = "path/to/model"` (extra `ner`).

The model is a folder as spaCy writes it (`config.cfg`, `meta.json`), or as transformers does (`config.json`,
`model.safetensors`: `detectors.token_model`). Each is read by its own loader, which takes weights and words, no Python
objects. What its labels mean stands in `rules/people/names.toml`. Every text is read by it, at the speed of the model;
longer ones in pieces of whole lines.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus_guard.catalog.wordings import read_word_lists
from corpus_guard.core.batch import Batch
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.model_folders import WHERE, model_folder
from corpus_guard.detectors.token_model import TokenModel
from corpus_guard.errors import UsageError

BY_MODEL = "name_by_model"
_PIECE = re.compile(r"[^\n]{1,20000}(?:\n|\Z)|[^\n]{0,19999}[^\w\n]|[^\n]{1,20000}|\n")
_LABELS = {"PERSON": "model_persons", "LOCATION": "model_places"}


class NamesByModel:
    """A model, and the rules of what it finds."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], path: object) -> None:
        """Load the model in the folder *path*; raise `UsageError` when it is none."""
        lists = read_word_lists()
        known = {label: entity for entity, name in _LABELS.items() for label in lists[name]}
        by_entity = {rule.entity: (number, rule) for number, rule in rules}
        self._rules = {label: by_entity[entity] for label, entity in known.items() if entity in by_entity}
        folder, library = model_folder(path)
        self._model: SpacyModel | TokenModel
        self._model = SpacyModel(folder) if library == "spaCy" else TokenModel(folder, frozenset(known))
        self._turn = threading.Lock()

    def findings(self, batch: Batch) -> Findings:
        """Return the names and places that the model sees in the texts of *batch*."""
        with self._turn:
            found = [row for text in range(len(batch.texts)) for row in self._in_text(text, str(batch.texts[text]))]
        if not found:
            return Findings.none()
        text_numbers, start, end, number, grade = np.array([row[:-1] for row in found], np.int64).T
        score = np.array([row[-1] for row in found], np.float64)
        return Findings.of(text_numbers, start, end, number, grade.astype(np.int8), score)

    def _in_text(self, text: int, whole: str) -> Iterator[tuple[int, int, int, int, int, float]]:
        for piece in _PIECE.finditer(whole):
            if not piece[0].isspace():
                for label, start, end in self._model.entities(piece[0]):
                    if label in self._rules:
                        number, rule = self._rules[label]
                        origin = piece.start()
                        yield text, origin + start, origin + end, number, int(rule.grade), rule.score


class SpacyModel:
    """A model of spaCy."""

    def __init__(self, folder: Path) -> None:
        """Load the model in *folder*; raise `UsageError` when spaCy cannot."""
        self._model = _loaded(folder)

    def entities(self, text: str) -> list[tuple[str, int, int]]:
        """Return (label, start, end) of what the model sees in *text*, in code points."""
        with self._model.memory_zone():  # one by one: a batch of other texts must not change an answer
            return [(one.label_, one.start_char, one.end_char) for one in self._model(text).ents]


def _loaded(folder: Path) -> Any:
    try:
        import spacy
    except ImportError:
        raise UsageError(f'{WHERE} needs spaCy; install the extra "ner"') from None
    try:
        return spacy.load(folder)
    except Exception as error:
        reason = str(error).split("\n", 1)[0][:200]
        raise UsageError(f"{WHERE}: spaCy cannot load {folder}: {type(error).__name__}: {reason}") from error

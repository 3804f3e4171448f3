"""Names and places by a model of spaCy on this machine: `[personal_info] names_model = "path/to/model"` (extra `ner`).

The model is a folder as spaCy writes it (`config.cfg`, `meta.json`). It is read by spaCy's own loader, which takes
weights and words, no Python objects; a folder that holds a pickle is refused before. What its labels mean stands in
`rules/people/names.toml`. Every text is read by it, at the speed of the model; longer ones in pieces of whole lines.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from corpus_guard.catalog.wordings import read_word_lists
from corpus_guard.core.batch import Batch
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.errors import UsageError

BY_MODEL = "name_by_model"
OPTION = "names_model"
_WHERE = f'pipeline [personal_info]: "{OPTION}"'
_NEEDED = ("config.cfg", "meta.json")
_PIECE = re.compile(r"[^\n]{1,20000}\n?|\n")
_PICKLED = re.compile(rb"\x80[\x02-\x05].")
_LABELS = {"PERSON": "model_persons", "LOCATION": "model_places"}


class NamesByModel:
    """A model of spaCy, and the rules of what it finds."""

    def __init__(self, rules: Sequence[tuple[int, Rule]], path: object) -> None:
        """Load the model in the folder *path*; raise `UsageError` when it is none."""
        lists = read_word_lists()
        known = {label: entity for entity, name in _LABELS.items() for label in lists[name]}
        by_entity = {rule.entity: (number, rule) for number, rule in rules}
        self._rules = {label: by_entity[entity] for label, entity in known.items() if entity in by_entity}
        self._model = _loaded(model_folder(path))
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
                with self._model.memory_zone():  # one by one: a batch of other texts must not change an answer
                    seen = [(one.label_, one.start_char, one.end_char) for one in self._model(piece[0]).ents]
                for label, start, end in seen:
                    if label in self._rules:
                        number, rule = self._rules[label]
                        origin = piece.start()
                        yield text, origin + start, origin + end, number, int(rule.grade), rule.score


def model_folder(path: object) -> Path:
    """Return *path* as the folder of a model; raise `UsageError` when it is none, or holds pickled objects."""
    folder = Path(str(path))
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing and (folder / "config.json").is_file():
        raise UsageError(
            f"{_WHERE}: {folder} looks like a model of transformers, which are not taken; name the folder of a "
            "model of spaCy, which nlp.to_disk wrote"
        )
    if missing:
        raise UsageError(
            f"{_WHERE}: {folder} is no model of spaCy, it holds no {' and no '.join(missing)}; name the folder "
            "that nlp.to_disk wrote"
        )
    for file in _files(folder):
        with file.open("rb") as opened:
            if _PICKLED.match(opened.read(3)):
                raise UsageError(f"{_WHERE}: {file} is a pickle, which may run anything; a model of spaCy needs none")
    return folder


def model_digest(path: object) -> str:
    """Return the SHA-256 of a model: another model is another rule. Raises `UsageError`."""
    folder, digest = model_folder(path), sha256()
    for file in _files(folder):
        digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _loaded(folder: Path) -> Any:
    try:
        import spacy
    except ImportError:
        raise UsageError(f'{_WHERE} needs spaCy; install the extra "ner"') from None
    try:
        return spacy.load(folder)
    except Exception as error:
        reason = str(error).split("\n", 1)[0][:200]
        raise UsageError(f"{_WHERE}: spaCy cannot load {folder}: {type(error).__name__}: {reason}") from error

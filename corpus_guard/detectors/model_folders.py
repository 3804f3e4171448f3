"""Folders of models on this machine: which library wrote one, whether it is safe to read, and its digest."""

from __future__ import annotations

import re
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Literal

from corpus_guard.errors import UsageError

OPTION = "names_model"
WHERE = f'pipeline [personal_info]: "{OPTION}"'
_OF_SPACY = ("config.cfg", "meta.json")
_OF_TRANSFORMERS = "config.json"
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_ADAPTER = "adapter_config.json"
_PICKLED = re.compile(rb"\x80[\x02-\x05].")

Library = Literal["spaCy", "transformers"]


def model_folder(path: object) -> tuple[Path, Library]:
    """Return *path* as the folder of a model, and what reads it; raise `UsageError` when it is none, or not safe."""
    folder = Path(str(path))
    held = [name for name in (*_OF_SPACY, _OF_TRANSFORMERS) if (folder / name).is_file()]
    if not held:
        raise UsageError(
            f"{WHERE}: {folder} is no model, it holds no {' and no '.join(_OF_SPACY)} (spaCy) and no "
            f"{_OF_TRANSFORMERS} (transformers); name the folder that nlp.to_disk or save_pretrained wrote"
        )
    if held == [_OF_TRANSFORMERS]:
        _check_weights(folder)
        return folder, "transformers"
    if missing := [name for name in _OF_SPACY if name not in held]:
        raise UsageError(
            f"{WHERE}: {folder} is no model of spaCy, it holds no {' and no '.join(missing)}; name the folder "
            "that nlp.to_disk wrote"
        )
    _check_pickles(folder)
    return folder, "spaCy"


def _check_weights(folder: Path) -> None:
    if (folder / _ADAPTER).is_file():
        raise UsageError(
            f"{WHERE}: {folder} holds {_ADAPTER}, an adapter to a model elsewhere; merge both and save them together"
        )
    if not any((folder / name).is_file() for name in _WEIGHTS):
        raise UsageError(
            f"{WHERE}: {folder} holds no {_WEIGHTS[0]}, and weights in other files are pickles, which may run "
            "anything; save the model with safe_serialization"
        )


def _check_pickles(folder: Path) -> None:
    for file in _files(folder):
        with file.open("rb") as opened:
            if _PICKLED.match(opened.read(3)):
                raise UsageError(f"{WHERE}: {file} is a pickle, which may run anything; a model of spaCy needs none")


def model_digest(path: object) -> str:
    """Return the SHA-256 of a model: another model is another rule. Raises `UsageError`."""
    (folder, _), digest = model_folder(path), sha256()
    for file in _files(folder):
        digest.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as opened:
            digest.update(file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())

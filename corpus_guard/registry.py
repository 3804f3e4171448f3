"""Detectors by name: ours, those of installed packages (entry points), and single files named on the command line."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from corpus_guard.errors import UsageError, did_you_mean

ENTRY_POINTS = "corpus_guard.detectors"
BY_OPTION = {
    "contamination": "corpus_guard.detectors.contamination:Contamination",
    "repetition": "corpus_guard.detectors.repetition:Repetition",
}
"""Detectors that run only where an option asks for them (`--against`, `--repetition`)."""


def known_detectors() -> list[str]:
    """Return the names of all installed detectors, in alphabetical order."""
    return sorted({entry.name for entry in _installed()})


@cache
def _installed() -> tuple[EntryPoint, ...]:
    """Looked for once: going through every installed package takes its time."""
    return tuple(entry_points(group=ENTRY_POINTS))


def detector_class(name: str) -> Any:
    """Return the class of the detector called *name*, or defined in the file *name* when it ends in `.py`.

    Raises `UsageError` when there is none.
    """
    if name.endswith(".py"):
        return _class_in_file(Path(name))
    found = [entry for entry in _installed() if entry.name == name]
    if not found and name in BY_OPTION:
        return EntryPoint(name, BY_OPTION[name], ENTRY_POINTS).load()
    if not found:
        known = known_detectors()
        raise UsageError(f'no detector is called "{name}"{did_you_mean(name, known) or "."} Known: {", ".join(known)}.')
    return found[0].load()


def _class_in_file(path: Path) -> Any:
    if not path.is_file():
        raise UsageError(
            f"the detector file {path} does not exist; name a Python file that defines one detector class."
        )
    spec = spec_from_file_location(f"corpus_guard_detector_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"the detector file {path} cannot be loaded; it must be a Python source file.")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"the detector file {path} cannot be loaded: {type(error).__name__}: {error}") from error
    classes = [
        value
        for value in dict.fromkeys(one for one in vars(module).values() if isinstance(one, type))
        if value.__module__ == module.__name__ and hasattr(value, "detect")
    ]
    if len(classes) != 1:
        hint = ""
        if any(
            hasattr(value, "supported_entities") or hasattr(value, "COUNTRY_CODE") for value in vars(module).values()
        ):
            hint = ' Recognisers for Presidio are named in a pipeline file: [personal_info] recognizers = ["mine.py"].'
        raise UsageError(
            f"{path} defines {len(classes)} classes with a detect method; a detector file defines one.{hint}"
        )
    missing = [name for name in ("name", "columns", "content") if not hasattr(classes[0], name)]
    if missing:
        raise UsageError(
            f"{path}: the class {classes[0].__name__} has no {' and no '.join(missing)}; a detector states "
            "its name, its columns and whether it judges content"
        )
    return classes[0]

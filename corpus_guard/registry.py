"""Detectors by name: ours, those of installed packages (entry points), and single files named on the command line."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from corpus_guard.errors import UsageError, did_you_mean

ENTRY_POINTS = "corpus_guard.detectors"


def known_detectors() -> list[str]:
    """Return the names of all installed detectors, in alphabetical order."""
    return sorted({entry.name for entry in entry_points(group=ENTRY_POINTS)})


def detector_class(name: str) -> Any:
    """Return the class of the detector called *name*, or defined in the file *name* when it ends in `.py`.

    Raises `UsageError` when there is none.
    """
    if name.endswith(".py"):
        return _class_in_file(Path(name))
    found = [entry for entry in entry_points(group=ENTRY_POINTS) if entry.name == name]
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
    spec.loader.exec_module(module)
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__ and hasattr(value, "detect")
    ]
    if len(classes) != 1:
        raise UsageError(f"{path} defines {len(classes)} classes with a detect method; a detector file defines one.")
    return classes[0]

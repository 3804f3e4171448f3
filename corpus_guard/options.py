"""Every option of a scan, from the command line, the Python API or a pipeline file; the nearer one wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from corpus_guard.core.plan import JudgeSettings, RuleChange
from corpus_guard.core.rule import Grade
from corpus_guard.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """What `[rules]` of a pipeline does to one rule."""

    change: RuleChange
    grade: Grade | None = None
    allow: tuple[str, ...] = ()


@dataclass(frozen=True)
class Options:
    """Options of `scan`, under the names of the command line with `_` for `-`; see docs/reference/cli.md."""

    paths: tuple[Path, ...] = ()
    out: Path | None = None
    pipeline: Path | None = None
    sources: Path | None = None
    standards: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    text_column: str | None = None
    source_column: str | None = None
    source_by: str = ""
    text_records: str = "line"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    stage: str = ""
    raw_run: Path | None = None
    workers: int = 0
    engine: str = "local"
    sample: float = 1.0
    seed: int = 0
    as_of: str = ""
    resume: bool = False
    overwrite: bool = False
    on_error: str = "skip"
    unmasked: bool = False
    against: tuple[Path, ...] = ()
    index: Path | None = None
    repetition: bool = False
    batch_bytes: int = 0
    split_bytes: int = 0
    judge: JudgeSettings = field(default_factory=JudgeSettings)
    edits: tuple[RuleEdit, ...] = ()
    detector_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_PATHS = {"out", "pipeline", "sources", "raw_run", "index"}
_PATH_LISTS = {"paths", "rules", "against"}
_LISTS = {"standards", "detectors", "include", "exclude"}


def options_from(given: Mapping[str, Any], pipeline: Mapping[str, Any]) -> Options:
    """Return the options of a call over those of a pipeline file; raise `UsageError` for unknown or misshapen ones.

    None in *given* means that the call does not say.
    """
    known = {known.name for known in fields(Options)}
    for name in given:
        if name not in known:
            raise UsageError(f'no option is called "{name}"{did_you_mean(name, known)}')
    merged = dict(pipeline) | {name: value for name, value in given.items() if value is not None}
    options = Options(**{name: _shaped(name, value) for name, value in merged.items()})
    _check(options)
    return options


def _shaped(name: str, value: Any) -> Any:
    if name in _PATHS:
        return _path(name, value)
    if name in _PATH_LISTS:
        return tuple(_path(name, item) for item in _listed(name, value))
    if name in _LISTS:
        return tuple(str(item) for item in _listed(name, value))
    return value


def _path(name: str, value: Any) -> Path:
    if not isinstance(value, (str, Path)):
        raise UsageError(f"{name} is of type {type(value).__name__}; give a path")
    return Path(value)


def _listed(name: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, Iterable):
        raise UsageError(f"{name} is of type {type(value).__name__}; give a list")
    return [value] if isinstance(value, (str, Path)) else list(value)


_KINDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    **dict.fromkeys(("workers", "seed", "batch_bytes", "split_bytes"), (int, "a whole number")),
    **dict.fromkeys(("resume", "overwrite", "unmasked", "repetition"), (bool, "True or False")),
    **dict.fromkeys(("stage", "engine", "on_error", "text_records", "as_of", "source_by"), (str, "a string")),
    **dict.fromkeys(("text_column", "source_column"), ((str, type(None)), "the name of a column")),
    "sample": ((int, float), "a number"),
    "judge": (JudgeSettings, "JudgeSettings"),
}


def _check_kinds(options: Options) -> None:
    for name, (kind, words) in _KINDS.items():
        value = getattr(options, name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise UsageError(f"{name} is of type {type(value).__name__}; give {words}")


def _check(options: Options) -> None:
    _check_kinds(options)
    if options.source_by and options.source_by != "domain":
        raise UsageError(f'--source-by is "{options.source_by}"; it is domain')
    _check_numbers(options)
    if options.on_error not in ("skip", "fail"):
        raise UsageError(f'--on-error is "{options.on_error}"; it is skip or fail')
    if options.stage not in ("", "raw", "filtered", "training"):
        raise UsageError(f'--stage is "{options.stage}"; it is raw, filtered or training')
    if options.engine not in ("local", "ray"):
        raise UsageError(f'--engine is "{options.engine}"; it is local or ray')
    if options.text_records not in ("line", "file"):
        raise UsageError(f'text_records is "{options.text_records}"; it is line or file')
    if options.resume and options.overwrite:
        raise UsageError("--resume and --overwrite contradict each other; give one of them")


def _check_numbers(options: Options) -> None:
    if not 0 < options.sample <= 1:
        raise UsageError(f"--sample is {options.sample}; give a share above 0 and at most 1, such as 0.1")
    for name in ("batch_bytes", "split_bytes"):
        value = getattr(options, name)
        if value < 0:
            raise UsageError(f"{name} is {value}; give a number of bytes, or 0 for the usual size")
    if options.workers < 0:
        raise UsageError(f"--workers is {options.workers}; give a number of processes, or 0 for one per core")


def as_of_date(text: str) -> str:
    """Return the date *text* stands for, today when it is empty, as `2026-01-31`; raise `UsageError`."""
    try:
        return (date.fromisoformat(text) if text else date.today()).isoformat()  # noqa: DTZ011 - the day where users are
    except ValueError:
        raise UsageError(f'--as-of is "{text}"; give a date such as 2026-01-31') from None

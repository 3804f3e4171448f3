"""What a run leaves on disk: names, atomic writes, completion marks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_guard.errors import UsageError

WORK = "_work"
RESULTS = (
    "run.json", "shards.csv", "summary.csv", "risks.csv", "assessment.csv", "findings.parquet", "duplicates.parquet",
    "errors.csv", "report.html",
)  # fmt: skip


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of *path* when the block ends without an error."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write *text* as UTF-8, atomically."""
    with atomic(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="")


def write_json(path: Path, value: Any) -> None:
    """Write *value* as JSON, atomically."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@dataclass(frozen=True, slots=True)
class Work:
    """The unfinished part of a run: one set of files per split, gone when the run is complete."""

    folder: Path

    def findings(self, split: int) -> Path:
        """Where the findings of a split go."""
        return self.folder / f"{split:07d}.findings.parquet"

    def fingerprints(self, split: int) -> Path:
        """Where the fingerprints of a split go."""
        return self.folder / f"{split:07d}.fingerprints.arrow"

    def duplicates(self, partition: int) -> Path:
        """Where the duplicate groups of a partition go."""
        return self.folder / f"{partition:07d}.duplicates.parquet"

    def mark(self, split: int, result: dict[str, Any]) -> None:
        """Write the result of a split: the mark that it is whole, written after everything else."""
        write_json(self.folder / f"{split:07d}.json", result)

    def forget(self, split: int) -> None:
        """Remove what an attempt that did not come to an end has left of a split."""
        for path in (self.findings(split), self.fingerprints(split)):
            path.unlink(missing_ok=True)

    def result(self, split: int) -> dict[str, Any] | None:
        """Return the result of a split that was completed, or None."""
        path = self.folder / f"{split:07d}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @property
    def work(self) -> Work:
        """The unfinished part."""
        return Work(self.path / WORK)

    def file(self, name: str) -> Path:
        """Return the path of one of the `RESULTS`."""
        return self.path / name

    def begin(self, identity: dict[str, Any], *, resume: bool, overwrite: bool) -> None:
        """Make the folder ready; raise `UsageError` when it holds something that must not be touched.

        *identity* says what is scanned with what; an interrupted run is only resumed when it is the same.
        """
        if overwrite:
            self._clear()
        elif resume and (self.path / WORK).is_dir():
            self._check_identity(identity)
        elif (
            self.path.exists()
            and (not self.path.is_dir() or any(self.path.iterdir()))
            and not (resume and self._complete())
        ):
            raise UsageError(
                f"{self.path} exists and is not empty; use --resume to go on, --overwrite, or another --out"
            )
        elif resume and self._complete():
            raise UsageError(
                f"the run in {self.path} is complete; use --overwrite to scan again, or assess to judge again"
            )
        (self.path / WORK).mkdir(parents=True, exist_ok=True)
        write_json(self.path / WORK / "identity.json", identity)

    def finish(self) -> None:
        """Remove what only an unfinished run needs."""
        shutil.rmtree(self.path / WORK, ignore_errors=True)

    def _complete(self) -> bool:
        return (self.path / "run.json").is_file() and not (self.path / WORK).is_dir()

    def _check_identity(self, identity: dict[str, Any]) -> None:
        path = self.path / WORK / "identity.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else identity
        differing = sorted(key for key in identity if json.loads(json.dumps(identity[key])) != known.get(key))
        if differing:
            raise UsageError(
                f"the run in {self.path} was begun with other {', '.join(differing)}; give the same, or use --overwrite"
            )

    def _clear(self) -> None:
        """Remove an earlier run, and nothing that is none."""
        if not self.path.exists():
            return
        strangers = [entry.name for entry in self.path.iterdir() if entry.name not in (*RESULTS, WORK)]
        if strangers:
            raise UsageError(
                f"{self.path} holds {strangers[0]}, which no run wrote; --overwrite clears only the folder of a run"
            )
        shutil.rmtree(self.path)

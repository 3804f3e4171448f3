"""What a run leaves on disk: names, atomic writes, completion marks."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_guard.errors import UsageError

WORK = "_work"
DRAFT = ".draft"
RESULTS = (
    "run.json", "shards.csv", "summary.csv", "risks.csv", "assessment.csv", "findings.parquet", "duplicates.parquet",
    "overlap.csv", "groups.csv", "errors.csv", "report.html", "contamination.parquet", "contamination.csv",
    "known_duplicates.parquet", "repetition.csv",
    "audit.json", "fingerprints.parquet", "comparison.csv", "causes.csv", "accepted.csv",
)  # fmt: skip


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of *path* when the block ends without an error."""
    writer = f"{os.uname().nodename}-{os.getpid()}"  # a worker whose run was killed may still be writing
    draft = path.with_name(f".{path.name}.{writer}{DRAFT}")
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
        return self.folder / f"{split:07d}.findings.arrow"

    def fingerprints(self, split: int) -> Path:
        """Where the fingerprints of a split go."""
        return self.folder / f"{split:07d}.fingerprints.arrow"

    def sketches(self, split: int) -> Path:
        """Where the sketches of a split's documents go."""
        return self.folder / f"{split:07d}.sketches.arrow"

    def bands(self, split: int) -> Path:
        """Where the keys by which near duplicates of a split's documents are searched go."""
        return self.folder / f"{split:07d}.bands.arrow"

    def pairs(self, partition: int) -> Path:
        """Where the likely near duplicates that a partition of keys brings together go."""
        return self.folder / f"{partition:07d}.pairs.arrow"

    def edges(self, partition: int) -> Path:
        """Where verified pairs of near duplicates go."""
        return self.folder / f"{partition:07d}.edges.arrow"

    def overlaps(self, split: int) -> Path:
        """Where the works that stand in a split's documents go."""
        return self.folder / f"{split:07d}.overlaps.arrow"

    def lines(self, split: int) -> Path:
        """Where keys of a split's lines go."""
        return self.folder / f"{split:07d}.lines.arrow"

    def ends(self, partition: int) -> Path:
        """Where verified pairs go with the texts that they link."""
        return self.folder / f"{partition:07d}.ends.arrow"

    def links(self, partition: int) -> Path:
        """Where links between texts go, both ways."""
        return self.folder / f"{partition:07d}.links.arrow"

    def stars(self, partition: int) -> Path:
        """Where links from a text to the least of those that it is linked to go."""
        return self.folder / f"{partition:07d}.stars.arrow"

    def parted(self, partition: int) -> Path:
        """Where verified pairs go when they are parted by what is linked."""
        return self.folder / f"{partition:07d}.parted.arrow"

    def near_duplicates(self, partition: int) -> Path:
        """Where the groups of near duplicates of a partition go."""
        return self.folder / f"{partition:07d}.near.parquet"

    def earlier(self) -> Path:
        """Where it is noted which earlier scans this one is compared with."""
        return self.folder / "earlier.json"

    def known(self, partition: int) -> Path:
        """Where documents of earlier scans that are equal to one of a partition go."""
        return self.folder / f"{partition:07d}.known.parquet"

    def known_near(self, partition: int) -> Path:
        """Where documents of earlier scans that are similar to one of a partition go."""
        return self.folder / f"{partition:07d}.known.near.parquet"

    def duplicates(self, partition: int) -> Path:
        """Where the duplicate groups of a partition go."""
        return self.folder / f"{partition:07d}.duplicates.parquet"

    def mark(self, split: int, result: dict[str, Any]) -> None:
        """Write the result of a split: the mark that it is whole, written after everything else."""
        write_json(self.folder / f"{split:07d}.json", result)

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

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other scans out of the folder for as long as the block lasts, however it ends; make it if need be.

        Raises `UsageError` when another process holds it.
        """
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"{self.path} is a file; --out names the folder of a run")
        self.path.mkdir(parents=True, exist_ok=True)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(folder)
            raise UsageError(f"another scan is at work in {self.path}; wait for it, or use another --out") from None
        except OSError:
            """A file system without locks: nothing keeps others out."""
        try:
            yield
        finally:
            os.close(folder)

    def begin(self, identity: dict[str, Any], *, resume: bool, overwrite: bool) -> None:
        """Make the folder ready; raise `UsageError` when it holds something that must not be touched.

        *identity* says what is scanned with what; an interrupted run is only resumed when it is the same.
        """
        if overwrite:
            self._clear()
        elif self._complete():
            self._check_complete(resume=resume)
        elif resume and (self.path / WORK).is_dir():
            self._check_identity(identity)
            self._remove_drafts()
        elif self.path.is_dir() and any(self.path.iterdir()):
            if (self.path / WORK).is_dir():
                raise UsageError(f"{self.path} holds a run that was begun; use --resume, --overwrite, or another --out")
            raise UsageError(f"{self.path} is not empty and holds no run to go on with; use another --out")
        (self.path / WORK).mkdir(parents=True, exist_ok=True)
        write_json(self.path / WORK / "identity.json", identity)

    def finish(self) -> None:
        """Remove what only an unfinished run needs."""
        shutil.rmtree(self.path / WORK, ignore_errors=True)

    def _complete(self) -> bool:
        """Whether the run came to its end: run.json is the last file it writes."""
        return (self.path / "run.json").is_file()

    def _check_complete(self, *, resume: bool) -> None:
        if not resume:
            raise UsageError(f"{self.path} holds a complete run; use --overwrite to scan again, or another --out")
        self.finish()  # it may have been stopped while it did so
        raise UsageError(f"the run in {self.path} is complete; use --overwrite to scan again, or assess to judge again")

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
        self._remove_drafts()
        strangers = sorted(entry.name for entry in self.path.iterdir() if entry.name not in (*RESULTS, WORK))
        if strangers:
            raise UsageError(
                f"{self.path} holds {strangers[0]}, which no run wrote; --overwrite clears only the folder of a run"
            )
        (self.path / "run.json").unlink(missing_ok=True)  # first: what is left of a run must not look complete
        for entry in list(self.path.iterdir()):
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _remove_drafts(self) -> None:
        """Remove what a run that was killed was writing."""
        for name in RESULTS:
            for draft in self.path.glob(f".{name}.*{DRAFT}"):
                draft.unlink()

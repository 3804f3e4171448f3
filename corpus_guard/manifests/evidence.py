"""Files of evidence: below the manifest's folder or refused, hashed as they stream, missing ones noted."""

from __future__ import annotations

import re
from hashlib import file_digest
from pathlib import Path

from corpus_guard.catalog.toml_tables import Complaints
from corpus_guard.core.evidence_file import EvidenceFile

_SHA256 = re.compile(r"[0-9a-f]{64}")


def found_evidence(folder: Path, about: str, named: dict[str, str], where: str, complaints: Complaints) -> EvidenceFile:
    """Return what the file that `named["file"]` names is like; complain where the path leaves *folder*."""
    digest = named.get("sha256", "").lower().removeprefix("sha256:")
    if digest and not _SHA256.fullmatch(digest):
        complaints.add(where, f'"{about}" has a "sha256" that is none; give 64 hexadecimal digits')
    file = named["file"]
    path = _within(folder, file)
    if path is None:
        complaints.add(
            where, f'"{about}" names a file outside the folder of the manifest; put a copy below that folder'
        )
        return EvidenceFile(about, file)
    found, problem = _digest(path)
    return EvidenceFile(about, file, digest, found, problem, named.get("expires", ""))


def _within(folder: Path, file: str) -> Path | None:
    """The path of *file*, links followed; None when it is not below *folder*."""
    try:
        path = (folder / file).resolve()
        inside = not Path(file).is_absolute() and path.is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a null character, a link into itself
        return None
    return path if inside else None


def _digest(path: Path) -> tuple[str, str]:
    """Return (SHA-256, problem); the file is read in pieces, however large it is."""
    if not path.is_file():
        return "", "is a folder, a file was expected" if path.is_dir() else "is missing"
    try:
        with path.open("rb") as data:
            return file_digest(data, "sha256").hexdigest(), ""
    except OSError as error:
        return "", f"cannot be read ({(error.strerror or type(error).__name__).lower()})"

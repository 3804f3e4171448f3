"""Files that a manifest names as evidence: what was found of each when the manifest was read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that shows something of a source.

    about    the key of the manifest that names it, such as `contract`
    file     its path as the manifest has it, relative to the manifest's folder
    sha256   what the manifest says it holds; empty where it does not say
    found    SHA-256 of the file when the manifest was read; empty where there was none
    problem  why there is no digest
    expires  last day on which it holds, such as `2027-01-31`; empty where it does not end
    """

    about: str
    file: str
    sha256: str = ""
    found: str = ""
    problem: str = ""
    expires: str = ""

    def fault(self, as_of: str) -> str:
        """Return what is wrong with it on the day *as_of*: missing, altered or expired; empty when nothing is.

        >>> EvidenceFile("contract", "contract.pdf", found="ab", expires="2025-12-31").fault("2026-01-01")
        'the file "contract.pdf" named by "contract" expired on 2025-12-31'
        """
        named = f'the file "{self.file}" named by "{self.about}"'
        if not self.found:
            return f"{named} {self.problem or 'is missing'}"
        if self.sha256 and self.sha256 != self.found:
            return f"{named} was altered: its SHA-256 begins {self.found[:12]}, the manifest says {self.sha256[:12]}"
        return f"{named} expired on {self.expires}" if self.expires and self.expires < as_of else ""

    def __str__(self) -> str:
        digest = f" (SHA-256 {self.found[:12]}…)" if self.found else " (missing)"
        return f"{self.about}: {self.file}{digest}"

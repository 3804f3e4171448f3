"""What a manifest shows of one source for one clause: evidence that is there, that is missing, that contradicts."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus_guard.core.assessment import Judgement, Verdict
from corpus_guard.core.record import SourceRecord
from corpus_guard.core.source import SourceEntry
from corpus_guard.core.standard import Requirement
from corpus_guard.core.tally import Claim
from corpus_guard.core.verdict import exact, gap
from corpus_guard.judging.bench import NO_FIGURES, Bench, Figures, evidence_of, evidence_wanted


@dataclass
class Case:
    """A clause judged for one source by its entry in the manifest.

    shown   what speaks for it;  held  the evidence itself, as the row lists it
    gaps    what is missing, altered or expired: no PASS
    faults  what contradicts the clause: FAIL
    """

    bench: Bench
    requirement: Requirement
    source: str
    counted: SourceRecord
    entry: SourceEntry
    shown: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    figures: Figures = NO_FIGURES
    not_about: str = ""

    def say(self, what: str) -> None:
        """Note a statement of the manifest that speaks for the clause; it is evidence too."""
        self.shown.append(what)
        self.held.append(what)

    def need(self, key: str, value: object = None) -> bool:
        """Note what the manifest says under *key*, or that it says nothing; return whether it says something."""
        value = getattr(self.entry, key) if value is None else value
        if value in ("", None, ()):
            self.gaps.append(f'the manifest gives no "{key}"')
            return False
        self.say(f"{key}: {value}")
        return True

    def need_file(self, key: str) -> None:
        """Note the files that *key* names, or that there is none."""
        if not self.entry.evidence_for(key):
            self.gaps.append(f'the manifest names no file under "{key}"')
        self.file(key)

    def file(self, key: str) -> None:
        """Note the files that *key* names, if it does; what is missing, altered or expired is a gap."""
        for one in self.entry.evidence_for(key):
            fault = one.fault(self.bench.record.as_of)
            if fault:
                self.gaps.append(fault)
            else:
                self.held.append(str(one))
                self.shown.append(f'"{one.file}" under "{key}"')

    def documents(self, claim: Claim) -> int:
        """Return how many documents of the source *claim* is true of."""
        profiles = self.bench.profiles.get(self.source, [])
        return sum(count for profile, count in profiles if claim(profile))

    def unread(self) -> str:
        """Return what was not read of the source, so that nothing found is not nothing there."""
        if self.bench.record.share < 1:
            return "only a sample was read"
        limit = exact(self.bench.settings.unscanned_max)
        evidence = evidence_of(self.counted, self.bench.settings)
        return gap(evidence, unscanned_max=limit, uncovered_max=exact(1.0))

    @property
    def verdict(self) -> Verdict:
        """FAIL for what contradicts, INCONCLUSIVE for what is missing, else PASS."""
        if self.not_about and not self.faults:
            return "NOT_APPLICABLE"
        return "FAIL" if self.faults else "INCONCLUSIVE" if self.gaps else "PASS"

    def row(self) -> Judgement:
        """Return the row of the assessment."""
        verdict = self.verdict
        turns = verdict != "NOT_APPLICABLE"
        parts = [*self.faults, *self.gaps] if turns else [self.not_about]
        if verdict == "INCONCLUSIVE":
            parts.append(evidence_wanted(self.requirement))
        if self.shown and turns:
            parts.append(f"shown: {', '.join(self.shown)}")
        return self.bench.row(
            self.requirement, self.source, verdict, "; ".join(parts), self.figures, turns=turns, held=self.held
        )

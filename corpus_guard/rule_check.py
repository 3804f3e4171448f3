"""Counts the keyword library as clause 8.1 asks, by the very functions that assessments use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus_guard.core.library import Library, library_of
from corpus_guard.core.standard import Standard
from corpus_guard.judging.library import Shortfall, age_limit, shortfalls
from corpus_guard.matching.tables import tables
from corpus_guard.options import Options
from corpus_guard.planning import make_plan


@dataclass(frozen=True)
class RulesCheck:
    """What the keyword library holds on a day, and where it falls short of the standard."""

    library: Library
    standard: Standard
    as_of: str

    @property
    def shortfalls(self) -> list[Shortfall]:
        """Counts below what the standard asks for."""
        return shortfalls(self.library, self.standard)

    @property
    def too_old(self) -> str:
        """What is wrong with the age of the newest update; empty when nothing is."""
        age, limit = self.library.age_days(self.as_of), age_limit(self.standard)
        if age is None:
            return "no keyword rule says when it was updated; give each rule the field updated"
        if limit is None or age <= limit:
            return ""
        newest = self.library.newest_update
        return f"the newest keyword rule was updated on {newest}, {age:,} days ago; at most {limit} are asked for"

    def lines(self) -> Iterator[str]:
        """Yield the table of counts for people, then a sentence for each shortfall."""
        held = self.library
        yield "risk    phrases  distinct  literals  templates  combinations  title"
        for risk in self.standard.risks:
            yield self._line(risk.id, risk.zh)
        yield ""
        yield f"distinct phrases: {held.total:,} in all, a phrase of two risks counted once"
        yield f"                  {held.total + held.counted_twice:,} when it counts for each of its risks"
        yield f"                  {held.literals:,} listed, {held.total - held.literals:,} more made by templates"
        yield f"phrases written:  {sum(held.raw_by_risk.values()):,} before folding"
        combinations = sum(held.combinations_by_risk.values())
        yield f"combinations:     {combinations:,} of words that count only together, not among the phrases"
        yield f"newest update:    {held.newest_update or 'unknown'}"
        yield from (f"falls short: {one}" for one in self.shortfalls)

    def facts(self) -> dict[str, Any]:
        """Return everything counted, for programs."""
        held = self.library
        everywhere = dict.fromkeys((risk.id for risk in self.standard.risks), 0)
        return {
            "total": held.total, "by_risk": everywhere | dict(held.by_risk), "newest_update": held.newest_update,
            "shortfalls": [asdict(one) for one in self.shortfalls], "standard": self.standard.id, "as_of": self.as_of,
            "age_days": held.age_days(self.as_of), "total_by_risk": held.total + held.counted_twice,
            "raw": sum(held.raw_by_risk.values()), "raw_by_risk": everywhere | dict(held.raw_by_risk),
            "literals": held.literals, "literals_by_risk": everywhere | dict(held.literals_by_risk),
            "templates": held.total - held.literals, "combinations": sum(held.combinations_by_risk.values()),
        }  # fmt: skip

    def _line(self, risk: str, title: str) -> str:
        held = self.library
        distinct, literals = held.by_risk.get(risk, 0), held.literals_by_risk.get(risk, 0)
        raw, combinations = held.raw_by_risk.get(risk, 0), held.combinations_by_risk.get(risk, 0)
        return (
            f"{risk}  {raw:>9,} {distinct:>9,} {literals:>9,} {distinct - literals:>10,} {combinations:>13,}  {title}"
        )


def check_rules(folders: Sequence[Path] = (), *, as_of: str = "") -> RulesCheck:
    """Return what the shipped rules and those under *folders* hold on the day *as_of*, by the default standard.

    Raises `CatalogError` for broken rules and `UsageError` for what is no date.
    """
    plan = make_plan(Options(rules=tuple(folders), detectors=("keywords",), as_of=as_of))
    held = library_of(plan.rules, tables(plan.folding, 2).fold_text)
    return RulesCheck(held, plan.standards[0], plan.as_of)

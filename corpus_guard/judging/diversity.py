"""Several sources for each language and type of data, and a mix of domestic and foreign ones (5.1-b)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus_guard.core.assessment import Judgement, Verdict
from corpus_guard.core.record import SourceRecord
from corpus_guard.core.source import SourceEntry
from corpus_guard.core.standard import Requirement
from corpus_guard.core.verdict import percent
from corpus_guard.judging.bench import CORPUS, Bench, Figures, Rows, evidence_wanted

FILING_PRACTICE = "foreign_share:filing_practice"
_NO_LANGUAGE = frozenset({"und", "code", "mis"})
_SHOWN = 5

Declared = tuple[SourceEntry, SourceRecord]


def sources_per_language(bench: Bench, requirement: Requirement) -> Rows:
    """Yield, for each language and type of data, whether it has several declared sources.

    A language with less than `share_min` of the documents of its type is a trace, and needs none of its own.
    """
    known, unnamed = _declared(bench)
    untold = sorted(entry.id for entry, counted in known if not _shares(entry, counted))
    doubts = [*_unnamed(unnamed), *([f"no language is known of {_listed(untold)}"] if untold else [])]
    counts = _counts(known, requirement.share_min or 0)
    for (modality, language), ids in sorted(counts.items()):
        yield _language_row(bench, requirement, f"{modality}:{language}", ids, doubts)
    if doubts or not counts:
        reason = "; ".join([*(doubts or ["the manifest names no source with documents"]), evidence_wanted(requirement)])
        yield bench.row(requirement, CORPUS, "INCONCLUSIVE", reason, Figures(limit=requirement.limit), turns=True)


def _language_row(
    bench: Bench, requirement: Requirement, what: str, ids: Sequence[str], doubts: Sequence[str]
) -> Judgement:
    floor = int(requirement.limit or 0)
    enough = len(ids) >= floor
    verdict: Verdict = "PASS" if enough else "INCONCLUSIVE" if doubts else "FAIL"
    modality, _, language = what.partition(":")
    trace = (
        f", languages below {percent(requirement.share_min)} of the documents aside" if requirement.share_min else ""
    )
    reason = f"{len(ids)} declared source{'' if len(ids) == 1 else 's'} of {modality} in {language} ({_listed(ids)})"
    reason += f"; at least {floor} asked for, this tool's reading of several{trace}"
    reason += f"; {'; '.join(doubts)}" if doubts and not enough else ""
    figures = Figures(len(ids), requirement.limit, measure=f"{requirement.measure}:{what}")
    return bench.row(requirement, CORPUS, verdict, reason, figures, turns=True, held=ids)


def _counts(known: Sequence[Declared], least: float) -> dict[tuple[str, str], list[str]]:
    """The ids of the sources of each (type, language) that is more than a trace."""
    whole: dict[str, float] = {}
    parts: dict[tuple[str, str], float] = {}
    ids: dict[tuple[str, str], list[str]] = {}
    for entry, counted in known:
        whole[entry.modality] = whole.get(entry.modality, 0) + counted.documents
        for language, share in _shares(entry, counted).items():
            key = (entry.modality, language)
            parts[key] = parts.get(key, 0) + share * counted.documents
            if share >= least:
                ids.setdefault(key, []).append(entry.id)
    return {
        key: sorted(named) for key, named in ids.items() if parts[key] >= least * whole[key[0]] or not whole[key[0]]
    }


def _shares(entry: SourceEntry, counted: SourceRecord) -> dict[str, float]:
    """The languages of a source with their shares: as they were told apart, else as declared, in equal parts."""
    shares: dict[str, float] = {}
    for label, share in counted.languages.shares() if counted.languages.parts else ():
        if label not in _NO_LANGUAGE:
            language = label.partition("-")[0]
            shares[language] = shares.get(language, 0) + share
    if shares:
        return shares
    declared = dict.fromkeys(code.lower().replace("_", "-").partition("-")[0] for code in entry.languages)
    return {code: 1 / len(declared) for code in declared}


def foreign_share(bench: Bench, requirement: Requirement) -> Rows:
    """Yield whether domestic and foreign sources are combined; then, apart, what filings are asked for."""
    known, unnamed = _declared(bench)
    silent = sorted(entry.id for entry, _ in known if not entry.origin)
    doubts = [*_unnamed(unnamed), *([f"no origin is given of {_listed(silent)}"] if silent else [])]
    foreign = [pair for pair in known if pair[0].origin == "foreign"]
    domestic = [pair for pair in known if pair[0].origin == "domestic"]
    figures = _share([counted for _, counted in foreign], [counted for _, counted in known])
    reason = f"{_amount('foreign', foreign)}, {_amount('domestic', domestic)}"
    verdict: Verdict = "PASS"
    if doubts or not known:
        verdict, reason = "INCONCLUSIVE", "; ".join([*doubts, reason, evidence_wanted(requirement)])
    elif foreign and not domestic:
        verdict, reason = "FAIL", f"foreign sources are combined with no domestic one: {reason}"
    ids = [f"{entry.id}: {entry.origin}" for entry, _ in known if entry.origin]
    yield bench.row(requirement, CORPUS, verdict, reason, figures, turns=True, held=ids)
    yield from _practice(bench, requirement, known)


def _practice(bench: Bench, requirement: Requirement, known: Sequence[Declared]) -> Iterator[Judgement]:
    """A warning that turns nothing: a share that filings are held to and no standard sets."""
    if requirement.warn_above is None:
        return
    abroad = [counted for entry, counted in known if entry.origin == "foreign" and entry.kind == "open_source"]
    figures = _share(abroad, [counted for _, counted in known])
    over = figures.value is not None and figures.value > requirement.warn_above
    share = percent(figures.value) if figures.value is not None else "no part"
    reason = f"filing practice, in no standard: {share} of the documents are foreign open-source data, "
    reason += f"filings are held to {percent(requirement.warn_above)}; "
    reason += "warning: over it, give the reasons" if over else "not over it"
    yield bench.row(
        requirement, CORPUS, "MANUAL", reason, replace(figures, limit=requirement.warn_above, measure=FILING_PRACTICE)
    )


def _share(some: Sequence[SourceRecord], every: Sequence[SourceRecord]) -> Figures:
    part, whole = (sum(counted.documents for counted in counts) for counts in (some, every))
    return Figures(part / whole if whole else None, None, part, whole)


def _amount(what: str, pairs: Sequence[Declared]) -> str:
    documents = sum(counted.documents for _, counted in pairs)
    size = sum(counted.bytes for _, counted in pairs)
    return f"{what}: {len(pairs)} source{'' if len(pairs) == 1 else 's'}, {documents:,} documents, {size:,} bytes"


def _declared(bench: Bench) -> tuple[list[Declared], list[str]]:
    """The declared sources that hold documents, or data of another type than text; and those that nobody declared."""
    known: list[Declared] = []
    unnamed: list[str] = []
    for source, counted in bench.sources():
        entry = bench.record.manifest.entry(source)
        if entry is None:
            unnamed.append(source)
        elif counted.documents or entry.modality != "text":
            known.append((entry, counted))
    return known, unnamed


def _unnamed(sources: Sequence[str]) -> list[str]:
    return [f"the manifest does not name {_listed(sources)}"] if sources else []


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else shown or "none"

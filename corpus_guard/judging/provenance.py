"""Where a source came from and how it was taken (5.1-a-1, 5.1-c, 5.1-d): what its entry in the manifest shows."""

from __future__ import annotations

import re

from corpus_guard.core.licence import licence_key
from corpus_guard.core.rule import Grade
from corpus_guard.core.tally import found_by
from corpus_guard.core.verdict import exact, percent
from corpus_guard.judging.bench import Figures
from corpus_guard.judging.case import Case

_OPERATORS = re.compile(r"(?<=[\s)])(?:or|and|with)(?=[\s(])|[(),;]", re.IGNORECASE)


def assessed_before(case: Case) -> None:
    """5.1-a-1: an assessment before the collection began, and its rate not over the limit."""
    entry, limit = case.entry, case.requirement.limit or 0
    rate = entry.pre_collection_rate
    case.figures = Figures(rate, case.requirement.limit, None, entry.pre_collection_sample)
    case.need("pre_collection_date")
    case.need("pre_collection_sample")
    if rate is None:
        case.gaps.append('the manifest gives no "pre_collection_rate"')
    elif exact(rate) > exact(limit):
        case.faults.append(f"{percent(rate)} was found before collection, over the limit of {percent(limit)}")
    else:
        case.say(f"{percent(rate)} was found before collection, limit {percent(limit)}")
    began = entry.collected_from
    if began and entry.pre_collection_date > began:
        when = f"the assessment is of {entry.pre_collection_date}, the collection began on {began}"
        case.gaps.append(f"{when}: it was not made before")
    case.file("pre_collection_record")


def licensed(case: Case) -> None:
    """5.1-c-1: a licence, its text, the address of the data; no document whose licence the policy denies."""
    entry = case.entry
    declared = entry.licence or ", ".join(case.counted.licences)
    case.need("licence", declared)
    case.need("url")
    if not entry.licence_url and not entry.evidence_for("licence_file"):
        case.gaps.append('the manifest names neither "licence_file" nor "licence_url"')
    if entry.licence_url:
        case.say(f"licence_url: {entry.licence_url}")
    case.file("licence_file")
    other = _others(entry.licence, case.counted.licences)
    if other:
        case.gaps.append(f"the manifest says {entry.licence}, documents of the source say {', '.join(other)}")
    if case.counted.disagreement:
        case.gaps.append(f"on the licence {case.counted.disagreement}")
    denied_licences(case)


def denied_licences(case: Case) -> None:
    """Note documents whose licence the policy forbids: they contradict whatever the manifest says."""
    denied = case.documents(found_by("licensing", Grade.VIOLATION))
    if denied:
        shown = "1 document carries" if denied == 1 else f"{denied:,} documents carry"
        case.faults.append(f"{shown} a licence that the policy denies")


def _others(declared: str, found: tuple[str, ...]) -> list[str]:
    """Licences that documents name and the manifest does not, which names one."""
    if not declared:
        return []
    known = {licence_key(part) for part in (declared, *_OPERATORS.split(f"{declared} "))}
    return [spdx for spdx in found if licence_key(spdx) not in known]


def collected(case: Case) -> None:
    """5.1-c-2: method, time and log of the collection; nothing taken that was barred."""
    entry = case.entry
    case.need("method", entry.method or ("synthetic" if entry.synthetic else ""))
    case.need("collected_from")
    case.need_file("log")
    if entry.refusals == "passed_over":
        case.faults.append("the manifest says that refusals were passed over")
    if entry.robots == "barred":
        case.faults.append("the manifest says that robots.txt or another block barred what was taken")
    elif entry.own_work:
        case.shown.append("one's own work, which no robots.txt is about")
    elif entry.robots == "not_checked":
        case.gaps.append("the manifest says that robots.txt was not checked")
    elif entry.robots == "not_applicable" and entry.method == "crawl":
        case.gaps.append("robots.txt concerns what was crawled, the manifest says not_applicable")
    else:
        case.need("robots")


def contracted(case: Case) -> None:
    """5.1-c-3: contract, the supplier's statement, one's own review; no supplier who could not prove it."""
    for key in ("contract", "supplier_statement", "review_record"):
        case.need_file(key)
    if case.entry.supplier_proof == "refused":
        case.faults.append("the manifest says that the supplier could not prove source, quality and safety")


def authorised(case: Case) -> None:
    """5.1-c-4: the record of the users' authorisation."""
    case.need_file("user_authorisation")


def blocked(case: Case) -> None:
    """5.1-d: a check against what must be blocked, and nothing of that left."""
    case.need_file("blocked_domains_check")
    if case.entry.blocked_information == "present":
        case.faults.append("the manifest says that information which must be blocked is present")
    else:
        case.need("blocked_information")

"""Rights of others in a source: intellectual property (5.2-b-2) and personal information (5.2-c)."""

from __future__ import annotations

from corpus_guard.core.tally import found_by
from corpus_guard.core.verdict import NOTHING_SCANNED
from corpus_guard.judging.bench import Figures
from corpus_guard.judging.case import Case
from corpus_guard.judging.provenance import denied_licences


def reviewed_for_ip(case: Case) -> None:
    """5.2-b-2: a licence, a review of infringement risk, nothing that infringes."""
    entry = case.entry
    found = case.documents(found_by("licensing")) if "licensing" in case.bench.record.detectors else None
    case.figures = Figures(numerator=found, denominator=case.counted.documents if found is not None else None)
    case.need("licence", entry.licence or ", ".join(case.counted.licences) or ("own work" if entry.own_work else ""))
    case.need_file("ip_review")
    if entry.ip_risk == "infringing":
        case.faults.append("the manifest says that the review found infringement")
    else:
        case.need("ip_risk")
    if found is None:
        case.gaps.append("the detector licensing did not run")
    denied_licences(case)


def on_a_legal_basis(case: Case) -> None:
    """5.2-c-1: a basis for the personal information that was found."""
    entry = case.entry
    found = _found(case, sensitive=False)
    if not found:
        return
    if entry.legal_basis == "none":
        case.faults.append("the manifest says that there is no legal basis")
        return
    case.need("legal_basis")
    if entry.legal_basis == "consent":
        case.need_file("legal_basis_record")
    else:
        case.file("legal_basis_record")


def with_separate_consent(case: Case) -> None:
    """5.2-c-2: separate consent to the sensitive personal information that was found."""
    if _found(case, sensitive=True):
        case.need_file("separate_consent")


def _found(case: Case, *, sensitive: bool) -> bool:
    """Note how much personal information was found; return whether evidence is needed for it."""
    if "personal_info" not in case.bench.record.detectors:
        case.gaps.append("the detector personal_info did not run")
        return False
    count = case.documents(found_by("personal_info", sensitive=sensitive))
    case.figures = Figures(numerator=count, denominator=case.counted.documents)
    what = "sensitive personal information" if sensitive else "personal information"
    if count:
        case.shown.append(f"{count:,} of {case.counted.documents:,} documents hold {what}")
        return True
    unread = case.unread() if case.counted.documents else NOTHING_SCANNED
    if unread:
        case.gaps.append(f"no {what} was found, but {unread}")
    case.say(f"none of {case.counted.documents:,} documents holds {what}")
    return False

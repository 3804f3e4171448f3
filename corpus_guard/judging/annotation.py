"""Annotation by the columns of the data (5.3): who did what, whether all was reviewed, what was implausibly fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from corpus_guard.core.annotation import AnnotationRecord
from corpus_guard.core.verdict import percent
from corpus_guard.judging.bench import Bench, Figures
from corpus_guard.judging.case import Case

_NOT_ANNOTATED = "the manifest names no columns of annotation for this source, and the data holds none"


def done_by_different_people(case: Case) -> None:
    """5.3-a-3: nobody reviews an item that is theirs, nor annotates and reviews within one task."""
    known = _annotation(case)
    if known is None:
        return
    case.figures = Figures(known.same_person, case.requirement.limit, known.same_person, known.items)
    if known.same_person:
        case.faults.append(f"{known.same_person:,} of {known.items:,} items were reviewed by their own annotator")
    if known.shared_tasks:
        case.faults.append(f"in {known.shared_tasks:,} of {known.tasks:,} tasks somebody annotated and reviewed")
    if known.many_tasks:
        case.gaps.append("too many tasks to compare their people; items were compared")
    if known.annotated < known.items:
        case.gaps.append(f"{known.items - known.annotated:,} of {known.items:,} items name no annotator")
    if "reviewer" not in known.roles:
        case.gaps.append("the data holds no column of reviewers")
    _all_read(case)
    if not case.faults and not case.gaps:
        by = "within each task" if known.tasks else "item by item, for no column tells tasks apart"
        case.say(f"{known.items:,} items were annotated and reviewed by different people, compared {by}")


def every_item_reviewed(case: Case) -> None:
    """5.3-c-2: every item of safety annotation passed at least one reviewer."""
    if not case.entry.safety_annotation:
        case.not_about = "the manifest does not call this source safety annotation"
        return
    known = case.counted.annotation
    if known is None or not known.items:
        case.gaps.append("the data holds no column of reviewers; name it with reviewer_column")
        return
    share = known.reviewed / known.items
    case.figures = Figures(share, case.requirement.limit, known.reviewed, known.items)
    if known.reviewed < known.items:
        missing = known.items - known.reviewed
        case.faults.append(f"{missing:,} of {known.items:,} items passed no reviewer ({percent(share)} did)")
    else:
        case.say(f"all {known.items:,} items passed a reviewer")
    _all_read(case)


def batches_checked(case: Case) -> None:
    """5.3-c-1: the spot checks of each batch of functional annotation."""
    if case.entry.safety_annotation:
        case.not_about = "this clause is about functional annotation"
    elif case.entry.evidence_for("batch_checks") or _annotation(case):
        case.need_file("batch_checks")


def _annotation(case: Case) -> AnnotationRecord | None:
    """What was counted; None where nothing was, which is a gap only for data that is said to be annotated."""
    known = case.counted.annotation
    if known and known.items:
        return known
    if case.entry.safety_annotation or case.entry.annotation_columns:
        case.gaps.append("no column of annotators and reviewers was found in the data")
    else:
        case.not_about = _NOT_ANNOTATED
    return None


def _all_read(case: Case) -> None:
    unread = case.unread()
    if unread:
        case.gaps.append(unread)


def risks_labelled(bench: Bench) -> str:
    """5.3-b-4: how many of the risks items of safety annotation were labelled with."""
    labelled = {risk for _, known in _annotated(bench) for risk in known.risks}
    if not labelled:
        return ""
    every = [risk.id for risk in bench.standard.risks]
    missing = [risk for risk in every if risk not in labelled]
    without = f"; none with {', '.join(missing)}" if missing else ""
    return f"items of the data are labelled with {len(every) - len(missing)} of the {len(every)} risks{without}"


def fast_work(bench: Bench) -> str:
    """5.3-a-4: how many items were worked on faster than anyone can read."""
    timed = sum(known.timed for _, known in _annotated(bench))
    fast = sum(known.fast for _, known in _annotated(bench))
    if not timed:
        return ""
    return f"{fast:,} of {timed:,} items with times ({percent(fast / timed)}) were worked on implausibly fast"


def _annotated(bench: Bench) -> Iterator[tuple[str, AnnotationRecord]]:
    return ((source, counted.annotation) for source, counted in bench.sources() if counted.annotation)


FACTS: Mapping[str, Callable[[Bench], str]] = {"annotation_risks": risks_labelled, "annotation_speed": fast_work}
"""What the data says beside an attestation, by the measure of its requirement."""

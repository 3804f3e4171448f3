"""A plan made ready to work: compiled once, then batch in, findings out. Shared by `scan`, `Guard` and `explain`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpus_guard.core.answers import UnsoundError, check_abilities, check_findings, check_reasons, gates_fault
from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.candidate import Candidates
from corpus_guard.core.collecting import uncollected
from corpus_guard.core.detector import Detector, Fingerprints, Observes, Prepares, Setting, Tells, UncheckedError
from corpus_guard.core.finding import LIMIT_A_DOCUMENT, Findings, document_of, settle
from corpus_guard.core.folding import Folding
from corpus_guard.core.language import Told
from corpus_guard.core.plan import Plan
from corpus_guard.core.shard import Unscanned
from corpus_guard.errors import CorpusGuardError, UsageError
from corpus_guard.matching.matcher import Matcher, gate_fault
from corpus_guard.matching.tables import UNCOVERED, tables
from corpus_guard.matching.views import View, invalid_texts, views_of
from corpus_guard.registry import detector_class

_MAY_BE_BLANK = np.zeros(256, bool)
_MAY_BE_BLANK[[*b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\xc2\xe1\xe2\xe3"]] = True  # first bytes of white space in UTF-8


@dataclass(frozen=True)
class Scanned:
    """What one batch gave.

    batch         the documents that were checked; those that could not be are in its `unscanned`
    views         the folded texts, as long as the batch is worked on
    empty         per document: no text, or only white space
    uncovered     per document: in languages, or scripts where no detector tells these, that no content rule covers
    fingerprints  what a detector leaves of each document, by its name: a row per document
    observed      (document, value) pairs
    told          the languages of the documents, where a detector tells them
    """

    batch: Batch
    views: Sequence[View]
    findings: Findings
    empty: npt.NDArray[np.bool_]
    uncovered: npt.NDArray[np.bool_]
    fingerprints: Mapping[str, pa.RecordBatch]
    observed: Sequence[tuple[int, str]]
    told: Told | None = None


@uncollected()
def detectors_of(plan: Plan) -> list[Detector]:
    """Return the detectors of *plan*, each with its rules and options; raise `UsageError` when one refuses them."""
    fold = tables(plan.folding, 2).fold_text
    detectors: list[Detector] = []
    for name, options in plan.detectors:
        known: Any = detector_class(name)
        rules = [(number, rule) for number, rule in enumerate(plan.rules) if rule.detector == known.name]
        try:
            detectors.append(
                cast("Detector", known(Setting(rules, options, fold, plan.folding.spellings, plan.folding.invisible)))
            )
        except CorpusGuardError:
            raise
        except Exception as error:
            raise UsageError(f"the detector {name} cannot be set up: {type(error).__name__}: {error}") from error
        fault = _gates_fault(detectors[-1])
        if fault:
            raise UsageError(f"the detector {name} cannot be set up: {fault}; see docs/how-to/write-a-detector.md")
    _check_names(detectors)
    return detectors


def _prepare(detector: Detector) -> None:
    """Have *detector* begin what takes long, if it has the ability; raise `UsageError` when it cannot."""
    if not hasattr(detector, "prepare"):
        return
    try:
        cast("Prepares", detector).prepare()
    except Exception as error:
        raise UsageError(f"the detector {detector.name} cannot be set up: {type(error).__name__}: {error}") from error


def _gates_fault(detector: Detector) -> str:
    """What is wrong with the gates of *detector*; patterns of this project are compiled when its rules are tested."""
    gates = getattr(detector, "gates", None)
    fault = gates_fault(gates)
    if fault or type(detector).__module__.startswith("corpus_guard."):
        return fault
    patterns = {gate.expression: gate_fault(gate.expression) for gate in detector.gates if not gate.literal}
    return next((f"its gate {gate}: {why}" for gate, why in patterns.items() if why), "")


def _check_names(detectors: Sequence[Detector]) -> None:
    names = [detector.name for detector in detectors]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f'{names.count(name)} detectors are called "{name}"; give each a name of its own')


class Scanner:
    """Detectors of a plan with their gates compiled into one matcher."""

    @uncollected()
    def __init__(self, plan: Plan, detectors: Sequence[Detector] | None = None) -> None:
        """Compile *plan*; *detectors* are its own, where they have been made already."""
        self.plan = plan
        self.detectors = detectors_of(plan) if detectors is None else detectors
        numbers = {name: [rule.detector == name for rule in plan.rules] for name in self._names()}
        self._own = {name: np.array(own, bool) for name, own in numbers.items()}
        for detector in self.detectors:
            _prepare(detector)
        self._matcher = Matcher(
            {detector.name: detector.gates for detector in self.detectors if detector.gates}, plan.folding
        )

    def _names(self) -> list[str]:
        return [detector.name for detector in self.detectors]

    def scan(self, batch: Batch, *, most: int = LIMIT_A_DOCUMENT) -> Scanned:
        """Return what the detectors say about *batch*; documents they cannot check come back as unscanned.

        Of a document × rule at most *most* findings are listed.
        """
        batch, views = _readable(batch, self.plan)
        candidates = self._matcher.candidates(views)
        answers: list[_Answer] = []
        reasons: dict[int, str] = {}
        for detector in self.detectors:
            try:
                answers.append(self._ask(detector, batch, views, candidates))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a detector raises, its documents are named
                reasons = self._culprits(detector, batch, error) | reasons
        if reasons:
            failed = np.zeros(len(batch.rows), bool)
            failed[list(reasons)] = True
            lost = [Unscanned(reason, row=int(batch.rows[document])) for document, reason in sorted(reasons.items())]
            return self.scan(batch.keep(~failed, lost), most=most)
        empty = _empty(batch)
        told = next((answer.told for answer in answers if answer.told is not None), None)
        uncovered = _uncovered(batch, views, self.plan.folding) if told is None else told.uncovered
        found = settle(Findings.concat([answer.findings for answer in answers]), batch, most=most)
        return Scanned(
            batch=batch,
            views=views,
            findings=_in_documents(found, batch, ~empty),
            empty=empty,
            uncovered=uncovered & ~empty,
            fingerprints={one.detector: one.fingerprints for one in answers if one.fingerprints is not None},
            observed=[pair for answer in answers for pair in answer.observed],
            told=told,
        )

    def _culprits(self, detector: Detector, batch: Batch, error: BaseException) -> dict[int, str]:
        """Return why, for each document of *batch* that a detector did not check; *error* is what it raised on them.

        Where it does not name them, the batch is halved until single documents are left. Documents on which it raises
        only together are all of them unchecked, and so they are named together.
        """
        count = len(batch.rows)
        if isinstance(error, UncheckedError):
            try:
                check_reasons(error.reasons, count)
            except UnsoundError as unsound:
                error = unsound
            else:
                return error.reasons
        reasons: dict[int, str] = {}
        for start, stop in ((0, count // 2), (count // 2, count)) if count > 1 else ():
            place = np.arange(count)
            half = batch.keep((start <= place) & (place < stop))
            try:
                views = views_of(half, self.plan.folding)
                self._ask(detector, half, views, self._matcher.candidates(views))
            except (Exception, SystemExit) as fault:  # noqa: BLE001
                found = self._culprits(detector, half, fault)
                reasons |= {start + document: reason for document, reason in found.items()}
        did = str(error) if isinstance(error, UnsoundError) else f"raised {type(error).__name__}"
        return reasons or dict.fromkeys(range(count), f"the detector {detector.name} {did}")

    def _ask(
        self, detector: Detector, batch: Batch, views: Sequence[View], candidates: Mapping[str, Candidates]
    ) -> _Answer:
        findings = detector.detect(batch, candidates.get(detector.name) or _no_candidates(views))
        check_findings(findings, batch, _lengths(batch, views), self._own[detector.name])
        # an isinstance of a protocol takes longer than a short text
        keys = cast("Fingerprints", detector).fingerprint(batch, views) if hasattr(detector, "fingerprint") else None
        observed = cast("Observes", detector).observe(batch) if hasattr(detector, "observe") else ()
        told = cast("Tells", detector).tell(batch, views) if hasattr(detector, "tell") else None
        check_abilities(keys, observed, told, len(batch.rows))
        return _Answer(detector.name, findings, keys, observed, told)


def _lengths(batch: Batch, views: Sequence[View]) -> Integers:
    """How many code points each text of *batch* has."""
    lengths = np.zeros(len(batch.texts), np.int64)
    for view in views:
        lengths[view.texts] = view.ends - view.starts
    return lengths


@dataclass(frozen=True)
class _Answer:
    """What one detector says about one batch."""

    detector: str
    findings: Findings
    fingerprints: pa.RecordBatch | None
    observed: Sequence[tuple[int, str]]
    told: Told | None


def _in_documents(findings: Findings, batch: Batch, kept: npt.NDArray[np.bool_]) -> Findings:
    """Findings in documents marked True; one without text is outside every rate, whatever its columns say."""
    return findings if kept.all() else findings.take(kept[document_of(findings, batch)])


def _readable(batch: Batch, plan: Plan) -> tuple[Batch, list[View]]:
    """The batch without documents that are no valid UTF-8, and its views."""
    try:
        return batch, views_of(batch, plan.folding)
    except UnicodeDecodeError:
        batch = without_invalid(batch)
        return batch, views_of(batch, plan.folding)


def without_invalid(batch: Batch) -> Batch:
    """Return *batch* without the documents that hold invalid UTF-8, which become unscanned."""
    bad = np.zeros(len(batch.rows), bool)
    bad[batch.documents[invalid_texts(batch.texts)]] = True
    lost = [Unscanned("invalid UTF-8 inside a string column", row=row) for row in batch.rows[bad].tolist()]
    return batch.keep(~bad, lost)


def _empty(batch: Batch) -> npt.NDArray[np.bool_]:
    """Which documents have no text but white space; only texts that begin like white space are looked into."""
    full = np.zeros(len(batch.rows), bool)
    offsets = batch.text_offsets
    lengths = np.diff(offsets)[: len(batch.texts)]
    data = batch.texts.buffers()[2]
    some = np.flatnonzero(lengths > 0)
    if len(some):
        first = np.frombuffer(data, np.uint8)[offsets[some]]
        maybe = _MAY_BE_BLANK[first]
        full[batch.documents[some[~maybe]]] = True
        for text in some[maybe].tolist():
            if not batch.texts[text].as_py().isspace():
                full[batch.documents[text]] = True
    return ~full


def _uncovered(batch: Batch, views: Sequence[View], folding: Folding) -> npt.NDArray[np.bool_]:
    """Which documents have too large a share of letters in scripts that no content rule covers."""
    foreign, letters = np.zeros(len(batch.rows)), np.zeros(len(batch.rows))
    for view in views:
        if view.units is None:
            continue
        marks = view.lane == UNCOVERED
        if not marks.any():
            continue
        local = np.searchsorted(view.starts, np.flatnonzero(marks), "right") - 1
        for place in np.unique(local).tolist():
            document = batch.documents[view.texts[place]]
            lane = view.lane[view.starts[place] : view.ends[place]]
            foreign[document] += np.count_nonzero(lane == UNCOVERED)
            letters[document] += np.count_nonzero(_LETTERS[lane])
    return (letters > 0) & (foreign >= folding.uncovered_share * letters)


_LETTERS = np.zeros(256, bool)
_LETTERS[[*range(ord("a"), ord("z") + 1), 0x81, 0x82, 0x84]] = True


def _no_candidates(views: Sequence[View]) -> Candidates:
    none: Integers = np.zeros(0, np.int64)
    return Candidates(none, none, none, none, np.zeros(0, bool), views)


def column_value(batch: Batch, column: str, document: int) -> str:
    """Return the value a document has in a column, as text."""
    values: pa.Array = batch.columns[column]
    return str(values[document].as_py() or "")

"""Intellectual property and personal information of a source, by its manifest and by what was found."""

from __future__ import annotations

from typing import Any

import pytest

from corpus_guard.core.record import SourceRecord
from corpus_guard.core.source import Manifest, SourceEntry
from tests.judging.test_provenance import DENIED, held
from tests.records import only, profile, record, requirement

IP = requirement("5.2-b-2", "manifest", measure="ip_review")
BASIS = requirement("5.2-c-1", "manifest", measure="personal_info_documents")
CONSENT = requirement("5.2-c-2", "manifest", measure="sensitive_personal_info_documents")
DOUBTFUL = profile(("personal_info", "suspect", "A.4.f"))
DETECTORS = ("keywords", "personal_info", "licensing")
REVIEWED = {"licence": "MIT", "ip_risk": "none", "evidence": held("ip_review")}


@pytest.mark.parametrize(
    ("asked", "values", "found", "counted", "expected", "because"),
    [
        (IP, REVIEWED, {}, {}, "PASS", "ip_risk: none"),
        (IP, REVIEWED | {"ip_risk": "infringing"}, {}, {}, "FAIL", "the review found infringement"),
        (IP, REVIEWED | {"evidence": ()}, {}, {}, "INCONCLUSIVE", 'no file under "ip_review"'),
        (IP, REVIEWED | {"licence": ""}, {}, {}, "INCONCLUSIVE", 'gives no "licence"'),
        (IP, REVIEWED | {"licence": "", "synthetic": True}, {}, {}, "PASS", "licence: own work"),
        (IP, REVIEWED, {("a", DENIED): 1}, {}, "FAIL", "1 document carries a licence that the policy denies"),
        (BASIS, {}, {}, {}, "PASS", "none of 10 documents holds personal information"),
        (BASIS, {}, {}, {"unscanned_documents": 1}, "INCONCLUSIVE", "1 document was unscanned"),
        (BASIS, {}, {("a", DOUBTFUL): 1}, {}, "INCONCLUSIVE", 'gives no "legal_basis"'),
        (BASIS, {"legal_basis": "none"}, {("a", DOUBTFUL): 1}, {}, "FAIL", "there is no legal basis"),
        (BASIS, {"legal_basis": "public"}, {("a", DOUBTFUL): 1}, {}, "PASS", "1 of 10 documents hold personal"),
        (BASIS, {"legal_basis": "consent"}, {("a", DOUBTFUL): 1}, {}, "INCONCLUSIVE", 'under "legal_basis_record"'),
        (CONSENT, {}, {("a", DOUBTFUL): 1}, {}, "PASS", "none of 10 documents holds sensitive"),
    ],
)  # fmt: skip
def test_rights_by_manifest_and_findings(
    asked: Any, values: dict[str, Any], found: Any, counted: dict[str, int], expected: str, because: str
) -> None:
    """What was found decides whether evidence is needed."""
    manifest = Manifest((SourceEntry("a", **values),), given=True)
    known = record({"a": SourceRecord(documents=10, **counted)}, found, manifest=manifest, detectors=DETECTORS)
    row = only(known, asked)
    assert expected == row.verdict
    assert because in row.reason


def test_sensitive_information_wants_separate_consent() -> None:
    """A file of it, beside the legal basis."""
    mark = next(iter(profile(("personal_info", "violation", "A.4.f"))))
    sensitive = frozenset({type(mark)(mark.detector, mark.grade, mark.risks, sensitive=True)})
    for evidence, expected in (((), "INCONCLUSIVE"), (held("separate_consent"), "PASS")):
        manifest = Manifest((SourceEntry("a", evidence=evidence),), given=True)
        assert expected == only(record({"a": 10}, {("a", sensitive): 3}, manifest=manifest), CONSENT).verdict


def test_what_was_not_looked_for_is_not_absent() -> None:
    """Without the detectors nothing is known; a sample shows nothing of the rest."""
    manifest = Manifest((SourceEntry("a", **REVIEWED),), given=True)
    assert "the detector licensing did not run" in only(record({"a": 1}, manifest=manifest), IP).reason
    without = record({"a": 1}, manifest=manifest, detectors=("keywords",))
    assert "the detector personal_info did not run" in only(without, BASIS).reason
    assert "only a sample was read" in only(record({"a": 1}, manifest=manifest, share=0.5), BASIS).reason

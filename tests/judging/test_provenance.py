"""Where a source came from, by what its manifest says: evidence held, missing, altered, expired, contradicting."""

from __future__ import annotations

from typing import Any

import pytest

from corpus_guard.core.assessment import Judgement
from corpus_guard.core.evidence_file import EvidenceFile
from corpus_guard.core.record import SourceRecord
from corpus_guard.core.source import Manifest, SourceEntry
from tests.records import only, profile, record, requirement

BEFORE = requirement("5.1-a-1", "manifest", measure="pre_collection_rate", fail_above=0.05)
LICENSED = requirement("5.1-c-1", "manifest", measure="licence_evidence", kinds=("open_source",))
COLLECTED = requirement("5.1-c-2", "manifest", measure="collection_evidence", kinds=("self_collected",))
CONTRACT = requirement(
    "5.1-c-3", "manifest", measure="contract_evidence", kinds=("commercial",), evidence=("a contract", "a promise")
)
USERS = requirement("5.1-c-4", "manifest", measure="authorisation_evidence", kinds=("user_input",))
BLOCKED = requirement("5.1-d", "manifest", measure="blocked_information")
DENIED = profile(("licensing", "violation", "A.3.a"))


def held(*about: str, **values: Any) -> tuple[EvidenceFile, ...]:
    """Return a sound file for each key of *about*."""
    return tuple(EvidenceFile(key, f"{key}.pdf", **{"found": "ab" * 32} | values) for key in about)


def judged(asked: Any, found: Any = None, *, counted: SourceRecord | int = 10, **values: Any) -> Judgement:
    """Return the row of a source that the manifest describes by *values*."""
    manifest = Manifest((SourceEntry("a", **values),), given=True)
    return only(record({"a": counted}, found, manifest=manifest), asked)


ASSESSED = {"pre_collection_date": "2025-01-01", "pre_collection_sample": 400, "pre_collection_rate": 0.05}
OPEN = {"kind": "open_source", "licence": "MIT", "url": "https://example.org", "licence_url": "https://example.org/MIT"}
CRAWL = {
    "kind": "self_collected", "method": "crawl", "collected_from": "2025-01-02", "robots": "allowed",
    "evidence": held("log"),
}  # fmt: skip
BOUGHT = {"kind": "commercial", "evidence": held("contract", "supplier_statement", "review_record")}
CHECKED = {"blocked_information": "removed", "evidence": held("blocked_domains_check")}


@pytest.mark.parametrize(
    ("asked", "values", "expected", "because"),
    [
        (BEFORE, ASSESSED, "PASS", "5 % was found before collection, limit 5 %"),
        (BEFORE, ASSESSED | {"pre_collection_rate": 0.0501}, "FAIL", "5.01 % was found before collection, over the limit"),
        (BEFORE, ASSESSED | {"pre_collection_rate": None}, "INCONCLUSIVE", 'gives no "pre_collection_rate"'),
        (BEFORE, ASSESSED | {"collected_from": "2024-12-31"}, "INCONCLUSIVE", "the collection began on 2024-12-31"),
        (BEFORE, {}, "INCONCLUSIVE", 'gives no "pre_collection_date"; the manifest gives no "pre_collection_sample"'),
        (LICENSED, OPEN, "PASS", "licence: MIT"),
        (LICENSED, OPEN | {"licence": ""}, "INCONCLUSIVE", 'gives no "licence"'),
        (LICENSED, OPEN | {"url": ""}, "INCONCLUSIVE", 'gives no "url"'),
        (LICENSED, OPEN | {"licence_url": ""}, "INCONCLUSIVE", 'names neither "licence_file" nor "licence_url"'),
        (LICENSED, OPEN | {"licence_url": "", "evidence": held("licence_file")}, "PASS", '"licence_file.pdf" under'),
        (LICENSED, OPEN | {"links": True}, "NOT_APPLICABLE", "not about sources of kind self_collected"),
        (LICENSED, OPEN | {"kind": ""}, "INCONCLUSIVE", "the manifest gives no kind of this source"),
        (COLLECTED, CRAWL, "PASS", "method: crawl"),
        (COLLECTED, CRAWL | {"robots": "barred"}, "FAIL", "barred what was taken"),
        (COLLECTED, CRAWL | {"refusals": "passed_over"}, "FAIL", "refusals were passed over"),
        (COLLECTED, CRAWL | {"robots": ""}, "INCONCLUSIVE", 'gives no "robots"'),
        (COLLECTED, CRAWL | {"robots": "not_checked"}, "INCONCLUSIVE", "robots.txt was not checked"),
        (COLLECTED, CRAWL | {"robots": "not_applicable"}, "INCONCLUSIVE", "robots.txt concerns what was crawled"),
        (COLLECTED, CRAWL | {"robots": "", "method": "produced"}, "PASS", "one's own work"),
        (COLLECTED, CRAWL | {"robots": "", "method": "", "synthetic": True}, "PASS", "method: synthetic"),
        (COLLECTED, CRAWL | {"evidence": ()}, "INCONCLUSIVE", 'names no file under "log"'),
        (COLLECTED, CRAWL | {"kind": "open_source", "links": True}, "PASS", "method: crawl"),
        (CONTRACT, BOUGHT, "PASS", '"contract.pdf" under "contract"'),
        (CONTRACT, BOUGHT | {"supplier_proof": "refused"}, "FAIL", "the supplier could not prove"),
        (CONTRACT, BOUGHT | {"evidence": held("contract")}, "INCONCLUSIVE", 'no file under "supplier_statement"'),
        (USERS, {"kind": "user_input"}, "INCONCLUSIVE", 'no file under "user_authorisation"'),
        (USERS, {"kind": "user_input", "evidence": held("user_authorisation")}, "PASS", "user_authorisation.pdf"),
        (BLOCKED, CHECKED, "PASS", "blocked_information: removed"),
        (BLOCKED, CHECKED | {"blocked_information": "present"}, "FAIL", "which must be blocked is present"),
        (BLOCKED, CHECKED | {"blocked_information": ""}, "INCONCLUSIVE", 'gives no "blocked_information"'),
    ],
)  # fmt: skip
def test_a_clause_by_what_the_manifest_shows(asked: Any, values: dict[str, Any], expected: str, because: str) -> None:
    """Missing evidence is INCONCLUSIVE, what contradicts is FAIL, and the reason names it."""
    row = judged(asked, **values)
    assert expected == row.verdict
    assert because in row.reason
    assert (expected != "NOT_APPLICABLE") == row.turns


@pytest.mark.parametrize(
    ("values", "because"),
    [
        ({"found": ""}, 'the file "contract.pdf" named by "contract" is missing'),
        ({"sha256": "cd" * 32}, 'the file "contract.pdf" named by "contract" was altered: its SHA-256 begins abababababab'),
        ({"expires": "2026-01-30"}, 'the file "contract.pdf" named by "contract" expired on 2026-01-30'),
    ],
)  # fmt: skip
def test_evidence_that_does_not_hold_is_named(values: dict[str, Any], because: str) -> None:
    """Missing, altered or expired: INCONCLUSIVE, and the others are listed as held."""
    evidence = held("contract", **values) + held("supplier_statement", "review_record")
    row = judged(CONTRACT, kind="commercial", evidence=evidence)
    assert "INCONCLUSIVE" == row.verdict
    assert because in row.reason
    listed = f"supplier_statement: supplier_statement.pdf (SHA-256 {'ab' * 6}…)"
    assert f"a contract; a promise — held: {listed}; " in row.evidence


def test_evidence_holds_on_its_last_day() -> None:
    """The record is of 2026-01-31."""
    evidence = held("contract", "supplier_statement", "review_record", expires="2026-01-31")
    assert "PASS" == judged(CONTRACT, kind="commercial", evidence=evidence).verdict


def test_documents_with_a_denied_licence_contradict() -> None:
    """Whatever licence the manifest gives."""
    row = judged(LICENSED, {("a", DENIED): 2}, **OPEN)
    assert "FAIL" == row.verdict
    assert "2 documents carry a licence that the policy denies" in row.reason


@pytest.mark.parametrize(
    ("declared", "found", "expected"),
    [
        ("MIT", ("MIT",), "PASS"),
        ("The MIT License", ("MIT",), "PASS"),
        ("MIT OR Apache-2.0", ("Apache-2.0", "MIT"), "PASS"),
        ("MIT", ("CC-BY-NC-4.0",), "INCONCLUSIVE"),
        ("", ("CC0-1.0",), "PASS"),
    ],
)
def test_a_tag_that_the_documents_contradict_is_no_evidence(declared: str, found: Any, expected: str) -> None:
    """Licences found in documents count where the manifest names none."""
    row = judged(LICENSED, counted=SourceRecord(documents=5, licences=found), **OPEN | {"licence": declared})
    assert expected == row.verdict
    assert ("documents of the source say CC-BY-NC-4.0" in row.reason) == (expected == "INCONCLUSIVE")

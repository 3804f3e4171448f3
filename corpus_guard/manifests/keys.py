"""Every key of a manifest: what it may hold and what it is for. The reader, the JSON Schema and the guide follow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus_guard.core.source import KINDS, LEGAL_BASES, METHODS, MODALITIES, ORIGINS, ROBOTS, STAGES

Holds = Literal["text", "texts", "pairs", "date", "count", "rate", "flag", "file"]
"""What a value is: `pairs` are columns with values; `date` is a day such as 2026-01-31; `rate` is from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a source: what it holds, one of which values, and what it says, in a sentence."""

    name: str
    holds: Holds
    says: str
    choices: tuple[str, ...] = ()
    required: bool = False


KEYS: tuple[Key, ...] = (
    Key("id", "text", "The source's id, as summary.csv shows it.", required=True),
    Key("name", "text", "What people call it."),
    Key("kind", "text", "Where it comes from (5.1-c): without it none of 5.1-c can pass.", KINDS),
    Key("origin", "text", "From within China or from abroad (5.1-b-2).", ORIGINS),
    Key("stage", "text", "Whether these files are as collected, filtered, or ready for training.", STAGES),
    Key("modality", "text", "The type of data (5.1-b-1); text where it is not said.", MODALITIES),
    Key("languages", "texts", "Languages of the source by their codes: zh, en (5.1-b-1)."),
    Key("url", "text", "The address it came from (5.1-c-1)."),
    Key("match", "texts", "Globs over shard names: `web/**`."),
    Key("columns", "pairs", "Columns and the values that a document of this source shows in them."),
    Key("tokens", "count", "Tokens of the source, counted by its user's tokeniser; without it they are estimated."),
    Key("synthetic", "flag", "Made by a model: judged as self-produced (note to 5.1-c-2)."),
    Key("links", "flag", "A list of addresses whose targets were fetched: judged as self-collected (note to 5.1-c-1)."),
    Key("licence", "text", "The licence by its SPDX id or name (5.1-c-1, 5.2-b-2)."),
    Key("licence_url", "text", "The address of the licence text (5.1-c-1)."),
    Key("licence_file", "file", "A kept copy of the licence or of another authorisation (5.1-c-1)."),
    Key("method", "text", "How it was collected (5.1-c-2).", METHODS),
    Key("collected_from", "date", "First day of the collection (5.1-c-2)."),
    Key("collected_to", "date", "Last day of the collection (5.1-c-2)."),
    Key("robots", "text", "What robots.txt and other technical blocks said of what was taken (5.1-c-2).", ROBOTS),
    Key("refusals", "text", "Whether persons or sites refused (5.1-c-2).", ("none", "honoured", "passed_over")),
    Key("log", "file", "The log of the collection (5.1-c-2)."),
    Key("contract", "file", "The contract or cooperation agreement (5.1-c-3)."),
    Key("supplier_statement", "file", "The supplier's commitment on source, quality and safety (5.1-c-3)."),
    Key("supplier_proof", "text", "Whether the supplier could prove it (5.1-c-3).", ("given", "refused")),
    Key("review_record", "file", "One's own review of what the supplier handed over (5.1-c-3)."),
    Key("user_authorisation", "file", "The record of the users' authorisation (5.1-c-4)."),
    Key("blocked_domains_check", "file", "The check against what must be blocked by law (5.1-d)."),
    Key("blocked_information", "text", "What that check found (5.1-d).", ("none", "removed", "present")),
    Key("ip_review", "file", "The review of intellectual-property risk (5.2-b-2)."),
    Key("ip_risk", "text", "What that review found (5.2-b-2).", ("none", "resolved", "infringing")),
    Key("legal_basis", "text", "The basis on which personal information is held: PIPL art. 13 (5.2-c-1).", LEGAL_BASES),
    Key("legal_basis_record", "file", "The record of that basis; required for consent (5.2-c-1)."),
    Key("separate_consent", "file", "The record of separate consent to sensitive personal information (5.2-c-2)."),
    Key("pre_collection_date", "date", "The day on which the source was assessed before collection (5.1-a-1)."),
    Key("pre_collection_sample", "count", "How many items that assessment looked at (5.1-a-1)."),
    Key("pre_collection_rate", "rate", "The share of them that was illegal or unhealthy (5.1-a-1)."),
    Key("pre_collection_record", "file", "The record of that assessment (5.1-a-1)."),
    Key("safety_annotation", "flag", "Data of safety annotation: bad by design, every item is reviewed (5.3-c-2)."),
    Key("annotator_column", "text", "The column that names who annotated an item (5.3-a-3)."),
    Key("reviewer_column", "text", "The column that names who reviewed an item (5.3-a-3, 5.3-c-2)."),
    Key("review_status_column", "text", "The column with the outcome of the review (5.3-c-2)."),
    Key("task_column", "text", "The column that names the task; within one nobody annotates and reviews (5.3-a-3)."),
    Key("risk_column", "text", "The column with the risk an item was labelled with, such as A.1.a (5.3-b-4)."),
    Key("started_column", "text", "The column with the time at which work on an item began (5.3-a-4)."),
    Key("finished_column", "text", "The column with the time at which it ended (5.3-a-4)."),
    Key("batch_checks", "file", "The spot checks of each batch of functional annotation (5.3-c-1)."),
    Key("other_evidence", "file", "Any further file that shows something of the source."),
)
FILES = tuple(key.name for key in KEYS if key.holds == "file")
FILE_PARTS = ("sha256", "expires")
"""What is said of a file beside its path: in a table of its own, or as `contract_sha256`, `contract_expires`."""

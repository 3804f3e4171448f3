"""licensing: licence tags and notices in texts, licences of documents, and what the policy says of them.

- Notices in a text (SPDX tags, copyright and no-reproduction notices, Creative Commons licences) are `info`.
- The `licence` column is observed: each document's SPDX ids, by the names of `rules/licensing/names.toml`; a name that
  the table does not know is `LicenseRef-unknown`, an empty value is nothing.
- Options `deny` and `review` list SPDX ids. A document whose licence is denied is a violation, one to review suspect;
  the finding spans the whole value of the column. A document under several licences is judged by each of them.

Example: with `deny = ["CC-BY-NC-4.0"]` a document whose licence column says "cc by-nc 4.0" is a violation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from corpus_guard.core.batch import Batch, Integers
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.licence import UNKNOWN_LICENCE, licence_ids, licence_key
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.pattern_rules import PatternRules
from corpus_guard.errors import UsageError, did_you_mean

LICENCE = "licence"
POLICY = {"deny": "licence-denied", "review": "licence-review"}
"""Options that list SPDX ids -> the rule that speaks for each."""


class Licensing:
    """Finds licence notices in texts and licences that the policy does not want."""

    name = "licensing"
    columns: tuple[str, ...] = (LICENCE, "source")
    content = False
    options: tuple[str, ...] = ("deny", "review")

    def __init__(self, setting: Setting) -> None:
        """Take `names` (name -> SPDX id), `deny` and `review` (SPDX ids) from the options; raise `UsageError`."""
        policy_rules = set(POLICY.values())
        notices = [(number, rule) for number, rule in setting.rules if rule.id not in policy_rules]
        self._names = {licence_key(name): spdx for name, spdx in setting.options.get("names", {}).items()}
        self._policy = _policy(setting, self._names)
        self._notices = PatternRules(notices, fold=setting.fold)
        self.gates: Sequence[Gate] = self._notices.gates

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return the notices in the texts of *batch*, then what the policy says of its licence column."""
        notices = self._notices.confirm(candidates, batch.texts)
        if not self._policy:
            return notices
        return Findings.concat([notices, *(self._judged(batch, *entry) for entry in self._policy)])

    def observe(self, batch: Batch) -> Sequence[tuple[int, str]]:
        """Return (document, SPDX id) pairs, in the order of documents."""
        values, codes = self._encoded(batch)
        ids = [licence_ids(value, self._names) for value in values]
        return [(document, spdx) for document, code in enumerate(codes) if code is not None for spdx in ids[code]]

    def _encoded(self, batch: Batch) -> tuple[list[str], list[int | None]]:
        """Return the different values of the licence column, and which of them each document has."""
        column = batch.columns.get(LICENCE)
        if column is None:
            return [], []
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        encoded = array.cast(pa.large_string()).dictionary_encode()
        return encoded.dictionary.to_pylist(), encoded.indices.to_pylist()

    def _judged(self, batch: Batch, number: int, rule: Rule, listed: frozenset[str]) -> Findings:
        values, codes = self._encoded(batch)
        meant = [bool(listed & {spdx.lower() for spdx in licence_ids(value, self._names)}) for value in values]
        documents = [document for document, code in enumerate(codes) if code is not None and meant[code]]
        lengths = [len(values[codes[document] or 0]) for document in documents]
        whole = len(documents)
        return Findings.of(
            _integers(documents), np.zeros(whole, np.int64), _integers(lengths), np.full(whole, number, np.int64),
            np.full(whole, int(rule.grade), np.int8), np.full(whole, rule.score), column=LICENCE,
        )  # fmt: skip


def _policy(setting: Setting, names: Mapping[str, str]) -> list[tuple[int, Rule, frozenset[str]]]:
    rules = {rule.id: (number, rule) for number, rule in setting.rules}
    policy = []
    for option, rule_id in POLICY.items():
        listed = _listed(option, setting.options.get(option, ()), names)
        if listed and rule_id in rules:
            policy.append((*rules[rule_id], listed))
    return policy


def _listed(option: str, licences: Any, names: Mapping[str, str]) -> frozenset[str]:
    known = {spdx.lower(): spdx for spdx in (*names.values(), UNKNOWN_LICENCE)}
    if isinstance(licences, str) or not all(isinstance(licence, str) for licence in licences):
        raise UsageError(f'[licensing] "{option}" must be a list of SPDX ids, such as ["CC-BY-NC-4.0"].')
    for licence in licences:
        if licence.lower() not in known:
            raise UsageError(
                f'[licensing] "{option}" names "{licence}", which no licence of rules/licensing/names.toml is called'
                f"{did_you_mean(licence, known.values()) or '.'} Write its SPDX id, or add the licence to that file."
            )
    return frozenset(licence.lower() for licence in licences)


def _integers(values: Sequence[int]) -> Integers:
    return np.array(values, np.int64)

"""licensing: licence tags and notices in texts, licences of documents, and what the policy says of them.

- Notices in a text (SPDX tags, copyright and no-reproduction notices, Creative Commons licences) are `info`.
- The `licence` column is observed: each document's SPDX ids, by the names of `rules/licensing/names.toml` and the SPDX
  list; a name that neither knows is `LicenseRef-unknown`, an empty value is nothing.
- Options `blocked` and `robots` name refusals: a document whose `url` is refused is found, too, and so is one whose
  page refused training in a header that was recorded.
- Options `purpose`, `allow`, `deny`, `review`, `otherwise` make the policy. A document whose licence is denied is a
  violation, one to review suspect; the finding spans the whole value of the column. Of a list of licences the gravest
  answer counts, of a choice (`MIT OR GPL-2.0-only`) the mildest.

Example: with `deny = ["CC-BY-NC-4.0"]` a document whose licence column says "cc by-nc 4.0" is a violation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.pattern_rules import PatternRules
from corpus_guard.licences.expressions import Reader
from corpus_guard.licences.notices import expanded
from corpus_guard.licences.policy import OPTIONS, Decision, policy_of
from corpus_guard.licences.table import LicenceTable
from corpus_guard.opt_outs import headers
from corpus_guard.opt_outs import judging as opt_outs

LICENCE, URL = "licence", "url"
POLICY: dict[Decision, str] = {"deny": "licence-denied", "review": "licence-review"}
"""What a policy decides -> the rule that speaks for it."""


class Licensing:
    """Finds licence notices in texts and licences that the policy does not want."""

    name = "licensing"
    columns: tuple[str, ...] = (LICENCE, "source", *headers.COLUMNS)
    content = False
    options: tuple[str, ...] = (*OPTIONS, *opt_outs.OPTIONS)

    def __init__(self, setting: Setting) -> None:
        """Take `names`, `classes`, `purposes` and the policy from the options; raise `UsageError`."""
        policy_rules = {*POLICY.values(), *opt_outs.RULES}
        notices = [(number, expanded(rule)) for number, rule in setting.rules if rule.id not in policy_rules]
        table = LicenceTable(setting.options.get("names", {}), setting.options.get("classes", ()))
        self._reader = Reader(table)
        self._policy = policy_of(setting.options, table)
        by_id = {rule.id: (number, rule) for number, rule in setting.rules}
        self._speaks = {decision: by_id[rule] for decision, rule in POLICY.items() if rule in by_id}
        self._opt_outs = opt_outs.OptOuts.of(setting.options)
        self._refusals = {rule: by_id[rule] for rule in opt_outs.RULES if rule in by_id}
        self._directives: Sequence[str] = setting.options.get("directives", ())
        self._notices = PatternRules(notices, fold=setting.fold)
        self.gates: Sequence[Gate] = self._notices.gates

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return the notices in the texts of *batch*, then what the policy says of its licence column."""
        return Findings.concat(
            [self._notices.confirm(candidates, batch.texts), *self._judged(batch), *self._refused(batch)]
        )

    def observe(self, batch: Batch) -> Sequence[tuple[int, str]]:
        """Return (document, SPDX id) pairs, in the order of documents."""
        values, codes = encoded(batch, LICENCE)
        ids = [self._reader.stated(value).ids for value in values]
        return [(document, spdx) for document, code in enumerate(codes) if code is not None for spdx in ids[code]]

    def _judged(self, batch: Batch) -> list[Findings]:
        if self._policy is None:
            return []
        values, codes = encoded(batch, LICENCE)
        said = [self._policy.of(self._reader.stated(value)) for value in values]
        return [
            _whole_values(
                LICENCE,
                values,
                [code if code is not None and said[code] == decision else None for code in codes],
                *speaks,
            )
            for decision, speaks in self._speaks.items()
        ]

    def _refused(self, batch: Batch) -> list[Findings]:
        """Documents whose address was refused, and those of pages that refused themselves."""
        values, codes = encoded(batch, URL)
        return [
            _whole_values(URL, values, [code if code is not None and barred[code] else None for code in codes], *known)
            for rule, barred in self._opt_outs.refused(values).items()
            if (known := self._refusals.get(rule))
        ] + self._refused_by_pages(batch)

    def _refused_by_pages(self, batch: Batch) -> list[Findings]:
        known = self._refusals.get(opt_outs.PAGE)
        found: list[Findings] = []
        if known is None or not self._directives:
            return found
        for column in headers.COLUMNS:
            values, codes = encoded(batch, column)
            said = [headers.refuses(column, value, self._directives) for value in values]
            marked = [code if code is not None and said[code] else None for code in codes]
            found.append(_whole_values(column, values, marked, *known))
        return found


def encoded(batch: Batch, name: str) -> tuple[list[str], list[int | None]]:
    """Return the different values of a column of *batch*, and which of them each document has; none without it."""
    column = batch.columns.get(name)
    if column is None:
        return [], []
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    codes = array.cast(pa.large_string()).dictionary_encode()
    return codes.dictionary.to_pylist(), codes.indices.to_pylist()


def _whole_values(column: str, values: Sequence[str], codes: Sequence[int | None], number: int, rule: Rule) -> Findings:
    """A finding of *rule* for each document with a code; it spans the whole value of *column*."""
    found = [(document, len(values[code])) for document, code in enumerate(codes) if code is not None]
    documents, ends = np.array(found, np.int64).reshape(-1, 2).T
    return Findings.of(
        documents, np.zeros(len(found), np.int64), ends, np.full(len(found), number, np.int64),
        np.full(len(found), int(rule.grade), np.int8), np.full(len(found), rule.score), column=column,
    )  # fmt: skip

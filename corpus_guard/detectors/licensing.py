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
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpus_guard.core.arrays import arrow_array, arrow_scalar, numbers_of
from corpus_guard.core.batch import Batch, Integers
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
        return Findings.concat([self._notices.confirm(candidates), *self._judged(batch), *self._refused(batch)])

    def observe(self, batch: Batch) -> Sequence[tuple[int, str]]:
        """Return (document, SPDX id) pairs, in the order of documents."""
        known = _Column.of(batch, LICENCE)
        ids = [*(self._reader.stated(value).ids for value in known.values), ()]
        return [(document, spdx) for document, code in enumerate(known.codes.tolist()) for spdx in ids[code]]

    def _judged(self, batch: Batch) -> list[Findings]:
        if self._policy is None:
            return []
        known = _Column.of(batch, LICENCE)
        said = [self._policy.of(self._reader.stated(value)) for value in known.values]
        return [
            known.findings(known.marked([one == decision for one in said]), *speaks)
            for decision, speaks in self._speaks.items()
        ]

    def _refused(self, batch: Batch) -> list[Findings]:
        """Documents whose address was refused, and those of pages that refused themselves."""
        addresses = _Column.of(batch, URL)
        return [
            addresses.findings(barred, *speaks)
            for rule, barred in self._opt_outs.refused(addresses.texts).items()
            if (speaks := self._refusals.get(rule))
        ] + self._refused_by_pages(batch)

    def _refused_by_pages(self, batch: Batch) -> list[Findings]:
        speaks = self._refusals.get(opt_outs.PAGE)
        if speaks is None or not self._directives:
            return []
        found: list[Findings] = []
        for name in headers.COLUMNS:
            known = _Column.of(batch, name)
            said = [headers.refuses(name, value, self._directives) for value in known.values]
            found.append(known.findings(known.marked(said), *speaks))
        return found


@dataclass(frozen=True, eq=False)
class _Column:
    """A column of a batch, empty where the batch has none: a text or null for each document."""

    name: str
    texts: pa.LargeStringArray

    @classmethod
    def of(cls, batch: Batch, name: str) -> _Column:
        column = batch.columns.get(name, pa.nulls(0, pa.large_string()))
        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        return cls(name, whole.cast(pa.large_string()))

    @cached_property
    def _encoded(self) -> pa.DictionaryArray:
        return self.texts.dictionary_encode()

    @cached_property
    def values(self) -> list[str]:
        """The different texts."""
        return list(self._encoded.dictionary.to_pylist())

    @property
    def codes(self) -> Integers:
        """Which of `values` each document has; one beyond the last where it has none."""
        none = arrow_scalar(len(self.values), self._encoded.indices.type)
        codes: Integers = numbers_of(self._encoded.indices.fill_null(none)).astype(np.int64)
        return codes

    def marked(self, said: Sequence[bool]) -> npt.NDArray[np.bool_]:
        """Return which documents have one of `values` of which True is *said*."""
        return np.array([*said, False], bool)[self.codes]

    def findings(self, marked: npt.NDArray[np.bool_], number: int, rule: Rule) -> Findings:
        """A finding of *rule* for each document that is *marked*; it spans the whole text."""
        documents = np.flatnonzero(marked)
        count = len(documents)
        ends = numbers_of(pc.utf8_length(self.texts.take(arrow_array(documents)))).astype(np.int64)
        return Findings.of(
            documents, np.zeros(count, np.int64), ends, np.full(count, number, np.int64),
            np.full(count, int(rule.grade), np.int8), np.full(count, rule.score), column=self.name,
        )  # fmt: skip

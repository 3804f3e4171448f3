r"""personal_info: identifiers, names and addresses of people, by the categories of GB/T 35273, named as in Presidio.

Found are telephone numbers of all regions, resident ids, passports, permits, cards, accounts, wallets, plates, and
addresses on the network; which exactly stands in `rules/personal/`. Each rule is a gate (where to look), a regular
expression with ASCII look-around (`\b` never: in Python a Chinese character is a word character, and 电话13800138000
would be missed) and a validator (check digits, dates, regions, numbering plans). An identifier without a check digit
counts only with a word beside it that says what it is: 护照号E12345678.

A sensitive identifier (resident id, passport, bank card) is a violation, any other identifier alone is suspect, also
one that is called sensitive but fails its check digit; the code of an organisation is info. Where identifiers overlap
the longest stays, of equally long ones that with the higher score: a resident id beats a phone number inside it, a
driving licence the resident id that is its number.

Names of persons are found as `names` of its table in a pipeline file says: "off", "labelled" or "all". A name is info;
what was found beside it makes it more (`detectors.records`).

The resident id number is sensitive by GB/T 35273 Annex B, no longer by GB/T 45574-2025 Annex A (which names only the
photo of the card); `sensitive_by` says which list was used.

Example: "手机13800138000，身份证11010519491231002X" gives PHONE_NUMBER (suspect) and CN_RESIDENT_ID (violation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from corpus_guard.core.batch import Batch
from corpus_guard.core.candidate import Candidates, Gate
from corpus_guard.core.detector import Setting
from corpus_guard.core.finding import Findings
from corpus_guard.core.rule import Rule
from corpus_guard.detectors.model_folders import OPTION as MODEL
from corpus_guard.detectors.name_rules import ANYWHERE, AS_LABELLED, ROW
from corpus_guard.detectors.names_anywhere import Anywhere
from corpus_guard.detectors.names_by_model import BY_MODEL, NamesByModel
from corpus_guard.detectors.own_recognizers import OPTION, SECONDS, OwnRecognizers, is_own, own_rules
from corpus_guard.detectors.pattern_rules import PatternRules, longest
from corpus_guard.detectors.recognizers import Recognizers, switched_on
from corpus_guard.detectors.records import Records
from corpus_guard.detectors.seen_through import SeenThrough
from corpus_guard.errors import UsageError, did_you_mean

NAMES = ("off", "labelled", "all")
"""What `names` of `[personal_info]` in a pipeline file may be; the second is usual."""


class PersonalInfo:
    """Finds the identifiers that its rules describe."""

    name = "personal_info"
    columns: tuple[str, ...] = ()
    content = False
    masks = True  # in the excerpts of all detectors
    options: tuple[str, ...] = ("names", MODEL, "presidio", OPTION, SECONDS)

    def __init__(self, setting: Setting) -> None:
        rules = _chosen(setting.rules, setting.options.get("names", "labelled"))
        of_presidio = switched_on(setting.rules, setting.options.get("presidio", ()))
        self._rules = PatternRules([(number, rule) for number, rule in rules if _in_text(rule)], fold=setting.fold)
        own = [(number, rule) for number, rule in setting.rules if is_own(rule)]
        self._others: list[SeenThrough | Recognizers | OwnRecognizers] = [SeenThrough(self._rules, setting.invisible)]
        self._others += [Recognizers(of_presidio, setting.fold)] if of_presidio else []
        self._others += [OwnRecognizers(own, setting.options, setting.fold)] if own else []
        self._anywhere = [Anywhere(number, rule) for number, rule in rules if rule.validator == ANYWHERE]
        model, by_model = setting.options.get(MODEL), [one for one in rules if one[1].validator == BY_MODEL]
        self._model = NamesByModel(by_model, model) if model is not None else None
        self._records = Records([*rules, *of_presidio, *own])
        self.gates: Sequence[Gate] = (*self._rules.gates, *(gate for others in self._others for gate in others.gates))

    @staticmethod
    def more_rules(options: Mapping[str, Any]) -> Sequence[Rule]:
        """Return the rules that its table of a pipeline file makes; raise `UsageError`."""
        return own_rules(options) if options.get(OPTION) else ()

    def detect(self, batch: Batch, candidates: Candidates) -> Findings:
        """Return the identifiers and names found in *batch*; of overlapping ones the longest."""
        found = self._in_texts(batch, candidates)
        for anywhere in self._anywhere:
            found = _with_others(found, anywhere.findings(candidates, batch))
        if self._model:
            found = _with_others(found, longest(self._model.findings(batch)))
        if not len(found):
            return found
        in_rows = self._records.in_rows(found, candidates)
        found = longest(Findings.concat([found, in_rows])) if len(in_rows) else found
        return self._records.combined(found, batch)

    def _in_texts(self, batch: Batch, candidates: Candidates) -> Findings:
        """What patterns find, then what recognisers do; of a span that both find, the rule with a pattern stays."""
        first = len(self._rules.gates)
        found = self._rules.confirm(candidates.take(candidates.gate < first))
        for others in self._others:
            last = first + len(others.gates)
            mine = candidates.take((candidates.gate >= first) & (candidates.gate < last)).renumbered(first)
            if len(mine) or isinstance(others, OwnRecognizers):
                found = _with_longer(found, others.findings(mine, batch))
            first = last
        return found


def _chosen(rules: Sequence[tuple[int, Rule]], names: object) -> list[tuple[int, Rule]]:
    """The rules that run when `names` is *names*; raise `UsageError`."""
    if names not in NAMES:
        hint = did_you_mean(str(names), NAMES) or f"; it is {', '.join(NAMES[:-1])} or {NAMES[-1]}"
        raise UsageError(f'pipeline [personal_info]: "names" is "{names}"{hint}')
    left_out = {"off": (*AS_LABELLED, ANYWHERE), "labelled": (ANYWHERE,), "all": ()}[str(names)]
    return [(number, rule) for number, rule in rules if rule.validator not in left_out and not rule.recognizer]


def _in_text(rule: Rule) -> bool:
    return not rule.beside and rule.validator not in (ROW, ANYWHERE, BY_MODEL)


def _with_longer(found: Findings, others: Findings) -> Findings:
    """*found*, and of *others* those with other spans; of overlapping ones the longest."""
    if not len(others):
        return found
    known = set(zip(found.text.tolist(), found.start.tolist(), found.end.tolist(), strict=True))
    spans = zip(others.text.tolist(), others.start.tolist(), others.end.tolist(), strict=True)
    return longest(Findings.concat([found, others.take(np.array([span not in known for span in spans]))]))


def _with_others(found: Findings, others: Findings) -> Findings:
    """*found* and those of *others*, none overlapping another, that overlap none of it; by place."""
    bits = 40
    start, end = (found.text << bits) + found.start, (found.text << bits) + found.end
    first, last = (others.text << bits) + others.start, (others.text << bits) + others.end
    free = np.searchsorted(end, first, "right") == np.searchsorted(start, last, "left")
    both = Findings.concat([found, others.take(free)])
    return both.take(np.lexsort((both.start, both.text)))

"""What a pipeline allows, denies and wants reviewed: by SPDX id, or by class, or by the purpose it names.

An id is nearer than a class; where several lists of one kind speak, deny goes before review before allow. What no
list names is `otherwise`. Of a choice of licences the mildest answer holds, of licences that hold together the
gravest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from corpus_guard.core.licence import UNKNOWN_LICENCE
from corpus_guard.errors import UsageError, did_you_mean
from corpus_guard.licences.expressions import Stated
from corpus_guard.licences.table import CLASSES, LicenceTable, spdx_id

Decision = Literal["allow", "review", "deny"]
DECISIONS: tuple[Decision, ...] = ("allow", "review", "deny")
"""From mild to grave."""

OPTIONS = ("purpose", "otherwise", *DECISIONS)


@dataclass(frozen=True)
class Policy:
    """Lists by decision, lower case: SPDX ids in `ids`, classes in `classes`."""

    ids: Mapping[Decision, frozenset[str]]
    classes: Mapping[Decision, frozenset[str]]
    otherwise: Decision
    table: LicenceTable

    def of_licence(self, spdx: str) -> Decision:
        """Return what the policy says of one licence."""
        by_id, by_class = {spdx.lower()}, self.table.classes_of(spdx)
        for lists, names in ((self.ids, by_id), (self.classes, by_class)):
            for decision in reversed(DECISIONS):
                if names & lists[decision]:
                    return decision
        return self.otherwise

    def of(self, stated: Stated) -> Decision:
        """Return what the policy says of what a value states; nothing stated is allowed, for there is no licence."""
        gravest = [max((self.of_licence(spdx) for spdx in group), key=DECISIONS.index) for group in stated.groups]
        return min(gravest, key=DECISIONS.index, default="allow")


def policy_of(options: Mapping[str, Any], table: LicenceTable) -> Policy | None:
    """Return the policy of a table of options, or None when it names none; raise `UsageError`.

    An `allow` list with nothing else means that everything else is for review.
    """
    own = {decision: _listed(decision, options.get(decision, ()), table) for decision in DECISIONS}
    lists = {decision: (*own[decision], *_of_purpose(options, decision)) for decision in DECISIONS}
    only_allowed = bool(own["allow"]) and not any(lists[decision] for decision in DECISIONS[1:])
    otherwise = options.get("otherwise", "review" if only_allowed else "allow")
    if otherwise not in DECISIONS:
        raise UsageError(f'[licensing] "otherwise" is "{otherwise}"; it is allow, review or deny')
    if not any(lists.values()) and otherwise == "allow":
        return None
    lowered = {decision: frozenset(name.lower() for name in names) for decision, names in lists.items()}
    named = frozenset(CLASSES)
    return Policy(
        {decision: names - named for decision, names in lowered.items()},
        {decision: names & named for decision, names in lowered.items()},
        otherwise,
        table,
    )


def _of_purpose(options: Mapping[str, Any], decision: Decision) -> Sequence[str]:
    purposes: Mapping[str, Mapping[str, Sequence[str]]] = options.get("purposes", {})
    purpose = options.get("purpose")
    if purpose is not None and purpose not in purposes:
        hint = did_you_mean(str(purpose), purposes) or f"; it is one of {', '.join(purposes)}"
        raise UsageError(f'[licensing] "purpose" is "{purpose}"{hint}')
    return purposes[purpose].get(decision, ()) if purpose else ()


def _listed(option: str, names: Any, table: LicenceTable) -> Sequence[str]:
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise UsageError(f'[licensing] "{option}" must be a list of SPDX ids or classes, such as ["CC-BY-NC-4.0"].')
    known = {spdx.lower(): spdx for spdx in (*table.names.values(), *CLASSES, UNKNOWN_LICENCE)}
    for name in names:
        if name.lower() not in known and spdx_id(name) is None:
            raise UsageError(
                f'[licensing] "{option}" names "{name}", which is neither a licence of SPDX or of '
                f"rules/licensing/names.toml nor a class{did_you_mean(name, known.values()) or '.'} "
                "Write its SPDX id, or add the licence to that file."
            )
    return [known.get(name.lower()) or spdx_id(name) or name for name in names]

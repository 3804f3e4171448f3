"""Refusals that a page itself declared, as the collection recorded them: `X-Robots-Tag`, `<meta name="robots">`, TDM.

`tdm-reservation: 1` is the TDM Reservation Protocol of the W3C community group; `noai` and its kin have no standard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

TAG, RESERVATION = "robots_tag", "tdm_reservation"
COLUMNS = (TAG, RESERVATION)
"""Roles of `rules/input.toml` under which such headers are recorded."""

_WORD = re.compile(r"[a-z][a-z_-]*")
_RESERVED = re.compile(r"\s*(?:tdm-reservation\s*[:=])?\s*[\"']?(?:1(?:\.0+)?|true|yes)[\"']?\s*")


def refuses(column: str, value: str, directives: Sequence[str]) -> bool:
    """Return whether the *value* recorded in *column* refuses use for training; *directives* are words of robots tags.

    >>> refuses("robots_tag", "noarchive, NoAI", ["noai"]), refuses("tdm_reservation", "0", ["noai"])
    (True, False)
    """
    folded = value.lower()
    if column == RESERVATION:
        return _RESERVED.fullmatch(folded) is not None
    return not set(directives).isdisjoint(_WORD.findall(folded))

"""Validators: what a regular expression cannot say, such as check digits. A rule names one in its field `validator`.

Each takes the folded text that the pattern matched, separators included, and says whether it is the real thing. Those
of `AS_WRITTEN` take it in upper and lower case as it was written, because their checksum lies in the case.
"""

from __future__ import annotations

from collections.abc import Callable

from corpus_guard.detectors.account_numbers import bitcoin, ethereum, iban, luhn
from corpus_guard.detectors.addresses import (
    device_address,
    host_ipv4,
    host_ipv6,
    load_phone_plans,
    phone,
    phone_america,
    phone_plausible,
    phone_taiwan,
)
from corpus_guard.detectors.identity_numbers import (
    foreigner_id,
    load_regions,
    organisation,
    resident_id,
    resident_id_15,
    us_ssn,
)
from corpus_guard.detectors.special_addresses import (
    network_ipv4,
    network_ipv6,
    reserved_ipv6,
    special_ipv6,
)
from corpus_guard.errors import CatalogError, did_you_mean

Validator = Callable[[str], bool]


def accept(_matched: str) -> bool:
    """Return True: the pattern says it all."""
    return True


AS_WRITTEN = frozenset({"bitcoin", "ethereum"})
"""Validators that take the text before folding."""

_VALIDATORS: dict[str, Validator] = {
    "": accept, "resident_id": resident_id, "resident_id_15": resident_id_15, "foreigner_id": foreigner_id,
    "organisation": organisation, "us_ssn": us_ssn, "luhn": luhn, "iban": iban, "bitcoin": bitcoin,
    "ethereum": ethereum, "host_ipv4": host_ipv4, "host_ipv6": host_ipv6, "device_address": device_address,
    "special_ipv6": special_ipv6, "reserved_ipv6": reserved_ipv6,
    "network_ipv4": network_ipv4, "network_ipv6": network_ipv6,
    "phone": phone, "phone_taiwan": phone_taiwan, "phone_america": phone_america, "phone_plausible": phone_plausible,
}  # fmt: skip

_LOADED: dict[str, Callable[[], None]] = {
    "resident_id": load_regions, "resident_id_15": load_regions, "phone": load_phone_plans,
    "phone_taiwan": load_phone_plans, "phone_america": load_phone_plans,
}  # fmt: skip
"""What reads files; nothing is read while texts are scanned."""


def validator(name: str, *, rule: str) -> Validator:
    """Return the validator called *name*, ready to run without input or output; raise `CatalogError` naming *rule*."""
    if name not in _VALIDATORS:
        known = sorted(filter(None, _VALIDATORS))
        text = f'rule "{rule}": no validator is called "{name}"{did_you_mean(name, known)} Known: {", ".join(known)}.'
        raise CatalogError([text])
    _LOADED.get(name, _nothing)()
    return _VALIDATORS[name]


def _nothing() -> None:
    """Read no file."""

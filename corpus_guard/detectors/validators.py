"""Validators: what a regular expression cannot say, such as check digits. A rule names one in its field `validator`.

Each takes the folded text that the pattern matched, separators included, and says whether it is the real thing.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from stdnum import luhn as stdnum_luhn
from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from corpus_guard.errors import CatalogError, did_you_mean

Validator = Callable[[str], bool]

_FIRST_MULTICAST = 224
_LONG_GROUP = 3
_GROUPS = 3


def accept(_matched: str) -> bool:
    """Return True: the pattern says it all."""
    return True


def resident_id(matched: str) -> bool:
    """Check a Chinese resident id: check digit (GB 11643-1999, ISO 7064 MOD 11-2), birth date, region (GB/T 2260).

    A region counts when it ever existed: ids carry the code of the day of issue, not of the day of birth.

    >>> resident_id("11010519491231002x"), resident_id("110105194912310021")
    (True, False)
    """
    number = "".join(character for character in matched if character.isalnum()).upper()
    try:
        if ric.calc_check_digit(number) != number[-1]:
            return False
        ric.get_birth_date(number)
    except (ValidationError, ValueError):
        return False
    return is_resident_region(number[:6])


def luhn(matched: str) -> bool:
    """Check the Luhn digit of a payment card (ISO/IEC 7812-1, annex B), with or without separators.

    >>> luhn("4111 1111 1111 1111"), luhn("4111 1111 1111 1112")
    (True, False)
    """
    return stdnum_luhn.is_valid("".join(character for character in matched if character.isdigit()))


def host_ipv4(matched: str) -> bool:
    """Check that an IPv4 address can be a host's: no loopback, no netmask, not "this network", no multicast (RFC 6890).

    >>> host_ipv4("114.247.50.2"), host_ipv4("255.255.255.0"), host_ipv4("127.0.0.1")
    (True, False, False)
    """
    try:
        address = IPv4Address(matched)
    except AddressValueError:
        return False
    first = address.packed[0]
    return first != 0 and first < _FIRST_MULTICAST and not address.is_loopback


def host_ipv6(matched: str) -> bool:
    """Check that an IPv6 address (RFC 4291) can be a host's and looks like one: three groups, one of three digits.

    >>> host_ipv6("2001:db8::8a2e:370:7334"), host_ipv6("12:30:45"), host_ipv6("::1")
    (True, False, False)
    """
    groups = [group for group in matched.split(":") if group]
    if len(groups) < _GROUPS or max(map(len, groups)) < _LONG_GROUP:
        return False
    try:
        address = IPv6Address(matched)
    except AddressValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


def is_resident_region(code: str) -> bool:
    """Return whether resident ids were ever issued under the six-digit region *code*.

    >>> is_resident_region("110105"), is_resident_region("119999")
    (True, False)
    """
    return code == _TAIWAN or any("county" in found for _, found in numdb.get("cn/loc").info(code))


_TAIWAN = "830000"
"""Residence permits for Taiwan residents (since 2018); missing in the list of regions."""

_VALIDATORS: dict[str, Validator] = {
    "": accept, "resident_id": resident_id, "luhn": luhn, "host_ipv4": host_ipv4, "host_ipv6": host_ipv6,
}  # fmt: skip


def validator(name: str, *, rule: str) -> Validator:
    """Return the validator called *name*, ready to run without input or output; raise `CatalogError` naming *rule*."""
    if name not in _VALIDATORS:
        known = sorted(filter(None, _VALIDATORS))
        text = f'rule "{rule}": no validator is called "{name}"{did_you_mean(name, known)} Known: {", ".join(known)}.'
        raise CatalogError([text])
    if name == "resident_id":
        numdb.get("cn/loc")  # reads its file here, once; nothing is read while texts are scanned
    return _VALIDATORS[name]

"""Validators of addresses on a network and of telephone numbers."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv6Address, IPv6Network
from itertools import pairwise

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType

from corpus_guard.detectors.special_addresses import reserved_ipv4, reserved_ipv6

_FIRST_MULTICAST = 224
_OCTETS = 4
_KNOWN_OCTETS = frozenset(map(str, range(256)))  # asked for every address of a log
_NO_FIRST, _NO_HOSTS = ("0", "127"), ("0", "255")
_ANY_ADDRESS = "1.2.3.4"
_LONG_GROUP = 3
_GROUPS = 3
_FEWEST_KINDS = 3
_SHORTEST, _LONGEST = 7, 15


def host_ipv4(matched: str) -> bool:
    """Check that an IPv4 address can be a host's: no loopback, no netmask, not "this network", no multicast (RFC 6890).

    One that ends in 0 or 255 is a network's, or goes to all of one; 1.2.3.4 is what people write for any. Those kept
    for documentation and for links without an address are assigned to nobody.

    >>> host_ipv4("114.247.50.2"), host_ipv4("255.255.255.0"), host_ipv4("127.0.0.1"), host_ipv4("10.0.0.0")
    (True, False, False, False)
    """
    octets = matched.split(".")
    if len(octets) != _OCTETS or not all(octet in _KNOWN_OCTETS for octet in octets):
        return False
    if octets[-1] in _NO_HOSTS or matched == _ANY_ADDRESS or reserved_ipv4(matched):
        return False
    return octets[0] not in _NO_FIRST and int(octets[0]) < _FIRST_MULTICAST


def host_ipv6(matched: str) -> bool:
    """Check that an IPv6 address (RFC 4291) can be a host's and looks like one: three groups, one of three digits.

    Two are enough where the first says that it is unicast. A zone may follow. Those kept for documentation, and those
    of a link that were given by hand, are assigned to nobody.

    >>> host_ipv6("2400:c401::5054:ff:fe1b"), host_ipv6("12:30:45"), host_ipv6("::1")
    (True, False, False)
    >>> host_ipv6("fe80::5054:ff:fe1b:b031%eth0"), host_ipv6("abc::def"), host_ipv6("2001:db8::1")
    (True, False, False)
    """
    groups = [group for group in matched.partition("%")[0].split(":") if group]
    try:
        address = IPv6Address(matched)
    except AddressValueError:
        return False
    if address.ipv4_mapped is not None:
        return host_ipv4(str(address.ipv4_mapped))
    if max(map(len, groups), default=0) < _LONG_GROUP or (len(groups) < _GROUPS and not _is_unicast(address)):
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast or reserved_ipv6(matched))


_UNICAST = tuple(map(IPv6Network, ("2000::/3", "fc00::/7", "fe80::/10")))
_INTERFACE = (1 << 64) - 1


def _is_unicast(address: IPv6Address) -> bool:
    """Whether *address* is one host's by its first group; without the last 64 bits it would be a network's."""
    return int(address) & _INTERFACE != 0 and any(address in network for network in _UNICAST)


def device_address(matched: str) -> bool:
    """Check that a MAC address (IEEE 802) can be one device's: no group address, no filler, no date or counting.

    >>> device_address("38:f9:d3:4b:f5:51"), device_address("01:00:5e:00:00:fb"), device_address("01:02:03:04:05:06")
    (True, False, False)
    """
    digits = "".join(character for character in matched if character.isalnum())
    octets = bytes.fromhex(digits)
    counts = len({(after - before) % 256 for before, after in pairwise(octets)}) == 1
    return not octets[0] & 1 and len(set(octets)) >= _FEWEST_KINDS and not counts and digits not in _EXAMPLES


_EXAMPLES = frozenset({"001122334455", "1234567890ab", "123456789abc", "deadbeefcafe", "0123456789ab", "a1b2c3d4e5f6"})


def phone(matched: str) -> bool:
    """Check an international telephone number (ITU-T E.164), written with + or 00 or its country code alone.

    >>> phone("+852 9123 4567"), phone("00853-6612-3456"), phone("+852 1234 5678")
    (True, True, False)
    """
    number = "".join(character for character in matched.replace("(0)", "") if character.isdigit())
    return _is_number(f"+{number.removeprefix('00')}", None)


def phone_taiwan(matched: str) -> bool:
    """Check a telephone number of Taiwan in its national form.

    >>> phone_taiwan("0912-345-678"), phone_taiwan("08-2020-2021")
    (True, False)
    """
    return _is_number(matched, "TW")


def phone_america(matched: str) -> bool:
    """Check a telephone number of North America in its national form.

    >>> phone_america("(202) 456-1111"), phone_america("555-123-4567")
    (True, False)
    """
    return _is_number(matched, "US")


def phone_plausible(matched: str) -> bool:
    """Check that a number can be a telephone number of any country: seven to fifteen digits, three different ones.

    >>> phone_plausible("8907 6543"), phone_plausible("111 11 11"), phone_plausible("123456")
    (True, False, False)
    """
    digits = [character for character in matched if character.isdigit()]
    return _SHORTEST <= len(digits) <= _LONGEST and len(set(digits)) >= _FEWEST_KINDS


def load_phone_plans() -> None:
    """Read the numbering plans of all countries, once."""
    PhoneMetadata.load_all()


_SERVICES = frozenset({PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
"""Numbers that many people share belong to none."""


def _is_number(written: str, region: str | None) -> bool:
    try:
        number = phonenumbers.parse(written, region)
    except NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) not in _SERVICES

"""Addresses on a network that are no host's, or any host's: what each is stands in registers of IANA (RFC 6890)."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network

_RESERVED_4 = ("192.0.2.", "198.51.100.", "203.0.113.", "169.254.")  # RFC 5737, RFC 3927
_PRIVATE_4 = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))  # RFC 1918
_EXAMPLES_6 = tuple(map(IPv6Network, ("2001:db8::/32", "3fff::/20")))  # RFC 3849, RFC 9637
_LINK_6 = IPv6Network("fe80::/10")
_GIVEN_BY_HAND = 0xFFFF
"""Up to here the last half of a link-local address is a number somebody chose; others are a device's own."""

_INTERFACE = (1 << 64) - 1
_LONGEST_NETWORK, _LONGEST_NETWORK_6 = 30, 96
"""Prefixes longer than these leave room for a host or two only: such an address is one of theirs."""


def reserved_ipv4(matched: str) -> bool:
    """Check that an IPv4 address is of the ranges for documentation, or one a machine gives itself for want of another.

    >>> reserved_ipv4("203.0.113.7"), reserved_ipv4("169.254.10.9"), reserved_ipv4("114.247.50.2")
    (True, True, False)
    """
    return matched.startswith(_RESERVED_4)


def network_ipv4(matched: str) -> bool:
    """Check that an IPv4 address, with its prefix if there is one, is a network's: its last bits are zero.

    Without a prefix, or with one that none is, only those of private networks are believed.

    >>> network_ipv4("192.168.1.0/24"), network_ipv4("127.0.0.1/8"), network_ipv4("10.0.0.0")
    (True, True, True)
    >>> network_ipv4("192.168.1.7/24"), network_ipv4("114.247.50.2/32"), network_ipv4("4.0.30319.0")
    (False, False, False)
    """
    written, _, prefix = matched.partition("/")
    try:
        address = IPv4Address(written)
        if prefix and int(prefix) <= address.max_prefixlen:
            hosts = (1 << (address.max_prefixlen - int(prefix))) - 1
            return (int(address) & hosts == 0 and int(prefix) <= _LONGEST_NETWORK) or address.is_loopback
    except AddressValueError:
        return False
    return address.packed[-1] == 0 and (address.is_loopback or any(address in one for one in _PRIVATE_4))


def reserved_ipv6(matched: str) -> bool:
    """Check that an IPv6 address is of the ranges for documentation, or one of the link that was given by hand.

    >>> reserved_ipv6("2001:db8::1"), reserved_ipv6("fe80::1%eth0"), reserved_ipv6("fe80::1ff:fe23:4567:890a")
    (True, True, False)
    """
    try:
        address = IPv6Address(matched)
    except AddressValueError:
        return False
    by_hand = address in _LINK_6 and int(address) & _INTERFACE <= _GIVEN_BY_HAND
    return by_hand or any(IPv6Address(int(address)) in network for network in _EXAMPLES_6)


def special_ipv6(matched: str) -> bool:
    """Check that an IPv6 address is loopback, unspecified, or of a group.

    >>> special_ipv6("::1"), special_ipv6("::"), special_ipv6("ff02::fb"), special_ipv6("2400::1")
    (True, True, True, False)
    """
    try:
        address = IPv6Address(matched)
    except AddressValueError:
        return False
    return address.is_loopback or address.is_unspecified or address.is_multicast


def network_ipv6(matched: str) -> bool:
    """Check that an IPv6 address with its prefix is a network's.

    >>> network_ipv6("2400:c401::/32"), network_ipv6("::/0"), network_ipv6("2400::1/64"), network_ipv6("2400::/9999")
    (True, True, False, False)
    """
    try:
        network = IPv6Network(matched)
    except ValueError:
        return False
    return network.prefixlen <= _LONGEST_NETWORK_6 or special_ipv6(matched.partition("/")[0])

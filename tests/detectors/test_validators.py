"""Validators accept the real thing and refuse its neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.detectors.account_numbers import luhn
from corpus_guard.detectors.addresses import host_ipv4, host_ipv6
from corpus_guard.detectors.identity_numbers import resident_id
from corpus_guard.detectors.validators import validator
from corpus_guard.errors import CatalogError
from tests.detectors.identifiers import BANK_CARDS, CREDIT_CARDS, RESIDENT_IDS


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True), ("11010519491231002x", True), ("110101 19900307 8670", True), ("810000199408230021", True), ("830000199201300022", True), ("440401195801010009", False),
        ("44040119580101000X", True), ("110101199003078671", False), ("110101199013078679", False), ("111111199901101512", False), ("220105197307013827", True), ("230102194501011234", True),
    ],
)  # fmt: skip
def test_resident_ids(number: str, *, valid: bool) -> None:
    """Check digit, date and region must hold; people born before their region's code got it later hold valid ids."""
    assert valid is resident_id(number)


@given(RESIDENT_IDS, st.integers(0, 16), st.integers(1, 9))
def test_a_changed_digit_breaks_a_resident_id(number: str, place: int, step: int) -> None:
    """MOD 11-2 finds every single wrong digit."""
    changed = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    assert resident_id(number)
    assert not resident_id(changed)


@given(BANK_CARDS | CREDIT_CARDS, st.integers(0, 14), st.integers(1, 9))
def test_a_changed_digit_breaks_a_card(number: str, place: int, step: int) -> None:
    """Luhn finds every single wrong digit, with and without spaces."""
    changed = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    assert luhn(number)
    assert luhn(" ".join(number))
    assert not luhn(changed)


@pytest.mark.parametrize(
    ("address", "valid"),
    [("192.168.1.1", True), ("8.8.8.8", True), ("256.1.1.1", False), ("01.2.3.4", False), ("0.0.0.0", False), ("127.0.0.53", False), ("255.255.0.0", False), ("224.0.0.1", False), ("223.5.5.5", True), ("10.0.0.0", False), ("192.168.1.255", False), ("1.2.3.4", False), ("1.2.3.5", True), ("203.0.113.7", False), ("169.254.10.9", False), ("1.2.3", False), ("1.2.3.4.5", False)],
)  # fmt: skip
def test_ipv4_addresses_of_hosts(address: str, *, valid: bool) -> None:
    """Loopback, netmasks, networks, multicast, broadcast and what stands for any address are no hosts."""
    assert valid is host_ipv4(address)


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        ("2400:c401::ff00:42:8329", True), ("2001:db8::ff00:42:8329", False), ("fe80::1ff:fe23:4567:890a", True), ("12:30:45", False), ("1:2:3:4:5:6:7:8", False), ("::1", False), ("::", False), ("fe80::1", False), ("fe80::5054:ff:fe1b:b031%eth0", True), ("2400::1", True), ("2001:db8::", False), ("abc::def", False), ("::ffff:0:0", False),
        ("00:1b:44:11:3a:b7", False), ("abc::def::1", False), ("2400:c401:1:2:3:4:5:6:7", False), ("ff02::1:ff00:1234", False),
    ],
)  # fmt: skip
def test_ipv6_addresses_of_hosts(address: str, *, valid: bool) -> None:
    """Times, device addresses, networks, loopback and what is too short to tell are refused."""
    assert valid is host_ipv6(address)


def test_an_unknown_validator_is_a_fault_of_the_rule() -> None:
    """The complaint names the rule and the nearest validator."""
    with pytest.raises(CatalogError, match='rule "x/y": no validator is called "luhm"; did you mean "luhn"'):
        validator("luhm", rule="x/y")

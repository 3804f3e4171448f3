"""Addresses that belong to everybody or nobody are told, and nothing more; versions are not even told."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_guard as cg
from corpus_guard.core.batch import Batch
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.detectors.addresses import host_ipv4, host_ipv6
from corpus_guard.detectors.pattern_rules import BEFORE, PatternRule
from corpus_guard.detectors.personal_info import PersonalInfo
from corpus_guard.detectors.special_addresses import network_ipv4, network_ipv6, reserved_ipv6, special_ipv6
from corpus_guard.detectors.validators import accept
from tests.detectors.passes import Pass, rules_of, setting

RULES = rules_of("personal")
PASS = Pass(PersonalInfo(setting(RULES)))
TOLD = [
    "127.0.0.1", "127.0.0.53", "0.0.0.0", "255.255.255.255", "224.0.0.251", "192.168.1.255", "10.255.255.255",
    "192.168.1.0/24", "10.0.0.0/8", "0.0.0.0/0", "172.16.0.0", "192.168.3.0", "203.0.113.128/25", "114.247.48.0/20",
    "203.0.113.7", "198.51.100.1", "192.0.2.0", "169.254.169.254",
    "::1", "ff02::1", "ff02::1:ff00:1234", "2001:db8::/32", "fe80::/10", "::/0", "2400:c401::/32",
    "2001:db8::1", "2001:db8:85a3::8a2e:370:7334", "fe80::1", "fe80::1%eth0",
]  # fmt: skip
STAYS = {"ipv4-special", "ipv4-network", "ipv6-special", "ipv6-network"}


def rows(text: str) -> list[tuple[str, str, int]]:
    """Return (entity, span, grade) of what is found in *text*."""
    found = PASS.detect(Batch.of_texts([text]))
    columns = zip(*(one.tolist() for one in (found.rule, found.start, found.end, found.grade)), strict=True)
    return [(RULES[rule].entity, text[start:end], grade) for rule, start, end, grade in columns]


@pytest.mark.parametrize("address", TOLD)
@pytest.mark.parametrize("around", ["{}", "监听{}端口", "见 {} 。", "（{}）", '"{}"', "a={}, b"])
def test_they_are_told_as_info(address: str, around: str) -> None:
    """Whole, once, and of grade info, whatever stands around them."""
    assert [("IP_ADDRESS", address, int(Grade.INFO))] == rows(around.format(address))


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3.4", "version 1.2.3.0", "v10.0.0.0", "10.0.0.0", "4.0.30319.0", "Chrome/127.0.0.0 Safari", "版本172.16.0.0", "1.0.0.0", "10.2.3.0", "2.0.0.0-rc1",
        "子网掩码255.255.255.0", "0.0.0.255", "见第10.0.0.0节", "127.0.0.1.2", "a[::1]", "x[:, ::1]", "rows[0, ::1]", "std::cout", "host :: String", "x::1", ":::", "a ? ::f : ::g", "12:30:00", "feed::1", "::/129",
    ],
)  # fmt: skip
def test_versions_masks_and_code_are_not_told(text: str) -> None:
    """Versions, netmasks, steps of slices, names of scopes and times are none."""
    assert [] == rows(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.168.1.7/24", "192.168.1.7"), ("114.247.50.2/32", "114.247.50.2"), ("114.247.50.2/31", "114.247.50.2"), ("fe80::5054:ff:fe1b:b031", "fe80::5054:ff:fe1b:b031"),
        ("2400:c401::1/64", "2400:c401::1"), ("192.168.1.20", "192.168.1.20"),
    ],
)  # fmt: skip
def test_hosts_stay_suspect(text: str, found: str) -> None:
    """A host with its prefix, one of a private network, and a link-local address made from a device's own."""
    assert [("IP_ADDRESS", found, int(Grade.SUSPECT))] == rows(text)


def test_a_name_beside_one_is_no_record() -> None:
    """Also where somebody's rule of records asks for addresses: nobody's is none, a host's is."""
    asking = [replace(rule, beside=("IP_ADDRESS",), kinds=1) if rule.id == "person-record" else rule for rule in RULES]
    asked = Pass(PersonalInfo(setting(asking)))

    for address, grade in (("127.0.0.1", Grade.INFO), ("203.0.113.7", Grade.INFO), ("114.247.50.2", Grade.VIOLATION)):
        found = asked.detect(Batch.of_texts([f"姓名：王小明，{address}"]))
        names = [asking[rule].entity == "PERSON" for rule in found.rule.tolist()]
        assert [int(grade)] == found.grade[names].tolist()


def test_nothing_of_it_is_counted(tmp_path: Path) -> None:
    """A source whose documents hold such addresses alone has no personal information, and is not redacted."""
    lines = ["GET / from 127.0.0.1", "route 10.0.0.0/8 via ::1", "see 203.0.113.7", "host 114.247.50.2"]
    run = cg.scan([{"text": line} for line in lines], out=tmp_path / "run", detectors=["personal_info"])
    guard = cg.Guard(detectors=["personal_info"])

    assert ["1"] == run.summary["personal_info_documents"].cast(str).to_list()
    assert [*lines[:2], "see <IP_ADDRESS>", "host <IP_ADDRESS>"] == guard.redact(lines, style="tag")
    assert [[], [], ["IP_ADDRESS"], ["IP_ADDRESS"]] == guard.annotate({"text": lines})["guard_entities"]
    assert [[], [], [], ["A.4.f"]] == guard.annotate({"text": lines})["guard_risks"]
    assert {rule.id for rule in RULES if rule.stays} == STAYS


def test_a_grade_of_ones_own_makes_them_count(tmp_path: Path) -> None:
    """Who regrades the rule gets them redacted and listed like any other."""
    file = tmp_path / "own.toml"
    file.write_text(
        '[[rules.regrade]]\nrule = "ipv4-special"\ngrade = "suspect"\nreason = "no machine may be named"\n',
        encoding="utf-8",
    )
    guard = cg.Guard(detectors=["personal_info"], pipeline=file)

    assert ["at <IP_ADDRESS>"] == guard.redact(["at 127.0.0.1"], style="tag")
    assert [["A.4.f"]] == guard.annotate({"text": ["at 127.0.0.1"]})["guard_risks"]


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_a_network_is_no_host(address: object, prefix: int) -> None:
    """What the standard library calls a network is one here, up to prefixes that leave room for a host or two."""
    network = IPv4Network(f"{address}/{prefix}", strict=False)

    assert (prefix <= 30) is network_ipv4(str(network)) or network.network_address.is_loopback
    assert not (host_ipv4(str(address)) and str(address).startswith(("127.", "203.0.113.", "169.254.")))


@given(st.ip_addresses(v=6), st.integers(0, 128))
def test_an_ipv6_network_is_no_host(address: object, prefix: int) -> None:
    """The same of IPv6; what is reserved or special is no host's."""
    network = IPv6Network(f"{address}/{prefix}", strict=False)

    assert (prefix <= 96) is network_ipv6(str(network)) or special_ipv6(str(network.network_address))
    assert not (host_ipv6(str(address)) and (reserved_ipv6(str(address)) or special_ipv6(str(address))))


@given(st.text("v版 .:/a0\n", max_size=24), st.integers(0, 24), st.sampled_from([0, 1, 2, 3]))
def test_what_clears_is_looked_for_at_once_as_at_every_place(text: str, place: int, which: int) -> None:
    """One search that ends at a match finds what trying each of the places before it does."""
    cleared = ("(?x) v [ .]* # a comment", "(?i)V|版.{0,3}", "(?:/|a0)", r"(?<!a)v\.?")[which]
    place = min(place, len(text))
    rule = PatternRule(0, Rule("r", "d", "t", clear_before=cleared), 0, 1, "x", frozenset(), accept)
    expected = any(re.compile(cleared).fullmatch(text, first, place) for first in range(max(0, place - BEFORE), place))

    assert expected is rule._cleared(text, place)

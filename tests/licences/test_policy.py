"""A policy weighs licences."""

from __future__ import annotations

from typing import Any

import pytest

from corpus_guard.errors import UsageError
from corpus_guard.licences.policy import DECISIONS, policy_of
from tests.licences.test_expressions import OPTIONS, READER, TABLE


def said(value: str, **options: Any) -> str:
    """Return what the policy of *options* says of *value*."""
    policy = policy_of(OPTIONS | options, TABLE)
    assert policy is not None
    return policy.of(READER.stated(value))


@pytest.mark.parametrize(
    ("value", "options", "decision"),
    [
        ("cc-by-nc-4.0", {"deny": ["non-commercial"]}, "deny"),
        ("cc-by-nc-4.0", {"deny": ["non-commercial"], "allow": ["CC-BY-NC-4.0"]}, "allow"),
        ("cc-by-nc-4.0", {"deny": ["non-commercial"], "review": ["CC-BY-NC-4.0"]}, "review"),
        ("cc-by-nc-4.0", {"deny": ["non-commercial"], "allow": ["attribution"]}, "deny"),
        ("MIT OR GPL-3.0", {"deny": ["share-alike"]}, "allow"),
        ("MIT AND GPL-3.0", {"deny": ["share-alike"]}, "deny"),
        ("MIT, GPL-3.0", {"deny": ["share-alike"]}, "deny"),
        ("GPL-3.0 OR own terms", {"deny": ["share-alike"], "review": ["unknown"]}, "review"),
        ("MIT", {"allow": ["MIT"]}, "allow"),
        ("ISC", {"allow": ["MIT"]}, "review"),
        ("ISC", {"allow": ["MIT"], "otherwise": "deny"}, "deny"),
        ("ISC", {"allow": ["MIT"], "deny": ["non-commercial"]}, "allow"),
        ("VOSTROM", {"review": ["vostrom"]}, "review"),
        ("", {"otherwise": "deny"}, "allow"),
        ("CC-BY-NC-SA-4.0", {"purpose": "commercial"}, "deny"),
        ("仅供学术研究使用", {"purpose": "commercial"}, "deny"),
        ("who knows", {"purpose": "commercial"}, "review"),
        ("Apache-2.0", {"purpose": "commercial"}, "allow"),
        ("CC-BY-NC-SA-4.0", {"purpose": "research"}, "allow"),
        ("CC-BY-NC-SA-4.0", {"purpose": "research", "deny": ["CC-BY-NC-SA-4.0"]}, "deny"),
    ],
)  # fmt: skip
def test_ids_go_before_classes_and_the_grave_before_the_mild(
    value: str, options: dict[str, Any], decision: str
) -> None:
    """A choice takes its mildest licence, a list its gravest; nothing stated is nothing to judge."""
    assert decision == said(value, **options)


@pytest.mark.parametrize("value", ["MIT", "CC-BY-NC-4.0", "own", "MIT OR CC-BY-NC-4.0", "GPL-2.0 AND ISC"])
def test_denying_more_never_makes_it_milder(value: str) -> None:
    """Adding a name to `deny` can only make the answer graver."""
    before = said(value, review=["unknown"])
    for name in ("MIT", "non-commercial", "unknown", "CC-BY-NC-4.0", "share-alike"):
        assert DECISIONS.index(before) <= DECISIONS.index(said(value, review=["unknown"], deny=[name]))  # type: ignore[arg-type]


def test_no_list_is_no_policy() -> None:
    """Without options nothing is judged."""
    assert policy_of(OPTIONS, TABLE) is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"deny": ["CC-BY-NC-4"]}, '"deny" names "CC-BY-NC-4".*did you mean'),
        ({"review": "MIT"}, '"review" must be a list'),
        ({"allow": [1]}, '"allow" must be a list'),
        ({"purpose": "comercial"}, 'did you mean "commercial"'),
        ({"otherwise": "no"}, "allow, review or deny"),
    ],
)
def test_a_policy_that_could_never_fire_is_refused(options: dict[str, Any], words: str) -> None:
    """Misspelt names, strings for lists and unknown purposes are said before anything is scanned."""
    with pytest.raises(UsageError, match=words):
        policy_of(OPTIONS | options, TABLE)

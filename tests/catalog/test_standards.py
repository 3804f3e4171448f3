"""Standards: every complaint, and what the shipped ones hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_guard.catalog.standards import (
    DEFAULT_STANDARD,
    known_standards,
    read_standard,
    read_standard_file,
    risks_called,
)
from corpus_guard.errors import UsageError
from tests.catalog.complaints import complaints

HEAD = 'id = "s"\ntitle_zh = "题"\ntitle_en = "t"\n'
RISK = '[[risk]]\nid = "A.1.a"\ngroup = "A.1"\nzh = "险"\nen = "r"\n'


def clause(more: str = "", method: str = "attestation") -> str:
    """Return the table of a requirement."""
    plain = '[[requirement]]\nclause = "5.1"\ntitle_zh = "题"\ntitle_en = "t"\nscope = "source"\nwording = "verified"\n'
    return f'{plain}method = "{method}"\n{more}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [f'the field "{name}" is missing' for name in ("id", "title_zh", "title_en", "risk", "requirement")]),
        (HEAD + RISK.replace("en =", "eng =") + clause(),
         ['$.risk[0]: unknown field "eng"; did you mean "en"?', '$.risk[0]: the field "en" is missing']),
        (HEAD + RISK + clause("fail_abvoe = 1"), ['$.requirement[0]: unknown field "fail_abvoe"; did you mean "fail_above"?']),
        (HEAD + RISK + clause('fail_above = "5 %"'), ['$.requirement[0]: "fail_above" holds a string, a number was expected']),
        (HEAD + RISK + clause(method="dta"),
         ['$.requirement[0]: "method" is "dta", expected one of data, manifest, review, library, attestation; did you mean "data"?']),
        (HEAD + RISK + clause('stage = "rwa"'),
         ['$.requirement[0]: "stage" is "rwa", expected one of raw, filtered, training; did you mean "raw"?']),
        (HEAD + RISK + clause().replace('"verified"', '"certain"'),
         ['$.requirement[0]: "wording" is "certain", expected one of verified, secondary, unverified']),
        (HEAD.replace('"s"', '"other"') + RISK + clause(),
         ['the id is "other", expected "s": a standard is called like its file']),
        (HEAD + RISK + RISK + clause(), ['$.risk[1]: the id "A.1.a" is used twice']),
        (HEAD + RISK + clause("fail_above = 1\nfail_below = 2"),
         ['$.requirement[0] ("5.1"): both "fail_above" and "fail_below" are given; a requirement has one limit']),
        (HEAD + RISK + clause("fail_above = -1"), ['$.requirement[0] ("5.1"): "fail_above" is -1, expected a number from 0 on']),
        (HEAD + RISK + clause("fail_below = nan"), ['$.requirement[0] ("5.1"): "fail_below" is nan, expected a number from 0 on']),
        (HEAD + RISK + clause('risks = ["A.1", "A.1.b"]'),
         ['$.requirement[0] ("5.1"): no risk or group is called "A.1.b"; did you mean "A.1.a"?']),
        (HEAD + RISK + clause('measure = "ilegal_rate"', "data"),
         ['$.requirement[0] ("5.1"): no measure of data is called "ilegal_rate"; did you mean "illegal_rate"?']),
        (HEAD + RISK + clause("", "data"),
         ['$.requirement[0] ("5.1"): no measure of data is called ""; known: illegal_rate, scanned_share, technical_pass_rate']),
        (HEAD + RISK + clause('measure = "illegal_rate"\nfail_below = 1', "data"),
         ['$.requirement[0] ("5.1"): the measure "illegal_rate" needs the limit "fail_above"']),
    ],
)  # fmt: skip
def test_complaints_about_a_standard(tmp_path: Path, text: str, expected: list[str]) -> None:
    """What judging could not work with is refused before anything is scanned."""
    assert [f"rules/standards/s.toml: {one}" for one in expected] == complaints(
        read_standard_file, tmp_path / "s.toml", text
    )


def test_a_good_standard_is_read_whole(tmp_path: Path) -> None:
    """A new standard is one file."""
    path = tmp_path / "s.toml"
    path.write_text(HEAD + RISK + clause('measure = "illegal_rate"\nfail_above = 0.05\nrisks = ["A.1"]', "data"))
    known = read_standard_file(path)
    assert ("s", frozenset({"A.1.a"}), 0.05) == (known.id, known.risks_under(("A.1",)), known.requirements[0].limit)


@pytest.mark.parametrize("name", known_standards())
def test_shipped_standards_are_sound(name: str) -> None:
    """31 risks; every requirement names its evidence, or its limit, and how well it is known."""
    known = read_standard(name)
    assert (name, 31) == (known.id, len(known.risks))
    assert all(one.evidence for one in known.requirements)


def test_the_default_standard_holds_the_numbers_of_the_clauses() -> None:
    """5 % per source, 96 % by hand, 98 % by technique, 10,000 keywords."""
    limits = {one.clause: one.limit for one in read_standard("tc260-003-2024").requirements if one.limit is not None}
    assert {"5.1-a-1": 0.05, "5.1-a-2": 0.05, "9.2-a": 0.96, "9.2-b": 0.98, "8.1-a": 10_000}.items() <= limits.items()


def test_an_unknown_standard_is_wrong_usage() -> None:
    """The nearest name and all known ones are told."""
    with pytest.raises(UsageError, match='no standard is called "tc260-003"; did you mean "tc260-003-2024"'):
        read_standard("tc260-003")


def test_groups_of_risks_have_titles() -> None:
    """Every group that a shipped risk belongs to is named in both languages, in the order of the annex."""
    for name in known_standards():
        standard = read_standard(name)
        assert list(dict.fromkeys(risk.group for risk in standard.risks)) == [group.id for group in standard.groups]
        assert all(group.zh and group.en for group in standard.groups)


def test_a_name_covers_a_risk_or_a_group() -> None:
    """What is neither is refused, with the nearest known name."""
    standard = read_standard(DEFAULT_STANDARD)
    assert ({"A.1.f"}, 9) == (risks_called("A.1.f", standard), len(risks_called("A.2", standard)))
    with pytest.raises(UsageError, match=r'no risk is called "A\.1\.x"; did you mean "A\.1'):
        risks_called("A.1.x", standard)

"""Tables are checked against their fields, and every fault is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked
from corpus_guard.errors import CatalogError

FIELDS = {
    "name": Field(str, required=True),
    "count": Field(int),
    "share": Field(float),
    "on": Field(bool),
    "words": Field(list),
    "tables": Field(list, dict),
    "table": Field(dict),
    "colour": Field(str, choices=("red", "green", "")),
}


def faults(table: dict[str, Any]) -> list[str]:
    """Return the complaints about *table*, which may lack its name."""
    found = Complaints()
    check_table({"name": "n"} | table, FIELDS, "f: $.t", found)
    return [fault.removeprefix("f: $.t: ") for fault in found.found]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"nmae": 1}, 'unknown field "nmae"; did you mean "name"?'),
        ({"zzz": 1}, 'unknown field "zzz"'),
        ({"name": 1}, '"name" holds a whole number, a string was expected'),
        ({"name": True}, '"name" holds true or false, a string was expected'),
        ({"count": 1.5}, '"count" holds a number, a whole number was expected'),
        ({"count": True}, '"count" holds true or false, a whole number was expected'),
        ({"share": "1"}, '"share" holds a string, a number was expected'),
        ({"share": False}, '"share" holds true or false, a number was expected'),
        ({"on": 1}, '"on" holds a whole number, true or false was expected'),
        ({"words": "a"}, '"words" holds a string, a list was expected'),
        ({"words": ["a", 1]}, '"words" holds a whole number in its list, a string was expected'),
        ({"words": [True]}, '"words" holds true or false in its list, a string was expected'),
        ({"tables": ["a"]}, '"tables" holds a string in its list, a table was expected'),
        ({"table": []}, '"table" holds a list, a table was expected'),
        (
            {"name": "a\bc"},
            """"name" contains a control character (0x08); remove it, or write '\\b' in single quotes""",
        ),
        (
            {"words": ["ok", "\x7f"]},
            """"words" contains a control character (0x7f); remove it, or write '\\b' in single quotes""",
        ),
        ({"colour": "gren"}, '"colour" is "gren", expected one of red, green; did you mean "green"?'),
        ({"colour": "blue"}, '"colour" is "blue", expected one of red, green'),
    ],
)
def test_a_fault_is_told_in_one_sentence(table: dict[str, Any], expected: str) -> None:
    """What is there, what was expected, and the nearest known name."""
    assert [expected] == faults(table)


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"share": 1},
        {"share": 0.5},
        {"words": []},
        {"name": "a\tb\nc"},
        {"colour": ""},
        {"on": False},
        {"tables": [{}]},
    ],
)
def test_what_is_well_formed_is_kept(table: dict[str, Any]) -> None:
    """Whole numbers are numbers; tabs and line breaks are text."""
    found = Complaints()
    assert {"name": "n"} | table == check_table({"name": "n"} | table, FIELDS, "f", found)
    assert [] == found.found


def test_all_faults_of_a_table_are_told_at_once() -> None:
    """A missing field, an unknown one and a misshapen one."""
    found = Complaints()
    check_table({"cuont": 1, "on": "yes"}, FIELDS, "f", found)
    with pytest.raises(CatalogError) as caught:
        found.raise_if_any()
    expected = (
        'f: unknown field "cuont"; did you mean "count"?',
        'f: the field "name" is missing',
        'f: "on" holds a string, true or false was expected',
    )
    assert expected == caught.value.complaints
    assert "\n".join(expected) == str(caught.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"name = ", "this is no valid TOML ("),
        (b'name = "\xff"', "this is no UTF-8; save the file as UTF-8"),
        (None, "the file cannot be read (No such file or directory); check the path and its permissions"),
    ],
)
def test_an_unreadable_file_is_one_complaint(tmp_path: Path, content: bytes | None, expected: str) -> None:
    """What it lacks is not told besides."""
    path = tmp_path / "t.toml"
    if content is not None:
        path.write_bytes(content)
    found = Complaints()
    assert {} == read_checked(path, FIELDS, "shown", found)
    (complaint,) = found.found
    assert complaint.startswith(f"shown: {expected}")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Editors that write one are common."""
    path = tmp_path / "t.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "n"')
    assert {"name": "n"} == read_checked(path, FIELDS, "shown", Complaints())

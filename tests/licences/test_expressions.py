"""Values of licence columns: names, lists, expressions, sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.catalog.licences import licence_options
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.core.licence import UNKNOWN_LICENCE
from corpus_guard.licences.expressions import LONGEST, Reader
from corpus_guard.licences.table import LicenceTable

OPTIONS = licence_options(shipped_rules() / "licensing")
TABLE = LicenceTable(OPTIONS["names"], OPTIONS["classes"])
READER = Reader(TABLE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("MIT", ("MIT",)),
        ("['cc-by-4.0']", ("CC-BY-4.0",)),
        ('["mit", "apache-2.0", "mit"]', ("MIT", "Apache-2.0")),
        ("MIT OR Apache-2.0", ("MIT", "Apache-2.0")),
        ("(MIT AND CC-BY-4.0)", ("MIT", "CC-BY-4.0")),
        ("MIT/Apache-2.0", ("MIT", "Apache-2.0")),
        ("license:mit", ("MIT",)),
        ("Apache-2.0 WITH LLVM-exception", ("Apache-2.0",)),
        ("MIT with obligations", (UNKNOWN_LICENCE,)),
        ("someone's own terms", (UNKNOWN_LICENCE,)),
        ("https://example.org/terms/a", (UNKNOWN_LICENCE,)),
        ("", ()),
        (" \n", ()),
        ("[]", ()),
    ],
)
def test_values_of_a_licence_column_give_spdx_ids(value: str, expected: tuple[str, ...]) -> None:
    """Lists and expressions give each licence once; an unknown name is said to be unknown; nothing gives nothing."""
    assert expected == READER.stated(value).ids


@pytest.mark.parametrize(
    ("value", "groups"),
    [
        ("MIT OR Apache-2.0", (("MIT",), ("Apache-2.0",))),
        ("MIT, Apache-2.0", (("MIT", "Apache-2.0"),)),
        ("(MIT AND (ISC OR Zlib)) OR GPL-3.0", (("MIT", "ISC"), ("MIT", "Zlib"), ("GPL-3.0-only",))),
        ("gpl-2.0+ with Classpath-exception-2.0", (("GPL-2.0-or-later",),)),
        ("GPL-2 and LGPL-2.1+", (("GPL-2.0-only", "LGPL-2.1-or-later"),)),
        ("cc-by-nc-sa 4.0", (("CC-BY-NC-SA-4.0",),)),
        ("Artistic-1.0-Perl", (("Artistic-1.0-Perl",),)),
        ("木兰宽松许可证", (("LicenseRef-MulanPSL",),)),
        ("知识共享 署名-非商业性使用", (("LicenseRef-CC-BY-NC",),)),
        ("本数据集采用知识共享署名-非商业性使用 4.0 国际许可协议进行许可", (("CC-BY-NC-4.0",),)),
        ("Licensed under the Apache License, Version 2.0", (("Apache-2.0",),)),
        ("not under CC BY 4.0", ((UNKNOWN_LICENCE,),)),
        ("本作品不采用知识共享署名 4.0", ((UNKNOWN_LICENCE,),)),
        ("MIT, but not for military use", (("MIT", UNKNOWN_LICENCE),)),
        ("MIT or", ((UNKNOWN_LICENCE,),)),
        ("((((", ()),
    ],
)
def test_a_choice_is_told_from_a_list(value: str, groups: tuple[tuple[str, ...], ...]) -> None:
    """OR makes groups to choose from; AND and lists bind; a sentence that denies names nothing."""
    assert groups == READER.stated(value).groups


def test_a_long_value_is_no_name() -> None:
    """A whole licence text in a column is unknown, and costs nothing."""
    assert (UNKNOWN_LICENCE,) == READER.stated("MIT or " * LONGEST).ids


def test_choices_do_not_explode() -> None:
    """Thirty choices of two would be a thousand million groups; they are one of unknown, or at least few."""
    value = " AND ".join(["(MIT OR ISC)"] * 3 + [f"(LicenseRef-{n} OR Zlib)" for n in range(30)])

    assert len(READER.stated(value).groups) <= 64


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["MIT", "OR", "AND", "WITH", "(", ")", "GPL-2.0+", "or later", "/", ","])).map(" ".join)
)
def test_anything_is_read(value: str) -> None:
    """No value raises; what states something names at least one licence in each group."""
    assert all(READER.stated(value).groups)

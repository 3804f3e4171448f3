"""Spellings of licence names meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_guard.core.licence import licence_key


@pytest.mark.parametrize(
    "spellings",
    [
        ("MIT", "mit", "The MIT License", "MIT Licence", "ＭＩＴ"),
        ("CC-BY-SA-4.0", "cc by-sa 4.0", "CC_BY_SA 4.0", "CC BY-SA 4.0 International", "cc-by-sa v4.0"),
        ("Apache 2.0", "Apache-2.0", "Apache License, Version 2.0", "apache license v2.0"),
        ("GPLv3", "GPL 3", "gpl-3", "GPL v3", "GPL-3.0"),
        ("GPL-2.0+", "GPL v2 or later", "GPL-2.0-or-later", "GPL version 2, or (at your option) any later version", "GPLv2 or any later version"),
        ("https://creativecommons.org/licenses/by/4.0/", "http://creativecommons.org/licenses/by/4.0/legalcode", "creativecommons.org/licenses/by/4.0/deed.zh-hans"),
    ],
)  # fmt: skip
def test_spellings_of_one_licence_share_a_key(spellings: tuple[str, ...]) -> None:
    """Case, width, dashes, "the", "license", "v" and the end of an address make no difference."""
    assert 1 == len({licence_key(spelling) for spelling in spellings})


@pytest.mark.parametrize(
    ("one", "other"),
    [("CC BY 4.0", "CC BY-SA 4.0"), ("CC BY 4.0", "CC BY 3.0"), ("GPL-3.0", "GPL-3.0+"), ("GPL-3.0", "LGPL-3.0"), ("BSD-2-Clause", "BSD-3-Clause"), ("MIT", "MIT-0")],
)  # fmt: skip
def test_neighbours_keep_different_keys(one: str, other: str) -> None:
    """What differs in an element, a version or a plus is another licence."""
    assert licence_key(one) != licence_key(other)


@given(st.text() | st.sampled_from(["The MIT License", "GPLv3", "http://a.org/legalcode/", "V:0", "v the 0"]))
def test_a_key_is_its_own_key(name: str) -> None:
    """Keys can be looked up again."""
    assert licence_key(name) == licence_key(licence_key(name))

"""Licences by name and by what they permit."""

from __future__ import annotations

import pytest

from corpus_guard.core.licence import UNKNOWN_LICENCE
from corpus_guard.licences.table import spdx_id
from tests.licences.test_expressions import OPTIONS, TABLE


@pytest.mark.parametrize(
    ("spdx", "classes"),
    [
        ("MIT", {"commercial", "attribution"}), ("CC0-1.0", {"commercial"}), ("CC-BY-4.0", {"commercial", "attribution"}),
        ("CC-BY-SA-3.0", {"commercial", "attribution", "share-alike"}), ("CC-BY-NC-4.0", {"non-commercial", "attribution"}),
        ("CC-BY-NC-SA-2.5", {"non-commercial", "attribution", "share-alike"}), ("CC-BY-ND-4.0", {"commercial", "attribution", "no-derivatives"}),
        ("CC-BY-NC-ND-3.0", {"non-commercial", "attribution", "no-derivatives"}), ("GPL-3.0-only", {"commercial", "attribution", "share-alike"}),
        ("LicenseRef-research-only", {"non-commercial", "research-only", "attribution"}), ("NONE", {"commercial-unspecified"}),
        (UNKNOWN_LICENCE, {"unknown", "commercial-unspecified"}), ("VOSTROM", {"unknown", "commercial-unspecified"}),
    ],
)  # fmt: skip
def test_classes_follow_from_the_elements_of_a_licence(spdx: str, classes: set[str]) -> None:
    """Gain, attribution, share-alike, research only, no derivatives; what nobody has classified is unknown."""
    assert classes == TABLE.classes_of(spdx)


def test_every_named_licence_has_a_class() -> None:
    """A name that leads to a licence without traits would make every policy by class ask for a person."""
    assert [] == [spdx for spdx in sorted(set(TABLE.names.values())) if TABLE.traits(spdx) is None]


def test_every_class_is_of_a_licence_that_exists() -> None:
    """A glob that no licence matches is a misspelling."""
    known = {spdx.lower() for spdx in TABLE.names.values()}
    plain = [glob for glob, _ in OPTIONS["classes"] if "*" not in glob]

    assert [] == [glob for glob in plain if glob.lower() not in known and spdx_id(glob) is None]


def test_ids_of_the_spdx_list_are_known_in_any_case() -> None:
    """Ids that SPDX has given up become their successors; exceptions are no licences."""
    assert ("0BSD", "GPL-2.0-only", "AFL-1.2", None, None) == (
        spdx_id("0bsd"), spdx_id("GPL-2.0"), spdx_id("afl-1.2"), spdx_id("Classpath-exception-2.0"), spdx_id("mine"),
    )  # fmt: skip

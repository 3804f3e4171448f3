"""The table of licence names reads whole, or says everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus_guard.catalog.licences import licence_classes, licence_names, licence_purposes
from corpus_guard.catalog.places import shipped_rules
from corpus_guard.errors import CatalogError
from corpus_guard.licences.expressions import Reader
from corpus_guard.licences.table import LicenceTable

NAMES = licence_names(shipped_rules() / "licensing" / "names.toml")
READER = Reader(LicenceTable(NAMES))


@pytest.mark.parametrize(
    ("name", "spdx"),
    [
        ("cc-by-4.0", "CC-BY-4.0"), ("CC BY-SA 3.0", "CC-BY-SA-3.0"), ("cc-by-nc-nd-4.0", "CC-BY-NC-ND-4.0"), ("CC0", "CC0-1.0"), ("cc0-1.0", "CC0-1.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/", "CC-BY-NC-4.0"), ("知识共享 署名-相同方式共享 4.0", "CC-BY-SA-4.0"), ("odc-by", "ODC-By-1.0"), ("ODbL", "ODbL-1.0"),
        ("Apache License 2.0", "Apache-2.0"), ("apache-2.0", "Apache-2.0"), ("The MIT License", "MIT"), ("BSD 3-Clause License", "BSD-3-Clause"), ("gpl-3.0", "GPL-3.0-only"),
        ("GPLv3+", "GPL-3.0-or-later"), ("GNU Affero General Public License v3.0", "AGPL-3.0-only"), ("LGPL 2.1", "LGPL-2.1-only"), ("MPL 2.0", "MPL-2.0"), ("c-uda", "C-UDA-1.0"),
        ("木兰宽松许可证，第2版", "MulanPSL-2.0"), ("CDLA Permissive 2.0", "CDLA-Permissive-2.0"), ("bigscience-openrail-m", "LicenseRef-BigScience-OpenRAIL-M"), ("llama3.1", "LicenseRef-Llama-3.1"),
        ("OGL 3.0", "OGL-UK-3.0"), ("cc-by", "LicenseRef-CC-BY"), ("other", "LicenseRef-unknown"), ("CC-BY-NC-9.0", "LicenseRef-unknown"),
    ],
)  # fmt: skip
def test_names_in_the_wild_have_their_spdx_id(name: str, spdx: str) -> None:
    """Tags of data set hubs, titles, addresses and Chinese names lead to one id; a missing version is not made up."""
    assert (spdx,) == READER.stated(name).ids


def test_the_table_is_wide_and_consistent() -> None:
    """At least forty licences, each known by its own id."""
    assert len(set(NAMES.values())) >= 40
    assert all((spdx,) == READER.stated(spdx).ids for spdx in NAMES.values())


def test_all_complaints_come_at_once(tmp_path: Path) -> None:
    """Unknown fields, missing ids, ids given twice and names of two licences are all named."""
    path = tmp_path / "names.toml"
    path.write_text(
        '[[licence]]\nspdx = "MIT"\nname = ["x"]\n[[licence]]\nnames = ["y"]\n[[licence]]\nspdx = "MIT"\n'
        '[[licence]]\nspdx = "ISC"\nnames = ["the MIT license", "!"]\n',
        encoding="utf-8",
    )
    with pytest.raises(CatalogError) as caught:
        licence_names(path)

    assert [
        'names.toml: $.licence[0]: unknown field "name"; did you mean "names"?',
        'names.toml: $.licence[1]: the field "spdx" is missing',
        'names.toml: $.licence[2]: the licence "MIT" has two tables; put all its names into one',
        'names.toml: $.licence[3]: the name "the MIT license" also stands for "MIT"; a name means one licence',
        'names.toml: $.licence[3]: the name "!" holds no letter or digit',
    ] == list(caught.value.complaints)


def test_classes_and_purposes_say_what_is_wrong(tmp_path: Path) -> None:
    """A glob that stands twice, a use that is none, unknown fields: all complaints of a file at once."""
    path = tmp_path / "classes.toml"
    path.write_text(
        '[[class]]\ncommercial = "yes"\nlicences = ["MIT"]\n[[class]]\ncommercial = "maybe"\nlicences = ["mit"]\n',
        encoding="utf-8",
    )
    with pytest.raises(CatalogError) as caught:
        licence_classes(path)
    assert 2 == len(caught.value.complaints)
    path.write_text('[[purpose]]\nid = "a"\nforbid = ["MIT"]\n', encoding="utf-8")
    with pytest.raises(CatalogError, match="unknown field"):
        licence_purposes(path)


def test_a_broken_file_is_a_complaint(tmp_path: Path) -> None:
    """What is no TOML, or is not there, refuses to start."""
    path = tmp_path / "names.toml"
    path.write_text("[[licence", encoding="utf-8")
    for broken in (path, tmp_path / "missing.toml"):
        with pytest.raises(CatalogError):
            licence_names(broken)

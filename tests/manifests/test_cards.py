"""What cards, Croissant metadata and licence files say of data; malformed ones say nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus_guard.manifests.cards import Card, read_card

APACHE = "                                 Apache License\n                           Version 2.0, January 2004\n"
CROISSANT = {
    "@type": "sc:Dataset", "name": "Letters", "url": "https://example.org/letters", "inLanguage": ["zh"],
    "license": "https://creativecommons.org/licenses/by/4.0/", "isBasedOn": [{"name": "Old letters"}],
}  # fmt: skip


def card(folder: Path, **files: str) -> Card:
    """Return the card of *folder* with these files; `_` in a name stands for a point."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return read_card(folder)


def test_a_card_of_the_hub_is_read(tmp_path: Path) -> None:
    """Its front matter: name, languages, licence, sources."""
    text = "---\nlicense: [mit, cc-by-4.0]\nlanguage:\n- zh\n- en\n- 7\nsource_datasets: [wikipedia]\npretty_name: My  set\n---\n# Set"
    known = card(tmp_path, README_md=text)
    assert ("My set", ("zh", "en"), ("wikipedia",)) == (known.name, known.languages, known.source_datasets)
    assert ("MIT", "CC-BY-4.0") == known.ids
    assert "" == known.disagreement


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (APACHE, ("Apache-2.0",)),
        ("MIT License\n\nCopyright (c) 2024\n", ("MIT",)),
        ("# SPDX-License-Identifier: CC0-1.0\nwords", ("CC0-1.0",)),
        ("Words of no licence.", ()),
        ("", ()),
    ],
)
def test_a_licence_file_is_known_by_its_title(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    """Or by its SPDX tag; what is neither is kept as a file that names no licence."""
    known = card(tmp_path, LICENSE=text)
    assert (expected, tmp_path / "LICENSE") == (known.ids, known.licence_file)


def test_croissant_is_read(tmp_path: Path) -> None:
    """Name, address, languages and the address of the licence."""
    known = card(tmp_path, croissant_json=json.dumps(CROISSANT))
    assert ("Letters", "https://example.org/letters", ("zh",), ("Old letters",)) == (
        known.name, known.url, known.languages, known.source_datasets,
    )  # fmt: skip
    assert ("CC-BY-4.0",) == known.ids


@pytest.mark.parametrize(
    ("tag", "section", "expected"),
    [
        ("mit", "## Licensing Information\nReleased under CC BY-NC 4.0.\n## Citation\nnone",
         "README.md says MIT; the text of README.md says CC-BY-NC-4.0"),
        ("mit", "# 许可\n本数据集采用 CC BY-NC 4.0 许可。", "README.md says MIT; the text of README.md says CC-BY-NC-4.0"),
        ("mit", "## License\nThe MIT License. Its pictures are under CC BY 4.0.", ""),
        ("gfdl", "## License\nGNU Free Documentation License v1.3", ""),
        ("mit", "## Sources\nBooks under CC BY-NC 4.0.", ""),
        ("mit", "## License\nAsk us.", ""),
        ("cc0-1.0", "## License\nPublic domain.", ""),
        ("cc-by-4.0", "## License\nThis is CC-by-NC.", "README.md says CC-BY-4.0; the text of README.md says LicenseRef-CC-BY-NC"),
        ("other", "## License\nCC BY-NC 4.0", ""),
    ],
)  # fmt: skip
def test_a_tag_and_a_text_that_disagree_are_quoted(tmp_path: Path, tag: str, section: str, expected: str) -> None:
    """The section on licences of a card says the same as its tag, or it is said that it does not."""
    assert expected == card(tmp_path, README_md=f"---\nlicense: {tag}\n---\n# Set\n{section}\n").disagreement


def test_files_that_disagree_are_quoted(tmp_path: Path) -> None:
    """A tag in the card and the text of the licence."""
    known = card(tmp_path, README_md="---\nlicense: mit\n---\n", LICENSE=APACHE)
    assert "README.md says MIT; LICENSE says Apache-2.0" == known.disagreement


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"README_md": "# No front matter\n---\nlicense: mit\n---\n"},
        {"README_md": "---\nlicense: [\n---\n"},
        {"README_md": "---\n- mit\n---\n"},
        {"README_md": "---\nlicense: !!python/object/apply:os.system [ls]\n---\n"},
        {"README_md": "---\nlicense: other\nlanguage: {a: b}\n---\n"},
        {"croissant_json": "["},
        {"croissant_json": "[1]"},
    ],
)
def test_a_malformed_card_says_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    """And is no error: strangers write cards."""
    assert not card(tmp_path, **files)

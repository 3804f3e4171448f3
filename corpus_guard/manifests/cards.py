"""What a folder says of the data in it: the card of a Hugging Face data set, Croissant metadata, a licence file.

Cards are written by strangers: what is malformed in them says nothing, and is no error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus_guard.manifests.licence_ids import spdx_ids

_LICENCE_FILES = ("license", "license.txt", "license.md", "licence", "licence.txt", "licence.md", "copying")
_CROISSANT = ("croissant.json", "croissant.jsonld", "metadata.jsonld")
_HEAD = 64 * 2**10
"""Bytes of a file that are looked into: front matter and titles stand at its head."""
_SENTENCES = 64
_VAGUE, _FREE = "LicenseRef-", "LicenseRef-public-domain"
"""Ids of names without a version or kind; what contradicts no licence."""
_FRONT = re.compile(r"\A﻿?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_SECTION = re.compile(
    r"^#+[^\n]*(?:licen[cs]|许可|授权)[^\n]*\n(.*?)(?=^#|\Z)", re.IGNORECASE | re.DOTALL | re.MULTILINE
)
_TAG = re.compile(r"SPDX-License-Identifier:\s*([^\r\n*]+)")
_NO_TAGS = ("other", "unknown", "unlicensed")
_VERSION = re.compile(r"\s*version\s+(\d+(?:\.\d+)*)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class Card:
    """What is said of the data in a folder; empty where nothing is said.

    licences      SPDX ids by the file that names them;  licence_text  what a card says, as it says it
    licence_file  the file that holds the licence text;  licence_words  SPDX ids that the section on licences names
    """

    name: str = ""
    url: str = ""
    languages: tuple[str, ...] = ()
    source_datasets: tuple[str, ...] = ()
    licence_text: str = ""
    licence_url: str = ""
    licence_file: Path | None = None
    licences: tuple[tuple[str, tuple[str, ...]], ...] = ()
    licence_words: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every SPDX id that one of the files names."""
        return tuple(dict.fromkeys(spdx for _, ids in self.licences for spdx in ids))

    @property
    def disagreement(self) -> str:
        """Say that the files name different licences, or a tag and its text do; empty when they agree."""
        different = {frozenset(ids) for _, ids in self.licences}
        says = "; ".join(f"{file} says {', '.join(ids)}" for file, ids in self.licences)
        if self.ids and self.licence_words and not _any_alike(self.ids, self.licence_words):
            return f"{says}; the text of README.md says {', '.join(self.licence_words)}"
        return says if len(different) > 1 else ""

    def __bool__(self) -> bool:
        """Whether anything is said at all."""
        return self != Card()


def _any_alike(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether one licence is in both, be it without its version or kind in one of them."""
    return any(
        one == other or one.startswith(_family(other)) or other.startswith(_family(one))
        for one in some
        for other in others
    )


def _family(spdx: str) -> str:
    """What ids of the licences begin with that a vague name may mean."""
    return f"{spdx.removeprefix(_VAGUE)}-" if spdx.startswith(_VAGUE) else spdx


def disagreement(cards: Iterable[Card], observed: Sequence[str]) -> str:
    """Say that *cards* and the licences *observed* in columns are not the same; empty when they agree or say nothing.

    >>> disagreement([Card(licences=(("README.md", ("MIT",)),))], ["GPL-3.0-only", "MIT"])
    'README.md says MIT, documents say GPL-3.0-only'
    """
    for card in cards:
        if card.disagreement:
            return card.disagreement
        others = sorted(set(observed) - set(card.ids))
        if card.ids and others:
            files = " and ".join(file for file, _ in card.licences)
            says = "says" if len(card.licences) == 1 else "say"
            return f"{files} {says} {', '.join(card.ids)}, documents say {', '.join(others)}"
    return ""


def read_card(folder: Path) -> Card:
    """Return what the files of *folder* itself say of the data in it."""
    try:
        known = sorted((path for path in folder.iterdir() if _may_say(path.name)), reverse=True)
        names = {path.name.lower(): path for path in known if path.is_file()}
    except OSError:
        return Card()
    card = Card()
    if "readme.md" in names:
        text = _head(names["readme.md"])
        card = _with(card, _of_front_matter(text), names["readme.md"].name)
        card = replace(card, licence_words=_of_sections(text))
    for name in _CROISSANT:
        if name in names:
            card = _with(card, _of_croissant(names[name]), names[name].name)
    found = next((names[name] for name in _LICENCE_FILES if name in names), None)
    if found is not None:
        ids = _of_licence_text(_head(found))
        card = replace(card, licence_file=found, licences=card.licences + (((found.name, ids),) if ids else ()))
    return card


def _may_say(name: str) -> bool:
    return name.lower() in ("readme.md", *_CROISSANT, *_LICENCE_FILES)


def _with(card: Card, said: Mapping[str, Any], file: str) -> Card:
    """The card with what one file says, where no earlier one says it."""
    values = {key: value for key, value in said.items() if value and not getattr(card, key)}
    text = said.get("licence_text", "")
    ids = tuple(dict.fromkeys(spdx for part in text.split("; ") for spdx in spdx_ids(part)))
    return replace(card, **values, licences=card.licences + (((file, ids),) if ids else ()))


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD).decode(errors="replace")
    except OSError:
        return ""


def _of_front_matter(text: str) -> dict[str, Any]:
    """What the YAML at the head of a card says (https://huggingface.co/docs/hub/datasets-cards)."""
    import yaml

    front = _FRONT.match(text)
    try:
        said = yaml.safe_load(front[1]) if front else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    licences = [one for one in _texts(said.get("license")) if one.lower() not in _NO_TAGS]
    return {
        "name": _text(said.get("pretty_name")),
        "languages": tuple(code for code in _texts(said.get("language")) if _LANGUAGE.fullmatch(code)),
        "source_datasets": _texts(said.get("source_datasets")),
        "licence_text": "; ".join(licences) or _text(said.get("license_name")),
        "licence_url": _address(said.get("license_link")),
    }


def _of_sections(text: str) -> tuple[str, ...]:
    """What the sections on licences say in words, sentence by sentence."""
    sentences = [part for section in _SECTION.findall(text) for part in re.split(r"[\n。;；]|\.\s", section)]
    named = dict.fromkeys(spdx for sentence in sentences[:_SENTENCES] for spdx in spdx_ids(sentence.strip()))
    return tuple(spdx for spdx in named if spdx != _FREE)


def _of_croissant(path: Path) -> dict[str, Any]:
    """What Croissant metadata says (https://docs.mlcommons.org/croissant)."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    licences = _texts(said.get("license") or said.get("sc:license"))
    return {
        "name": _text(said.get("name")),
        "url": _address(said.get("url")),
        "languages": tuple(code for code in _texts(said.get("inLanguage")) if _LANGUAGE.fullmatch(code)),
        "source_datasets": _texts(said.get("isBasedOn")),
        "licence_text": "; ".join(licences),
        "licence_url": next((one for one in licences if one.startswith("http")), ""),
    }


def _of_licence_text(text: str) -> tuple[str, ...]:
    """The licence whose text this is, by its tag or its title."""
    tag = _TAG.search(text)
    if tag:
        return spdx_ids(tag[1].strip())
    lines = [line.strip(" #*=\t") for line in text.splitlines() if line.strip(" #*=\t")][:4]
    for number, line in enumerate(lines):
        version = next(filter(None, (_VERSION.match(other) for other in lines[number : number + 2])), None)
        for title in ([f"{line} {version[1]}"] if version else []) + [line]:
            ids = spdx_ids(title)
            if ids:
                return ids
    return ()


def _text(value: Any) -> str:
    """One line of text; what is none says nothing."""
    return " ".join(value.split())[:300] if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    values: Sequence[Any] = value if isinstance(value, list) else [value]
    found = (_text(one.get("url") or one.get("name") if isinstance(one, dict) else one) for one in values)
    return tuple(dict.fromkeys(filter(None, found)))


def _address(value: Any) -> str:
    text = _text(value)
    return text if text.startswith(("http://", "https://")) else ""

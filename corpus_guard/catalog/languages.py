"""Reads `rules/languages/`: scripts, and what tells languages and kinds of text apart before an identifier is asked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from corpus_guard.catalog.places import shipped_rules
from corpus_guard.catalog.toml_tables import Complaints, Field, check_table, read_checked
from corpus_guard.core.language import LanguageData, Script

_SCRIPT = {
    "name": Field(str, required=True), "ranges": Field(list, required=True), "language": Field(str),
    "among": Field(list),
}  # fmt: skip
_KINDS = {name: Field(dict, required=True) for name in ("same", "chinese", "japanese", "english", "code", "nothing")}
_TABLES: dict[str, dict[str, Field]] = {
    "chinese": {"cantonese": Field(str), "cantonese_share": Field(float)},
    "japanese": {"share": Field(float), "share_within": Field(float)},
    "english": {"words": Field(list), "hits": Field(int), "hits_of_text": Field(int)},
    "code": {"marks": Field(str), "share": Field(float), "lines": Field(list), "line_share": Field(float)},
    "nothing": {
        "letters": Field(int), "characters": Field(int), "run": Field(int), "letter_share": Field(float),
        "word": Field(str),
    },
}  # fmt: skip
_RANGE = re.compile(r"[0-9A-F]{4,6}(?:-[0-9A-F]{4,6})?")


def read_languages() -> LanguageData:
    """Return the data languages are told by; raise `CatalogError` with every complaint."""
    complaints = Complaints()
    scripts = _scripts(complaints)
    shown = "rules/languages/kinds.toml"
    kinds: dict[str, Any] = read_checked(shipped_rules() / "languages" / "kinds.toml", _KINDS, shown, complaints)
    tables = {}
    for name, fields in _TABLES.items():
        needed = {key: Field(known.kind, known.item, required=True) for key, known in fields.items()}
        tables[name] = check_table(kinds.get(name, {}), needed, f"{shown}: [{name}]", complaints)
    _check_expressions([*tables["code"].get("lines", []), tables["nothing"].get("word", "")], shown, complaints)
    complaints.raise_if_any()
    return replace(_data(kinds["same"], tables), scripts=scripts)


def _forms() -> list[str]:
    """Pairs of a traditional and a simplified character."""
    lines = (shipped_rules() / "folding" / "traditional.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line[0] != "#"]


def _data(same: dict[str, str], tables: dict[str, dict[str, Any]]) -> LanguageData:
    chinese, english, code, nothing = (tables[name] for name in ("chinese", "english", "code", "nothing"))
    forms = _forms()
    return LanguageData(
        traditional="".join(pair[0] for pair in forms),
        simplified="".join(pair[1] for pair in forms),
        same=tuple(sorted(same.items())),
        cantonese=chinese["cantonese"],
        cantonese_share=chinese["cantonese_share"],
        kana_share=tables["japanese"]["share"],
        kana_share_within=tables["japanese"]["share_within"],
        english=tuple(english["words"]),
        english_hits=english["hits"],
        english_hits_of_text=english["hits_of_text"],
        code_marks=code["marks"],
        code_share=code["share"],
        code_lines=tuple(code["lines"]),
        code_line_share=code["line_share"],
        least_letters=nothing["letters"],
        least_characters=nothing["characters"],
        longest_run=nothing["run"],
        letter_share=nothing["letter_share"],
        word=nothing["word"],
    )


def _scripts(complaints: Complaints) -> tuple[Script, ...]:
    shown = "rules/languages/scripts.toml"
    fields = {"script": Field(list, dict, required=True)}
    table = read_checked(shipped_rules() / "languages" / "scripts.toml", fields, shown, complaints)
    scripts = []
    for number, entry in enumerate(table.get("script", [])):
        where = f"{shown}: $.script[{number}]"
        good = check_table(entry, _SCRIPT, where, complaints)
        broken = [spec for spec in good.get("ranges", []) if not _RANGE.fullmatch(spec)]
        if broken:
            complaints.add(where, f'"{broken[0]}" is no range of code points, such as 0E00-0E7F')
        if bool(good.get("language")) == bool(good.get("among")):
            complaints.add(where, 'a script decides one "language", or is "among" several; give one of the two')
        if good.keys() >= {"name", "ranges"} and not broken:
            ranges = tuple(_range(spec) for spec in good["ranges"])
            scripts.append(Script(good["name"], ranges, good.get("language", ""), tuple(good.get("among", ()))))
    return tuple(scripts)


def _range(spec: str) -> tuple[int, int]:
    first, _, last = spec.partition("-")
    return int(first, 16), int(last or first, 16) + 1


def _check_expressions(lines: list[str], shown: str, complaints: Complaints) -> None:
    for expression in lines:
        try:
            re.compile(expression)
        except re.error as error:
            complaints.add(shown, f"{expression!r} is no regular expression: {error}")

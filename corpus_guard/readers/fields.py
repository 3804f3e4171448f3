"""Which strings of a record are its texts, and what each is called.

A record may hold one text column, chat turns (`messages[2].content`), or the columns of a fine-tuning sample
(`instruction`, `input`, `output`). Everything that is there is read; a value of another type makes the record
unscanned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from corpus_guard.core.reading import Wanted
from corpus_guard.errors import ShardError

_KEYS_SHOWN, _KEY_LENGTH = 20, 40
_NAME = re.compile(rf"(?!.*\d{{5}})[\w$.:/ -]{{1,{_KEY_LENGTH}}}")
_TYPES = {
    bool: "true or false", int: "a number", float: "a number", dict: "an object", list: "a list", str: "a string",
    bytes: "bytes", type(None): "nothing",
}  # fmt: skip
Texts = list[tuple[str, str]]
"""(field, text) pairs of one record, in the order of the fields."""


class RecordError(Exception):
    """A record that cannot be read; the message is the reason, and never quotes content."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column that holds text.

    keys     keys of a turn that hold its text, the best first; none: every value is one text
    calls    keys of a turn under which tools are called: every string there is a text
    encoded  a string in it may be a list of turns written as JSON
    """

    name: str
    keys: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    encoded: bool = False


Shape = tuple[TextColumn, ...]
"""The text columns of a record, in the order in which its texts are read; empty when it has none."""


def shape_of(columns: Sequence[str], wanted: Wanted) -> Shape:
    """Return which of *columns* hold text: the named one, or text column, turns and sample columns by convention."""
    known, present = wanted.conventions, set(columns)
    if wanted.text_column is not None:
        return (_named(wanted.text_column, wanted),) if wanted.text_column in present else ()
    found = [TextColumn(name) for name in known.text_columns if name in present][:1]
    found += [
        TextColumn(name, keys, known.call_keys, encoded=True)
        for name, keys in known.turn_columns.items()
        if name in present
    ]
    for group in known.sample_columns:
        if group[0] in present:
            found += [TextColumn(name, known.sample_turn_keys) for name in group if name in present]
    unique: dict[str, TextColumn] = {}
    for column in found:
        unique.setdefault(column.name, column)
    return tuple(unique.values())


def _named(name: str, wanted: Wanted) -> TextColumn:
    turns = wanted.conventions.turn_columns
    every = dict.fromkeys(key for keys in turns.values() for key in keys)
    return TextColumn(name, turns.get(name, tuple(every)), wanted.conventions.call_keys, encoded=name in turns)


def no_text_column(columns: Sequence[str], wanted: Wanted) -> str:
    """Return the sentence for a shard or record without a text column.

    A table without a header has its first record where names should be: what reads like content is not quoted.
    """
    shown = ", ".join(name if _NAME.fullmatch(name) else "…" for name in map(str, list(columns)[:_KEYS_SHOWN]))
    missing = f'no column "{wanted.text_column}"' if wanted.text_column else "no text column"
    return f"{missing}; it has: {shown or 'nothing'}. Name it with --text-column."


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in str(name)[:_KEY_LENGTH])


def column_names(columns: Sequence[str], wanted: Wanted) -> dict[str, str]:
    """Return key -> the column of *columns* that carries it, for `wanted.columns`."""
    present = set(columns)
    found = {key: next((name for name in names if name in present), None) for key, names in wanted.columns.items()}
    return {key: name for key, name in found.items() if name is not None}


def check_unique(columns: Sequence[str], needed: Iterable[str]) -> None:
    """Raise `ShardError` when a column that is *needed* is there twice: reading one would hide the other."""
    for name in needed:
        count = list(columns).count(name)
        if count > 1:
            raise ShardError(f'{count} columns are called "{_printable(name)}", one was expected; rename the others')


def texts_of(record: Mapping[str, Any], shape: Shape) -> Texts:
    """Return the texts of a record, null ones left out; raise `RecordError` for a value that is no text.

    >>> texts_of({"messages": [{"content": "a"}, {"content": None}]}, (TextColumn("messages", ("content",)),))
    [('messages[0].content', 'a')]
    """
    found: Texts = []
    for column in shape:
        value = record.get(column.name)
        if isinstance(value, str) and not column.encoded:
            found.append((column.name, value))
        elif isinstance(value, dict) and column.keys and not column.encoded:
            _add_turn(found, column.name, value, column)
        elif (isinstance(value, list) and column.keys) or (value is not None and column.encoded):
            _add_turns(found, column, value)
        elif value is not None:
            raise _unexpected(column.name, value, "a string")
    return found


def _add_turns(found: Texts, column: TextColumn, turns: Any) -> None:
    if isinstance(turns, str):
        decoded = _decoded(turns)
        if decoded is None:
            found.append((column.name, turns))
            return
        turns = decoded
    if not isinstance(turns, list):
        raise _unexpected(column.name, turns, "a list of turns")
    for number, turn in enumerate(turns):
        where = f"{column.name}[{number}]"
        if isinstance(turn, str):
            found.append((where, turn))
        elif isinstance(turn, dict):
            _add_turn(found, where, turn, column)
        elif isinstance(turn, list):
            _add_round(found, where, turn)
        elif turn is not None:
            raise _unexpected(where, turn, "an object")


def _add_round(found: Texts, where: str, texts: Sequence[Any]) -> None:
    """A question and its answer, which some histories keep as a list of two strings."""
    for number, text in enumerate(texts):
        if isinstance(text, str):
            found.append((f"{where}[{number}]", text))
        elif text is not None:
            raise _unexpected(f"{where}[{number}]", text, "a string")


def _decoded(text: str) -> list[Any] | None:
    """The list that a string is the JSON of, if it is."""
    if not text.lstrip().startswith("["):
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, list) else None


def _add_turn(found: Texts, where: str, turn: Mapping[str, Any], column: TextColumn) -> None:
    present = [key for key in column.keys if key in turn]
    calls = [key for key in column.calls if key in turn]
    if not present and not calls:  # it may hold text under a name that nobody told us: that must not pass as empty
        raise RecordError(f'the field "{where}" has no {" or ".join(column.keys)}')
    for key in present:
        value = turn[key]
        if isinstance(value, str):
            found.append((f"{where}.{key}", value))
        elif isinstance(value, list):
            _add_parts(found, f"{where}.{key}", value)
        elif value is not None:
            raise _unexpected(f"{where}.{key}", value, "a string")
    for key in calls:
        _add_strings(found, f"{where}.{key}", turn[key])


def _add_strings(found: Texts, where: str, value: Any) -> None:
    """Every string of a call: what a tool is asked to do is learned like any other text."""
    if isinstance(value, str):
        found.append((where, value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _add_strings(found, f"{where}.{_printable(key)}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _add_strings(found, f"{where}[{number}]", inner)


def _add_parts(found: Texts, where: str, parts: Sequence[Any]) -> None:
    """The parts of a turn that mixes text with images and sounds; a part without text is none of ours."""
    for number, part in enumerate(parts):
        field = f"{where}[{number}]"
        if isinstance(part, dict):
            field, text = f"{field}.text", part.get("text")
            if part.get("type") == "text" and "text" not in part:
                raise RecordError(f'the field "{field}" is missing')
        else:
            text = part
        if isinstance(text, str):
            found.append((field, text))
        elif text is not None:
            raise _unexpected(field, text, "a string")


def _unexpected(where: str, value: Any, expected: str) -> RecordError:
    return RecordError(f'the field "{where}" holds {type_name(value)}, {expected} was expected')


def type_name(value: Any) -> str:
    """Return what a value is, in words of JSON."""
    return _TYPES.get(type(value), f"a {type(value).__name__}")

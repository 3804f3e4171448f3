"""Which strings of a record are its texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from corpus_guard.readers.fields import RecordError, shape_of, texts_of
from tests.readers.reading import WANTED


def _texts(record: dict[str, Any], text_column: str | None = None) -> list[tuple[str, str]]:
    return texts_of(record, shape_of(list(record), replace(WANTED, text_column=text_column)))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"content": "b", "text": "a"}, [("text", "a")]),
        ({"正文": "一", "url": "u"}, [("正文", "一")]),
        ({"text": None, "content": "b"}, []),
        ({"instruction": "i", "input": "", "output": "o"}, [("instruction", "i"), ("input", ""), ("output", "o")]),
        ({"input": "i", "output": "o", "text": "a"}, [("text", "a")]),
        (
            {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": None}, None]},
            [("messages[0].content", "q")],
        ),
        (
            {"messages": [{"content": "answer", "reasoning_content": "because"}]},
            [("messages[0].content", "answer"), ("messages[0].reasoning_content", "because")],
        ),
        (
            {"messages": [{"content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {}}, "b"]}]},
            [("messages[0].content[0].text", "a"), ("messages[0].content[2]", "b")],
        ),
        (
            {"messages": [{"role": "a", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}]}]},
            [
                ("messages[0].tool_calls[0].id", "1"),
                ("messages[0].tool_calls[0].function.name", "f"),
                ("messages[0].tool_calls[0].function.arguments", "{}"),
            ],
        ),
        (
            {"messages": [{"content": "q", "function_call": {"name": "f", "arguments": {"n": 1, "to": "s"}}}]},
            [
                ("messages[0].content", "q"),
                ("messages[0].function_call.name", "f"),
                ("messages[0].function_call.arguments.to", "s"),
            ],
        ),
        ({"messages": [{"content": None, "tool_calls": None}]}, []),
        ({"conversations": [{"from": "human", "value": "q"}]}, [("conversations[0].value", "q")]),
        ({"conversations": ["q", "a"]}, [("conversations[0]", "q"), ("conversations[1]", "a")]),
        ({"messages": '[{"role": "user", "content": "q"}]'}, [("messages[0].content", "q")]),
        ({"messages": "just a text"}, [("messages", "just a text")]),
        ({"messages": "[no JSON]"}, [("messages", "[no JSON]")]),
        ({"messages": '{"content": "q"}'}, [("messages", '{"content": "q"}')]),
        ({"messages": []}, []),
        ({"prompt": "p", "completion": "c"}, [("prompt", "p"), ("completion", "c")]),
        ({"chosen": "c", "rejected": "r"}, [("chosen", "c"), ("rejected", "r")]),
        (
            {"prompt": "p", "chosen": [{"role": "assistant", "content": "c"}], "rejected": "r"},
            [("prompt", "p"), ("chosen[0].content", "c"), ("rejected", "r")],
        ),
        (
            {"question": "q", "context": "c", "answers": {"text": ["a", "b"], "answer_start": [1, 2]}},
            [("question", "q"), ("context", "c"), ("answers.text[0]", "a"), ("answers.text[1]", "b")],
        ),
        ({"question": "q", "answer": None}, [("question", "q")]),
        (
            {"system": "s", "instruction": "i", "messages": [{"content": "q"}], "text": "a"},
            [("text", "a"), ("messages[0].content", "q"), ("instruction", "i"), ("system", "s")],
        ),
        ({"conversations": [{"value": "q"}], "system": "s"}, [("conversations[0].value", "q"), ("system", "s")]),
        ({"messages": [{"content": "q"}], "system": "s"}, [("messages[0].content", "q"), ("system", "s")]),
        (
            {"instruction": "i", "output": "o", "history": [["q", "a"], ["b", None], []]},
            [
                ("instruction", "i"),
                ("output", "o"),
                ("history[0][0]", "q"),
                ("history[0][1]", "a"),
                ("history[1][0]", "b"),
            ],
        ),
    ],
)
def test_everything_that_is_there_is_read_in_order(record: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """The first text column, then all turns, then the columns of a sample; nulls make no text."""
    assert expected == _texts(record)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"text": "a", "page": "b"}, [("page", "b")]),
        ({"page": [{"role": "user", "content": "q"}]}, [("page[0].content", "q")]),
        ({"page": [{"from": "human", "value": "q"}]}, [("page[0].value", "q")]),
        ({"page": ["a", "b"]}, [("page[0]", "a"), ("page[1]", "b")]),
        ({"page": '["a text that looks like JSON"]'}, [("page", '["a text that looks like JSON"]')]),
    ],
)
def test_named_column_is_the_only_one_and_may_hold_turns(
    record: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """With `--text-column` conventions do not count; a string in it is a text, never JSON."""
    assert expected == _texts(record, "page")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"text": 1.5}, 'the field "text" holds a number, a string was expected'),
        ({"instruction": "i", "output": 7}, 'the field "output" holds a number, a string was expected'),
        ({"prompt": "p", "chosen": [{"role": "user"}]}, 'the field "chosen[0]" has no content or value or text'),
        ({"question": "q", "answers": {"best": "a"}}, 'the field "answers" has no content or value or text'),
        ({"messages": {"content": "q"}}, 'the field "messages" holds an object, a list of turns was expected'),
        (
            {"instruction": "i", "history": [["q", {"text": "a"}]]},
            'the field "history[0][1]" holds an object, a string was expected',
        ),
        ({"messages": [7]}, 'the field "messages[0]" holds a number, an object was expected'),
        ({"messages": [{"content": 7}]}, 'the field "messages[0].content" holds a number, a string was expected'),
        ({"messages": [{"content": [7]}]}, 'the field "messages[0].content[0]" holds a number, a string was expected'),
        (
            {"messages": [{"content": [{"type": "text", "text": 7}]}]},
            'the field "messages[0].content[0].text" holds a number, a string was expected',
        ),
        ({"messages": [{"content": [{"type": "text"}]}]}, 'the field "messages[0].content[0].text" is missing'),
        ({"messages": [{"from": "a", "says": "q"}]}, 'the field "messages[0]" has no content or reasoning_content'),
    ],
)
def test_value_of_another_type_makes_the_record_unscanned(record: dict[str, Any], reason: str) -> None:
    """What may hide text under another type or name is never taken as empty."""
    with pytest.raises(RecordError) as caught:
        _texts(record)

    assert reason == str(caught.value)

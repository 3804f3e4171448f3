"""Options: the nearer one wins, and a wrong one is refused in a sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus_guard.errors import UsageError
from corpus_guard.options import Options, as_of_date, options_from


@pytest.mark.parametrize(
    ("given", "pipeline", "expected"),
    [
        ({}, {}, {"workers": 0, "sample": 1.0, "on_error": "skip", "engine": "local"}),
        ({}, {"workers": 2}, {"workers": 2}),
        ({"workers": 3}, {"workers": 2}, {"workers": 3}),
        ({"workers": None}, {"workers": 2}, {"workers": 2}),  # None: the call does not say
        ({"workers": 0, "sample": 1}, {"workers": 2, "sample": 0.5}, {"workers": 0, "sample": 1}),
        ({"paths": "data"}, {}, {"paths": (Path("data"),)}),
        ({"paths": ["a", Path("b")]}, {}, {"paths": (Path("a"), Path("b"))}),
        ({"out": "run", "sources": Path("s.toml")}, {}, {"out": Path("run"), "sources": Path("s.toml")}),
        ({"detectors": "keywords"}, {"detectors": ["licensing"]}, {"detectors": ("keywords",)}),
        ({"standards": ("a", "b")}, {}, {"standards": ("a", "b")}),
    ],
)
def test_the_call_goes_before_the_pipeline_before_the_default(
    given: dict[str, Any], pipeline: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Options have the same shape wherever they come from."""
    options = options_from(given, pipeline)
    assert expected == {name: getattr(options, name) for name in expected}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"wrokers": 1}, 'no option is called "wrokers"; did you mean "workers"?'),
        ({"zzz": 1}, 'no option is called "zzz"'),
        ({"sample": 0}, "--sample is 0; give a share above 0 and at most 1, such as 0.1"),
        ({"sample": 1.5}, "--sample is 1.5; give a share above 0 and at most 1, such as 0.1"),
        ({"sample": float("nan")}, "--sample is nan; give a share above 0 and at most 1, such as 0.1"),
        ({"sample": "0.1"}, "sample is of type str; give a number"),
        ({"workers": -1}, "--workers is -1; give a number of processes, or 0 for one per core"),
        ({"workers": "2"}, "workers is of type str; give a whole number"),
        ({"workers": True}, "workers is of type bool; give a whole number"),
        ({"batch_bytes": -1}, "batch_bytes is -1; give a number of bytes, or 0 for the usual size"),
        ({"on_error": "stop"}, '--on-error is "stop"; it is skip or fail'),
        ({"stage": "clean"}, '--stage is "clean"; it is raw, filtered or training'),
        ({"engine": "spark"}, '--engine is "spark"; it is local or ray'),
        ({"text_records": "page"}, 'text_records is "page"; it is line or file'),
        ({"resume": True, "overwrite": True}, "--resume and --overwrite contradict each other; give one of them"),
        ({"resume": 1}, "resume is of type int; give True or False"),
        ({"text_column": 3}, "text_column is of type int; give the name of a column"),
        ({"judge": {"suspects": "count"}}, "judge is of type dict; give JudgeSettings"),
        ({"out": 3}, "out is of type int; give a path"),
        ({"paths": 3}, "paths is of type int; give a list"),
        ({"rules": [3]}, "rules is of type int; give a path"),
    ],
)
def test_a_wrong_option_is_refused(given: dict[str, Any], expected: str) -> None:
    """The sentence says what was given and what would do."""
    with pytest.raises(UsageError) as caught:
        options_from(given, {})
    assert expected == str(caught.value)


@pytest.mark.parametrize(("text", "expected"), [("2026-01-31", "2026-01-31"), ("20260131", "2026-01-31")])
def test_a_date_is_taken(text: str, expected: str) -> None:
    """And written in one way."""
    assert expected == as_of_date(text)


def test_no_date_is_today() -> None:
    """The default is the day of the scan."""
    before = date.today().isoformat()  # noqa: DTZ011
    assert before <= as_of_date("") <= date.today().isoformat()  # noqa: DTZ011


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "31.01.2026"])
def test_another_date_is_wrong_usage(text: str) -> None:
    """The sentence shows how to write one."""
    with pytest.raises(UsageError, match=f'--as-of is "{text}"; give a date such as 2026-01-31'):
        as_of_date(text)


def test_options_are_frozen() -> None:
    """What was resolved does not change under way."""
    with pytest.raises(AttributeError):
        Options().workers = 3  # type: ignore[misc]

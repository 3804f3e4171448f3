"""What stands around a keyword, and keywords that stand together."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import corpus_guard as cg

RULE = """
detector = "keywords"

[[rule]]
id = "own"
title = "Offers of goods called 甲乙丙"
risk = "A.1.h"
grade = "suspect"
languages = ["zh", "en"]
evasion = true
near = 12
terms = ["甲乙丙货源", "zqx"]
templates = [{ parts = [["低价出", "大量收"], ["丁戊己"]] }]
together = [
  { groups = [["甲乙丙", "widgetry"], ["包邮", "free delivery"]], within = 30, sentence = true },
  { groups = [["gizmo", "every gizmo"], ["for sale"]], within = 30, ordered = true, without = ["not", "won't"] },
]
allow = ["甲乙丙丁"]
clear_near = ["谨防", "beware"]
raise_near = ["加微信", "order now"]
clear_between = ["“”", '""', "''"]
clear_before = '\\b(?:no|without) '
must_match = ["甲乙丙货源稳定", "甲乙丙今日包邮"]
must_not_match = ["甲乙丙", "包邮"]
"""


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> cg.Guard:
    """A guard with one rule more."""
    path = tmp_path_factory.mktemp("rules") / "own.toml"
    path.write_text(RULE, encoding="utf-8")
    return cg.Guard(detectors=["keywords"], rules=[path], unmasked=True)


def found(guard: cg.Guard, text: str) -> list[tuple[str, str]]:
    """The findings of the own rule in a text: what they slice, and their grade."""
    findings = guard.check([text]).filter(pl.col("rule") == "own")
    return [(text[start:end], grade) for start, end, grade in findings.select("start", "end", "grade").iter_rows()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲乙丙货源", [("甲乙丙货源", "suspect")]),
        ("低价出丁戊己", [("低价出丁戊己", "suspect")]),
        ("新到甲乙丙，全国包邮哦", [("甲乙丙，全国包邮", "suspect")]),
        ("包邮！甲乙丙", []),
        ("包邮 甲乙丙", [("包邮 甲乙丙", "suspect")]),
        ("甲乙丙" + "好" * 30 + "包邮", []),
        ("甲乙丙丁包邮", []),
        ("widgetry with free delivery", [("widgetry with free delivery", "suspect")]),
        ("widgetryx with free delivery", []),
        ("买widgetry，free delivery哦", [("widgetry，free delivery", "suspect")]),
        ("gizmo for sale", [("gizmo for sale", "suspect")]),
        ("g i z m o for sale", [("g i z m o for sale", "suspect")]),
        ("everygizmo for sale", [("everygizmo for sale", "suspect")]),
        ("for sale: gizmo", []),
        ("take zqx", [("zqx", "suspect")]),
        ("take Z-Q.X", []),
        ("a gizmo not for sale", []),
        ("a gizmo that won’t be for sale", []),
        ("a gizmo, nothing else, for sale", [("gizmo, nothing else, for sale", "suspect")]),
        ("no gizmo for sale", []),
        ("a “gizmo for sale” is seldom one", []),
        ('a "gizmo for sale" is seldom one', []),
        ("a ‘gizmo for sale’ is seldom one", []),
        ("“gizmo for sale”", [("gizmo for sale", "suspect")]),
        ('{"text": "gizmo for sale", "label": "ad"}', [("gizmo for sale", "suspect")]),
        ("don't miss: gizmo for sale, it's mine", [("gizmo for sale", "suspect")]),
        ("甲乙丙货源，加微信", [("甲乙丙货源", "violation")]),
        ("甲乙丙货源, order now", [("甲乙丙货源", "violation")]),
        ("甲乙丙货源, reorder now", [("甲乙丙货源", "suspect")]),
        ("甲乙丙货源" + "好" * 20 + "加微信", [("甲乙丙货源", "suspect")]),
        ("谨防甲乙丙货源，加微信", []),
        ("beware: 甲乙丙 包邮", []),
        ("甲*乙*丙 包\u200b邮", [("甲*乙*丙 包\u200b邮", "suspect")]),
        ("甲乙丙\n货源", [("甲乙丙\n货源", "suspect")]),
        ("ＷＩＤＧＥＴＲＹ，Ｆｒｅｅ　ｄｅｌｉｖｅｒｙ", [("ＷＩＤＧＥＴＲＹ，Ｆｒｅｅ　ｄｅｌｉｖｅｒｙ", "suspect")]),
    ],
)
def test_context_decides(guard: cg.Guard, text: str, expected: list[tuple[str, str]]) -> None:
    """Words count together or with the right company only; the span slices what is written."""
    assert expected == found(guard, text)


def test_a_long_text_full_of_words_takes_no_longer_than_its_length(guard: cg.Guard) -> None:
    """Twenty thousand hits of one group, or of both, are gone through once."""
    assert [] == found(guard, "甲乙丙、" * 20_000)
    assert 100 == len(found(guard, "甲乙丙包邮。" * 20_000)), "at most a hundred are listed"


def test_the_rules_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    """A template that explodes is refused with the number it would make."""
    path = tmp_path / "own.toml"
    many = ", ".join(f'"词{number}"' for number in range(30))
    path.write_text(RULE.replace('["低价出", "大量收"], ["丁戊己"]', f"[{many}], [{many}]"), encoding="utf-8")

    with pytest.raises(cg.CorpusGuardError, match="it makes 900 phrases, at most 200 are allowed"):
        cg.Guard(rules=[path])

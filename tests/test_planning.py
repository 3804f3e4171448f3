"""From options to a plan: what is resolved, what is refused, what the digests tell apart."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from corpus_guard.core.plan import Plan, RuleChange
from corpus_guard.core.rule import Grade
from corpus_guard.errors import CatalogError, CorpusGuardError, UsageError
from corpus_guard.planning import make_plan, resolve_options

RULE = """detector = "keywords"
[[rule]]
id = "mine"
title = "t"
grade = "suspect"
risk = "A.1.a"
languages = ["zh"]
terms = ["甲乙丙丁戊"]
must_match = ["甲乙丙丁戊", "甲乙丙丁戊己"]
must_not_match = ["a", "b"]
"""


def plan(**given: Any) -> Plan:
    """Return the plan of these options; by default of few rules, on one day."""
    return make_plan(resolve_options({"detectors": ["personal_info"], "as_of": "2026-01-31"} | given))


def refused(**given: Any) -> str:
    """Return why these options are refused."""
    with pytest.raises(CorpusGuardError) as caught:
        plan(**given)
    return str(caught.value)


def pipeline(folder: Path, text: str) -> Path:
    """Return a pipeline file that holds *text*."""
    path = folder / "p.toml"
    path.write_text(text)
    return path


def test_only_rules_of_running_detectors_are_in_the_plan() -> None:
    """The plan is what workers receive, and no more."""
    known = plan()
    assert {"personal_info"} == {rule.detector for rule in known.rules}
    assert ("personal_info",) == known.detector_names
    assert ("tc260-003-2024",) == tuple(one.id for one in known.standards)


def test_a_plan_can_be_sent_to_another_process() -> None:
    """And is the same there."""
    known = plan(detectors=["personal_info", "licensing"])
    assert known == pickle.loads(pickle.dumps(known))


def test_a_name_given_twice_counts_once() -> None:
    """Detectors and standards are sets in the order of the call."""
    known = plan(detectors=["licensing", "personal_info", "licensing"], standards=["gbt-45654-2025"] * 2)
    assert ("licensing", "personal_info") == known.detector_names
    assert ["gbt-45654-2025"] == [one.id for one in known.standards]


def test_users_rules_are_added(tmp_path: Path) -> None:
    """From a folder or from one file."""
    path = tmp_path / "mine.toml"
    path.write_text(RULE)
    for place in (tmp_path, path):
        assert "mine" in {rule.id for rule in plan(detectors=["keywords"], rules=[place]).rules}


def test_rules_are_switched_off_regraded_and_given_phrases(tmp_path: Path) -> None:
    """Each with its reason, which the plan keeps."""
    rules = plan().rules
    off, other, third = (rule.id for rule in rules[:3])
    text = (
        f"[[rules.disable]]\nrule = '{off}'\nreason = 'one'\n[[rules.regrade]]\nrule = '{other}'\nreason = 'two'\ngrade = 'info'\n"
        f"[[rules.allow]]\nrule = '{third}'\nreason = 'three'\nterms = ['a b']\n"
    )
    changed = plan(pipeline=pipeline(tmp_path, text))
    by_id = {rule.id: rule for rule in changed.rules}
    assert off not in by_id
    assert Grade.INFO == by_id[other].grade
    assert "a b" == by_id[third].allow[-1]
    expected = (
        RuleChange(off, "disabled", "one"), RuleChange(other, "regraded to info", "two"),
        RuleChange(third, "1 phrases allowed", "three"),
    )  # fmt: skip
    assert expected == changed.changes
    assert changed.digests["rules"] != plan().digests["rules"]


def test_an_edit_of_an_unknown_rule_is_refused(tmp_path: Path) -> None:
    """With the nearest name, all of them at once."""
    known = plan().rules[0].id
    edits = "".join(f"[[rules.disable]]\nrule = '{name}'\nreason = 'x'\n" for name in (f"{known}x", "zzzzzzzz"))
    expected = [f'pipeline [rules]: no rule is called "{known}x"; did you mean "{known}"?',
                'pipeline [rules]: no rule is called "zzzzzzzz"']  # fmt: skip
    assert expected == refused(pipeline=pipeline(tmp_path, edits)).splitlines()


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("[licensing]\ndney = ['MIT']", 'pipeline [licensing]: unknown option "dney"; did you mean "deny"?'),
        (
            "[licensing]\nzzz = 1",
            'pipeline [licensing]: unknown option "zzz"; it takes purpose, otherwise, allow, review, deny, blocked, robots, crawlers',
        ),
        ("[keywords]\nzzz = 1", 'pipeline [keywords]: unknown option "zzz"; it takes no options'),
    ],
)
def test_an_unknown_option_of_a_detector_is_refused(tmp_path: Path, table: str, expected: str) -> None:
    """A policy with a slip of the pen must not be no policy."""
    assert expected == refused(detectors=["licensing", "keywords"], pipeline=pipeline(tmp_path, table))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('"keywords"', '"keyword"'), ': no detector is called "keyword"; did you mean "keywords"?'),
        (('"keywords"', '"zzz"'), ': no detector is called "zzz"; install it, or name its file with --detector'),
        (('risk = "A.1.a"', 'risk = "A.9"'), ': rule "mine": no risk is called "A.9"; risks run from A.1.a to A.5.b'),
        (("terms = [", "gates = ['(?=a)b']\nterms = ["), (': rule "mine": "gates": Hyperscan does not take it (Zero-width assertions are not supported.); '
         "it knows no look-around, back-reference or possessive quantifier")),
        (("terms = [", "gates = ['甲']\nterms = ["), ': rule "mine": "gates": a pattern gate is matched over folded ASCII; write its Chinese words as terms'),
    ],
)  # fmt: skip
def test_a_rule_that_nothing_could_use_is_refused(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    """Before anything is scanned, by file, and by id where one rule is at fault."""
    path = tmp_path / "mine.toml"
    path.write_text(RULE.replace(*change))
    assert f"{path}{expected}" == refused(rules=[path])


@pytest.mark.parametrize(
    ("given", "error", "expected"),
    [
        ({"detectors": ["keyword"]}, UsageError, 'no detector is called "keyword"; did you mean "keywords"?'),
        ({"standards": ["zzz"]}, UsageError, 'no standard is called "zzz". Known: '),
        ({"as_of": "soon"}, UsageError, '--as-of is "soon"; give a date such as 2026-01-31'),
        ({"sources": "none.toml"}, CatalogError, "none.toml: the file cannot be read (No such file or directory)"),
        ({"pipeline": "none.toml"}, CatalogError, "none.toml: the file cannot be read (No such file or directory)"),
        ({"rules": ["none"]}, CatalogError, "none: no rule file is there"),
    ],
)
def test_what_is_not_there_is_refused(given: dict[str, Any], error: type[Exception], expected: str) -> None:
    """By its name, with what is known."""
    with pytest.raises(error) as caught:
        plan(**given)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("note", "option", "expected"),
    [(None, "", ""), ('{"stage": "filtered"}', "", "filtered"), ('{"stage": "filtered"}', "training", "training")],
)
def test_the_stage_of_a_cleaned_copy_is_known(tmp_path: Path, note: str | None, option: str, expected: str) -> None:
    """`_clean/clean.json` says it, unless the call does."""
    if note:
        (tmp_path / "_clean").mkdir()
        (tmp_path / "_clean" / "clean.json").write_text(note)
    assert expected == plan(paths=[tmp_path], stage=option).stage


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"stage": "cleaned"}'])
def test_a_note_without_a_stage_is_refused(tmp_path: Path, note: str) -> None:
    """A cleaned copy is never taken for raw data."""
    (tmp_path / "_clean").mkdir()
    path = tmp_path / "_clean" / "clean.json"
    path.write_text(note)
    assert f"{path}: it names no stage (raw, filtered, training); name it with --stage" == refused(paths=[tmp_path])


def test_digests_tell_apart_what_changes_a_result(tmp_path: Path) -> None:
    """Rules, standards, pipeline and manifest have one each; the same input has the same."""
    manifest = tmp_path / "sources.toml"
    manifest.write_text("[[source]]\nid = 'web'\n")
    plain = plan().digests
    assert plain == plan(workers=2, seed=3).digests
    changes: dict[str, dict[str, Any]] = {
        "rules": {"detectors": ["licensing"]}, "standards": {"standards": ["gbt-45654-2025"]}, "manifest": {"sources": manifest},
        "pipeline": {"pipeline": pipeline(tmp_path, "")},
    }  # fmt: skip
    for name, given in changes.items():
        other = plan(**given).digests
        assert {name} == {key for key in other if other[key] != plain[key]}


def test_the_command_line_goes_before_the_pipeline(tmp_path: Path) -> None:
    """Option by option."""
    path = pipeline(tmp_path, "[scan]\nworkers = 2\nstandards = ['gbt-45654-2025']\n")
    options = resolve_options({"pipeline": path, "workers": 3})
    assert (3, ("gbt-45654-2025",)) == (options.workers, options.standards)

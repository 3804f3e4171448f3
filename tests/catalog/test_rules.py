"""Rule files: every complaint, all at once, and what is made of a good file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from corpus_guard.catalog.rules import is_date, read_rule_file, read_rules
from corpus_guard.core.rule import Grade
from corpus_guard.errors import CatalogError
from tests.catalog.complaints import complaints

EXAMPLES = 'must_match = ["a", "b"]\nmust_not_match = ["c", "d"]\n'
HEAD = 'detector = "keywords"\n'


def rule(more: str = "", name: str = "r", examples: str = EXAMPLES) -> str:
    """Return the table of a rule."""
    return f'[[rule]]\nid = "{name}"\ntitle = "t"\ngrade = "suspect"\n{examples}{more}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ['the field "detector" is missing', 'the field "rule" is missing']),
        (HEAD + "rule = 1", ['"rule" holds a whole number, a list was expected']),
        (HEAD + '[[rule]]\nid = "r"', ['$.rule[0]: the field "title" is missing', '$.rule[0]: the field "grade" is missing']),
        (HEAD + rule('pattren = "a"'), ['$.rule[0]: unknown field "pattren"; did you mean "pattern"?']),
        (HEAD + rule('terms = "ab"'), ['$.rule[0]: "terms" holds a string, a list was expected']),
        (HEAD + rule("score = true"), ['$.rule[0]: "score" holds true or false, a number was expected']),
        (HEAD + rule('pattern = "\\bab"'),
         ["""$.rule[0]: "pattern" contains a control character (0x08); remove it, or write '\\b' in single quotes"""]),
        (HEAD + rule().replace('"suspect"', '"suspects"'),
         ['$.rule[0]: "grade" is "suspects", expected one of info, suspect, violation; did you mean "suspect"?']),
        (HEAD + rule('status = "new"'), ['$.rule[0]: "status" is "new", expected one of experimental, stable, deprecated']),
        (HEAD + rule(name="a b"), ['rule "a b": an id is made of letters, digits, dots and dashes']),
        (HEAD + rule("score = 1.5"), ['rule "r": the score is 1.5, expected 0 to 1']),
        (HEAD + rule("window = 0"), ['rule "r": "window" is 0 and "near" is 24, expected at least 1 and 0']),
        (HEAD + rule('updated = "2026-02-30"'), ['rule "r": "updated" is "2026-02-30", expected a date such as 2026-01-31']),
        (HEAD + rule('since = "20260131"'), ['rule "r": "since" is "20260131", expected a date such as 2026-01-31']),
        (HEAD + rule("since = 2026-01-31"), ['$.rule[0]: "since" holds a date, a string was expected']),
        (HEAD + rule("gates = ['a']\npattern = 'a('"),
         ['rule "r": "pattern" is no regular expression: missing ), unterminated subpattern at position 1']),
        (HEAD + rule("gates = ['[a']\npattern = 'a'"),
         ['rule "r": "gates" is no regular expression: unterminated character set at position 0']),
        (HEAD + rule("pattern = 'ab'"),
         ['rule "r": a pattern needs "gates": what the shared pass looks for before the pattern is tried']),
        (HEAD + rule('terms = ["xy"]', examples='must_match = ["a"]\n'),
         ['rule "r": "must_match" holds 1 example, at least 2 are needed',
          'rule "r": "must_not_match" holds 0 examples, at least 2 are needed']),
        (HEAD + rule('allow = [" "]\nclear_near = [""]'),
         ['rule "r": "allow" holds an empty phrase, which would stand everywhere',
          'rule "r": "clear_near" holds an empty phrase, which would stand everywhere']),
        (HEAD + rule('terms = ["x"]'), ['rule "r": the term "x" folds to fewer than two characters']),
        (HEAD + rule('terms = ["\\u200b\\u200b", "a\\u200bb"]'),
         ['rule "r": the term "\u200b\u200b" holds the invisible character U+200B, which no text is matched with; remove it',
          'rule "r": the term "a\u200bb" holds the invisible character U+200B, which no text is matched with; remove it']),
        (HEAD + rule('terms = ["xyz"]\nallow = ["XYZ", "wxyz"]'),
         ['rule "r": "XYZ" is a term and a phrase of "allow" at once; keep one of them']),
        (HEAD + rule('clear_between = ["()", "("]'),
         ['rule "r": "clear_between" holds something else than a pair of characters, such as "()"']),
        (HEAD + rule('together = [{ groups = [["ab"], ["xy"]], without = [" "] }]'),
         ['rule "r": together[0]: "without" holds an empty word, which would stand everywhere']),
        (HEAD + rule('terms = ["好\\n坏"]'), ["rule \"r\": the term '好\\n坏' holds a line break; write each term by itself"]),
        (HEAD + rule('terms = ["a😀"]'),
         ['rule "r": the term "a😀" holds an emoji or rare character, which folding does not tell apart']),
        (HEAD + rule('terms = ["ab", "xy", "AB"]'), ['rule "r": the term "AB" stands twice in this rule']),
        (HEAD + rule('terms = ["ab"]', "p") + rule('terms = ["AB"]', "q"),
         ['rule "q": the term "AB" stands also in rule "p" of f.toml']),
        (HEAD + rule(name="p") + rule(name="p"), ['rule "p": the id is used twice, also in f.toml']),
    ],
)  # fmt: skip
def test_complaints_about_a_rule_file(tmp_path: Path, text: str, expected: list[str]) -> None:
    """File, key path or rule id, what is wrong, what was expected."""
    assert [f"f.toml: {complaint}" for complaint in expected] == complaints(read_rule_file, tmp_path / "f.toml", text)


def test_all_files_are_complained_of_at_once(tmp_path: Path) -> None:
    """A fault in one file does not hide those in another, nor those between files."""
    (tmp_path / "a.toml").write_text(HEAD + rule('terms = ["zzqq"]\nscore = 2', "mine"))
    (tmp_path / "b.toml").write_text(HEAD + rule('terms = ["zzqq"]\nrisk = "A.9.z"', "yours"))
    (tmp_path / "c.toml").write_text('detector = "keywrds"\n' + rule("score = true"))
    known = ["keywords", "licensing", "personal_info"]
    with pytest.raises(CatalogError) as caught:
        read_rules([tmp_path, tmp_path / "none"], risks=["A.1.a", "A.5.b"], detectors=known)
    found = [complaint.replace(str(tmp_path), "T") for complaint in caught.value.complaints]
    expected = [
        "T/none: no rule file is there; --rules takes a folder of .toml files or one such file",
        'T/a.toml: rule "mine": the score is 2, expected 0 to 1',
        'T/c.toml: no detector is called "keywrds"; did you mean "keywords"?',
        'T/c.toml: $.rule[0]: "score" holds true or false, a number was expected',
        'T/b.toml: rule "yours": no risk is called "A.9.z"; risks run from A.1.a to A.5.b',
        'T/b.toml: rule "yours": the term "zzqq" stands also in rule "mine" of T/a.toml',
    ]
    assert expected == [complaint for complaint in found if complaint.startswith("T/")]


def test_a_users_rule_may_not_take_the_id_of_a_shipped_one(tmp_path: Path) -> None:
    """Rules are added, never replaced in silence."""
    shipped = next(known for known in read_rules() if known.detector == "keywords")
    (tmp_path / "a.toml").write_text(HEAD + rule(name=shipped.id))
    with pytest.raises(CatalogError, match=f"the id is used twice, also in {shipped.file}"):
        read_rules([tmp_path])


def test_expressions_of_users_are_compiled_whatever_is_asked_of_shipped_ones(tmp_path: Path) -> None:
    """A scan leaves those of shipped rules for later, never those of a user."""
    (tmp_path / "a.toml").write_text(HEAD + rule("gates = ['a']\nneeds = 'a('\npattern = 'a'"))
    with pytest.raises(CatalogError, match='"needs" is no regular expression'):
        read_rules([tmp_path], expressions=False)


def test_a_good_rule_is_read_whole(tmp_path: Path) -> None:
    """Lists become tuples, the grade a grade, the rest stays as written."""
    path = tmp_path / "f.toml"
    path.write_text(
        HEAD + rule("terms = ['ab', '好的']\nscore = 0.5\nrisk = 'A.1.a'\nevasion = true\nupdated = '2026-01-31'")
    )
    (known,) = read_rule_file(path)
    assert ("r", "keywords", Grade.SUSPECT, ("ab", "好的"), 0.5, "A.1.a", True, "f.toml") == (
        known.id, known.detector, known.grade, known.terms, known.score, known.risk, known.evasion, known.file
    )  # fmt: skip


def test_the_shipped_rules_are_sound_and_sorted() -> None:
    """Every shipped file is read without a complaint, against the risks of the default standard."""
    rules = read_rules()
    assert sorted(known.id for known in rules) == [known.id for known in rules]
    assert {"keywords", "personal_info", "licensing"} <= {known.detector for known in rules}


@pytest.mark.parametrize(
    ("text", "expected"), [("2026-01-31", True), ("2026-02-29", False), ("2028-02-29", True), ("26-1-1", False)]
)
def test_dates_are_days_of_the_calendar(text: str, expected: bool) -> None:
    """A date that no calendar has is no date."""
    assert expected is is_date(text)


def test_the_examples_of_this_file_are_toml() -> None:
    """The table of a rule is what it is taken for."""
    assert "r" == tomllib.loads(HEAD + rule())["rule"][0]["id"]

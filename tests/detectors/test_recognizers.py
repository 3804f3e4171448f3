"""Recognisers of Presidio: found on windows what they find on whole texts, and beside Chinese more."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import lru_cache
from random import Random

import pytest
from presidio_analyzer import PatternRecognizer, predefined_recognizers

from corpus_guard.core.batch import Batch
from corpus_guard.core.rule import Grade, Rule
from corpus_guard.detectors.personal_info import PersonalInfo
from corpus_guard.detectors.recognizers import without_network
from corpus_guard.errors import UsageError
from tests.detectors.from_patterns import drawn
from tests.detectors.passes import Pass, rules_of, setting

RULES = rules_of("presidio")
OWN = rules_of("personal")
GLUE = [
    "，",
    "请登记",
    " ",
    "\n",
    "-",
    "No. ",
    "x",
    "7",
    "12345678 ",
    "护照号：",
    "é",
    "@",
    "/",
    "2026-11-29 ",
    "abc def ",
]
IGNORED = {"IN_PAN"}
"""Its weakest pattern looks at the rest of the whole text."""


@lru_cache
def alone(rule: Rule) -> Pass:
    """Return a pass with *rule* alone, switched on."""
    return Pass(PersonalInfo(setting([rule], {"presidio": [rule.entity]})))


def found(text: str, *chosen: str) -> list[tuple[str, str, int, float]]:
    """Return (entity, span, grade, score) of what all rules find in *text* with *chosen* switched on."""
    rules = (*OWN, *RULES)
    findings = Pass(PersonalInfo(setting(rules, {"presidio": list(chosen)}))).detect(Batch.of_texts([text]))
    columns = (findings.rule, findings.start, findings.end, findings.grade, findings.score)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(rules[rule].entity, text[start:end], grade, round(score, 2)) for rule, start, end, grade, score in rows]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.entity)
def test_each_recogniser_behaves_on_its_own_examples(rule: Rule) -> None:
    """It finds something in must_match, between Chinese characters too, and nothing in must_not_match."""
    one = alone(rule)

    assert all(one.found(text, [rule]) for text in rule.must_match)
    assert not any(one.found(text, [rule]) for text in rule.must_not_match)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.entity not in IGNORED], ids=lambda rule: rule.entity)
def test_windows_find_what_the_whole_text_gives(rule: Rule) -> None:
    """Each result of the recogniser on a whole text is covered by a finding as long, or is a part of one."""
    without_network()
    recognizer = getattr(predefined_recognizers, rule.recognizer)()
    random, one = Random(rule.entity), alone(rule)
    values = [pattern.regex for pattern in getattr(recognizer, "patterns", [])]
    for _ in range(25):
        parts = [random.choice(GLUE) for _ in range(random.randint(0, 6))]
        parts += (
            [drawn(random.choice(values), random) for _ in range(2)] if values else ["(212) 456-1234", "082 123 4567"]
        )
        random.shuffle(parts)
        text = "".join(parts)
        findings = one.detect(Batch.of_texts([text]))
        spans = list(zip(findings.start.tolist(), findings.end.tolist(), strict=True))
        for result in recognizer.analyze(text, [rule.entity], None):
            overlapping = [end - start for start, end in spans if start < result.end and result.start < end]
            assert max(overlapping, default=0) >= result.end - result.start, text


def test_every_pattern_recogniser_of_presidio_has_a_rule() -> None:
    """None is left out, and each is of the country that Presidio says."""
    known = {
        name: (value.COUNTRY_CODE or "").lower()
        for name in dir(predefined_recognizers)
        if isinstance(value := getattr(predefined_recognizers, name), type) and issubclass(value, PatternRecognizer)
    }

    assert known.items() <= {rule.recognizer: rule.country for rule in RULES}.items()


@pytest.mark.parametrize(
    ("text", "chosen", "expected"),
    [
        ("编号123456789。", ["US_PASSPORT"], [("US_PASSPORT", "123456789", Grade.INFO, 0.05)]),
        ("护照123456789。", ["US_PASSPORT"], [("US_PASSPORT", "123456789", Grade.VIOLATION, 0.4)]),
        ("護照 123456789。", ["US_PASSPORT"], [("US_PASSPORT", "123456789", Grade.VIOLATION, 0.4)]),
        ("his passport is 123456789", ["US_PASSPORT"], [("US_PASSPORT", "123456789", Grade.VIOLATION, 0.4)]),
        ("编号4010232137", ["UK_NHS"], [("UK_NHS", "4010232137", Grade.SUSPECT, 1.0)]),
        ("４０１０２３２１３７号", ["UK_NHS"], [("UK_NHS", "４０１０２３２１３７", Grade.SUSPECT, 1.0)]),
        ("编号4010232138", ["UK_NHS"], []),
        ("服务器127.0.0.1/8", ["IP_ADDRESS"], [("IP_ADDRESS", "127.0.0.1/8", Grade.INFO, 0.6)]),
        ("写给 a@example.com。", ["EMAIL_ADDRESS"], [("EMAIL_ADDRESS", "a@example.com", Grade.SUSPECT, 0.9)]),
        ("电话13800138000", ["us", "uk", "de", "in"], [("PHONE_NUMBER", "13800138000", Grade.SUSPECT, 0.8)]),
    ],
)
def test_grades_follow_from_scores_and_words(text: str, chosen: list[str], expected: list[object]) -> None:
    """A weak match alone is info, a checked one suspect, one that is named a violation; where a rule of ours finds the same span it stays."""
    assert expected == found(text, *chosen)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["uss"], 'names "uss", which no recogniser is of; did you mean "us"?'),
        (["us", "KR_RNN"], 'names "KR_RNN", which no recogniser is of; did you mean "KR_RRN"?'),
        (["UK"], 'did you mean "uk"?'), (["atlantis"], "countries are au, ca, de"), ("us", 'such as ["us", "UK_NHS"]'), ([1], 'such as ["us", "UK_NHS"]'),
    ],
)  # fmt: skip
def test_unknown_names_are_refused(chosen: object, said: str) -> None:
    """What is neither a country nor an entity is named, with the closest that is."""
    with pytest.raises(UsageError, match="presidio") as refused:
        PersonalInfo(setting((*OWN, *RULES), {"presidio": chosen}))

    assert said in str(refused.value)


def test_nothing_is_imported_or_found_by_default() -> None:
    """Without the option no recogniser runs."""
    assert [] == Pass(PersonalInfo(setting(RULES))).found("护照123456789", RULES)


def test_no_socket_is_opened() -> None:
    """The list of public suffixes comes from the installed package, also where the network is refused."""
    code = (
        "import socket\n\ndef refused(*_):\n    raise SystemExit('the network was asked')\n\n"
        "socket.socket.connect = socket.getaddrinfo = socket.create_connection = refused\nfrom tests.detectors.test_recognizers import found\n"
        "print(found('见 first.last@example.co.uk，https://example.org/a', 'EMAIL_ADDRESS', 'URL'))"
    )  # fmt: skip
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stderr
    assert "('EMAIL_ADDRESS', 'first.last@example.co.uk'" in said.stdout
    assert "'URL', 'https://example.org/a'" in said.stdout


def test_time_is_linear() -> None:
    """Digits without end, and numbers beside numbers, where some patterns of Presidio look ahead to the end."""
    every = Pass(
        PersonalInfo(setting(RULES, {"presidio": [rule.entity for rule in RULES if "PHONE" not in rule.entity]}))
    )
    begun = time.process_time()

    assert not len(every.detect(Batch.of_texts(["1234567890" * 500_000])))
    assert len(every.detect(Batch.of_texts(["12345678 " * 4_000]))) == 4_000
    assert time.process_time() - begun < 20
